"""Pace and share side by side: three models of the same rows, each as if fitted on its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis_params import cohort_of, params

from hamm_eval.analysis.side_by_side import side_by_side
from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.survival import cox, fine_gray


@pytest.fixture
def rows() -> pd.DataFrame:
    """Those of kind b reach the goal at the same pace, leave four times as fast, so fewer of them arrive."""
    rng = np.random.default_rng(4)
    n = 1500
    kind = rng.choice(list("bc"), n)
    goal = rng.exponential(400, n)
    away = rng.exponential(np.where(kind == "b", 200, 800))
    first = np.ceil(np.minimum(goal, away)).astype(int)
    cause = np.where(first > 700, 0, np.where(goal < away, 1, 2))
    rows = pd.DataFrame({"kind": kind, "entry": 0, "time": np.minimum(first, 700), "cause": cause})
    return rows.assign(age=rng.integers(18, 60, n), household_id=[f"h{i // 2}" for i in range(n)])


def test_each_model_is_the_one_fitted_on_its_own(rows: pd.DataFrame) -> None:
    found = side_by_side(cohort_of(rows), params(), ["kind"])
    b = (rows["kind"] == "b").to_numpy(dtype=float)[:, None]
    if found.hazard.references[0].level == "b":
        b = 1 - b
    clusters = rows["household_id"].to_numpy()
    (departure,) = found.competing
    for model, direct in (
        (found.hazard, cox(rows["time"], rows["cause"] == 1, b, cluster=clusters)),
        (departure, cox(rows["time"], rows["cause"] == 2, b, cluster=clusters)),
        (found.incidence, fine_gray(rows["time"], rows["cause"], b, cluster=clusters)),
    ):
        np.testing.assert_allclose(model.fit.coefficients, direct.coefficients, rtol=1e-9)
        np.testing.assert_allclose(model.fit.std_error, direct.std_error, rtol=1e-9)
    assert (found.hazard.of, departure.of, found.incidence.of) == ("goal", "departure", "goal")
    assert found.incidence.scale == "incidence"
    assert departure.events == (rows["cause"] == 2).sum()
    frame = found.to_frame()
    assert set(frame.columns.get_level_values(0)) == {
        "hazard of departure",
        "hazard of goal",
        "incidence of goal",
    }


def test_an_equal_pace_and_a_smaller_share_are_told_apart(rows: pd.DataFrame) -> None:
    shown = release(side_by_side(cohort_of(rows), params(), ["kind"]), Policy.strict())
    at = next(k for k, term in enumerate(shown.hazard.terms) if not term.reference)
    term = shown.hazard.terms[at]
    assert term.lower < 1 < term.upper
    assert shown.directions[at] == ("fewer" if term.level == "b" else "more")
    assert shown.directions[1 - at] == "reference"


def test_nobody_left_is_no_failure_of_the_rest(rows: pd.DataFrame) -> None:
    stayed = rows.assign(cause=(rows["cause"] == 1).astype(int))
    with pytest.warns(UserWarning, match="No event"):
        found = side_by_side(cohort_of(stayed), params(), ["kind"])
    assert found.competing == (None,)
    # Without what competes both models are one.
    np.testing.assert_allclose(found.incidence.fit.coefficients, found.hazard.fit.coefficients, rtol=1e-9)


def test_few_departures_withhold_their_column_alone(rows: pd.DataFrame) -> None:
    kept = rows[(rows["cause"] != 2) | (np.arange(len(rows)) % 100 == 0)].reset_index(drop=True)
    shown = release(side_by_side(cohort_of(kept), params(), ["kind"]), Policy.strict())
    assert not shown.hazard.withheld
    assert shown.competing[0].withheld
    assert shown.competing[0].terms == ()


def test_what_would_be_read_as_a_pace_is_not_shown_alone(rows: pd.DataFrame) -> None:
    found = side_by_side(cohort_of(rows), params(), ["kind"])
    for model in (found.incidence, *found.competing):
        with pytest.raises(ReleaseRefused, match="pace to the goal"):
            release(model, Policy.strict())
    release(found.hazard, Policy.strict())


def test_unknown_causes_are_named(rows: pd.DataFrame) -> None:
    from hamm_eval.analysis.associations import associations

    with pytest.raises(UsageError, match="Known: goal, departure"):
        associations(cohort_of(rows), params(), ["kind"], of="removal")
