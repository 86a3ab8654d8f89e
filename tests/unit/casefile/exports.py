"""A small sound export in the city's dialect, and the means to break it."""

from __future__ import annotations

import copy
from pathlib import Path

from hamm_eval.casefile.tables import BY_NAME

Rows = list[dict[str, str]]
Export = dict[str, Rows]

SOUND: Export = {
    "persons": [
        {
            "person_id": f"000{i}17",
            "household_id": f"H{i // 2:05d}",
            "population": "Flüchtling",
            "birth_month": f"01.0{i}.199{i}",
            "sex": "weiblich" if i % 2 else "männlich",
            "origin": "Naher Osten",
            "schooling": "",
            "german_on_arrival": "keine",
            "household_head": "ja" if i % 2 else "nein",
            "arrived_on": f"1{i}.05.2015",
            "recorded_on": f"2{i}.05.2015",
        }
        for i in range(1, 6)
    ],
    "households": [
        {"household_id": f"H{i:05d}", "household_type": "alleinstehend", "recorded_on": "20.05.2015"}
        for i in range(3)
    ],
    "residence_status": [
        {
            "status_id": "S-00001",
            "person_id": "000117",
            "status": "Bleibeperspektive",
            "valid_from": "11.05.2015",
            "valid_until": "30.09.2016",
            "recorded_on": "05.10.2016",
        },
        {
            "status_id": "S-00002",
            "person_id": "000117",
            "status": "anerkannt",
            "valid_from": "01.10.2016",
            "valid_until": "31.12.9999",
            "recorded_on": "05.10.2016",
        },
    ],
    "cases": [
        {
            "case_id": f"F-0000{i}",
            "person_id": f"000{i}17",
            "social_worker": "SB-07",
            "provider": "Caritasverband",
            "social_space": "Bockum-Hövel",
            "opened_on": f"0{i}.02.2016",
            "closed_on": "",
            "closing_reason": "",
            "recorded_on": f"0{i}.03.2016",
        }
        for i in range(1, 4)
    ],
    "goals": [
        {
            "goal_id": "Z-00001",
            "person_id": "000217",
            "domain": "sprachlich",
            "agreed_on": "01.03.2016",
            "target_on": "01.03.2018",
            "recorded_on": "02.03.2016",
        }
    ],
    "goal_reviews": [
        {
            "review_id": "R-00001",
            "goal_id": "Z-00001",
            "reviewed_on": "01.09.2016",
            "status": "teilweise erreicht",
            "attainment_score": "-1",
            "recorded_on": "02.09.2016",
        }
    ],
    "measures": [
        {
            "measure_id": "job_coaching",
            "domain": "beruflich",
            "provider": "AWO",
            "available_from": "01.01.2015",
            "available_until": "",
            "cost_per_participant": "1.234,56",
            "recorded_on": "01.01.2015",
        }
    ],
    "participations": [
        {
            "participation_id": f"T-0000{i}",
            "person_id": f"000{i}17",
            "measure_id": "job_coaching",
            "referred_on": "01.04.2016",
            "started_on": "15.04.2016",
            "ended_on": "",
            "ending": "",
            "recorded_on": "20.04.2016",
        }
        for i in range(1, 4)
    ]
    + [
        {  # a correction: the same participation, ended, recorded later
            "participation_id": "T-00001",
            "person_id": "000117",
            "measure_id": "job_coaching",
            "referred_on": "01.04.2016",
            "started_on": "15.04.2016",
            "ended_on": "30.06.2016",
            "ending": "abgeschlossen",
            "recorded_on": "15.07.2016",
        }
    ],
    "language_tests": [
        {
            "test_id": "P-00001",
            "person_id": "000317",
            "cefr_level": "B1",
            "passed": "ja",
            "tested_on": "03.11.2016",
            "recorded_on": "10.12.2016",
        }
    ],
}


def sound() -> Export:
    """A copy to break."""
    return copy.deepcopy(SOUND)


def table_text(name: str, rows: Rows, *, delimiter: str = ";", further: tuple[str, ...] = ()) -> str:
    """One table as the city writes it."""
    table = BY_NAME[name]
    names = (*table.names, *further)
    heads = [column.german for column in table.columns] + list(further)
    lines = [delimiter.join(heads)]
    lines += [delimiter.join(row.get(column, "") for column in names) for row in rows]
    return "\r\n".join(lines) + "\r\n"


def write_export(folder: Path, export: Export | None = None) -> Path:
    """Write all tables into a folder."""
    folder.mkdir(exist_ok=True)
    for name, rows in (sound() if export is None else export).items():
        path_of(folder, name).write_bytes(table_text(name, rows).encode("cp1252"))
    return folder


def path_of(folder: Path, name: str) -> Path:
    """The file of a table."""
    return folder / f"{BY_NAME[name].german}.csv"
