"""Planting: every kind is where the list says, nothing else has changed, the same seed gives the same."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import pytest
from dirty_cities import changed_lines, clean_city, line_at, lines_of, planted_alone, row_at

from hamm_eval.casefile.rules import BY_ID, Severity
from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import UsageError
from hamm_eval.synthetic.dirty.catalogue import BY_NAME, KINDS
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.plan import NOT_REFUSED, ROWS, DefectPlan
from hamm_eval.synthetic.dirty.planting import plant_defects

WORDS = {
    (f"{table.german}.csv", column.german): set(column.categories.values()) or {"ja", "nein"}
    for table in TABLES
    for column in table.columns
}
# What a cell of a kind looks like; `True` where the test below says more.
LOOKS = {
    "required_empty": r"",
    "date_no_such_day": r"3[01]\.\d\d\.\d{4}",
    "date_two_digit_year": r"\d\d\.\d\d\.\d\d",
    "date_iso": r"\d{4}-\d\d-\d\d",
    "date_us": r"\d\d/(1[3-9]|2\d|3[01])/\d{4}",
    "date_dashes": r"\d\d-\d\d-\d{4}",
    "date_excel_serial": r"[34]\d{4}",
    "date_with_time": r"\d\d\.\d\d\.\d{4} \d\d:\d\d",
    "date_in_words": r"unbekannt|ca\. \d{4}|lfd\.",
    "date_far_year": r"\d\d\.\d\d\.2[89]\d\d",
    "date_9999_misplaced": r"31\.12\.9999",
    "date_1900_required": r"01\.01\.1900",
    "birth_date_full": r"(?!01)\d\d\.\d\d\.\d{4}",
    "birth_date_swapped": r"(?!01)\d\d\.01\.\d{4}",
    "number_point": r"\d+\.\d\d",
    "number_in_words": r"\d+,\d\d EUR",
    "integer_decimal": r"-?\d,5",
    "number_beyond": r"[3-9]",
    "category_typo": r".{3,}",
    "yes_no_typo": r"x|J|N|0|ne",
    "null_word": r"NULL|null|NA|n/a|k\.A\.",
    "null_word_date": r"NULL|null|NA|n/a|k\.A\.",
    "id_spreadsheet": r"\d,\d\dE\+0\d",
    "id_like_name": r"Team \d",
    "date_9999": r"31\.12\.9999",
    "date_1900": r"01\.01\.1900",
    "date_midnight": r"\d\d\.\d\d\.\d{4} 00:00:00",
    "date_short": r"\d\.\d{1,2}\.\d{4}",
    "number_grouped": r"\d\.\d{3}(,\d\d)?",
    "zero_duration": r"\d\d\.\d\d\.\d{4}",
    "cell_padded": "\u00a0.+  ",
    "word_case": r"[^a-zäöü]+",
}
OTHERS = (Family.FILES, Family.DIALECTS, Family.HISTORIES)
OF_ROWS = [kind for kind in KINDS if kind.family not in OTHERS]
OF_CELLS = [kind for kind in KINDS if kind.family is Family.CELLS]


def _dates(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d.%m.%Y")
    except ValueError:
        return None


def test_every_kind_of_cell_has_its_look() -> None:
    assert set(LOOKS) == {kind.name for kind in OF_CELLS}


@pytest.mark.parametrize("kind", OF_ROWS, ids=lambda kind: kind.name)
def test_what_has_changed_is_what_is_listed(kind) -> None:
    """Line by line against the clean city: no other line is new, and none of the listed is old."""
    files, listed = planted_alone(kind.name)
    if kind.name == "rows_lost":
        (lost,) = listed.defects
        before, after = (lines_of(content[lost.file]) for content in (clean_city(), files))
        assert before[: len(after)] == after
        assert 3 <= len(before) - len(after) <= 8
        return
    assert 1 <= len(listed.defects) <= DefectPlan().number(kind)
    assert all(defect.line is not None for defect in listed.defects)
    there = Counter((defect.file, line_at(files, defect)) for defect in listed.defects)
    assert changed_lines(clean_city(), files) == there


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in OF_ROWS
        if kind.name not in ("duplicate_row", "contradiction", "case_twice", "id_reused")
    ],
    ids=lambda kind: kind.name,
)
def test_a_changed_cell_is_in_the_listed_column(kind) -> None:
    """Of the row on that line, this cell alone differs from the clean city's; one empty cell for the end."""
    files, listed = planted_alone(kind.name)
    for defect in listed.defects:
        if defect.column is None:
            continue
        before, after = (row_at(content, defect.file, defect.line) for content in (clean_city(), files))
        different = {head for head in before if before[head] != after[head]}
        if kind.name == "end_without_begin":  # the column of the end has lost its begin
            assert different == {"Beginn"}
            assert after["Beginn"] == ""
            assert after[defect.column]
        else:
            assert different == {defect.column}


