"""A tiny city for cohort tests, written as dates so that every rule can be seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pandas as pd

from hamm_eval.params import Params

BEGIN = "2016-02-01"


@dataclass
class City:
    """Collects records person by person."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def person(
        self,
        who: str,
        *,
        eligible: str | None = BEGIN,
        opened: str | None = BEGIN,
        closed: str | None = None,
        reason: str | None = None,
        status: str = "recognised",
        born: str = "1990-01-01",
        **more: Any,
    ) -> City:
        """A person with eligibility, status and a case file."""
        self.add(
            "persons",
            **{
                "person_id": who,
                "household_id": f"h-{who}",
                "population": "refugee",
                "birth_month": born,
                "sex": "female",
                "arrived_on": "2015-09-01",
                **more,
            },
        )
        self.add("households", household_id=f"h-{who}", household_type="single")
        self.add("residence_status", person_id=who, status=status, valid_from="2015-09-01", valid_until=None)
        if eligible is not None:
            self.add("eligibility", person_id=who, valid_from=eligible, valid_until=None)
        if opened is not None:
            self.case(who, opened, closed, reason=reason)
        return self

    def case(
        self, who: str, opened: str, closed: str | None, *, worker: str = "w1", reason: Any = None
    ) -> None:
        """One case file."""
        self.add(
            "cases",
            case_id=f"c{len(self.records.get('cases', []))}",
            person_id=who,
            social_worker=worker,
            provider="awo",
            social_space="north",
            opened_on=opened,
            closed_on=closed,
            closing_reason=reason,
        )

    def test(self, who: str, on: str, *, level: str = "B1", passed: bool = True) -> None:
        """One language test."""
        self.add("language_tests", person_id=who, cefr_level=level, passed=passed, tested_on=on)

    def departs(self, who: str, on: str, kind: str = "moved_away") -> None:
        """One departure."""
        self.add("departures", person_id=who, kind=kind, departed_on=on)

    def works(self, who: str, entered: str, left: str | None = None) -> None:
        """One job."""
        self.add("transitions", person_id=who, kind="employment", entered_on=entered, left_on=left)

    def add(self, table: str, **record: Any) -> None:
        """One record of any table."""
        self.records.setdefault(table, []).append(record)

    def case_file(self) -> Any:
        """What cohort functions read of a CaseFile."""
        columns = {
            "language_tests": ["person_id", "cefr_level", "passed", "tested_on"],
            "departures": ["person_id", "kind", "departed_on"],
            "transitions": ["person_id", "kind", "entered_on", "left_on"],
        }
        tables = {name: pd.DataFrame(columns=names) for name, names in columns.items()}
        tables |= {name: pd.DataFrame(rows) for name, rows in self.records.items()}
        dates = ("_on", "_from", "_until", "_month")
        for frame in tables.values():
            for column in frame.columns:
                if column.endswith(dates):
                    frame[column] = pd.to_datetime(frame[column])
        return SimpleNamespace(tables=tables, has=tables.__contains__)


def params(**changes: Any) -> Params:
    """Params of the tiny city: data cut 30 June 2017, 60 days of delay, files from 4 January 2016."""
    delay = {"language_tests": 60, "transitions": 30, "departures": 45}
    label = {"de": "x", "en": "x"}
    departure = {"departure": {"table": "departures", "date": "departed_on"}}
    content: dict[str, Any] = {
        "quarter": "2017-Q2",
        "data_cut": dt.date(2017, 6, 30),
        "city": "x",
        "source": {"folder": "x"},
        "notebooks": "notebooks",
        "run": (),
        "cohort": {
            "label": label,
            "eligible_from": dt.date(2015, 1, 1),
            "eligible_until": dt.date(2017, 6, 30),
            "status_at_origin": ("recognised",),
            "files_begin": dt.date(2016, 1, 4),
        },
        "reporting_delay_days": delay,
        "endpoints": {
            "language_b1": {
                "label": label,
                "event": {
                    "table": "language_tests",
                    "date": "tested_on",
                    "where": {"cefr_level": ("B1", "B2"), "passed": True},
                },
                "at_risk": {"min_age": 16, "max_age": 64},
                "competing": departure,
            },
            "employment_13_weeks": {
                "label": label,
                "event": {
                    "table": "transitions",
                    "date": "entered_on",
                    "where": {"kind": ("employment", "vocational_training")},
                    "sustained_days": 91,
                    "until": "left_on",
                },
                "competing": departure,
            },
        },
    }
    return Params.model_validate(content | changes, strict=False)
