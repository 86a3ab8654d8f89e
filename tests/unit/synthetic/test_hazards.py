"""Event times follow the hazards that were asked for."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR, Baseline, event_time, linear_predictor

N = 200_000


def test_piecewise_hazard_gives_its_own_survival() -> None:
    law = Baseline.monthly({0: 0.02, 6: 0.10})
    time = event_time(law, np.random.default_rng(1).standard_exponential(N), np.full(N, np.log(1.5)))
    for months, hazard in ((3, 0.06), (6, 0.12), (12, 0.12 + 0.6)):
        expected = np.exp(-1.5 * hazard)
        band = 4 * np.sqrt(expected * (1 - expected) / N)
        assert (time > months * DAYS_PER_MONTH).mean() == pytest.approx(expected, abs=band)


def test_changes_act_from_their_time_on_in_any_order() -> None:
    law = Baseline.monthly({0: 0.1})
    draws = np.random.default_rng(2).standard_exponential(N)
    zero, one = np.zeros(N), np.ones(N)
    early, late = 2 * DAYS_PER_MONTH * one, 5 * DAYS_PER_MONTH * one
    steps = [(late, np.log(0.5) * one), (early, np.log(3.0) * one)]
    time = event_time(law, draws, zero, changes=steps)
    assert np.array_equal(time, event_time(law, draws, zero, changes=steps[::-1]))
    assert np.array_equal(time[time <= early], event_time(law, draws, zero)[time <= early])
    for months, hazard in ((2, 0.2), (5, 0.2 + 0.9), (10, 0.2 + 0.9 + 0.75)):
        expected = np.exp(-hazard)
        band = 4 * np.sqrt(expected * (1 - expected) / N)
        assert (time > months * DAYS_PER_MONTH).mean() == pytest.approx(expected, abs=band)


def test_start_delays_the_risk_and_no_change_is_far() -> None:
    law = Baseline.monthly({0: 0.1})
    draws = np.random.default_rng(3).standard_exponential(1000)
    start = np.full(1000, 400.0)
    changes = [(np.full(1000, 100.0), np.full(1000, np.log(2.0)))]  # in force before the start already
    later = event_time(law, draws, np.zeros(1000), changes=changes, start=start)
    assert np.allclose(later, 400 + event_time(law, draws, np.full(1000, np.log(2.0))))
    never = event_time(Baseline.monthly({0: 0.0}), draws, np.zeros(1000))
    assert (never >= FAR).all()


def test_linear_predictor_sums_the_levels() -> None:
    covariates = {"sex": np.array(["female", "male"]), "german": np.array(["A1", "none"])}
    terms = {"sex": {"female": -0.5}, "german": {"A1": 0.2, "A2": 9.0}}
    assert linear_predictor(terms, covariates) == pytest.approx([-0.3, 0.0])
