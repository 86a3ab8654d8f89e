"""Numbers, words and ids that are not what their column holds; and other ways to write the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hamm_eval.casefile.names import folded
from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.synthetic.dirty.cell import cell, null_word
from hamm_eval.synthetic.dirty.city import City, Spot
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter

_COST = ("measures",)


def _cost(write: Callable[[str], str | None]) -> Planter:
    """Plants by writing a measure's cost in another way; `write` gets euros and cents with a comma."""

    def change(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
        """The cost as `write` has it."""
        return write(spot.text) if spot.text else None

    return cell(lambda column: column.kind is Kind.DECIMAL, change, among=_COST)


def _empty(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Nothing, where something stood."""
    return "" if spot.text else None


def _typo(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Two letters exchanged, or one lost, so that no other word comes of it."""
    text = spot.text
    if len(text) < 4:
        return None
    words = {folded(word) for pair in spot.declared.categories.items() for word in pair}
    i = int(rng.integers(1, len(text) - 1))
    wrong = (
        text[:i] + text[i + 1] + text[i] + text[i + 2 :] if rng.random() < 0.5 else text[:i] + text[i + 1 :]
    )
    return None if folded(wrong) in words or folded(wrong) == folded(text) else wrong


def _yes_no_typo(spot: Spot, city: City, rng: np.random.Generator) -> str:
    """A cross or a letter in place of ja and nein."""
    return ("x", "J", "N", "0", "ne")[rng.integers(5)]


def _grouped(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Thousands parted by a point, with cents or, where there are none, without."""
    euros, _, cents = spot.text.partition(",")
    if len(euros) < 4:
        return None
    grouped = f"{euros[:-3]}.{euros[-3:]}"
    return grouped if cents == "00" and rng.random() < 0.5 else f"{grouped},{cents}"


def _zero_duration(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """An end on the day of the begin."""
    return spot.other("started_on") or None if spot.text else None


def _spreadsheet_id(spot: Spot, city: City, rng: np.random.Generator) -> str:
    """An id that a spreadsheet took for a number."""
    return f"{rng.integers(1, 10)},{rng.integers(1, 100):02d}E+0{rng.integers(5, 9)}"


def _names_person(column: Column) -> bool:
    """A reference to a person."""
    return column.references == "persons.person_id"


def _worker(column: Column) -> bool:
    """The pseudonym of a social worker."""
    return column.name == "social_worker"


def _category(column: Column) -> bool:
    """A column of declared words, numbers among them aside."""
    return column.kind is Kind.CATEGORY and column.name != "funding_class"


def _integer(column: Column) -> bool:
    """A whole number."""
    return column.kind is Kind.INTEGER


def _required(column: Column) -> bool:
    """What every row needs, ids and the day of recording aside: without them other checks fall silent."""
    return column.required and column.kind is not Kind.ID and column.name != "recorded_on"


def _beyond(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A number above the highest allowed."""
    high = spot.declared.highest
    return None if high is None or not spot.text else str(int(high) + int(rng.integers(1, 5)))


R, CELLS = Expected.REFUSED, Family.CELLS
KINDS = (
    DefectKind(
        "required_empty", CELLS, None, "required", R, "a required cell is empty", cell(_required, _empty)
    ),
    DefectKind(
        "number_point",
        CELLS,
        21,
        "number_not_readable",
        R,
        "2450.00 in a column of decimal commas",
        _cost(lambda text: text.replace(",", ".")),
        times=1,
    ),
    DefectKind(
        "number_in_words",
        CELLS,
        21,
        "number_not_readable",
        R,
        "a unit beside a number",
        _cost(lambda text: f"{text} EUR"),
        times=1,
    ),
    DefectKind(
        "integer_decimal",
        CELLS,
        None,
        "integer_not_readable",
        R,
        "3,5 on a scale of whole numbers",
        cell(_integer, lambda spot, city, rng: f"{spot.text},5" if spot.text else None),
    ),
    DefectKind(
        "number_beyond", CELLS, None, "out_of_range", R, "a number beyond its scale", cell(_integer, _beyond)
    ),
    DefectKind("category_typo", CELLS, 29, "category_unknown", R, "a mistyped word", cell(_category, _typo)),
    DefectKind(
        "yes_no_typo",
        CELLS,
        29,
        "category_unknown",
        R,
        "a cross in place of ja",
        cell(lambda column: column.kind is Kind.YES_NO, _yes_no_typo),
    ),
    DefectKind(
        "null_word", CELLS, 28, "category_unknown", R, "NULL, NA, k.A. as a word", cell(_category, null_word)
    ),
    DefectKind(
        "id_spreadsheet",
        CELLS,
        27,
        "id_damaged",
        R,
        "1,2E+05: an id as a spreadsheet's number",
        cell(_names_person, _spreadsheet_id),
    ),
    DefectKind(
        "id_like_name",
        CELLS,
        None,
        "id_like_name",
        R,
        "a team's name in place of a pseudonym",
        cell(_worker, lambda spot, city, rng: f"Team {rng.integers(1, 9)}"),
    ),
    # Harmless: another way to write the same.
    DefectKind(
        "number_grouped",
        CELLS,
        21,
        None,
        Expected.ACCEPTED,
        "2.450,00 or 2.450 among decimal commas",
        cell(lambda column: column.kind is Kind.DECIMAL, _grouped, among=_COST),
        times=1,
    ),
    DefectKind(
        "zero_duration",
        CELLS,
        34,
        None,
        Expected.ACCEPTED,
        "a participation that ends as it begins",
        cell(lambda column: column.name == "ended_on", _zero_duration, among=("participations",)),
    ),
    DefectKind(
        "cell_padded",
        CELLS,
        None,
        None,
        Expected.ACCEPTED,
        "blanks around a word",
        cell(_category, lambda spot, city, rng: f"\u00a0{spot.text}  " if spot.text else None),
    ),
    DefectKind(
        "word_case",
        CELLS,
        29,
        None,
        Expected.ACCEPTED,
        "a word in capitals",
        cell(_category, lambda spot, city, rng: spot.text.upper() if spot.text else None),
    ),
)
