"""Matching: identities, cases done by hand, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import Matching, PerArm, assess_design, estimate_effect
from hamm_eval.errors import InputError, NotEstimable

DISTANCES = ["propensity", "mahalanobis", "inverse_variance"]


def matched(outcome, treated, covariates, *, keywords=None, **options):
    """The effect by matching."""
    return estimate_effect(
        outcome, treated, covariates, method="matching", matching=Matching(**options), **(keywords or {})
    )


@pytest.fixture
def tied():
    """Rows with few distinct covariates: most matches are ties."""
    rng = np.random.default_rng(41)
    x = np.column_stack([rng.integers(0, 4, 160), rng.integers(0, 3, 160)]).astype(float)
    treated = rng.binomial(1, 0.2 + 0.1 * x[:, 0]).astype(float)
    return x[:, 0] + treated * x[:, 1] + rng.normal(size=160), treated, x


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("replace", [True, False])
def test_with_a_twin_for_each_treated_the_effect_is_the_mean_difference(distance, replace):
    rng = np.random.default_rng(42)
    x = np.repeat(rng.normal(size=(40, 2)), 2, axis=0)
    treated = np.tile([1.0, 0.0], 40)
    outcome = x[:, 0] + treated + rng.normal(size=80)
    found = matched(outcome, treated, x, distance=distance, replace=replace, caliper=1e-6)
    gaps = outcome[treated == 1] - outcome[treated == 0]
    assert found.value == pytest.approx(gaps.mean(), rel=1e-12)
    assert found.balance.worst < 1e-12
    assert found.n == PerArm(40, 40)
    assert found.unmatched == PerArm(0, 0)
    if distance != "propensity" or not replace:
        # Nobody is used twice: the variance of the differences.
        assert found.std_error == pytest.approx(gaps.std() / np.sqrt(40), rel=1e-12)


def test_a_case_by_hand():
    # The treated at 1 has the controls at 0 and 2 as near: each half. The one at 9 has the control at 8.
    x = np.array([[1.0], [9.0], [0.0], [2.0], [8.0], [20.0]])
    treated = [1, 1, 0, 0, 0, 0]
    outcome = np.array([10.0, 20.0, 4.0, 8.0, 15.0, 99.0])
    found = matched(outcome, treated, x, distance="inverse_variance", caliper=None, variance_neighbours=0)
    assert found.mean_control == pytest.approx((6 + 15) / 2)
    assert found.value == pytest.approx((4 + 5) / 2)
    # Differences 4 (by halves 6 and 2) and 5; nobody is used by two: K**2 - K' is 0 throughout.
    spread = ((4 - 4.5) ** 2 + (5 - 4.5) ** 2) / 4
    assert found.std_error == pytest.approx(np.sqrt(spread))
    assert found.effective_n.control == pytest.approx(2**2 / (0.25 + 0.25 + 1))
    assert found.n == PerArm(2, 3)


def test_a_control_used_twice_counts_its_variance_twice_more():
    x = np.array([[1.0], [2.0], [1.5], [30.0], [31.0]])
    treated = [1, 1, 0, 0, 0]
    outcome = np.array([10.0, 13.0, 4.0, 8.0, 9.0])
    options = {"distance": "inverse_variance", "caliper": None}
    # Differences 6 and 9; K = 2, K' = 2, so that K**2 - K' = 2.
    found = matched(outcome, treated, x, variance_neighbours=0, **options)
    common = (1.5**2 + 1.5**2) / 2 / 2
    assert found.std_error == pytest.approx(np.sqrt((2 * 1.5**2 + 2 * common) / 4))
    # The nearest control of the control matched is the one at 30: (4 - 8)**2 / 2.
    found = matched(outcome, treated, x, variance_neighbours=1, **options)
    assert found.std_error == pytest.approx(np.sqrt((2 * 1.5**2 + 2 * 8.0) / 4))


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
@pytest.mark.parametrize("adjust", [False, True])
def test_the_order_of_rows_changes_nothing(tied, distance, estimand, adjust):
    outcome, treated, x = tied
    options = {"distance": distance, "bias_adjustment": adjust, "matches": 2}
    first = matched(outcome, treated, x, keywords={"estimand": estimand}, **options)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(160)
        again = matched(outcome[order], treated[order], x[order], keywords={"estimand": estimand}, **options)
        assert again.value == pytest.approx(first.value, rel=1e-9)
        assert again.std_error == pytest.approx(first.std_error, rel=1e-9)
        assert again.effective_n.control == pytest.approx(first.effective_n.control, rel=1e-9)


def test_bias_adjustment_is_exact_for_a_linear_outcome():
    rng = np.random.default_rng(43)
    x = rng.normal(size=(200, 3))
    treated = rng.binomial(1, 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    outcome = 2 + x @ [1.0, -2.0, 0.5] + 1.5 * treated
    for estimand in ("ATT", "ATE"):
        plain = matched(outcome, treated, x, distance="mahalanobis", keywords={"estimand": estimand})
        assert abs(plain.value - 1.5) > 0.01
        found = matched(
            outcome,
            treated,
            x,
            distance="mahalanobis",
            bias_adjustment=True,
            keywords={"estimand": estimand},
        )
        assert found.value == pytest.approx(1.5, rel=1e-10)
        assert {model.model for model in found.support} == {"propensity", "outcome"}


def test_the_caliper_leaves_treated_out_and_says_how_many(tied):
    outcome, treated, x = tied
    x = np.column_stack([x, np.random.default_rng(44).normal(size=160) + 1.5 * treated])
    wide = matched(outcome, treated, x, caliper=None)
    assert wide.unmatched == PerArm(0, 0)
    assert wide.n.treated == treated.sum()
    narrow = matched(outcome, treated, x, caliper=0.02)
    assert narrow.unmatched.treated > 0
    assert narrow.unmatched.control == 0
    assert narrow.n.treated + narrow.unmatched.treated == treated.sum()
    assert narrow.overlap.outside_target >= narrow.unmatched.treated / treated.sum()
    assert "overlap" in {reason.key for reason in assess_design(narrow).reasons}
    in_all = matched(outcome, treated, x, caliper=0.02, keywords={"estimand": "ATE"})
    assert in_all.unmatched.treated == narrow.unmatched.treated
    assert in_all.unmatched.control > 0
    # Covariates as the distance: the caliper stays one of the propensity.
    within = matched(outcome, treated, x, caliper=0.02, distance="mahalanobis")
    assert within.unmatched == narrow.unmatched
    with pytest.raises(NotEstimable, match="Nobody has a match"):
        matched(outcome, treated, x, caliper=1e-9)


def test_exact_columns_are_balanced_to_the_last_row(tied):
    outcome, treated, x = tied
    frame = pd.DataFrame({"group": x[:, 1], "age": np.random.default_rng(45).normal(size=160) + treated})
    loose = matched(outcome, treated, frame, caliper=None)
    assert abs(loose.balance.smd[0]) > 1e-3
    for replace in (True, False):
        strict = matched(outcome, treated, frame, caliper=0.2, exact=["group"], replace=replace)
        assert strict.balance.smd[0] == pytest.approx(0, abs=1e-12)


def test_without_replacement_each_control_serves_once_and_the_highest_propensity_chooses_first():
    x = np.array([[3.0], [2.0], [2.6], [1.0], [0.0], [0.2]])
    treated = [1, 1, 0, 0, 0, 1]
    outcome = np.array([10.0, 20.0, 1.0, 2.0, 4.0, 30.0])
    # Falling propensity is falling x: 3 takes 2.6, 2 then takes 1, 0.2 takes 0.
    found = matched(outcome, treated, x, caliper=None, replace=False)
    gaps = np.array([9.0, 18.0, 26.0])
    assert found.value == pytest.approx(gaps.mean())
    assert found.std_error == pytest.approx(gaps.std() / np.sqrt(3))
    assert found.effective_n == PerArm(3.0, 3.0)
    # With replacement the treated at 2 takes 2.6 as well.
    again = matched(outcome, treated, x, caliper=None)
    assert again.mean_control == pytest.approx((1 + 1 + 4) / 3)
    # More treated than controls: who comes last gets nobody.
    short = matched(
        outcome[[0, 1, 2, 4, 5]], [1, 1, 0, 0, 1], x[[0, 1, 2, 4, 5]], caliper=None, replace=False
    )
    assert short.unmatched == PerArm(1, 0)


def test_a_ratio_and_a_binary_outcome(tied):
    outcome, treated, x = tied
    risk = (outcome > 1).astype(float)
    keywords = {"outcome_family": "binomial"}
    difference = matched(risk, treated, x, matches=3, keywords=keywords)
    ratio = matched(risk, treated, x, matches=3, keywords=keywords | {"contrast": "ratio"})
    assert ratio.value == pytest.approx(difference.mean_treated / difference.mean_control)
    assert ratio.lower < ratio.value < ratio.upper
    assert difference.events == PerArm(int(risk[treated == 1].sum()), difference.events.control)
    adjusted = matched(risk, treated, x, matches=3, bias_adjustment=True, keywords=keywords)
    assert adjusted.value == pytest.approx(difference.value, abs=0.05)


def test_who_is_alone_in_a_stratum_has_the_variance_of_the_others():
    x = pd.DataFrame({"group": [0, 0, 0, 0, 1, 1, 1.0], "age": [1, 2, 2, 1, 2, 1, 1.5]})
    treated, outcome = [1, 1, 0, 0, 1, 1, 0], np.array([5, 6, 1, 2, 9, 7, 3.0])
    options = {"distance": "mahalanobis", "exact": ["group"], "caliper": None, "variance_neighbours": 1}
    found = matched(outcome, treated, x, **options)
    # The control of group 1 is used twice; the variance of the two controls of group 0 is 1/2.
    gaps = np.array([3.0, 5.0, 6.0, 4.0])
    assert found.std_error == pytest.approx(np.sqrt((4 * gaps.var() + 2 * 0.5) / 16))


def test_what_matching_cannot_do_is_told_at_once(tied):
    outcome, treated, x = tied
    with pytest.raises(InputError) as caught:
        matched(
            outcome,
            treated,
            x,
            caliper=-1.0,
            matches=0,
            exact="x1",
            distance="euclid",
            keywords={
                "estimand": "ATO",
                "cluster": np.arange(160) // 2,
                "weights": np.ones(160),
                "small_sample": True,
                "truncate": 0.9,
            },
        )
    text = str(caught.value)
    for part in (
        "estimand: The overlap population",
        "cluster: The Abadie-Imbens variance of matching takes rows as independent",
        "weights: Sampling weights",
        "small_sample",
        "truncate: There are no weights to cut",
        "matching.caliper",
        "matching.matches",
        "matching.exact: Expected a list",
        "matching.distance: Expected one of",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("options", "keywords", "message"),
    [
        ({"exact": ["nobody"]}, {}, "matching.exact: Names a column"),
        ({"replace": False}, {"estimand": "ATE"}, "matching.replace"),
        ({"variance_neighbours": -1}, {}, "variance_neighbours"),
        ({"tie_tolerance": np.nan}, {}, "tie_tolerance"),
        ({"matches": True}, {}, "matching.matches"),
    ],
)
def test_wrong_options_are_refused(tied, options, keywords, message):
    with pytest.raises(InputError, match=message):
        matched(*tied, keywords=keywords, **options)


def test_problems_of_covariates_bring_no_others_with_them(tied):
    outcome, treated, x = tied
    x = x.copy()
    x[3, 0] = np.nan
    with pytest.raises(InputError) as caught:
        matched(outcome, treated, x, exact=["x1"])
    assert [problem.where for problem in caught.value.problems] == ["covariates, column x1"]


@pytest.mark.parametrize("distance", DISTANCES)
def test_where_nothing_varies_all_are_matches_of_all(tied, distance):
    outcome, treated, _ = tied
    found = matched(outcome, treated, np.ones((160, 1)), distance=distance)
    assert found.value == pytest.approx(outcome[treated == 1].mean() - outcome[treated == 0].mean())
    assert found.effective_n.control == pytest.approx((treated == 0).sum())


def test_matching_needs_covariates_and_options_need_matching(tied):
    outcome, treated, x = tied
    with pytest.raises(InputError, match="Matching needs covariates"):
        estimate_effect(outcome, treated, None, method="matching")
    with pytest.raises(InputError, match=r'matching: Has a meaning with method="matching" only'):
        estimate_effect(outcome, treated, x, matching=Matching())
