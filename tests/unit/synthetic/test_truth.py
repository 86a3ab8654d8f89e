"""The committed truth is that of the committed scenario and code, and means what it says."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hamm_eval.errors import UsageError
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.truth import simulate_truth

TRUTH = Path(__file__).parents[3] / "synthetic_data" / "hamm" / "truth.json"


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(TRUTH.read_text(encoding="utf-8"))


def _effect(truth: dict[str, Any], measure: str, endpoint: str, estimand: str = "ATT") -> dict[str, Any]:
    """The one effect of that measure, endpoint and estimand."""
    (found,) = (
        row
        for row in truth["effects"]
        if (row["measure"], row["endpoint"], row["estimand"]) == (measure, endpoint, estimand)
    )
    return found


def test_the_digest_is_current(truth: dict[str, Any], scenario: Scenario) -> None:
    assert truth["scenario_digest"] == scenario.digest, "run python -m hamm_eval.synthetic.truth"
    assert truth["scale"] == scenario.truth.scale


def test_another_simulation_agrees(truth: dict[str, Any], scenario: Scenario) -> None:
    """With another seed and a fifth of the size: guards against a truth older than the code.

    Largest of about 110 standardised differences: beyond 4.5 by chance in fewer than one run of 1,000.
    """
    fresh = simulate_truth(scenario, scale=30, seed=99)
    for kind, value in (("incidence", "goal"), ("effects", "risk_difference")):
        for old, new in zip(truth[kind], fresh[kind], strict=True):
            error = np.hypot(old["std_error"], new["std_error"])
            assert abs(old[value] - new[value]) <= 4.5 * error + 2e-5, (old, new)


def test_precise_enough(truth: dict[str, Any]) -> None:
    assert max(row["std_error"] for row in truth["effects"]) < 0.002
    assert max(row["std_error"] for row in truth["incidence"]) < 0.005


def test_the_planted_effects(truth: dict[str, Any]) -> None:
    course = _effect(truth, "language_course_intensive", "language_b1")
    assert 0.12 < course["risk_difference"] < 0.20
    assert course["departure_difference"] < 0  # fewer departures before the goal, for it comes sooner
    coaching = _effect(truth, "job_coaching", "employment_13_weeks")
    assert 0.02 < coaching["risk_difference"] < 0.08
    for measure, endpoint in (
        ("application_training", "employment_13_weeks"),
        ("language_course_intensive", "social_participation"),
    ):
        for estimand in ("ATT", "ATE", "ATO"):
            row = _effect(truth, measure, endpoint, estimand)
            assert row["risk_difference"] == row["departure_difference"] == 0.0


def test_incidences_add_up_and_grow(truth: dict[str, Any]) -> None:
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in truth["incidence"]:
        rows.setdefault((row["endpoint"], row["level"]), []).append(row)
        assert row["goal"] + row["departure"] <= 1
    for found in rows.values():
        assert [r["months"] for r in found] == [3, 6, 12, 18]
        assert all(a["goal"] <= b["goal"] for a, b in pairwise(found))
    (b1,) = (r for r in rows[("language_b1", "all")] if r["months"] == 12)
    assert 0.25 < b1["goal"] < 0.35


def test_without_effects_no_truth_differs_from_zero(scenario: Scenario) -> None:
    null = scenario.model_copy(update={"effects": ()})
    for row in simulate_truth(null, scale=3)["effects"]:
        assert row["risk_difference"] == 0.0


def test_a_pair_that_acts_before_the_landmark_is_refused(scenario: Scenario) -> None:
    effects = tuple(
        effect.model_copy(update={"delay_days": 30}) if effect.acts_on == "language_b1" else effect
        for effect in scenario.effects
    )
    with pytest.raises(UsageError, match="before day 90"):
        simulate_truth(scenario.model_copy(update={"effects": effects}), scale=1, seed=1)
