"""Defects of records that the export betrays, and that no rule of intake looks for yet."""

from __future__ import annotations

import datetime as dt

import numpy as np

from hamm_eval.synthetic.dirty.cell import Change, cell
from hamm_eval.synthetic.dirty.city import City, Mark, Spot, german_day
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter
from hamm_eval.synthetic.dirty.records import insert_copy, without_zeros
from hamm_eval.synthetic.dirty.sheet import Line

_EVENTS = {"goals": "agreed_on", "needs": "identified_on", "language_tests": "tested_on"}


def _days(rng: np.random.Generator, low: int, high: int) -> dt.timedelta:
    """Some days."""
    return dt.timedelta(days=int(rng.integers(low, high)))


def _before_arrival(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the person came."""
    arrived = city.arrived.get(spot.other("person_id"))
    return german_day(arrived - _days(rng, 30, 400)) if arrived and spot.text else None


def _after_departure(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day after the person left and not after the recording."""
    departed, recorded = city.departed.get(spot.other("person_id")), spot.day("recorded_on")
    if departed is None or recorded is None or not city.readable("departures"):
        return None
    room = (recorded - departed).days
    return german_day(departed + _days(rng, 1, room + 1)) if room >= 1 else None


def _before_agreement(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the goal was agreed."""
    agreed = city.agreed.get(spot.other("goal_id"))
    return german_day(agreed - _days(rng, 5, 60)) if agreed else None


def _before_opening(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the case was opened; of a case's first phase, so that no other overlaps."""
    opened = city.opened.get(spot.other("case_id"))
    if opened is None or spot.text != german_day(opened):
        return None
    return german_day(opened - _days(rng, 20, 200))


def _reason_only(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Why a case was closed that is open."""
    return None if spot.text or spot.other("closed_on") else "Kontakt abgebrochen"


def _very_old(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Born in the first years after 1900."""
    return f"{spot.text[:6]}{rng.integers(1901, 1906)}"


def _future(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Recorded sixty years on."""
    return (
        f"{spot.text[:6]}{int(spot.text[6:]) + 60}"
        if city.single(spot) and spot.text[:5] != "29.02"
        else None
    )


def _second_head(city: City, rng: np.random.Generator) -> Mark | None:
    """A household's second head; which of the two is wrong nobody can tell."""
    sheet = city.sheets["persons"]
    lines: dict[str, list[Line]] = {}
    for line in sheet.lines:
        if line.cells and sheet.text(line, "household_head") == "ja":
            lines.setdefault(sheet.text(line, "household_id"), []).append(line)

    def fits(spot: Spot) -> bool:
        """Whether it is no head, of a household with a head that nothing else is planted into."""
        heads = lines.get(spot.other("household_id"), [])
        free = heads and not any(line.taken for line in heads)
        return spot.text == "nein" and city.single(spot) and bool(free)

    spot = city.pick(rng, [("persons", "household_head")], fits)
    if spot is None:
        return None
    heads = lines[spot.other("household_id")]
    for line in heads:
        city.take(sheet, line)
    spot.write("ja")
    return Mark(sheet, spot.line, spot.declared.german, partners=tuple(heads))


def _worker_variant(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """The same social worker under another spelling."""
    return (spot.text.lower(), spot.text.replace("-0", "-", 1), spot.text.replace("-", ""))[
        rng.integers(3)
    ] or None


def _short_own_id(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """An own id that has lost its leading zeros."""
    return without_zeros(spot.text) if "-0" in spot.text and city.single(spot) else None


def _id_reused(city: City, rng: np.random.Generator) -> Mark | None:
    """A goal's id used again, later, for somebody else's goal."""

    def fits(spot: Spot) -> bool:
        """Whether there is time left to record it again."""
        recorded = spot.day("recorded_on")
        return recorded is not None and recorded + dt.timedelta(days=40) < city.last_day and city.single(spot)

    spot = city.pick(rng, [("goals", "goal_id")], fits)
    recorded = spot.day("recorded_on") if spot else None
    if spot is None or recorded is None:
        return None
    persons = sorted(set(city.arrived) - {spot.other("person_id")})
    changes = {
        "person_id": persons[rng.integers(len(persons))],
        "recorded_on": german_day(recorded + _days(rng, 10, 40)),
    }
    return Mark(spot.sheet, insert_copy(spot, rng, changes), partners=(spot.line,))


def _in(table: str, column: str, change: Change) -> Planter:
    """Plants by changing cells of one column of a table, or of tables parted by blanks."""
    return cell(lambda declared: declared.name == column, change, among=table.split())


def _events(change: Change) -> Planter:
    """Plants by changing the day of an event."""
    return cell(lambda declared: declared.name in _EVENTS.values(), change, among=_EVENTS)


def _gap(name: str, case: int | None, expected: Expected, meaning: str, plant: Planter) -> DefectKind:
    """A kind without a rule."""
    return DefectKind(name, Family.RECORDS, case, None, expected, meaning, plant)


R, N = Expected.REFUSED, Expected.NOTICED
KINDS = (
    _gap("before_arrival", 34, N, "an event before the arrival", _events(_before_arrival)),
    _gap("after_departure", 34, N, "an event after the departure", _events(_after_departure)),
    _gap(
        "review_before_goal",
        34,
        N,
        "a review before the goal was agreed",
        _in("goal_reviews", "reviewed_on", _before_agreement),
    ),
    _gap(
        "phase_before_case",
        34,
        N,
        "a phase before the case was opened",
        _in("phases", "started_on", _before_opening),
    ),
    _gap(
        "reason_without_end",
        None,
        N,
        "a reason for closing an open case",
        _in("cases", "closing_reason", _reason_only),
    ),
    _gap("implausible_age", None, N, "more than 100 years old", _in("persons", "birth_month", _very_old)),
    _gap(
        "recorded_in_future",
        33,
        N,
        "recorded sixty years on, which moves the data cut",
        _in("needs goal_reviews", "recorded_on", _future),
    ),
    _gap("second_head", None, N, "two heads of a household", _second_head),
    _gap(
        "worker_variant",
        27,
        N,
        "a social worker's pseudonym in another spelling",
        _in("cases", "social_worker", _worker_variant),
    ),
    _gap(
        "worker_null",
        28,
        N,
        "NULL as a social worker's pseudonym",
        _in("cases", "social_worker", lambda spot, city, rng: ("NULL", "NA", "null")[rng.integers(3)]),
    ),
    _gap(
        "none_word",
        28,
        N,
        "None in a German column, read as our word for no schooling",
        _in("persons", "schooling", lambda spot, city, rng: None if spot.text else "None"),
    ),
    _gap(
        "own_zeros_lost",
        27,
        N,
        "ZP-317 for ZP-000317, an id of its own",
        _in("goal_reviews", "review_id", _short_own_id),
    ),
    _gap("id_reused", 30, R, "an id used again for somebody else", _id_reused),
)
