"""Independent of the library: the exact Aalen-Johansen estimator by its definition, and groups to draw."""

from __future__ import annotations

import numpy as np

from hamm_eval.estimate import CurveGroup, Curves, Definition


def exact_incidence(group: CurveGroup, days: np.ndarray, cause: int = 1) -> np.ndarray:
    """Cumulative incidence of a cause at each day, person by person."""
    start = group.start_at
    kept = group.time > np.maximum(group.entry, start)
    entry, time, code = np.maximum(group.entry, start)[kept], group.time[kept], group.cause[kept]
    free, reached, times, values = 1.0, 0.0, [], []
    for day in np.unique(time[code > 0]):
        at_risk = int(((entry < day) & (time >= day)).sum())
        reached += free * int(((time == day) & (code == cause)).sum()) / at_risk
        free *= 1 - int(((time == day) & (code > 0)).sum()) / at_risk
        times.append(day)
        values.append(reached)
    return np.array([0.0, *values])[np.searchsorted(times, days, side="right")]


def draw_group(
    persons: int,
    seed: int,
    *,
    months: float = 20.0,
    departure_months: float = 60.0,
    followed: int = 730,
    late: bool = True,
    start_at: int = 0,
    level: str = "all",
) -> CurveGroup:
    """Persons with exponential times to an event and to departure, staggered entry and end of observation."""
    rng = np.random.default_rng(seed)
    event = np.ceil(rng.exponential(months * 30.4375, persons))
    departure = np.ceil(rng.exponential(departure_months * 30.4375, persons))
    censored = rng.integers(followed // 3, followed, persons)
    time = np.minimum(np.minimum(event, departure), censored).astype(np.int64)
    cause = np.where(time == censored, 0, np.where(event <= departure, 1, 2))
    entry = (
        np.where(rng.random(persons) < 0.4, rng.integers(0, 240, persons), 0) if late else np.zeros(persons)
    )
    entry = entry.astype(np.int64)
    kept = entry < time
    return CurveGroup(
        level=level,
        entry=entry[kept],
        time=time[kept],
        cause=cause[kept].astype(np.int64),
        cluster=np.arange(int(kept.sum())),
        start_at=float(start_at),
    )


def as_curves(
    *groups: CurveGroup, horizons: tuple[int, ...] = (183, 365, 548), sensitive: bool = False
) -> Curves:
    """An estimate of these groups; the exact estimates beside it are not looked at by the gate."""
    return Curves(
        definition=Definition("time_to_integration", "language_b1/by"),
        endpoint="language_b1",
        dimension="household_type" if len(groups) > 1 else "",
        groups=groups,
        causes=("language_b1", "departure"),
        estimates=tuple(None for _ in groups),
        horizons=horizons,
        sensitive=sensitive,
    )
