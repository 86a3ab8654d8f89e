"""`effect_at_horizon`: identities with complete data and with risk-set estimators, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import effect_at_horizon, estimate_effect
from hamm_eval.errors import InputError, NotEstimable

METHODS = ["aipw", "weighting", "standardisation", "unadjusted"]


def aalen_johansen_by_hand(time, cause, horizon, of):
    """Incidence of a cause at a horizon: sum of S(t-) d_of(t) / n(t) over event times."""
    alive, incidence = 1.0, 0.0
    for t in np.unique(time[(cause > 0) & (time <= horizon)]):
        at_risk = (time >= t).sum()
        incidence += alive * ((time == t) & (cause == of)).sum() / at_risk
        alive *= 1 - ((time == t) & (cause > 0)).sum() / at_risk
    return incidence


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
@pytest.mark.parametrize("ratio", [False, True])
def test_without_censoring_it_is_the_effect_on_the_binary_outcome(draw_followed, method, estimand, ratio):
    sample = draw_followed(np.random.default_rng(21), rows=250)
    first = np.where(sample.event_time <= sample.departure_time, 1, 2)
    time = np.minimum(sample.event_time, sample.departure_time)
    # Censoring after the horizon, and exactly at it, leaves nothing unknown.
    cause = np.where(time > 25, 0, first)
    time = np.where(time > 25, np.where(np.arange(250) % 2, 15.0, 25.0), time)
    keywords = {"method": method, "estimand": estimand, "cluster": np.arange(250) // 3}
    found = effect_at_horizon(
        time,
        cause,
        sample.treated,
        sample.x,
        horizon=15.0,
        contrast="risk_ratio" if ratio else "risk_difference",
        **keywords,
    )
    for code, effect in ((1, found), (2, found.competing)):
        expected = estimate_effect(
            ((cause == code) & (time <= 15)).astype(float),
            sample.treated,
            sample.x,
            outcome_family="binomial",
            contrast="ratio" if ratio else "difference",
            **keywords,
        )
        for name in ("value", "std_error", "lower", "upper", "p_value", "mean_treated", "mean_control"):
            assert getattr(effect, name) == pytest.approx(getattr(expected, name), rel=1e-10)
    assert (found.censored.treated, found.censored.control, found.largest_censoring_weight) == (0, 0, 1.0)


@pytest.mark.parametrize("monthly", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_without_covariates_it_is_aalen_johansen_by_arm(draw_followed, monthly, method):
    sample = draw_followed(np.random.default_rng(22), rows=200, monthly=monthly)
    found = effect_at_horizon(
        sample.time, sample.cause, sample.treated, None, horizon=12.0, method=method, estimand="ATE"
    )
    for arm, risk in ((1, found.risk_treated), (0, found.risk_control)):
        rows = sample.treated == arm
        expected = aalen_johansen_by_hand(sample.time[rows], sample.cause[rows], 12.0, 1)
        assert risk == pytest.approx(expected, rel=1e-10)
    departed = aalen_johansen_by_hand(
        sample.time[sample.treated == 1], sample.cause[sample.treated == 1], 12.0, 2
    )
    assert found.competing.mean_treated == pytest.approx(departed, rel=1e-10)


def test_months_difference_is_the_area_between_incidences(draw_followed):
    sample = draw_followed(np.random.default_rng(23), rows=200)
    found = effect_at_horizon(
        sample.time,
        sample.cause,
        sample.treated,
        None,
        horizon=12.0,
        method="unadjusted",
        contrast="months_difference",
    )
    grid = np.unique(np.concatenate([[0.0, 12.0], sample.time[sample.time < 12]]))
    for arm, mean in ((1, found.mean_treated), (0, found.mean_control)):
        rows = sample.treated == arm
        steps = [aalen_johansen_by_hand(sample.time[rows], sample.cause[rows], t, 1) for t in grid[:-1]]
        assert mean == pytest.approx(float(np.diff(grid) @ steps), rel=1e-10)
    assert found.risk_treated is None


def test_order_does_not_matter(draw_followed):
    sample = draw_followed(np.random.default_rng(24), rows=200, monthly=True)
    order = np.random.default_rng(1).permutation(200)
    first = effect_at_horizon(sample.time, sample.cause, sample.treated, sample.x, horizon=12)
    second = effect_at_horizon(
        sample.time[order], sample.cause[order], sample.treated[order], sample.x[order], horizon=12
    )
    assert second.value == pytest.approx(first.value, rel=1e-9)
    assert second.std_error == pytest.approx(first.std_error, rel=1e-9)


def test_a_landmark_moves_the_clock(draw_followed):
    sample = draw_followed(np.random.default_rng(25), rows=200)
    plain = effect_at_horizon(sample.time, sample.cause, sample.treated, sample.x, horizon=12)
    moved = effect_at_horizon(
        sample.time + 90, sample.cause, sample.treated, sample.x, horizon=102, entry=np.full(200, 90.0)
    )
    assert moved.value == pytest.approx(plain.value, rel=1e-9)
    with pytest.raises(InputError, match="enter at different times"):
        effect_at_horizon(
            sample.time + 90, sample.cause, sample.treated, sample.x, horizon=102, entry=np.arange(200) / 9
        )


def test_persons_are_counted_once_and_cluster_the_variance(draw_followed):
    sample = draw_followed(np.random.default_rng(26), rows=150)
    twice = [np.concatenate([part, part]) for part in (sample.time, sample.cause, sample.treated, sample.x)]
    person = np.tile([f"P{k}" for k in range(150)], 2)
    # Without covariates in the censoring model its prior does not make doubled data differ.
    empty = np.empty((300, 0))
    single = effect_at_horizon(
        sample.time, sample.cause, sample.treated, sample.x, horizon=12, censoring_covariates=empty[:150]
    )
    double = effect_at_horizon(*twice, horizon=12, person=person, censoring_covariates=empty)
    assert double.std_error == pytest.approx(single.std_error, rel=1e-9)
    assert double.n == single.n
    assert double.events.treated == 2 * single.events.treated
    with pytest.raises(InputError, match="Rows of one person lie in different clusters"):
        effect_at_horizon(*twice, horizon=12, person=person, cluster=np.arange(300))


def test_departures_too_few_for_a_model_are_weighted_and_labelled(draw_followed):
    sample = draw_followed(np.random.default_rng(27), rows=200)
    cause = np.where(sample.cause == 2, 0, sample.cause)
    cause[np.flatnonzero((sample.treated == 1) & (sample.time < 12) & (cause == 0))[:2]] = 2
    found = effect_at_horizon(sample.time, cause, sample.treated, sample.x, horizon=12)
    assert (found.method, found.competing.method) == ("aipw", "weighting")
    assert (found.competing_events.treated, found.competing_events.control) == (2, 0)
    assert found.competing.mean_control == 0
    nobody = effect_at_horizon(
        sample.time, np.where(cause == 2, 0, cause), sample.treated, sample.x, horizon=12
    )
    assert nobody.competing is None


def test_a_category_without_censoring_stays_finite(draw_followed):
    sample = draw_followed(np.random.default_rng(28), rows=200)
    never = (np.arange(200) % 4 == 0).astype(float)
    cause = np.where((never == 1) & (sample.cause == 0), 1, sample.cause)
    x = np.column_stack([sample.x, never])
    found = effect_at_horizon(sample.time, cause, sample.treated, x, horizon=12)
    assert np.isfinite(found.std_error)
    assert found.largest_censoring_weight < 50


def test_an_arm_that_nobody_follows_to_the_horizon_is_refused(draw_followed):
    sample = draw_followed(np.random.default_rng(29), rows=200)
    late = (sample.treated == 1) & (sample.time > 6)
    time, cause = np.where(late, 6.0, sample.time), np.where(late, 0, sample.cause)
    with pytest.raises(NotEstimable, match="all treated still followed are censored"):
        effect_at_horizon(time, cause, sample.treated, sample.x, horizon=12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": 0.0}, "horizon"),
        ({"horizon": np.inf}, "horizon"),
        ({"of": 0}, "Causes are numbered from 1"),
        ({"contrast": "difference"}, "contrast: Expected one of"),
        ({"method": "matching"}, "Matching is offered for complete outcomes only"),
        ({"time": np.full(200, -1.0)}, "Times before time zero"),
        ({"cause": np.full(200, 0.5)}, "cause"),
        ({"censoring_covariates": np.full((200, 1), np.nan)}, "censoring_covariates, column x1"),
    ],
)
def test_wrong_arguments_are_refused(draw_followed, change, message):
    sample = draw_followed(np.random.default_rng(30), rows=200)
    arguments = {
        "time": sample.time,
        "cause": sample.cause,
        "treated": sample.treated,
        "covariates": sample.x,
    }
    with pytest.raises(InputError, match=message):
        effect_at_horizon(**(arguments | {"horizon": 12.0} | change))


def test_an_event_at_the_landmark_is_no_event_after_it() -> None:
    # Rows are (entry, time]; survival.aalen_johansen refuses the same rows.
    with pytest.raises(InputError, match="not after time zero"):
        effect_at_horizon(
            [90, 120, 200, 300],
            [1, 1, 0, 0],
            [1, 1, 0, 0],
            None,
            horizon=200,
            entry=[90] * 4,
            method="unadjusted",
        )
