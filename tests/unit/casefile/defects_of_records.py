"""Defects of records together, for the rules that a small export can break."""

from __future__ import annotations

from defect import Defect
from edits import Edit, both, cell
from exports import path_of, sound, table_text

CASES, STATUS, PERSONS = "faelle.csv", "aufenthaltsstatus.csv", "personen.csv"


def cells(table: str, row: int, **texts: str) -> Edit:
    """Several cells of one row changed; row 0 is line 2 of the file."""

    def edit(folder):
        rows = sound()[table]
        rows[row].update(texts)
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


RECORD_DEFECTS = (
    Defect("category_other_language", cell("persons", 0, "sex", "female"), PERSONS, 2, "Geschlecht"),
    Defect(
        "id_reused", cell("participations", 3, "person_id", "000217"), "teilnahmen.csv", 5, "Teilnahme-Nr"
    ),
    Defect(
        "ending_without_date",
        cell("cases", 0, "closing_reason", "Kontakt abgebrochen"),
        CASES,
        2,
        "Abschlussgrund",
    ),
    Defect("ending_unsaid", cell("cases", 0, "closed_on", "01.03.2016"), CASES, 2, "Abschlussgrund"),
    Defect("spells_jump", cell("residence_status", 1, "valid_from", "04.10.2016"), STATUS, 3, "Gültig ab"),
    Defect(
        "spells_gap",
        cells("residence_status", 1, valid_from="04.10.2016", status="Bleibeperspektive"),
        STATUS,
        3,
        "Gültig ab",
    ),
    Defect(
        "spells_teleport",
        cell("residence_status", 1, "status", "Freizügigkeit"),
        STATUS,
        3,
        "Aufenthaltsstatus",
    ),
    Defect("before_arrival", cell("goals", 0, "agreed_on", "01.05.2015"), "ziele.csv", 2, "Vereinbart am"),
    Defect(
        "review_before_goal",
        cell("goal_reviews", 0, "reviewed_on", "28.02.2016"),
        "zielueberpruefungen.csv",
        2,
        "Überprüft am",
    ),
    Defect(
        "review_overdue",
        both(
            cell("goals", 0, "agreed_on", "13.05.2015"), cell("goal_reviews", 0, "reviewed_on", "14.05.2015")
        ),
        "ziele.csv",
        2,
        "Ziel-Nr",
    ),
    Defect(
        "participation_outside_offer",
        cell("measures", 0, "available_until", "14.04.2016"),
        "teilnahmen.csv",
        2,
        "Beginn",
    ),
    Defect("age_implausible", cell("persons", 0, "birth_month", "01.01.1905"), PERSONS, 2, "Geburtsmonat"),
    Defect(
        "age_at_event", cell("persons", 2, "birth_month", "01.01.2012"), "sprachtests.csv", 2, "Geprüft am"
    ),
    Defect(
        "household_heads_several",
        cell("persons", 1, "household_head", "ja"),
        PERSONS,
        3,
        "Haushaltsvorstand",
    ),
    Defect(
        "household_head_missing",
        cell("persons", 2, "household_head", "nein"),
        PERSONS,
        3,
        "Haushaltsvorstand",
    ),
)
