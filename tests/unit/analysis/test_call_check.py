"""Names in a call for a model: nothing that is asked for may replace what the model stands on."""

from __future__ import annotations

import pandas as pd
import pytest
from analysis_params import LABEL, cohort_of, params

from hamm_eval.analysis.associations import associations
from hamm_eval.cohort import TimeVarying
from hamm_eval.errors import InputError, UsageError
from hamm_eval.estimate import Definition, Model

WORKS = TimeVarying("transitions")


@pytest.fixture
def rows() -> pd.DataFrame:
    n = 60
    return pd.DataFrame(
        {
            "kind": ["a", "b"] * 30,
            "age": [20 + 7 * i % 40 for i in range(n)],
            "status": ["recognised", "toleration", "recognised"] * 20,
            "entry": 0,
            "time": range(1, n + 1),
            "cause": [1, 1, 0] * 20,
        }
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("household_id", "a column of the episodes"),
        ("person_id", "a column of the episodes"),
        ("cause", "a column of the episodes"),
        ("start", "a column of the episodes"),
        ("stop", "a column of the episodes"),
        ("event", "a column of the episodes"),
        ("status", "a column of the episodes"),
        ("age_group", "a group of params"),
        ("log_age", "a covariate of this call"),
    ],
)
def test_a_time_varying_name_that_is_taken_is_refused(rows: pd.DataFrame, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"time_varying: {name} is the name of {why}") as told:
        associations(cohort_of(rows), params(), "~ status + log(age)", time_varying={name: WORKS})
    assert f'time_varying={{"{name}_over_time": ...}}' in str(told.value)


def test_all_problems_of_a_call_are_told_at_once(rows: pd.DataFrame) -> None:
    measures = {"course": {"label": LABEL, "domain": "language"}}
    with pytest.raises(UsageError) as told:
        associations(
            cohort_of(rows),
            params(measures=measures),
            ["age"],
            strata=["phase", "course", "nope"],
            time_varying={"household_id": WORKS, "age_group": WORKS, "a=b": WORKS},
            split_every=0,
        )
    assert len(told.value.problems) == 7
    for said in ("phase begins after day 0", "course begins after day 0", "immortal time", "letters, digits"):
        assert said in str(told.value)


def test_an_ordinary_unknown_stratum_is_not_accused(rows: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="strata: There is no such group") as told:
        associations(cohort_of(rows), params(), ["age"], strata=["nope"])
    assert "immortal" not in str(told.value)


def test_a_covariate_named_twice_is_one(rows: pd.DataFrame) -> None:
    once = associations(cohort_of(rows), params(), ["age"])
    twice = associations(cohort_of(rows), params(), ["age", "age"])
    assert twice.terms == once.terms


def test_terms_that_are_not_those_of_the_fit_are_refused(rows: pd.DataFrame) -> None:
    model = associations(cohort_of(rows), params(), ["age"])
    with pytest.raises(InputError, match="not as many terms as coefficients"):
        Model(
            definition=Definition("associations", "goal"),
            endpoint="goal",
            terms=(*model.terms, *model.terms),
            references=(),
            fit=model.fit,
            persons=60,
            events=40,
        )
