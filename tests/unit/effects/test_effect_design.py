"""Balance, overlap, the design's verdict, and what robustness and many comparisons ask for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hamm_eval.effects import (
    DesignLimits,
    PerArm,
    adjust_p,
    assess_design,
    balance,
    balance_limit,
    e_value,
    estimate_effect,
    minimum_detectable_effect,
    planned_std_error,
)
from hamm_eval.errors import InputError


@pytest.fixture
def arms():
    rng = np.random.default_rng(8)
    treated = rng.binomial(1, 0.4, size=150)
    return pd.DataFrame(
        {"age": rng.normal(size=150) + 0.3 * treated, "child": rng.binomial(1, 0.3, 150)}
    ), treated


def test_unweighted_balance_is_the_textbook_one(arms):
    frame, treated = arms
    found = balance(frame, treated).to_frame()
    one, zero = frame[treated == 1], frame[treated == 0]
    spread = np.sqrt((one.var() + zero.var()) / 2)
    assert found["smd"].to_numpy() == pytest.approx(((one.mean() - zero.mean()) / spread).to_numpy())
    assert found["variance_ratio"].to_numpy() == pytest.approx((one.var() / zero.var()).to_numpy())
    for name in frame:
        assert found.loc[name, "ks"] == pytest.approx(stats.ks_2samp(one[name], zero[name]).statistic)


def test_whole_weights_are_replications_of_means_and_distances(arms):
    frame, treated = arms
    weights = np.random.default_rng(9).integers(1, 4, size=150)
    found = balance(frame, treated, weights)
    repeated = frame.loc[np.repeat(frame.index, weights)]
    again = balance(repeated, np.repeat(treated, weights))
    assert found.ks == pytest.approx(again.ks)
    plain, spread = frame[treated == 1], frame[treated == 0]
    gap = (
        repeated[np.repeat(treated, weights) == 1].mean() - repeated[np.repeat(treated, weights) == 0].mean()
    )
    assert found.smd == pytest.approx((gap / np.sqrt((plain.var() + spread.var()) / 2)).to_numpy())


def test_columns_that_do_not_vary_or_separate():
    table = balance(np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]), [0, 0, 1, 1])
    assert table.smd.tolist() == [0.0, np.inf]
    assert table.worst == np.inf
    assert np.isnan(table.variance_ratio).all()
    assert table.ks.tolist() == [0.0, 1.0]


def test_overlap_weights_balance_means_exactly(arms):
    frame, treated = arms
    found = estimate_effect(np.arange(150.0), treated, frame, estimand="ATO")
    assert np.abs(found.balance.smd).max() < 1e-12
    assert found.balance_before.worst > 0.05


def test_overlap_counts_rows_and_shares():
    rng = np.random.default_rng(10)
    x = rng.normal(size=400)
    treated = rng.binomial(1, 1 / (1 + np.exp(-x)))
    found = estimate_effect(x, treated, x[:, None], method="weighting", estimand="ATE")
    overlap = found.overlap
    assert (overlap.treated.sum(), overlap.control.sum()) == (treated.sum(), 400 - treated.sum())
    # One covariate: the propensity rises with it, so support can be read off the covariate.
    one, zero = x[treated == 1], x[treated == 0]
    outside_one = (one < zero.min()) | (one > zero.max())
    outside_zero = (zero < one.min()) | (zero > one.max())
    assert overlap.outside_support.treated == pytest.approx(outside_one.mean())
    assert overlap.outside_support.control == pytest.approx(outside_zero.mean())
    assert overlap.outside_target == pytest.approx((outside_one.sum() + outside_zero.sum()) / 400)
    att = estimate_effect(x, treated, x[:, None], method="weighting")
    assert att.overlap.outside_target == pytest.approx(outside_one.mean())
    assert att.effective_n.treated == pytest.approx(treated.sum())
    assert overlap.to_frame()["treated"].sum() == treated.sum()


def test_balance_limit_follows_the_estimands_page():
    assert balance_limit(PerArm(400, 400), PerArm(50.0, 50.0)) == 0.1
    assert balance_limit(PerArm(399, 5000), PerArm(399.0, 4000.0)) == pytest.approx(0.102903, rel=1e-4)
    assert balance_limit(PerArm(300, 5000), PerArm(300.0, 1000.0)) == pytest.approx(
        1.96 * np.sqrt(1 / 300 + 1 / 1000)
    )
    assert balance_limit(PerArm(40, 60), PerArm(40.0, 60.0)) == 0.25


def test_a_sound_design_passes_and_each_fault_is_named():
    rng = np.random.default_rng(14)
    x = rng.normal(size=(1200, 2))
    treated = rng.binomial(1, 1 / (1 + np.exp(-0.3 * x[:, 0])))
    y = x[:, 0] + rng.normal(size=1200)
    frame = pd.DataFrame(x, columns=["age", "stay"])
    sound = estimate_effect(y, treated, frame)
    assert assess_design(sound).passed

    naive = assess_design(estimate_effect(y, treated, frame, method="unadjusted"))
    (reason,) = naive.reasons
    assert (reason.key, reason.covariate, reason.limit) == ("balance", "age", 0.1)
    assert reason.detail["value"] == reason.value
    assert abs(reason.value) > 0.1

    def keys(effect, **limits):
        return [reason.key for reason in assess_design(effect, limits=DesignLimits(**limits)).reasons]

    assert keys(sound, effective_n=1000) == ["effective_n", "effective_n"]
    assert keys(sound, outside_target=-1) == ["overlap"]
    heavy = np.ones(1200)
    heavy[np.flatnonzero(treated == 0)[0]] = 300.0
    shares = [
        r for r in assess_design(estimate_effect(y, treated, x, weights=heavy)).reasons if r.arm == "control"
    ]
    assert "weight_share" in [reason.key for reason in shares]
    assert keys(sound, events_per_parameter=1000) == ["events_per_parameter", "events_per_parameter"]
    assert keys(sound, effective_share=1.1) == []
    ate = estimate_effect(y, treated, frame, estimand="ATE")
    assert keys(ate) == []
    assert keys(ate, effective_share=1.1) == ["effective_share", "effective_share"]


def test_strong_selection_withholds_the_effect_in_all_but_not_in_the_treated():
    rng = np.random.default_rng(15)
    x = rng.normal(size=(3000, 1))
    treated = rng.binomial(1, 1 / (1 + np.exp(3 - 1.2 * x[:, 0])))
    y = x[:, 0] + rng.normal(size=3000)
    in_all = assess_design(estimate_effect(y, treated, x, estimand="ATE"))
    assert "effective_share" in [reason.key for reason in in_all.reasons]
    assert assess_design(estimate_effect(y, treated, x, estimand="ATT")).passed


def test_the_verdict_does_not_depend_on_the_effect():
    rng = np.random.default_rng(16)
    x = rng.normal(size=(500, 2))
    treated = rng.binomial(1, 0.5, size=500)
    small = estimate_effect(rng.normal(size=500), treated, x)
    changed = dataclasses.replace(small, value=99.0, std_error=1e-9, p_value=0.0)
    large = assess_design(changed)
    assert large == assess_design(small)


def test_detectable_effect_has_its_power():
    error = planned_std_error(PerArm(150.0, 400.0), share=0.3)
    assert error == pytest.approx(np.sqrt(0.21 * (1 / 150 + 1 / 400)))
    effect = minimum_detectable_effect(error)
    power = stats.norm.sf(1.959963984540054 - effect / error) + stats.norm.cdf(
        -1.959963984540054 - effect / error
    )
    assert power == pytest.approx(0.8, abs=1e-6)
    for bad in (
        lambda: planned_std_error(PerArm(1.0, 1.0), share=1.0),
        lambda: minimum_detectable_effect(0.0),
    ):
        with pytest.raises(InputError):
            bad()


def test_e_values_turn_protective_ratios_and_intervals_over_one():
    assert e_value(0.5, 0.4, 0.8).point == pytest.approx(e_value(2.0, 1.25, 2.5).point)
    assert e_value(0.5, 0.4, 0.8).interval == pytest.approx(e_value(2.0, 1.25, 2.5).interval)
    assert e_value(1.2, 0.9, 1.6).interval == 1.0
    assert e_value(1.0, 0.9, 1.1).point == 1.0
    assert e_value(4.0, 2.0, 8.0, "odds_ratio").point == pytest.approx(e_value(2.0, 1.5, 3.0).point)
    assert e_value(4.0, 2.0, 8.0, "odds_ratio", rare=True) == e_value(4.0, 2.0, 8.0)
    for wrong in ((2.0, 3.0, 4.0), (-1.0, -2.0, 0.5), (np.nan, 1.0, 2.0)):
        with pytest.raises(InputError):
            e_value(*wrong)
    with pytest.raises(InputError, match="scale"):
        e_value(2.0, 1.0, 3.0, "difference")


def test_adjusted_p_values_keep_order_and_refuse_nonsense():
    p = np.array([0.03, 0.001, 0.5, 0.03])
    assert adjust_p(p, "holm") == pytest.approx([0.09, 0.004, 0.5, 0.09])
    assert adjust_p(p, "bonferroni") == pytest.approx([0.12, 0.004, 1.0, 0.12])
    assert adjust_p(p, "bh") == pytest.approx([0.04, 0.004, 0.5, 0.04])
    assert adjust_p([], "bh").size == 0
    for wrong, method in (([1.2], "bh"), ([np.nan], "bh"), ([0.1], "hommel")):
        with pytest.raises(InputError):
            adjust_p(wrong, method)
