"""The Cox model of a cohort: people behind each coefficient, strata, late starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import cohort_of, params

from hamm_eval.analysis.associations import associations
from hamm_eval.cohort import TimeVarying
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.survival import cox


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n = 300
    kind = rng.choice(list("abc"), n, p=[0.1, 0.3, 0.6])
    age = rng.integers(18, 60, n)
    time = np.ceil(rng.exponential(200 * np.where(kind == "b", 0.6, 1.0))).astype(int)
    cause = np.where(time <= 300, rng.choice([1, 2], n, p=[0.8, 0.2]), 0)
    return pd.DataFrame(
        {"kind": kind, "age": age, "entry": 0, "time": np.minimum(time, 300), "cause": cause}
    ).assign(household_id=[f"h{i // 2}" for i in range(n)])


def test_the_model_is_cox_on_the_cause_specific_hazard_clustered_by_household(rows: pd.DataFrame) -> None:
    model = associations(cohort_of(rows), params(), ["kind", "age"])
    direct = cox(
        rows["time"],
        rows["cause"] == 1,
        np.column_stack([rows["kind"] == "a", rows["kind"] == "b", rows["age"]]).astype(float),
        cluster=rows["household_id"].to_numpy(),
    )
    np.testing.assert_allclose(model.fit.coefficients, direct.coefficients, rtol=1e-9)
    np.testing.assert_allclose(model.fit.std_error, direct.std_error, rtol=1e-9)
    assert len(model.proportionality) == 4
    for term in (*model.terms[:2], *model.references):
        here = rows[rows["kind"] == term.level]
        assert term.persons == len(here)
        assert term.events == (here["cause"] == 1).sum()
        assert term.non_events == (here["cause"] != 1).sum()
    assert (model.persons, model.events) == (300, (rows["cause"] == 1).sum())


def test_levels_too_small_by_rule_6_are_merged(rows: pd.DataFrame) -> None:
    few = rows.assign(
        kind=np.where(np.arange(300) < 9, "a", np.where(rows["kind"] == "a", "c", rows["kind"]))
    )
    model = associations(cohort_of(few), params(), ["kind"])
    assert model.merged == {"kind=ab": ("a", "b")}


def test_persons_who_end_before_a_late_start_drop_out(rows: pd.DataFrame) -> None:
    model = associations(cohort_of(rows), params(), ["age"], since=50)
    assert model.persons == (rows["time"] > 50).sum()
    assert model.events == ((rows["time"] > 50) & (rows["cause"] == 1)).sum()


def test_time_varying_covariates_need_their_spells(rows: pd.DataFrame) -> None:
    with pytest.raises(NotEstimable, match="case file"):
        associations(cohort_of(rows), params(), ["age"], time_varying={"works": TimeVarying("transitions")})


def test_what_a_time_interaction_is_split_by_is_part_of_the_question(rows: pd.DataFrame) -> None:
    def asked(days: int) -> str:
        model = associations(cohort_of(rows), params(), ["age"], time_interactions=["age"], split_every=days)
        return model.definition.digest

    assert asked(30) != asked(60)
    assert asked(30) == asked(30)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"strata": ["nope"]}, "strata: .*Known: kind, age_group"),
        ({"time_interactions": ["foo"], "split_every": 30}, "time_interactions: .*Known: age"),
        ({"time_interactions": ["kind"], "split_every": 30}, "time_interactions: .*Known: age"),
        ({"time_interactions": ["age"]}, "split_every=7"),
        ({"split_every": 0}, "1 or more"),
    ],
)
def test_mistakes_in_a_call_are_told(rows: pd.DataFrame, call: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        associations(cohort_of(rows), params(), ["kind", "age"], **call)


def test_no_event_is_not_estimable(rows: pd.DataFrame) -> None:
    with pytest.raises(NotEstimable, match="No event"):
        associations(cohort_of(rows.assign(cause=0)), params(), ["age"])
