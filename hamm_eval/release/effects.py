"""An effect as it may be shown: coarse shares, the design, and no estimate where the design fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from hamm_eval.estimate import Effect, IntArray
from hamm_eval.release.balance import release_balance
from hamm_eval.release.counts import hide_linked, release_bins, release_count, release_table
from hamm_eval.release.curve_ceiling import NEARLY_ALL
from hamm_eval.release.design_checks import coarse_step, release_checks, whole_size
from hamm_eval.release.effect_intervals import POINT, ArmCounts, release_interval
from hamm_eval.release.effect_sensitivity import release_sensitivity
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, Interval, ReleasedEffect, ReleasedTable
from hamm_eval.release.rounding import decimals, to_step

_NORMAL_95 = 1.959964

Told = tuple[Interval | None, str]
NOTHING: Told = (None, "")


def release_effect(effect: Effect, policy: Policy) -> ReleasedEffect:
    """A measure's effect as it may be shown.

    Design, balance and overlap are shown either way; where the design fails, or an arm is too small, no
    estimate is.
    """
    # The last step of the flow is the sum of both arms.
    treated, controls = hide_linked(
        (release_count(effect.treated, policy), release_count(effect.controls, policy)),
        release_count(effect.treated + effect.controls, policy),
        policy,
    )
    withheld = reasons_to_withhold(effect, policy)
    fit, counts = effect.fit, ArmCounts.of(effect)
    difference = None if withheld else release_interval(fit, counts, policy)
    risks = (None, None) if difference is None else _risks(effect, difference, policy)
    if _nearly_all(risks, policy):
        # Either share is the other one and the difference.
        withheld, difference, risks = ((NEARLY_ALL, {}),), None, (None, None)
    by_worker = departure = control = NOTHING
    if not withheld:
        by_worker = _told(release_interval(effect.by_worker, counts, policy), effect.by_worker_missing)
        departure = _departure(effect, policy)
        control = _negative_control(effect, policy)
    edges, bins_treated, bins_controls = _overlap(fit, treated, controls, policy)
    effective = None if fit is None else fit.effective_n
    return ReleasedEffect(
        id=effect.definition.id,
        definition_digest=effect.definition.digest,
        policy=policy.name,
        measure=effect.measure,
        endpoint=effect.endpoint,
        landmark_days=effect.landmark_days,
        horizon_days=effect.horizon_days,
        estimand=str(effect.definition.details.get("estimand", "")) if fit is None else fit.estimand,
        withheld=withheld,
        flow=_flow(effect, (treated, controls), policy),
        treated=treated,
        controls=controls,
        risk_treated=risks[0],
        risk_control=risks[1],
        difference=difference,
        difference_by_worker=by_worker[0],
        departure=departure[0],
        negative_control=control[0],
        negative_control_endpoint=effect.negative_control_endpoint,
        detectable=to_step(effect.detectable, POINT) if np.isfinite(effect.detectable) else None,
        balance=release_balance(effect, policy),
        balance_limit=decimals(effect.balance_limit, 2),
        overlap_edges=edges,
        overlap_treated=bins_treated,
        overlap_controls=bins_controls,
        effective_treated=None if effective is None else whole_size(effective.treated, policy),
        effective_controls=None if effective is None else whole_size(effective.control, policy),
        std_error=None if difference is None else _std_error(difference),
        checks=release_checks(effect, policy),
        merged=tuple(effect.merged.items()),
        left_out=effect.left_out,
        sensitivity=None if difference is None else release_sensitivity(effect, difference, risks, policy),
        by_worker_withheld=by_worker[1],
        departure_withheld=departure[1],
        negative_control_withheld=control[1],
    )


def _nearly_all(risks: tuple[float | None, float | None], policy: Policy) -> bool:
    """Rule 3: whether nearly all of an arm have reached the goal, where that tells of each of them."""
    return policy.sensitive_throughout and any(100 * (risk or 0.0) > policy.share_ceiling for risk in risks)


def _told(interval: Interval | None, reason: str) -> Told:
    """An interval, or the reason for which there is none."""
    return (interval, "") if interval is not None else (None, reason or "not_estimable")


def _departure(effect: Effect, policy: Policy) -> Told:
    """The effect on departures: of few, its interval would tell how many."""
    counts = ArmCounts.of_departures(effect)
    if counts.few(policy):
        return None, "too_few_departures"
    return _told(release_interval(effect.departure, counts, policy), "")


def _negative_control(effect: Effect, policy: Policy) -> Told:
    """The negative control by all rules of an effect: where its own design fails it proves nothing."""
    control = effect.negative_control
    if control is None:
        return None, "not_estimable" if effect.negative_control_endpoint else ""
    if withheld := reasons_to_withhold(control, policy):
        return None, withheld[0][0]
    return _told(release_interval(control.fit, ArmCounts.of(control), policy), "")


def _std_error(shown: Interval) -> float:
    """What the interval says of it: an exact one beside it would be a second interval on the same events."""
    return decimals(((shown.upper or 0.0) - (shown.lower or 0.0)) / 2 / _NORMAL_95, 3)


def _flow(effect: Effect, arms: tuple[Cell, Cell], policy: Policy) -> ReleasedTable:
    """The flow, with its last steps, the arms, as they are shown elsewhere in the effect."""
    flow = release_table(effect.flow, policy)
    as_shown = dict(zip(("treated", "controls"), arms, strict=True))
    cells = (
        (as_shown[step],) if step in as_shown else row
        for step, row in zip(flow.rows, flow.cells, strict=True)
    )
    return replace(flow, cells=tuple(cells))


def reasons_to_withhold(effect: Effect, policy: Policy) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Why no estimate is shown: the design's failures, then the gate's own. No estimate is looked at."""
    found: list[tuple[str, Mapping[str, Any]]] = [
        (failure.key, _detail(failure, min(effect.treated, effect.controls), policy))
        for failure in effect.failures
    ]
    few = ArmCounts.of(effect).few(policy)
    for arm, persons in (("treated", effect.treated), ("control", effect.controls)):
        # An effect is two curves read at one time (rule 5), and the share of an arm in which the persons
        # with or without the event are a hidden count would tell that count (rule 2).
        if persons < policy.effect_persons:
            found.append(("too_few_persons", {"arm": arm}))
        if arm in few:
            found.append(("too_few_events", {"arm": arm}))
    # Rule 6 asks ten events a parameter of coefficients that are shown. Those of the propensity and outcome
    # models never are; the design's own limit speaks of them. A nearly saturated model stays refused.
    if effect.treated + effect.controls - effect.parameters < policy.model_residual_freedom:
        found.append(("residual_freedom", {}))
    if effect.fit is None:
        found += [] if found else [("not_estimable", {})]
    elif not np.isfinite([effect.fit.value, effect.fit.lower, effect.fit.upper, effect.fit.std_error]).all():
        found.append(("not_estimable", {}))
    return tuple(found)


