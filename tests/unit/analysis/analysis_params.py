"""Params and cohorts made by hand for the tests of analyses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from hamm_eval.cohort import Cohort
from hamm_eval.params import Params

LABEL = {"de": "x", "en": "x"}


def params(
    *,
    quarter: str = "2017-Q2",
    data_cut: dt.date = dt.date(2017, 6, 30),
    eligible_until: dt.date = dt.date(2017, 6, 30),
    max_age: int = 130,
    **more: Any,
) -> Params:
    """One endpoint `goal`; groups `kind` (a+b -> ab, ab+c -> abc), `age_group`, `age`, `flag`."""
    content = {
        "quarter": quarter,
        "data_cut": data_cut,
        "city": "x",
        "source": {"folder": "x"},
        "notebooks": "notebooks",
        "run": (),
        "cohort": {"label": LABEL, "eligible_from": dt.date(2015, 1, 1), "eligible_until": eligible_until},
        "reporting_delay_days": {"language_tests": 0, "departures": 0},
        "endpoints": {
            "goal": {
                "label": LABEL,
                "event": {"table": "language_tests", "date": "tested_on"},
                "at_risk": {"max_age": max_age},
                "competing": {"departure": {"table": "departures", "date": "departed_on"}},
            }
        },
        "groups": {
            "kind": {
                "label": LABEL,
                "column": "kind",
                "merge": ({"into": "ab", "of": ("a", "b")}, {"into": "abc", "of": ("ab", "c")}),
            },
            "age_group": {"label": LABEL, "column": "age", "cuts": (25,)},
            "age": {"label": LABEL, "column": "age"},
            "flag": {"label": LABEL, "column": "flag"},
            "coarse": {
                "label": LABEL,
                "column": "kind",
                "combine": ({"into": "ab", "of": ("a", "b")},),
            },
        },
    }
    return Params.model_validate(content | more)


def cohort_of(rows: pd.DataFrame) -> Cohort:
    """A cohort with one household a person unless given."""
    n = len(rows)
    columns = {
        "person_id": [f"p{i}" for i in range(n)],
        "household_id": [f"h{i}" for i in range(n)],
        "origin_on": pd.Timestamp("2016-01-01"),
        "social_worker": "w",
        "ending": ["event" if cause == 1 else "administrative" for cause in rows["cause"]],
        "followed_until": 400,
    }
    given = {name: value for name, value in columns.items() if name not in rows.columns}
    return Cohort(
        endpoint="goal",
        causes=("goal", "departure"),
        episodes=rows.reset_index(drop=True).assign(**given),
        attrition=(("recorded", n),),
        end_of_observation=dt.date(2017, 6, 30),
    )
