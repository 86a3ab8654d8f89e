"""Counts of who is evaluated and how good the records are, on a city small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from analysis_params import LABEL, params

from hamm_eval.analysis import cohort_and_data_quality as quality
from hamm_eval.casefile import CaseFile, read_case_file
from hamm_eval.cohort import TableAbsent
from hamm_eval.errors import UsageError
from hamm_eval.params import Params

CUT = dt.date(2017, 6, 30)
PERSON = (
    "person_id;household_id;population;birth_month;sex;origin;schooling;german_on_arrival;household_head;"
    "arrived_on;recorded_on"
)
STATUS = "status_id;person_id;status;valid_from;valid_until;recorded_on"
CASE = "case_id;person_id;social_worker;provider;social_space;opened_on;closed_on;closing_reason;recorded_on"
TEST = "test_id;person_id;cefr_level;passed;tested_on;recorded_on"
LEFT = "departure_id;person_id;kind;departed_on;recorded_on"


def person(number: int, household: int, *, schooling: str = "keine", population: str = "Flüchtling") -> str:
    return (
        f"P{number};H{household};{population};01.01.1990;weiblich;Naher Osten;{schooling};keine;ja;"
        "01.02.2016;02.02.2016"
    )


@pytest.fixture
def case_file(tmp_path: Path) -> CaseFile:
    """Six refugees and an EU citizen.

    P5 departed, P1 did before the latest arrival; P4's status is missing; P6 asked for asylum in vain.
    """
    status = [
        "S1;P1;anerkannt;01.02.2016;;02.02.2016",
        "S2;P2;Bleibeperspektive;01.02.2016;31.12.2016;02.02.2016",
        "S3;P2;anerkannt;01.01.2017;;05.01.2017",
        "S4;P3;Bleibeperspektive;01.02.2016;;02.02.2016",
        "S5;P5;anerkannt;01.02.2016;;02.02.2016",
        "S6;P6;keine Bleibeperspektive;01.02.2016;;02.02.2016",
    ]
    # Tests of 2016 with delays of 1 to 20 days, one corrected a year later, one too young to be judged.
    tests = [f"T{i};P{1 + i % 3};A1;ja;01.06.2016;{1 + i:02d}.06.2016" for i in range(1, 21)]
    tests += ["T1;P2;A1;ja;01.06.2016;01.06.2017", "T99;P1;A2;ja;01.06.2017;29.06.2017"]
    # Taken before P2's file opened: nobody could record it then.
    tests += ["T98;P2;A1;ja;01.02.2016;01.12.2016"]
    files = {
        "persons": [
            PERSON,
            person(1, 1),
            person(2, 1, schooling=""),
            person(3, 2),
            person(4, 3),
            person(5, 4),
            person(6, 5),
            person(7, 6, population="EU-Bürger"),
        ],
        "households": [
            "household_id;household_type;recorded_on",
            *(f"H{i};alleinstehend;02.02.2016" for i in range(2, 7)),
            "H1;Paar ohne Kinder;02.02.2016",
        ],
        "residence_status": [STATUS, *status],
        "cases": [
            CASE,
            "C1;P1;W1;AWO;Mitte;01.03.2016;;;02.03.2016",
            "C2;P2;W1;AWO;Mitte;01.03.2016;01.04.2017;;02.04.2017",
            "C3;P3;W1;AWO;Mitte;01.06.2016;;;02.06.2016",
        ],
        "language_tests": [TEST, *tests],
        "departures": [
            LEFT,
            "D1;P5;Wegzug;01.05.2017;02.05.2017",
            "D2;P1;freiwillige Rückkehr;01.12.2015;02.12.2015",
        ],
    }
    for name, lines in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_case_file(tmp_path, as_of=CUT)


def evaluated() -> Params:
    cohort = {
        "label": LABEL,
        "eligible_from": dt.date(2015, 1, 1),
        "eligible_until": CUT,
        "status_at_origin": ("recognised", "prospect_of_staying"),
    }
    return params(
        cohort=cohort, reporting_delay_days={"language_tests": 30, "departures": 20, "transitions": 9}
    )


def test_composition_by_status_counts_those_present_at_the_cut(case_file: CaseFile) -> None:
    table = quality.composition(case_file, evaluated(), "residence_status")
    assert dict(zip(table.rows, table.counts[:, 0].tolist(), strict=True)) == {
        "recognised": 2,
        "prospect_of_staying": 1,
        "no_prospect_of_staying": 1,
        "missing": 1,
    }
    assert table.sensitive
    assert table.total == 5


def test_composition_by_household_type_counts_households_with_their_persons(case_file: CaseFile) -> None:
    table = quality.composition(case_file, evaluated(), "household_type")
    assert table.rows == ("single", "couple_without_children")
    assert table.counts[:, 0].tolist() == [1, 1]
    assert table.persons is not None
    assert table.persons[:, 0].tolist() == [1, 2]
    assert (table.unit, table.total) == ("households", 2)


@pytest.mark.parametrize("by", ["residence_status", "household_type"])
def test_without_departures_nobody_knows_who_is_here(case_file: CaseFile, by: str) -> None:
    records = {name: frame for name, frame in case_file.records.items() if name != "departures"}
    with pytest.raises(TableAbsent, match="departures"):
        quality.composition(replace(case_file, records=records), evaluated(), by)


def test_another_characteristic_is_refused(case_file: CaseFile) -> None:
    with pytest.raises(UsageError, match="residence_status, household_type"):
        quality.composition(case_file, evaluated(), "origin")  # type: ignore[arg-type]


def test_delay_is_that_of_the_first_record_and_of_older_quarters(case_file: CaseFile) -> None:
    table = quality.reporting_delays(case_file, evaluated())
    assert table.rows == ("language_tests", "departures")  # no transitions in this export
    # Days 1 to 20: by day 19 of 20 records 95 % had arrived. Neither the correction (365 days), nor the test
    # of the quarter reported (28 days), nor the one from before the file opened (304 days) counts.
    assert table.values[0] == 19
    assert table.persons.tolist() == [3, 0]
    assert np.isnan(table.values[1])
    assert table.beside.tolist() == [30, 20]


def test_events_from_before_files_began_tell_no_delay(case_file: CaseFile) -> None:
    asked = evaluated()
    late = asked.cohort.model_copy(update={"files_begin": dt.date(2016, 6, 2)})
    assert quality.reporting_delays(case_file, asked).persons[0] == 3
    table = quality.reporting_delays(case_file, asked.model_copy(update={"cohort": late}))
    assert table.persons[0] == 0
    assert np.isnan(table.values[0])


def test_completeness_counts_what_is_due(case_file: CaseFile) -> None:
    table = quality.completeness(case_file)
    found = dict(zip(table.rows, table.counts.tolist(), strict=True))
    assert found["persons.schooling"] == [6, 1]
    assert found["cases.closing_reason"] == [0, 1]  # C1 is open: nothing due
    assert not any(row.startswith(("residence_status", "departures")) for row in table.rows)
    assert table.persons is not None
    assert dict(zip(table.rows, table.persons.tolist(), strict=True))["persons.schooling"] == [6, 1]


def test_intake_adds_up_and_counts_few_persons_behind_rows_not_used(case_file: CaseFile) -> None:
    table = quality.intake(case_file)
    at = table.rows.index("language_tests")
    assert table.counts[at].tolist() == [22, 0, 0, 1, 0]
    assert table.persons is not None
    assert table.persons[at].tolist() == [3, 0, 0, 1, 0]
    assert table.unit == "records"