def _detail(failure: Any, smallest: int, policy: Policy) -> dict[str, Any]:
    """A failure's figures as coarse as everything else that is shown; `smallest` is the smaller arm."""
    detail: dict[str, Any] = {}
    for name, value in failure.detail.items():
        if isinstance(value, str):
            detail[name] = value
        elif not np.isfinite(value):
            continue
        elif failure.key in ("effective_n", "fewer_effective_controls") and name == "value":
            shown = whole_size(value, policy)
            # A hidden size is shown as the most that it can be.
            detail[name] = policy.largest_hidden_count if shown is None else shown
        elif failure.key == "events_per_parameter" and name == "value":
            continue  # the number of parameters is known, and with it this would be the number of events
        elif failure.key == "overlap" and name == "value":
            detail[name] = to_step(value, coarse_step(smallest, policy))
        else:
            detail[name] = decimals(value, 2)
    return detail


def _risks(effect: Effect, difference: Interval, policy: Policy) -> tuple[float, float]:
    """Both risks, consistent with the difference shown.

    The risk of the treated is often their plain share (ATT), which together with their number gives the
    number of events back. So the controls' risk, a model's, is rounded so coarsely that as many counts
    remain possible as a rounded count has, and the treated's is that plus the difference.
    """
    step = coarse_step(min(effect.treated, effect.controls), policy)
    # Rounded to nothing it would read as "nobody".
    control = max(to_step(effect.fit.mean_control, step), step / 2)
    return decimals(min(max(control + (difference.value or 0.0), 0.0), 1.0), 2), control


def _overlap(
    fit: Any, treated: Cell, controls: Cell, policy: Policy
) -> tuple[tuple[float, ...], tuple[int | None, ...], tuple[int | None, ...]]:
    """The propensity histogram in bins wide enough to be shown."""
    if fit is None:
        return (), (), ()
    overlap = fit.overlap
    fine = overlap.treated.size
    width = next(w for w in range(1, fine + 1) if fine % w == 0 and fine // w <= policy.overlap_bins)

    def bins(counts: IntArray, arm: Cell) -> tuple[int | None, ...]:
        return release_bins(np.asarray(counts).reshape(-1, width).sum(axis=1), arm, policy)

    edges = tuple(decimals(edge, 2) for edge in overlap.edges[::width])
    return edges, bins(overlap.treated, treated), bins(overlap.control, controls)
