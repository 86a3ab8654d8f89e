"""Can events or departures of an arm be computed from what stands beside an effect?

Arms that were drawn by lot, so that each risk is a plain share: the attacker's best case. The attacker knows
the rounding rules, the formulas and the sizes of both arms.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hamm_eval.effects import PerArm, departure_tipping_point, e_value, estimate_effect
from hamm_eval.release import effect_sensitivity
from hamm_eval.release.design_checks import coarse_step
from hamm_eval.release.effect_intervals import ArmCounts, interval_step, release_interval
from hamm_eval.release.effect_sensitivity import release_sensitivity
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval
from hamm_eval.release.rounding import decimals, to_step

STRICT = Policy.strict()
LEAST = STRICT.count_rounding - 1  # counts that a rounded share of an arm of known size leaves


def cases(many: int) -> Iterator[tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]:
    """Sizes, events and departures of treated and controls."""
    rng = np.random.default_rng(11)
    for _ in range(many):
        sizes = rng.integers(60, 900, 2)
        base, more = rng.uniform(0.03, 0.4), rng.uniform(0.03, 0.4)
        events = [max(8, int(n * share)) for n, share in zip(sizes, (base + more, base), strict=True)]
        departed = [
            min(n - e - 8, max(8, int(n * share)))
            for n, e, share in zip(sizes, events, rng.uniform(0.01, 0.25, 2), strict=True)
        ]
        yield tuple(map(int, sizes)), tuple(events), tuple(departed)  # type: ignore[misc]


def shown_of(sizes: tuple[int, int], events: tuple[int, int], departed: tuple[int, int]) -> Any:
    """What is shown of an effect that compares these counts."""
    treated = np.repeat([1, 0], sizes)
    cause = np.concatenate([
        np.repeat([1, 2, 0], [e, d, n - e - d]) for n, e, d in zip(sizes, events, departed, strict=True)
    ])  # fmt: skip
    goal = (cause == 1).astype(int)
    fit = estimate_effect(goal, treated, None, method="unadjusted")
    ratio = estimate_effect(goal, treated, None, method="unadjusted", contrast="ratio")
    tipping = departure_tipping_point(
        np.full(cause.size, 5), cause, treated, None, horizon=5, method="unadjusted"
    )
    effect: Any = SimpleNamespace(
        treated=sizes[0],
        controls=sizes[1],
        e_value=e_value(ratio.value, ratio.lower, ratio.upper),
        tipping=tipping,
        leave_one_out=None,
    )
    ends = (to_step(v, 0.01) for v in (fit.value, fit.lower, fit.upper))
    difference = Interval(**dict(zip(("value", "lower", "upper"), ends, strict=True)))
    step = coarse_step(min(sizes), STRICT)
    control = max(to_step(fit.mean_control, step), step / 2)
    risks = (decimals(min(control + (difference.value or 0), 1), 2), control)
    return difference, risks, step, release_sensitivity(effect, difference, risks, STRICT)


def feasible_events(sizes: tuple[int, int], shown: Any) -> PerArm[int]:
    """Numbers of events of each arm that agree with difference, risk of the controls and E-value."""
    difference, risks, step, found = shown
    one = np.arange(sizes[0] + 1)[:, None] / sizes[0]
    zero = np.arange(1, sizes[1] + 1)[None, :] / sizes[1]
    ratio = np.maximum(np.maximum(one, 1e-9) / zero, zero / np.maximum(one, 1e-9))
    strength = ratio + np.sqrt(ratio * (ratio - 1))
    agrees = np.abs(one - zero - difference.value) <= 0.005
    agrees &= np.abs(zero - risks[1]) <= step / 2 + 1e-9
    if found.e_value is not None:
        agrees &= np.abs(strength - found.e_value) <= found.e_value_step / 2 + 1e-9
    return PerArm(int(agrees.any(axis=1).sum()), int(agrees.any(axis=0).sum()))


def fewest(many: int = 60) -> int:
    return min(
        min(found.treated, found.control)
        for sizes, events, departed in cases(many)
        for found in [feasible_events(sizes, shown_of(sizes, events, departed))]
    )


def test_an_e_value_beside_a_difference_does_not_tell_the_events_of_an_arm() -> None:
    assert fewest() >= LEAST


def test_the_attack_works_on_e_values_of_one_decimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effect_sensitivity, "_width", lambda *_: 1.0)
    assert fewest() <= 1


def feasible_departures(sizes: tuple[int, int], shown: Any) -> int:
    """Numbers of departed controls that agree with the difference and the share that makes up for it."""
    difference, _, _, found = shown
    tip = found.tipping
    if tip is None or tip.few:
        return sizes[1]
    gaps = np.linspace(difference.value - 0.005, difference.value + 0.005, 21)[:, None]
    departed = np.arange(8, sizes[1] + 1)[None, :] / sizes[1]
    grid = np.round(np.arange(11) * 0.1, 1)
    made_up = gaps[..., None] - grid * departed[..., None] <= 1e-9
    exact = np.where(made_up.any(axis=-1), grid[made_up.argmax(axis=-1)], np.nan)
    share = np.minimum(np.ceil(np.round(exact / tip.step, 6)) * tip.step, 1.0)
    agrees = np.isnan(share) if tip.vanishes is None else np.abs(share - tip.vanishes) < 1e-9
    return int(agrees.any(axis=0).sum())


def fewest_departures(many: int = 25) -> int:
    return min(
        feasible_departures(sizes, shown_of(sizes, events, departed))
        for sizes, events, departed in cases(many)
    )


def test_a_tipping_point_beside_a_difference_does_not_tell_the_departed() -> None:
    assert fewest_departures() >= LEAST


def test_the_attack_works_on_tipping_points_in_tenths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effect_sensitivity, "_width", lambda *_: 1.0)
    assert fewest_departures(80) < LEAST


def interval_of(sizes: tuple[int, int], events: tuple[int, int]) -> Any:
    """The difference of two plain shares."""
    treated = np.repeat([1, 0], sizes)
    happened = np.concatenate([np.repeat([1, 0], [e, n - e]) for n, e in zip(sizes, events, strict=True)])
    return estimate_effect(happened, treated, None, method="unadjusted")


def counts_behind(sizes: tuple[int, int], shown: Interval, half: tuple[float, float]) -> PerArm[int]:
    """Numbers of events of each arm whose difference and interval would be shown like this.

    `half` bounds the interval's half: all pairs of counts are tried.
    """
    one = np.arange(sizes[0] + 1)[:, None] / sizes[0]
    zero = np.arange(sizes[1] + 1)[None, :] / sizes[1]
    width = 1.959964 * np.sqrt(one * (1 - one) / sizes[0] + zero * (1 - zero) / sizes[1])
    agrees = np.abs(one - zero - (shown.value or 0.0)) <= 0.005
    agrees &= (half[0] - 1e-4 <= width) & (width <= half[1] + 1e-4)
    return PerArm(int(agrees.any(axis=1).sum()), int(agrees.any(axis=0).sum()))


def whole_points(fit: Any) -> tuple[Interval, tuple[float, float]]:
    """An interval as it was shown without a gate of its own, and what it says of its half."""
    ends = [to_step(value, 0.01) for value in (fit.value, fit.lower, fit.upper)]
    middle = (ends[2] - ends[1]) / 2
    return Interval(value=ends[0], lower=ends[1], upper=ends[2]), (middle - 0.005, middle + 0.005)


def gated(fit: Any, sizes: tuple[int, int], events: tuple[int, int]) -> Any:
    """The interval that the gate shows, and what it says of its half: the attacker knows the step, too."""
    counts = ArmCounts(*sizes, *events)
    if counts.few(STRICT):
        return None
    step = interval_step(fit, counts, STRICT)
    shown = release_interval(fit, counts, STRICT)
    if step <= 0.01:
        return whole_points(fit)
    half = shown.upper - shown.value
    return shown, (half - step, half)


def rare_events() -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Departures as they are: few, in small arms."""
    rng = np.random.default_rng(4)
    yield (97, 290), (1, 18)
    for _ in range(150):
        sizes = rng.integers(50, 320, 2)
        yield tuple(map(int, sizes)), tuple(int(rng.integers(1, max(2, n // 5))) for n in sizes)  # type: ignore[misc]


def test_the_attack_works_on_intervals_in_whole_points() -> None:
    fit = interval_of((97, 290), (1, 18))
    assert counts_behind((97, 290), *whole_points(fit)).treated <= 2
    found = [
        counts_behind(sizes, *whole_points(interval_of(sizes, events))) for sizes, events in rare_events()
    ]
    assert np.mean([min(each.treated, each.control) < STRICT.feasible_values for each in found]) > 0.25


def test_the_width_of_an_interval_does_not_tell_the_events_of_an_arm() -> None:
    shown = 0
    for sizes, events in rare_events():
        told = gated(interval_of(sizes, events), sizes, events)
        if told is None:
            assert min(*events, *(n - e for n, e in zip(sizes, events, strict=True))) <= 7
            continue
        shown += 1
        found = counts_behind(sizes, *told)
        assert min(found.treated, found.control) >= STRICT.feasible_values
    assert shown > 50
