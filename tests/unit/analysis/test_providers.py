"""Providers beside what composition lets expect: planted composition, planted difference, who is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, cohort_of, params
from pydantic import ValidationError
from scipy.stats.contingency import association

from hamm_eval.analysis.nesting import cramers_v, nested_in
from hamm_eval.analysis.providers import providers
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.params import Params
from hamm_eval.params.contradictions import contradictions_between
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.survival import aalen_johansen

LANDMARK, HORIZON = 60, 300
BODIES = ("awo", "caritas", "city", "drk", "kolping", "mkf")


def asked(**changes: Any) -> Params:
    groups = {
        "provider": {"label": LABEL, "column": "provider"},
        "social_space": {"label": LABEL, "column": "social_space"},
        "worker": {"label": LABEL, "column": "social_worker"},
        "flag": {"label": LABEL, "column": "flag"},
        "kind": {"label": LABEL, "column": "kind"},
    }
    question = {
        "endpoint": "goal",
        "landmark_days": LANDMARK,
        "horizon_days": HORIZON,
        "case_mix": ("flag", "kind"),
    }
    return params(groups=groups, providers={"goal": question | changes})


def drawn(slower: float = 1.0, n: int = 3000) -> pd.DataFrame:
    """Pace depends on `flag`, ever more frequent from provider to provider; the last may be slower."""
    rng = np.random.default_rng(8)
    household = np.arange(n) // 2
    at = rng.integers(0, 6, n // 2)[household]
    flag = rng.random(n) < 0.1 + 0.15 * at
    goal = np.ceil(rng.exponential(np.where(flag, 250, 800) * np.where(at == 5, slower, 1.0)))
    away = np.ceil(rng.exponential(1500, n))
    closed = np.where(rng.random(n) < 0.2, rng.integers(100, 500, n), 10_000)
    end = np.minimum.reduce([goal, away, closed, np.full(n, 500)])
    return pd.DataFrame(
        {
            "flag": flag,
            "kind": rng.choice(list("ab"), n),
            "entry": 0,
            "time": end.astype(int),
            "cause": np.select([goal == end, away == end], [1, 2], 0),
            "followed_until": 500,
            "household_id": [f"h{i}" for i in household],
            "provider": np.array(BODIES)[at],
            "social_space": np.array(["north", "south", "east"])[at // 2],
            "social_worker": [f"w{a}{b}" for a, b in zip(at, rng.integers(0, 3, n), strict=True)],
        }
    )


def test_composition_alone_sets_nobody_apart() -> None:
    found = providers(cohort_of(drawn()), asked(), "goal", "provider")
    frame = found.to_frame()
    crude = frame["observed"] / frame["persons"]
    assert crude["mkf"] - crude["awo"] > 0.15
    released = release(found, Policy.strict())
    assert {group.place for group in released.groups} == {"within"}
    assert released.p_value > 0.05
    assert found.fit.p_value > 0.05


def test_a_planted_difference_is_found_and_stands_outside() -> None:
    found = providers(cohort_of(drawn(slower=2.0)), asked(), "goal", "provider")
    released = release(found, Policy.strict())
    assert found.fit.p_value < 0.001
    assert released.p_value < 0.01
    outside = {group.level: group.difference for group in released.groups if group.place == "beyond_998"}
    assert set(outside) == {"mkf"}
    assert outside["mkf"] < 0


def test_observed_is_persons_times_the_aalen_johansen_incidence_of_each_group() -> None:
    rows = drawn()
    frame = providers(cohort_of(rows), asked(), "goal", "provider").to_frame()
    for body in BODIES:
        here = rows[(rows["provider"] == body) & (rows["time"] > LANDMARK)]
        incidence = aalen_johansen(here["time"] - LANDMARK, here["cause"]).at([HORIZON]).incidence[0, 0]
        assert frame.loc[body, "persons"] == len(here)
        # Pseudo-observations have a remainder of order 1/n.
        assert frame.loc[body, "observed"] == pytest.approx(len(here) * incidence, rel=5e-3)


def test_a_group_whose_files_are_closed_early_is_low_only_where_the_closing_is_an_end() -> None:
    rows = drawn()
    # Of the last provider half of the files are closed on day 100, whatever becomes of the people.
    early = (rows["provider"] == "mkf") & (np.arange(len(rows)) % 2 == 0) & (rows["time"] > 100)
    rows.loc[early, ["time", "cause"]] = [100, 0]
    found = providers(cohort_of(rows), asked(), "goal", "provider")
    released = release(found, Policy.strict())
    assert {group.place for group in released.groups} == {"within"}
    assert released.closing == "differs"
    here = rows[(rows["provider"] == "mkf") & (rows["time"] > LANDMARK)]
    reached = ((here["cause"] == 1) & (here["time"] <= LANDMARK + HORIZON)).sum()
    assert found.while_open.observed[BODIES.index("mkf")] == pytest.approx(reached)
    assert found.while_open.p_value < 0.001
    # Files closed alike everywhere leave the finding as it is; without any there is nothing to tell.
    assert (
        release(providers(cohort_of(drawn()), asked(), "goal", "provider"), Policy.strict()).closing == "same"
    )
    open_ = drawn()
    open_ = open_[(open_["cause"] > 0) | (open_["time"] >= LANDMARK + HORIZON)]
    without = providers(cohort_of(open_), asked(), "goal", "provider")
    assert without.while_open is None
    assert release(without, Policy.strict()).closing == ""


def test_what_is_tied_together_is_said() -> None:
    rows = drawn()
    by_provider = providers(cohort_of(rows), asked(), "goal", "provider")
    assert (by_provider.other, by_provider.tied, by_provider.one_place_a_worker) == (
        "social_space",
        "strongly",
        True,
    )
    mixed = rows.assign(social_space=np.random.default_rng(1).choice(["north", "south"], len(rows)))
    by_space = providers(cohort_of(mixed), asked(), "goal", "social_space")
    assert (by_space.other, by_space.tied, by_space.one_place_a_worker) == ("provider", "hardly", False)
    no_space = rows.drop(columns="social_space")
    assert providers(cohort_of(no_space), asked(), "goal", "provider").tied == "unknown"


def test_one_workers_group_and_small_ones_are_left_out_before_anything_is_estimated() -> None:
    rows = drawn()
    rows.loc[rows["provider"] == "awo", "social_worker"] = "alone"
    few = rows["provider"].eq("drk")
    rows = rows[~few | (few.cumsum() <= 40)]
    # A second worker with a handful of cases hides nobody.
    rows.loc[rows.index[rows["provider"] == "awo"][:5], "social_worker"] = "helper"
    found = providers(cohort_of(rows), asked(), "goal", "provider")
    assert [group.level for group in found.compared] == ["caritas", "city", "kolping", "mkf"]
    released = release(found, Policy.strict())
    assert {loss.level: loss.reason for loss in released.left_out} == {
        "awo": "single_worker",
        "drk": "group_too_small",
    }
    assert found.fit.persons.sum() == sum(group.persons for group in found.compared)


def test_persons_without_a_recorded_worker_count_as_one_workers() -> None:
    rows = drawn().assign(social_worker=None)
    found = providers(cohort_of(rows), asked(), "goal", "provider")
    assert found.compared == ()
    assert release(found, Policy.strict()).withheld == ("few_groups",)


def test_fewer_than_three_groups_are_no_funnel() -> None:
    rows = drawn()
    two = providers(cohort_of(rows[rows["provider"].isin(["awo", "city"])]), asked(), "goal", "provider")
    assert release(two, Policy.strict()).withheld == ("few_groups",)


def test_nobody_or_another_grouping_is_an_error_for_people() -> None:
    rows = drawn()
    with pytest.raises(UsageError, match="provider, social_space"):
        providers(cohort_of(rows), asked(), "goal", "worker")
    with pytest.raises(NotEstimable, match="Nobody"):
        providers(cohort_of(rows.assign(followed_until=100)), asked(), "goal", "provider")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"by": ("worker",)}, "never single social workers"),
        ({"by": ("provider",), "case_mix": ("provider",)}, "no part of composition"),
        ({"by": ("body",)}, "no such group"),
        ({"endpoint": "another"}, "no such endpoint"),
    ],
)
def test_params_that_do_not_fit_are_told(changes: dict[str, Any], said: str) -> None:
    found = [contradiction.what for contradiction in contradictions_between(asked(**changes))]
    assert any(said in what for what in found)


def test_full_time_posts_are_stated_by_quarter() -> None:
    with pytest.raises(ValidationError, match="caseload"):
        params(caseload={"full_time_equivalents": {"2017": 15}})
    assert params(caseload={"full_time_equivalents": {"2017-Q1": 15}}).caseload.full_time_equivalents == {
        "2017-Q1": 15.0
    }


# --- nesting ---------------------------------------------------------------------------------------


def test_association_is_scipys() -> None:
    rng = np.random.default_rng(2)
    a = rng.choice(list("abcd"), 500)
    b = np.where(rng.random(500) < 0.4, np.char.upper(a), rng.choice(list("ABCDE"), 500))
    counts = pd.crosstab(a, b).to_numpy()
    assert cramers_v(pd.Series(a), pd.Series(b)) == pytest.approx(association(counts, method="cramer"))
    assert np.isnan(cramers_v(pd.Series(["a", "a"]), pd.Series(["x", "y"])))


def test_nested_is_one_place_for_each() -> None:
    worker = pd.Series(["w1", "w1", "w2", None])
    assert nested_in(worker, pd.Series(["awo", "awo", "awo", "drk"]))
    assert not nested_in(worker, pd.Series(["awo", "drk", "awo", "drk"]))
