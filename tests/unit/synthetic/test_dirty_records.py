"""Defects of whole records, read back from the bytes: each is what its kind says; the clean city has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

import pytest
from dirty_cities import KEYS, Files, clean_city, line_at, lines_of, planted_alone, row_at, rows_of

from hamm_eval.casefile.names import folded
from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.dirty.catalogue import BY_NAME, KINDS
from hamm_eval.synthetic.dirty.defect import Defect, Family

SPELLS = {
    f"{t.german}.csv": tuple(t.column(name).german for name in t.spell) for t in TABLES if t.spell is not None
}
REFERENCES = {
    (f"{t.german}.csv", c.german): next(
        f"{other.german}.csv" for other in TABLES if other.name == c.references.split(".")[0]
    )
    for t in TABLES
    for c in t.columns
    if c.references
}
Row = dict[str, str]


def day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()


def by(files: Files, file: str, key: str, column: str) -> dict[str, str]:
    """A column by another one, as the last version has it."""
    return {row[key]: row[column] for row in rows_of(files, file) if row[column]}


def partner(files: Files, defect: Defect) -> Row:
    (line,) = defect.partners
    return row_at(files, defect.file, line)


def overlaps(files: Files, defect: Defect, row: Row) -> bool:
    begin, end = SPELLS[defect.file]
    other = partner(files, defect)
    return day(other[begin]) <= day(row[begin]) and (not other[end] or day(row[begin]) < day(other[end]))


def before_arrival(files: Files, defect: Defect, row: Row) -> bool:
    arrived = by(clean_city(), "personen.csv", "Personen-Nr", "Ankunft in Hamm")
    return day(row[defect.column or ""]) < day(arrived[row["Personen-Nr"]])


def after_departure(files: Files, defect: Defect, row: Row) -> bool:
    left = by(clean_city(), "abgaenge.csv", "Personen-Nr", "Abgang am")
    return row["Personen-Nr"] in left and day(row[defect.column or ""]) > day(left[row["Personen-Nr"]])


def age_on_arrival(row: Row) -> float:
    return (day(row["Ankunft in Hamm"]) - day(row["Geburtsmonat"])).days / 365.25


def heads(files: Files, row: Row) -> int:
    people = {r["Personen-Nr"]: r for r in rows_of(files, "personen.csv")}
    return sum(
        r["Haushalts-Nr"] == row["Haushalts-Nr"] and r["Haushaltsvorstand"] == "ja" for r in people.values()
    )


def contradicts(files: Files, defect: Defect, row: Row) -> bool:
    other, key = partner(files, defect), KEYS[defect.file]
    return (row[key], row["Erfasst am"]) == (other[key], other["Erfasst am"]) and row != other


def is_unknown(files: Files, defect: Defect, row: Row) -> bool:
    target = REFERENCES[defect.file, defect.column or ""]
    return row[defect.column or ""] not in {r[KEYS[target]] for r in rows_of(files, target)}


def is_late(files: Files, defect: Defect, row: Row) -> bool:
    return day(row[defect.column or ""]) > day(row["Erfasst am"])


IS: dict[str, Callable[[Files, Defect, Row], bool]] = {
    "duplicate_row": lambda files, defect, row: row == partner(files, defect),
    "contradiction": contradicts,
    "orphan": is_unknown,
    "zeros_lost": lambda f, d, row: is_unknown(f, d, row) and "-0" not in row[d.column or ""],
    "end_before_begin": lambda f, d, row: day(row[SPELLS[d.file][1]]) < day(row[SPELLS[d.file][0]]),
    "overlap": overlaps,
    "case_twice": lambda f, d, row: overlaps(f, d, row) and row["Fall-Nr"] != partner(f, d)["Fall-Nr"],
    "after_recording": is_late,
    "swap_after_recording": is_late,
    "target_before_agreement": lambda f, d, row: day(row["Zieldatum"]) < day(row["Vereinbart am"]),
    "end_without_begin": lambda f, d, row: bool(row["Ende"]) and not row["Beginn"],
    "total_row": lambda f, d, row: row[KEYS[d.file]] in {"Summe", "Gesamt", "Zwischensumme"},
    "total_in_words": lambda f, d, row: row[KEYS[d.file]].startswith("Summe Datensätze: "),
    "blank_record": lambda f, d, row: set(row.values()) == {""},
    "before_arrival": before_arrival,
    "after_departure": after_departure,
    "review_before_goal": lambda f, d, row: (
        day(row["Überprüft am"]) < day(by(f, "ziele.csv", "Ziel-Nr", "Vereinbart am")[row["Ziel-Nr"]])
    ),
    "phase_before_case": lambda f, d, row: (
        day(row["Beginn"]) < day(by(f, "faelle.csv", "Fall-Nr", "Eröffnet am")[row["Fall-Nr"]])
    ),
    "reason_without_end": lambda f, d, row: bool(row["Abschlussgrund"]) and not row["Geschlossen am"],
    "implausible_age": lambda f, d, row: age_on_arrival(row) > 100,
    "recorded_in_future": lambda f, d, row: day(row["Erfasst am"]) > date(2070, 1, 1),
    "second_head": lambda f, d, row: heads(f, row) > 1,
    "worker_variant": lambda f, d, row: (
        row["Sozialbetreuer"] not in {r["Sozialbetreuer"] for r in rows_of(clean_city(), "faelle.csv")}
    ),
    "worker_null": lambda f, d, row: row["Sozialbetreuer"] in {"NULL", "NA", "null"},
    "none_word": lambda f, d, row: row["Schulbildung"] == "None",
    "own_zeros_lost": lambda f, d, row: "-0" not in row[KEYS[d.file]],
    "id_reused": lambda f, d, row: (
        row["Ziel-Nr"] == partner(f, d)["Ziel-Nr"]
        and row["Personen-Nr"] != partner(f, d)["Personen-Nr"]
        and day(row["Erfasst am"]) > day(partner(f, d)["Erfasst am"])
    ),
}


def same_fact(files: Files, defect: Defect, row: Row, other: Row) -> bool:
    return row[KEYS[defect.file]] == other[KEYS[defect.file]]


# Rows that may be named as well.
PARTNERS: dict[str, Callable[[Files, Defect, Row, Row], bool]] = {
    "duplicate_row": same_fact,
    "contradiction": same_fact,
    "id_reused": same_fact,
    "orphan": same_fact,
    "zeros_lost": same_fact,
    "overlap": lambda f, d, row, other: row != other,
    "case_twice": lambda f, d, row, other: row["Personen-Nr"] == other["Personen-Nr"],
    "second_head": lambda f, d, row, other: (
        row["Haushalts-Nr"] == other["Haushalts-Nr"] and other["Haushaltsvorstand"] == "ja"
    ),
}
# What no row of a clean city may have, or the claim that it can be told would be wrong.
NEVER_CLEAN = sorted(set(IS) - {"duplicate_row", "contradiction", "overlap", "case_twice", "id_reused"})


def test_every_kind_of_record_is_looked_at() -> None:
    assert set(IS) == {kind.name for kind in KINDS if kind.family is Family.RECORDS}


@pytest.mark.parametrize("kind", IS)
def test_a_record_is_what_its_kind_says(kind: str) -> None:
    files, listed = planted_alone(kind)
    for defect in listed.defects:
        assert defect.line is not None
        row = row_at(files, defect.file, defect.line)
        assert IS[kind](files, defect, row), defect
        assert all(
            PARTNERS.get(kind, lambda f, d, a, b: False)(files, defect, row, row_at(files, defect.file, line))
            for line in defect.partners
        )
        assert defect.partners or kind not in PARTNERS or kind in ("orphan", "zeros_lost")


@pytest.mark.parametrize("kind", NEVER_CLEAN)
def test_no_row_of_the_clean_city_is_so(kind: str) -> None:
    """In the columns and files in which it is planted: otherwise it could not be told from what is sound."""
    _, listed = planted_alone(kind)
    clean = clean_city()
    for place in {(defect.file, defect.column) for defect in listed.defects}:
        defect = next(d for d in listed.defects if (d.file, d.column) == place)
        for line, row in enumerate(rows_of(clean, defect.file), start=2):
            if all(row[head] for head in _needed(kind, defect)):
                assert not IS[kind](clean, defect, row), f"{defect.file}:{line}"
            if kind in ("second_head", "orphan") and line > 60:  # looks at the whole file for each row
                break


def _needed(kind: str, defect: Defect) -> list[str]:
    """Cells that must be filled for the question to make sense."""
    if kind == "end_before_begin":
        return list(SPELLS[defect.file])
    return (
        []
        if kind in ("end_without_begin", "reason_without_end") or defect.column is None
        else [defect.column]
    )


def test_the_clean_city_has_no_fact_twice_and_no_id_of_two_persons() -> None:
    for file, key in KEYS.items():
        rows = rows_of(clean_city(), file)
        assert max(Counter((row[key], row["Erfasst am"]) for row in rows).values()) == 1
        if "Personen-Nr" in rows[0] and key != "Personen-Nr":
            owners = {(row[key], row["Personen-Nr"]) for row in rows}
            assert len(owners) == len({owner for owner, _ in owners})


@pytest.mark.parametrize("kind", ["swap_plausible", "swap_after_recording"])
def test_a_swap_exchanges_day_and_month(kind: str) -> None:
    files, listed = planted_alone(kind)
    for defect in listed.defects:
        assert defect.line is not None
        assert defect.column is not None
        old, new = (
            row_at(content, defect.file, defect.line)[defect.column] for content in (clean_city(), files)
        )
        assert new.split(".") == [old.split(".")[i] for i in (1, 0, 2)] != old.split(".")


def test_unseen_defects_are_near_the_truth() -> None:
    files, listed = planted_alone("birth_year_off")
    for defect in listed.defects:
        old, new = (row_at(c, defect.file, defect.line)["Geburtsmonat"] for c in (clean_city(), files))
        assert abs(int(new[6:]) - int(old[6:])) == 1
        assert new[:6] == old[:6]
    files, listed = planted_alone("day_shifted")
    for defect in listed.defects:
        old, new = (row_at(c, defect.file, defect.line)[defect.column] for c in (clean_city(), files))
        assert 1 <= (day(old) - day(new)).days <= 14
    files, listed = planted_alone("other_member")
    homes = by(clean_city(), "personen.csv", "Personen-Nr", "Haushalts-Nr")
    for defect in listed.defects:
        old, new = (row_at(c, defect.file, defect.line)["Personen-Nr"] for c in (clean_city(), files))
        assert old != new
        assert homes[old] == homes[new]


@pytest.mark.parametrize("kind", ["sex_wrong", "ending_wrong", "priority_wrong"])
def test_a_wrong_word_is_one_of_the_column(kind: str) -> None:
    files, listed = planted_alone(kind)
    for defect in listed.defects:
        known = {folded(row[defect.column]) for row in rows_of(clean_city(), defect.file)}
        assert folded(row_at(files, defect.file, defect.line)[defect.column]) in known


def test_lines_are_counted_with_title_rows_and_line_breaks() -> None:
    """A defect below a cell of two lines is listed where an editor shows it."""
    from hamm_eval.synthetic.dirty.plan import DefectPlan
    from hamm_eval.synthetic.dirty.planting import plant_defects

    plan = DefectPlan(only=("titles", "line_break", "blank_line", "date_iso", "category_typo"), times=30)
    below = 0
    for seed in range(6):
        files, listed = plant_defects(clean_city(), seed=seed, plan=plan)
        titles, broken = (
            next(d.file for d in listed.defects if d.kind == kind) for kind in ("titles", "line_break")
        )
        for defect in listed.defects:
            if BY_NAME[defect.kind].family is Family.CELLS:
                line = line_at(files, defect)
                below += defect.file in (titles, broken)
                old = {cell for row in lines_of(clean_city()[defect.file]) for cell in row.split(";")}
                assert any(cell not in old for cell in line.split(";")), defect
    assert below > 10
