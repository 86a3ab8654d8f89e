"""Counts of who is evaluated and how good the records are, on a city small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from analysis_params import LABEL, params

from hamm_eval.analysis import cohort_and_data_quality as quality
from hamm_eval.analysis.completeness import completeness, completeness_by_quarter
from hamm_eval.analysis.delays import PROBABILITIES, delays_by_provider, delays_by_quarter, reporting_delays
from hamm_eval.analysis.plausibility import plausibility
from hamm_eval.casefile import CaseFile, read_case_file
from hamm_eval.casefile.findings import Finding
from hamm_eval.casefile.rules.rule import Severity
from hamm_eval.cohort import TableAbsent
from hamm_eval.errors import UsageError
from hamm_eval.params import Params
from hamm_eval.vocabulary import Population

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
    table = reporting_delays(case_file, evaluated())
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
    assert reporting_delays(case_file, asked).persons[0] == 3
    table = reporting_delays(case_file, asked.model_copy(update={"cohort": late}))
    assert table.persons[0] == 0
    assert np.isnan(table.values[0])


def test_completeness_counts_what_is_due(case_file: CaseFile) -> None:
    table = completeness(case_file, evaluated())
    found = dict(zip(table.rows, table.counts.tolist(), strict=True))
    assert found["persons.schooling"] == [5, 1]  # P7 is of another population
    assert found["cases.closing_reason"] == [0, 1]  # C1 is open: nothing due
    assert not any(row.startswith(("residence_status", "departures")) for row in table.rows)
    assert table.persons is not None
    assert dict(zip(table.rows, table.persons.tolist(), strict=True))["persons.schooling"] == [5, 1]


def test_intake_adds_up_and_counts_few_persons_behind_rows_not_used(case_file: CaseFile) -> None:
    table = quality.intake(case_file)
    at = table.rows.index("language_tests")
    assert table.counts[at].tolist() == [22, 0, 0, 1, 0]
    assert table.persons is not None
    assert table.persons[at].tolist() == [3, 0, 0, 1, 0]
    assert table.unit == "records"


def test_completeness_is_of_those_who_are_eligible_by_the_cut(case_file: CaseFile) -> None:
    spell = {"eligibility_id": ["E1", "E2"], "person_id": ["P1", "P2"], "valid_until": [None, None]}
    days = {
        "valid_from": [dt.date(2016, 3, 1), dt.date(2017, 7, 1)],
        "recorded_on": [dt.date(2016, 3, 1)] * 2,
    }
    table = pl.DataFrame(spell | days, schema_overrides={"valid_until": pl.Date})
    records = dict(case_file.records) | {"eligibility": table}
    counted = completeness(replace(case_file, records=records), evaluated())
    found = dict(zip(counted.rows, counted.counts.tolist(), strict=True))
    # P2's schooling is missing, but P2 becomes eligible only after the cut.
    assert found["persons.schooling"] == [1, 0]
    assert found["cases.provider"] == [1, 0]


@pytest.mark.parametrize(("population", "found"), [(Population.EU_CITIZEN, [1, 0]), (None, [6, 1])])
def test_the_population_asked_for_is_counted(
    case_file: CaseFile, population: Population | None, found: list[int]
) -> None:
    asked = evaluated()
    cohort = asked.cohort.model_copy(update={"population": population})
    counted = completeness(case_file, asked.model_copy(update={"cohort": cohort}))
    assert dict(zip(counted.rows, counted.counts.tolist(), strict=True))["persons.schooling"] == found


def test_completeness_by_quarter_takes_what_each_quarter_recorded(case_file: CaseFile) -> None:
    counted = completeness_by_quarter(case_file, evaluated())
    found = dict(zip(counted.rows, counted.counts.tolist(), strict=True))
    assert list(found) == [
        *("2015-Q3", "2015-Q4", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4", "2017-Q1", "2017-Q2")
    ]
    # Q1: 6 refugees with schooling and German (one schooling missing), C1 with provider and space. Q2: C3;
    # Q2 2017: C2 is recorded as closed without a reason.
    assert (found["2016-Q1"], found["2016-Q2"], found["2017-Q2"]) == ([13, 1], [2, 0], [2, 1])
    assert found["2015-Q4"] == [0, 0]
    assert counted.persons is not None
    assert counted.persons[list(found).index("2016-Q1")].tolist() == [6, 1]


def test_the_quarter_in_which_files_began_tells_no_trend(case_file: CaseFile) -> None:
    asked = evaluated()
    cohort = asked.cohort.model_copy(update={"files_begin": dt.date(2016, 10, 1)})
    rows = completeness_by_quarter(case_file, asked.model_copy(update={"cohort": cohort})).rows
    assert rows == ("2017-Q1", "2017-Q2")


def test_delays_by_provider_are_a_distribution_in_declared_order(case_file: CaseFile) -> None:
    table = delays_by_provider(case_file, evaluated())
    assert table.rows == ("city", "awo", "caritas", "drk", "kolping", "mkf")
    # All files are AWO's: days 1 to 20.
    assert table.values[1].tolist() == [5, 10, 15, 19]
    assert table.persons.tolist() == [0, 3, 0, 0, 0, 0]
    assert np.isnan(np.delete(table.values, 1, axis=0)).all()


def test_a_delay_is_of_the_provider_whose_file_was_open_then(case_file: CaseFile) -> None:
    cases = case_file.records["cases"]
    moved = cases.filter(pl.col("case_id") == "C1").with_columns(
        case_id=pl.lit("C9"), provider=pl.lit("drk"), opened_on=dt.date(2016, 6, 1)
    )
    later = moved.with_columns(case_id=pl.lit("C10"), provider=pl.lit("mkf"), opened_on=dt.date(2016, 6, 2))
    unsaid = cases.with_columns(
        provider=pl.when(pl.col("case_id") == "C3").then(None).otherwise(pl.col("provider"))
    )
    records = dict(case_file.records) | {"cases": pl.concat([unsaid, moved, later]).sort("case_id")}
    table = delays_by_provider(replace(case_file, records=records), evaluated())
    persons = dict(zip(table.rows, table.persons.tolist(), strict=True))
    # Tests were on 1 June: P1 had moved to DRK that day, and not yet to the Forum; P3's provider is unsaid.
    assert persons == {"city": 0, "awo": 1, "caritas": 0, "drk": 1, "kolping": 0, "mkf": 0, "missing": 1}


def test_delays_by_quarter_go_by_the_day_of_recording(case_file: CaseFile) -> None:
    table = delays_by_quarter(case_file, evaluated())
    rows = dict(zip(table.rows, table.values.tolist(), strict=True))
    assert rows["2016-Q2"] == [5, 10, 15, 19]
    # T99 after 28 days; nobody kept a file of P5, whose departure could not be recorded when it happened.
    assert rows["2017-Q2"] == [28, 28, 28, 28]
    assert table.probabilities == PROBABILITIES


def test_without_the_tables_of_delays_nothing_is_told(case_file: CaseFile) -> None:
    records = {n: f for n, f in case_file.records.items() if n not in ("language_tests", "departures")}
    bare = replace(case_file, records=records)
    assert np.isnan(delays_by_provider(bare, evaluated()).values).all()
    assert delays_by_quarter(bare, evaluated()).persons.sum() == 0


def finding(rule: str, table: str, count: int, severity: Severity = Severity.WARN) -> Finding:
    return Finding(rule, severity, "x.csv", table, "", 2, (2,), count, "", "")


def test_plausibility_counts_records_by_rule_and_as_few_persons_as_there_could_be(
    case_file: CaseFile,
) -> None:
    findings = (
        finding("spells_gap", "residence_status", 9),
        finding("duplicate_row", "language_tests", 20, Severity.QUARANTINE),
        finding("spells_gap", "cases", 4),
        finding("title_rows", "cases", 3, Severity.NOTICE),
        finding("spells_gap", "measures", 5),
        finding("file_unknown", "", 1),
    )
    table = plausibility(replace(case_file, findings=findings))
    assert table.rows == ("duplicate_row", "spells_gap")
    assert table.counts.tolist() == [[20], [13]]
    # The person with the most tests has 8 in use: 20 rows are of 3 persons at least. Of statuses it is 2.
    most = case_file.tables["language_tests"]["person_id"].value_counts().max()
    assert table.persons is not None
    assert table.persons.tolist() == [[-(-20 // most)], [5]]


def test_where_no_rule_is_broken_no_row_is_told(case_file: CaseFile) -> None:
    table = plausibility(replace(case_file, findings=()))
    assert (table.rows, table.counts.shape) == ((), (0, 1))