@pytest.mark.parametrize("kind", OF_CELLS, ids=lambda kind: kind.name)
def test_a_cell_is_what_its_kind_says(kind) -> None:
    files, listed = planted_alone(kind.name)
    for defect in listed.defects:
        row = row_at(files, defect.file, defect.line)
        cell = row[defect.column]
        assert re.fullmatch(LOOKS[kind.name], cell), defect
        words = WORDS[defect.file, defect.column]
        if kind.name in ("category_typo", "yes_no_typo", "null_word"):
            assert cell not in words
        if kind.name == "word_case":
            assert cell.casefold() in {word.casefold() for word in words}
        if kind.name == "date_no_such_day":
            assert _dates(cell) is None
        if kind.name == "zero_duration":
            assert cell == row["Beginn"]


def test_the_same_seed_gives_the_same_bytes_and_another_other_ones() -> None:
    one, again, other = (plant_defects(clean_city(), seed=seed) for seed in (7, 7, 8))
    assert one == again
    assert one[0] != other[0]
    assert one[1].defects != other[1].defects
    assert [defect.id for defect in one[1].defects] == [
        f"D{i:04d}" for i in range(1, len(one[1].defects) + 1)
    ]


def test_the_clean_files_are_left_alone() -> None:
    before = dict(clean_city())
    plant_defects(clean_city(), seed=1)
    assert clean_city() == before


def test_one_row_has_one_defect_at_most() -> None:
    _, listed = plant_defects(clean_city(), seed=4, plan=ROWS)
    places = [
        (defect.file, line)
        for defect in listed.defects
        if BY_NAME[defect.kind].family is not Family.DIALECTS
        for line in (defect.line, *defect.partners)
        if line is not None
    ]
    assert len(places) > 200
    assert max(Counter(places).values()) == 1


def test_five_seeds_in_a_row_plant_every_kind_and_leave_files_to_read() -> None:
    planted: set[str] = set()
    for seed in range(20, 25):
        _, listed = plant_defects(clean_city(), seed=seed)
        planted |= {defect.kind for defect in listed.defects}
        assert sum(file.readable for file in listed.files) >= 10
    # In so small a city few depart, and one table alone has enough rows a month.
    assert planted | {"after_departure", "month_crowded"} == set(BY_NAME)


def test_the_files_are_counted_as_they_are() -> None:
    files, listed = plant_defects(clean_city(), seed=2, plan=ROWS)
    for file in listed.files:
        lines = lines_of(files[file.name])
        head = next(i for i, line in enumerate(lines) if "Erfasst am".casefold() in line.casefold())
        broken = sum(line.startswith("Zimmer") or "\nZimmer" in line or "Zimmer 3" in line for line in lines)
        rows = [line for line in lines[head + 1 :] if line.strip()]
        assert (file.first_line, file.rows) == (head + 2, len(rows) - broken)


def test_rules_and_expectations_agree() -> None:
    """A rule that refuses is expected to refuse, and so on; no rule is expected of what nobody can tell."""
    severities = {
        Expected.REFUSED: {Severity.REFUSE},
        Expected.QUARANTINED: {Severity.QUARANTINE},
        Expected.NOTICED: {Severity.NOTICE, Severity.WARN},
    }
    for kind in KINDS:
        if kind.rule is not None:
            assert BY_ID[kind.rule].severity in severities[kind.expected], kind.name
        if not kind.detectable:
            assert (kind.rule, kind.expected) == (None, Expected.ACCEPTED), kind.name
    assert len(BY_NAME) == len(KINDS)


def test_a_plan_says_what_is_planted() -> None:
    assert {kind.family for kind in ROWS.kinds} == set(Family) - {Family.FILES}
    assert Expected.REFUSED not in {kind.expected for kind in NOT_REFUSED.kinds}
    _, few = plant_defects(clean_city(), seed=1, plan=DefectPlan(times=1, families=(Family.CELLS,)))
    assert max(Counter(defect.kind for defect in few.defects).values()) == 1


def test_a_plan_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="duplicate_rows"):
        DefectPlan(only=("duplicate_rows",))
    with pytest.raises(UsageError, match="At least one"):
        DefectPlan(times=0)
