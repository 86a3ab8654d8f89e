"""Unadjusted effects at a horizon against R's Aalen-Johansen curves and their infinitesimal jackknife."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import effect_at_horizon


@pytest.fixture
def mgus2(data):
    """Progression (1) against death without it (2); the men are the treated."""
    frame = data("mgus2")
    time = np.where(frame["pstat"] == 0, frame["futime"], frame["ptime"])
    cause = np.where(frame["pstat"] == 0, 2 * frame["death"], 1)
    return time, cause, (frame["sex"] == "M").astype(int)


@pytest.fixture
def unemployed(data):
    """Full-time (1), part-time (2), other job (3), in two-week spells with heavy ties; by insurance."""
    frame = data("unempdur")
    flags = [frame[name] == 1 for name in ("censor1", "censor2", "censor3")]
    return frame["spell"].to_numpy(), np.select(flags, [1, 2, 3], 0), (frame["ui"] == "yes").astype(int)


def compare(sample, arms, causes, keywords):
    time, cause, treated = sample
    for k, horizon in enumerate(arms[1]["times"]):
        for of, name in enumerate(causes, start=1):
            found = effect_at_horizon(time, cause, treated, None, horizon=horizon, of=of, **keywords)
            risk = [arms[a]["cif"][name][k] for a in (1, 0)]
            error = [arms[a]["se_infinitesimal_jackknife"][name][k] for a in (1, 0)]
            assert (found.risk_treated, found.risk_control) == pytest.approx(tuple(risk), rel=1e-10)
            assert found.std_error_treated == pytest.approx(error[0], rel=1e-8)
            assert found.std_error_control == pytest.approx(error[1], rel=1e-8)
            assert found.std_error == pytest.approx(np.hypot(*error), rel=1e-8)


@pytest.mark.parametrize("method", ["unadjusted", "weighting"])
def test_mgus2_by_sex(mgus2, reference, method):
    expected = reference("mgus2")["aj_by_sex"]
    compare(
        mgus2, {1: expected["M"], 0: expected["F"]}, ["pcm", "death"], {"method": method, "estimand": "ATE"}
    )


def test_unemployment_by_insurance(unemployed, reference):
    expected = reference("unempdur")["aj_by_ui"]
    causes = list(expected["1"]["cif"])
    compare(unemployed, {1: expected["1"], 0: expected["0"]}, causes, {"method": "unadjusted"})


def test_time_lost_to_a_cause(mgus2, reference):
    expected = reference("mgus2")["aj_by_sex"]
    time, cause, treated = mgus2
    for of in (1, 2):
        found = effect_at_horizon(
            time, cause, treated, None, horizon=240, of=of, method="unadjusted", contrast="months_difference"
        )
        men, women = expected["M"]["rmtl"], expected["F"]["rmtl"]
        assert found.mean_treated == pytest.approx(men["mean_time_in_state"][of], rel=1e-10)
        assert found.mean_control == pytest.approx(women["mean_time_in_state"][of], rel=1e-10)
        assert found.std_error_treated == pytest.approx(men["se_ij"][of], rel=1e-8)
        assert found.std_error_control == pytest.approx(women["se_ij"][of], rel=1e-8)
