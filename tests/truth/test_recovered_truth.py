"""The committed city's estimates beside its planted truth: within 3.3 standard errors, seed fixed before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hamm_eval
from hamm_eval.estimate import Effect, TruthComparison, TruthRow
from hamm_eval.study import Study

ROOT = Path(__file__).parents[2]
STANDARD_ERRORS = 3.3


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study(ROOT / "params" / "2017-Q2.yaml", quarter="2017-Q2")


@pytest.fixture(scope="module")
def comparison(study: Study) -> TruthComparison:
    found = study.truth_check()
    assert isinstance(found, TruthComparison)
    return found


def distance(row: TruthRow) -> float:
    return abs(row.value - row.truth) / float(np.hypot(row.std_error, row.truth_std_error))


def test_every_incidence_and_effect_asked_for_has_its_truth_beside_it(
    study: Study, comparison: TruthComparison
) -> None:
    params = study.params
    found = {(row.estimate.definition.key, row.level, row.days) for row in comparison.rows}
    for endpoint in params.time_to_integration:
        horizons = [round(30.4375 * months) for months in params.endpoints[endpoint].horizons_months]
        assert {(endpoint, "all", day) for day in horizons} <= found
    assert ("intensive_course_on_b1", "", 365) in found
    for key in ("job_coaching_on_work", "application_training_on_work", "work_opportunity_on_work"):
        assert (key, "", 365) in found
    assert len({level for key, level, _ in found if key == "language_b1/household_type"}) >= 3


def test_each_estimate_lies_within_3_3_standard_errors_of_its_truth(comparison: TruthComparison) -> None:
    far = {
        f"{row.estimate.definition.id} {row.level} {row.days}": round(distance(row), 2)
        for row in comparison.rows
        if distance(row) > STANDARD_ERRORS
    }
    assert far == {}


def test_truth_is_known_better_than_it_is_estimated(study: Study, comparison: TruthComparison) -> None:
    """Otherwise a comparison would prove nothing."""
    assert all(row.truth_std_error < row.std_error / 5 for row in comparison.rows)
    assert all(row.std_error > 0 for row in comparison.rows)
    # Questions that are not primary may rest on fewer persons.
    asked = study.params.measure_effectiveness
    leading = [
        row
        for row in comparison.rows
        if not isinstance(row.estimate, Effect) or asked[row.estimate.definition.key].primary
    ]
    assert any(isinstance(row.estimate, Effect) for row in leading)
    assert all(row.std_error < 0.07 for row in leading)


def test_a_measure_without_effect_on_the_control_shows_none(study: Study) -> None:
    effect = study.measure_effectiveness("intensive_course_on_b1")
    control = effect.negative_control.fit
    assert abs(control.value) < STANDARD_ERRORS * control.std_error


def test_the_design_of_the_committed_city_passes(study: Study) -> None:
    effect = study.measure_effectiveness("intensive_course_on_b1")
    assert effect.failures == ()
    assert np.abs(effect.fit.balance_before.smd).max() > 0.2  # there is something to balance


def test_the_frozen_delays_are_those_of_the_quarters_before(study: Study) -> None:
    delays = study.reporting_delays()
    np.testing.assert_array_equal(delays.beside, 5 * np.ceil(delays.values / 5))
