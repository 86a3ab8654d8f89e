"""Defects that show over time alone, read back from the bytes; the clean city has none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from dirty_cities import Files, clean_city, planted_alone, row_at, rows_of

from hamm_eval.casefile import check_export
from hamm_eval.synthetic.dirty.catalogue import KINDS
from hamm_eval.synthetic.dirty.defect import Family
from hamm_eval.synthetic.dirty.plan import DefectPlan
from hamm_eval.synthetic.dirty.planting import plant_defects

OF_HISTORIES = [kind.name for kind in KINDS if kind.family is Family.HISTORIES]
Row = dict[str, str]


def day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()


def before(files: Files, file: str, owner: str, row: Row) -> Row:
    """The spell before a row's, as the last versions have it."""
    latest = {next(iter(r.values())): r for r in rows_of(files, file) if r[owner] == row[owner]}
    begin = "Beginn" if "Beginn" in row else "Gültig ab"
    earlier = [r for r in latest.values() if day(r[begin]) < day(row[begin])]
    return max(earlier, key=lambda r: day(r[begin]))


def status_hole(files: Files, row: Row) -> tuple[int, bool]:
    """Days without a status before a row's, and whether the status is the same again."""
    other = before(files, "aufenthaltsstatus.csv", "Personen-Nr", row)
    hole = day(row["Gültig ab"]) - day(other["Gültig bis"])
    return hole.days - 1, row["Aufenthaltsstatus"] == other["Aufenthaltsstatus"]


def phase_step(files: Files, row: Row) -> int:
    return int(row["Phase"][0]) - int(before(files, "phasen.csv", "Fall-Nr", row)["Phase"][0])


def months(files: Files, file: str) -> Counter[tuple[int, int]]:
    days = [day(row["Erfasst am"]) for row in rows_of(files, file)]
    return Counter((d.year, d.month) for d in days)


def last_day(files: Files) -> date:
    return max(day(row["Erfasst am"]) for file in files for row in rows_of(files, file))


def heads(files: Files, row: Row) -> int:
    home = [r for r in rows_of(files, "personen.csv") if r["Haushalts-Nr"] == row["Haushalts-Nr"]]
    return sum(r["Haushaltsvorstand"] == "ja" for r in home)


def not_reviewed(files: Files, row: Row) -> bool:
    reviews = [r for r in rows_of(files, "zielueberpruefungen.csv") if r["Ziel-Nr"] == row["Ziel-Nr"]]
    last = max([day(row["Vereinbart am"]), *(day(r["Überprüft am"]) for r in reviews)])
    return last_day(files) - last > timedelta(days=365)


def born(files: Files, row: Row) -> date:
    people = {r["Personen-Nr"]: r for r in rows_of(files, "personen.csv")}
    return day(people[row["Personen-Nr"]]["Geburtsmonat"])


def column_of(files: Files, file: str, key: str, number: str, column: str) -> date:
    return max(day(r[column]) for r in rows_of(files, file) if r[key] == number and r[column])


IS: dict[str, Callable[[Files, Row], bool]] = {
    "status_jump": lambda f, row: status_hole(f, row)[0] >= 5 and not status_hole(f, row)[1],
    "status_gap": lambda f, row: status_hole(f, row)[0] >= 5 and status_hole(f, row)[1],
    "phase_skipped": lambda f, row: phase_step(f, row) == 2,
    "phase_backwards": lambda f, row: phase_step(f, row) == -1,
    "reviews_stopped": not_reviewed,
    "no_head": lambda f, row: heads(f, row) == 0,
    "infant_at_work": lambda f, row: (
        row["Regelsystem"] == "Arbeit" and (day(row["Eintritt"]) - born(f, row)).days < 12 * 365
    ),
    "rating_too_early": lambda f, row: (
        day(row["Bewertet am"])
        < column_of(f, "teilnahmen.csv", "Teilnahme-Nr", row["Teilnahme-Nr"], "Beginn")
    ),
    "outside_offer": lambda f, row: (
        day(row["Beginn"])
        > column_of(f, "massnahmen.csv", "Maßnahmen-Nr", row["Maßnahmen-Nr"], "Angeboten bis")
    ),
    "ending_left_out": lambda f, row: bool(row["Ende"]) and not row["Abschluss"],
}


def test_every_kind_of_history_is_looked_at() -> None:
    assert {*IS, "month_lost", "month_crowded"} == set(OF_HISTORIES)


@pytest.mark.parametrize("kind", IS)
def test_a_history_is_what_its_kind_says(kind: str) -> None:
    files, listed = planted_alone(kind)
    for defect in listed.defects:
        assert defect.line is not None
        assert IS[kind](files, row_at(files, defect.file, defect.line)), defect


def test_a_month_is_lost() -> None:
    files, listed = planted_alone("month_lost")
    (defect,) = listed.defects
    clean, dirty = months(clean_city(), defect.file), months(files, defect.file)
    ((month, rows),) = (clean - dirty).items()
    assert dirty[month] == 0
    assert rows > 20
    assert clean - Counter({month: rows}) == dirty


def test_a_month_is_crowded() -> None:
    files, listed = planted_alone("month_crowded")
    (defect,) = listed.defects
    clean, dirty = months(clean_city(), defect.file), months(files, defect.file)
    assert clean.total() == dirty.total()
    ((month, more),) = (dirty - clean).items()
    assert more > 5 * max(rows for other, rows in dirty.items() if other != month)
    assert all(other < month for other in clean - dirty)


@pytest.mark.parametrize("kind", OF_HISTORIES)
def test_planting_twice_gives_the_same_bytes(kind: str) -> None:
    files, listed = planted_alone(kind)
    again, defects = plant_defects(clean_city(), seed=listed.seed, plan=DefectPlan(only=(kind,)))
    assert again == files
    assert defects == listed


def test_defects_name_rows_that_are_there() -> None:
    for kind in OF_HISTORIES:
        files, listed = planted_alone(kind)
        for defect in listed.defects:
            lines = [defect.line, *defect.partners] if defect.line else []
            assert all(row_at(files, defect.file, line) for line in lines)


def test_without_defects_there_is_nothing_to_find(tmp_path) -> None:
    for name, content in clean_city().items():
        (tmp_path / name).write_bytes(content)
    assert check_export(tmp_path).findings == ()
