"""Ordinal regression of attainment, and the share of its differences between social workers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from followed import Goals, asked

from hamm_eval.analysis.attainment_model import attainment_model, attainment_workers, merged_scale
from hamm_eval.analysis.goal_attainment import goal_attainment
from hamm_eval.cohort import FollowedGoals
from hamm_eval.errors import NotEstimable
from hamm_eval.ratings import goal_attainment_t, ordinal_mixed, ordinal_regression
from hamm_eval.release.attainment_models import limiting_size
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy

STRICT = Policy.strict()


def drawn(n: int = 600, *, effect: float = 0.8, spread: float = 0.0, workers: int = 12) -> FollowedGoals:
    """Goals whose scores rise with being of kind b, by so much on the scale of log odds."""
    rng = np.random.default_rng(21)
    kind = rng.choice(list("abc"), n, p=[0.3, 0.4, 0.3])
    worker = rng.integers(0, workers, n)
    of_worker = rng.normal(0, spread, workers)
    latent = effect * (kind == "b") + of_worker[worker] + rng.logistic(size=n)
    score = np.digitize(latent, [-1.2, 0.2, 1.6, 2.8]) - 2
    goals = Goals()
    for at in range(n):
        status = "dropped" if at % 25 == 0 else "partly"
        goals.add(f"p{at}", (90, status, int(score[at])), household=f"h{at // 2}")
    followed = goals.followed()
    persons = pd.DataFrame(
        {
            "person_id": [f"p{at}" for at in range(n)],
            "household_id": [f"h{at // 2}" for at in range(n)],
            "social_worker": [f"w{at}" for at in worker],
            "kind": kind,
        }
    )
    return FollowedGoals(followed.goals, followed.reviews, persons, followed.end_of_observation)


@pytest.fixture(scope="module")
def followed() -> FollowedGoals:
    return drawn()


def scored(followed: FollowedGoals) -> pd.DataFrame:
    reviews = followed.reviews[followed.reviews["status"] != "dropped"]
    goals = followed.goals.merge(reviews[["goal_id", "score"]], on="goal_id")
    return goals[["person_id", "score"]].merge(followed.persons, on="person_id").sort_values("person_id")


def test_the_model_is_the_ordinal_regression_of_those_with_a_score(followed: FollowedGoals) -> None:
    model = attainment_model(followed, asked(covariates=("kind",)), "language")
    rows = scored(followed)
    columns = np.column_stack([rows["kind"] == "a", rows["kind"] == "c"]).astype(float)
    by_hand = ordinal_regression(rows["score"], columns, cluster=rows["household_id"].to_numpy(dtype=str))
    assert [(term.factor, term.level) for term in model.terms] == [("kind", "a"), ("kind", "c")]
    np.testing.assert_allclose(model.fit.coefficients, by_hand.coefficients, rtol=1e-7)
    np.testing.assert_allclose(model.fit.std_error, by_hand.std_error, rtol=1e-7)
    assert model.persons == len(rows) == 576
    for term in (*model.terms, *model.references):
        here = rows[rows["kind"] == term.level]["score"]
        assert (term.events, term.non_events) == ((here >= 0).sum(), (here < 0).sum())


def test_every_domain_compares_with_what_is_most_frequent_among_all(followed: FollowedGoals) -> None:
    # Those of the most frequent kind rarely have a goal of this domain.
    rare = followed.persons["person_id"][followed.persons["kind"] == "b"].iloc[30:]
    goals = followed.goals[~followed.goals["person_id"].isin(rare)]
    model = attainment_model(
        dataclasses.replace(followed, goals=goals), asked(covariates=("kind",)), "language"
    )
    assert [term.level for term in model.references] == ["b"]
    assert model.references[0].persons == min(term.persons for term in (*model.terms, *model.references))


def test_the_planted_difference_is_found(followed: FollowedGoals) -> None:
    model = attainment_model(followed, asked(covariates=("kind",)), "language")
    # Of kind b, the reference, scores are higher by 0.8 on the scale of log odds.
    assert ((model.fit.lower < -0.8) & (model.fit.upper > -0.8)).all()
    shown = release(model, STRICT)
    assert shown.withheld == ()
    ratios = {term.level: term.ratio for term in shown.terms}
    assert ratios["b"] == 1
    assert ratios["a"] == pytest.approx(np.exp(model.fit.coefficients[0]), abs=0.01)
    assert all(term.persons.value is None for term in shown.terms)


def test_the_share_between_workers_is_that_of_the_mixed_model() -> None:
    goals = drawn(spread=0.9)
    found = attainment_workers(goals, asked(covariates=("kind",)), "language")
    rows = scored(goals)
    columns = np.column_stack([rows["kind"] == "a", rows["kind"] == "c"]).astype(float)
    by_hand = ordinal_mixed(rows["score"], columns, rows["social_worker"].to_numpy(dtype=str))
    assert found.value == pytest.approx(by_hand.variance_share, abs=1e-6)
    planted = 0.9**2 / (0.9**2 + np.pi**2 / 3)
    assert found.lower < planted < found.upper
    assert sum(found.workers) == len(rows)
    shown = release(found, STRICT).share
    assert shown is not None
    assert shown.lower <= found.lower
    assert shown.upper >= found.upper
    assert {round(100 * part) % 5 for part in (shown.value, shown.lower, shown.upper)} == {0}


def test_few_at_the_ends_are_taken_with_the_next_towards_what_was_agreed() -> None:
    scores = pd.Series([-2.0] * 3 + [-1.0] * 20 + [0.0] * 20 + [1.0] * 20 + [2.0] * 9)
    assert merged_scale(scores, 10) == ((-2, -1), (0,), (1, 2))
    assert merged_scale(scores, 3) == ((-2,), (-1,), (0,), (1,), (2,))
    whole = merged_scale(pd.Series([0.0] * 30), 10)
    assert whole == ((-2, -1, 0, 1, 2),)


def test_effective_numbers_are_harrells() -> None:
    # Regression Modeling Strategies, table 4.1: with two categories n1 n2 / n times 3, a continuum has all.
    assert limiting_size([60, 40]) == pytest.approx(3 * 60 * 40 / 100)
    assert limiting_size([1] * 400) == pytest.approx(400, abs=0.01)


def test_rule_6_withholds_too_many_parameters_and_too_small_levels() -> None:
    few = attainment_model(drawn(120), asked(covariates=("kind",)), "language")
    assert release(few, STRICT).withheld == ()
    # 115 with a score are worth about 105, too few for two coefficients and three thresholds or four.
    shown = release(few, STRICT.tighten({"model_events_per_parameter": 25}))
    assert (shown.withheld, shown.terms) == (("scores_per_parameter",), ())
    whole = attainment_model(drawn(), asked(covariates=("kind",)), "language")
    strict = release(whole, STRICT.tighten({"level_events": 150}))
    assert strict.withheld == ("level_too_small",)


def test_all_alike_is_said(followed: FollowedGoals) -> None:
    with pytest.raises(NotEstimable, match="No goal of this domain has a score"):
        attainment_model(followed, asked(covariates=("kind",)), "work")
    with pytest.raises(NotEstimable, match="do not differ"):
        attainment_model(followed, asked(), "language")


def test_t_scores_are_of_persons_all_of_whose_goals_have_a_score() -> None:
    goals = Goals()
    goals.add("a", (90, "partly", -1)).add("a", (90, "met", 2))
    goals.add("b", (90, "met", 2)).add("b", (90, "dropped"))  # without the dropped goal it would be 70
    goals.add("c", (90, "met", 1)).add("c")  # the second goal has no review
    goals.add("d", (90, "met"))  # met, but no score
    goals.add("e", (90, "met", 1))
    goals.add("f", (90, "adapted", -1), (180, "met", 2))  # by levels that were not fixed at the agreement
    found = goal_attainment(goals.followed(), asked())
    language = found.t_scores.rows.index("language")
    assert found.t_scores.persons[language] == 2
    assert found.t_without[language] == 2
    low, middle, high = found.t_scores.values[language]
    assert (low, high) == (goal_attainment_t([-1, 2]), 60.0)
    assert middle == low
