from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.estimate import CurveGroup
from hamm_eval.release.curves import release_curves
from hamm_eval.release.household_factor import household_factors
from hamm_eval.release.policy import Policy
from hamm_eval.survival import aalen_johansen

HORIZONS = (183, 365)


def families(size: int) -> CurveGroup:
    """Households of `size` persons whose fate is one and the same."""
    one = draw_group(200, 7, months=12, departure_months=60, followed=700)
    columns = {name: np.repeat(getattr(one, name), size) for name in ("entry", "time", "cause")}
    return dataclasses.replace(one, **columns, cluster=np.repeat(np.arange(one.persons), size))


def test_persons_who_share_one_fate_count_once() -> None:
    # Four identical persons a household: the clustered variance is four times the independent one.
    assert household_factors(families(4), 2, HORIZONS) == pytest.approx([2.0, 2.0])


def test_single_persons_widen_nothing() -> None:
    assert household_factors(families(1), 2, HORIZONS).tolist() == [1.0, 1.0]


def test_the_factor_is_coarse_and_never_narrows() -> None:
    group = families(1)
    rng = np.random.default_rng(3)
    group = dataclasses.replace(group, cluster=rng.integers(0, 60, group.persons))
    factors = household_factors(group, 2, HORIZONS)
    rows = {"entry": group.entry, "start_at": group.start_at}
    plain = aalen_johansen(group.time, group.cause, **rows).at(HORIZONS)[1]
    clustered = aalen_johansen(group.time, group.cause, cluster=group.cluster, **rows).at(HORIZONS)[1]
    assert (factors >= np.maximum((clustered / plain).max(axis=0), 1.0) - 1e-9).all()
    assert np.allclose(factors * 20, np.round(factors * 20))


def test_released_intervals_honour_households() -> None:
    def released(group: CurveGroup) -> float:
        at = release_curves(as_curves(group, horizons=HORIZONS), Policy.strict()).curves[0].at_horizon[1]
        assert at.lower is not None
        assert at.upper is not None
        return at.upper - at.lower

    together = families(4)
    apart = dataclasses.replace(together, cluster=np.arange(together.persons))
    assert released(together) == pytest.approx(2 * released(apart), abs=0.02)


def test_a_large_group_of_one_household_is_withheld() -> None:
    group = families(1)
    one = dataclasses.replace(group, cluster=np.zeros(group.persons, dtype=np.int64))
    (curve,) = release_curves(as_curves(one, horizons=HORIZONS), Policy.strict()).curves
    assert curve.withheld == "group_too_small"
    assert curve.incidence == ()
