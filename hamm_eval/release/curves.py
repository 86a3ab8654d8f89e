"""Rule 5: a curve is drawn anew from rounded counts, and everything beside it comes from the same counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np

from hamm_eval.estimate import CurveGroup, Curves, FloatArray, IntArray
from hamm_eval.inference import clusters_for_t
from hamm_eval.release.counts import hide_linked, release_count
from hamm_eval.release.cumulative_counts import CumulativeCounts
from hamm_eval.release.curve_ceiling import below_ceiling
from hamm_eval.release.curve_error import largest_error
from hamm_eval.release.household_factor import household_factors
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves, KnownCurve, LeftOut
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, Interval, ReleasedCurve, ReleasedCurves
from hamm_eval.release.rounding import decimals, to_midpoint, to_multiple
from hamm_eval.release.step_counts import StepCounts, rounded_steps
from hamm_eval.release.step_days import StepDays, days_alone
from hamm_eval.release.step_inverse import known_curve

GROUP_TOO_SMALL = "group_too_small"
LINKED = "linked"
"""Why a curve is withheld that would tell others anew: drawn, or with what earlier quarters have shown."""

_MONTH = 30.4375
_MOST_AT_RISK_TIMES = 9


def release_curves(
    curves: Curves,
    policy: Policy,
    earlier: EarlierCurves = NOTHING_EARLIER,
    *,
    place: str = "",
    within: Mapping[str, Sequence[str]] = MappingProxyType({}),
    beside: Mapping[str, Sequence[KnownCurve]] = MappingProxyType({}),
) -> ReleasedCurves:
    """Curves as they may be shown; groups that are too small say so instead.

    Parameters
    ----------
    curves : Curves
    policy : Policy
    earlier : EarlierCurves
        What earlier quarters have told of curves.
    place : str
        Where they stand in their result, if there are several.
    within : mapping of level to levels
        Levels whose events are some of a level's, of the same persons.
    beside : mapping of level to KnownCurve
        Other curves of which the same holds.
    """
    known: dict[str, ReleasedCurve] = {}
    # What is some of another is drawn first: the other must tell of nobody by what is left.
    for group in sorted(curves.groups, key=lambda group: group.level in within):
        inside = [known[level].known for level in within.get(group.level, ()) if level in known]
        draw = partial(
            release_curve,
            name=curve_name(curves, group.level, place),
            earlier=earlier,
            inside=[each for each in (*inside, *beside.get(group.level, ())) if each is not None],
        )
        known[group.level] = below_ceiling(group, curves, policy, draw)
    released, ungrouped = _linked([known[group.level] for group in curves.groups], curves, policy)
    return ReleasedCurves(
        id=curves.definition.id,
        definition_digest=curves.definition.digest,
        policy=policy.name,
        endpoint=curves.endpoint,
        dimension=curves.dimension,
        causes=curves.causes,
        horizons=curves.horizons,
        curves=released,
        ungrouped=ungrouped,
    )


def _linked(
    released: list[ReleasedCurve], curves: Curves, policy: Policy
) -> tuple[tuple[ReleasedCurve, ...], Cell | None]:
    """The groups and who is in none, whose persons and events also stand in the curve of all: rule 7."""
    outside = [curve_count(curves.ungrouped, policy)] if curves.ungrouped else []
    if len(released) + len(outside) < 2 or not curves.parts:
        return tuple(released), None
    # The events of those outside are not shown, but are what is left of the events of all.
    outside_events = [curve_count(curves.ungrouped_events, policy)] if outside else []
    everyone = sum(group.persons_from_start for group in curves.groups) + curves.ungrouped
    reached = sum(group.events_from_start for group in curves.groups) + curves.ungrouped_events
    persons, events = (
        hide_linked(
            cells,
            curve_count(total, policy),
            policy,
            sensitive=curves.sensitive,
            behind=lambda value: behind_curve_count(value, policy),
        )
        for cells, total in (
            ([*(curve.persons for curve in released), *outside], everyone),
            ([*(curve.events for curve in released), *outside_events], reached),
        )
    )
    many = len(released)
    linked = tuple(
        replace(curve, persons=mine, events=happened)
        for curve, mine, happened in zip(released, persons[:many], events[:many], strict=True)
    )
    return linked, persons[many] if outside else None


def curve_count(count: int, policy: Policy, *, sensitive: bool = False) -> Cell:
    """A count beside curves, from the midpoints that these are drawn from.

    One count rounded to two bases would be pinned by both.
    """
    midpoint = int(to_midpoint(count, policy.curve_rounding))
    return release_count(midpoint, policy, persons=count, sensitive=sensitive)


def behind_curve_count(value: int, policy: Policy) -> tuple[int, int]:
    """The least and the greatest count that are shown as this value."""
    reach = policy.curve_rounding + policy.count_rounding
    near = np.arange(max(value - reach, 0), value + reach + 1)
    shown = [to_multiple(int(n), policy.count_rounding) for n in to_midpoint(near, policy.curve_rounding)]
    counts = near[np.array(shown) == value]
    return int(counts.min()), int(counts.max())


def curve_name(curves: Curves, level: str, place: str = "") -> str:
    """Name of a curve within its result, the same in every quarter."""
    return f"{place}|{curves.dimension}={level}"


def release_curve(
    group: CurveGroup,
    curves: Curves,
    policy: Policy,
    *,
    name: str = "",
    earlier: EarlierCurves = NOTHING_EARLIER,
    inside: Sequence[KnownCurve] = (),
) -> ReleasedCurve:
    """One group's curve, or its refusal."""
    counts = CumulativeCounts.of(group, len(curves.causes))
    events = int(counts.exit_events[0].size)
    persons_cell, events_cell = (
        curve_count(count, policy, sensitive=curves.sensitive) for count in (counts.persons, events)
    )
    # Rule 5: so many persons, and so many events of the cause shown.
    large = counts.persons >= policy.curve_persons and events >= policy.curve_events
    # Of one household nothing tells how much households differ: no interval could be drawn.
    households = int(np.unique(group.cluster[group.time > group.start_at]).size)
    large &= households > 1
    which = (curves.definition.id, curves.definition.version, name)
    before, gaps = earlier(*which), earlier.gaps(*which)
    drawn = _drawn(counts, curves.horizons, policy, name, before, inside, gaps) if large else None
    if drawn is None:
        beside = before or inside or gaps
        alone = large and beside and _drawn(counts, curves.horizons, policy, name, (), (), ())
        return ReleasedCurve(
            level=group.level,
            merged=group.merged,
            withheld=LINKED if alone else GROUP_TOO_SMALL,
            persons=persons_cell,
            events=events_cell,
        )
    steps, known = drawn
    values, std_error, lower, upper = _redraw(steps)
    factors = household_factors(group, len(curves.causes), curves.horizons)
    std_error = std_error * factors
    few = clusters_for_t(households, None)
    lower, upper = _limits(values, std_error, lower, upper, factors, few)
    at_risk_time, at_risk = _at_risk_table(counts, steps, policy)
    where = [_place(steps, day, policy) for day in curves.horizons]
    places, short = policy.curve_decimals, policy.share_decimals

    # How far the curve may have moved on since its last step, in shares.
    behind = steps.lag * ((1 - values.sum(axis=1)) / steps.at_risk)[:, None]
    # What rests on a single step may be wrong by a third of itself.
    thin = steps.events < 2 * policy.curve_step_events
    too_old = thin | (100 * behind > policy.curve_lag_percent) | (steps.time[:, None] > steps.shown_until)

    def interval(at: int | None) -> Interval:
        # Before a cause's first steps its incidence is hidden, not zero.
        if at is None or too_old[at, 0]:
            return Interval(value=None, lower=None, upper=None)
        return Interval(
            value=decimals(values[at, 0], short),
            lower=decimals(lower[at, 0], short),
            upper=decimals(upper[at, 0], short),
        )

    def competing(at: int | None, cause: int) -> float | None:
        return None if at is None or too_old[at, cause] else decimals(values[at, cause], short)

    def line(column: FloatArray) -> tuple[float, ...]:
        return (0.0, *(decimals(value, places) for value in column))

    causes = range(1, len(curves.causes))
    return ReleasedCurve(
        level=group.level,
        merged=group.merged,
        withheld="",
        persons=persons_cell,
        events=events_cell,
        time=(steps.start, *(float(day) for day in steps.time)),
        incidence=line(values[:, 0]),
        lower=line(lower[:, 0]),
        upper=line(upper[:, 0]),
        competing=tuple(line(values[:, cause]) for cause in causes),
        at_risk_time=at_risk_time,
        at_risk=at_risk,
        at_horizon=tuple(interval(at) for at in where),
        competing_at_horizon=tuple(tuple(competing(at, cause) for at in where) for cause in causes),
        median=_median(steps, *(np.round(part[:, 0], places) for part in (values, lower, upper))),
        largest_error=decimals(largest_error(steps, policy) + 0.5 * 10**-places, places),
        few_households=few is not None,
        known=known,
        std_error_at_horizon=tuple(
            None if at is None or too_old[at, 0] else decimals(std_error[at, 0], places) for at in where
        ),
    )


def _drawn(
    counts: CumulativeCounts,
    horizons: tuple[int, ...],
    policy: Policy,
    name: str,
    earlier: Sequence[KnownCurve],
    inside: Sequence[KnownCurve],
    left_out: Sequence[LeftOut],
) -> tuple[StepCounts, KnownCurve] | None:
    """Rounded counts of a curve that tells of nobody beside others, and what it tells; or None."""

    def draw(days: Sequence[StepDays]) -> tuple[StepCounts, KnownCurve] | None:
        steps = rounded_steps(counts, horizons, policy, days=days)
        if not steps.time.size or not steps.events[-1, 0]:
            return None
        known = known_curve(name, counts, steps, days, _at_risk_days(steps), policy)
        return steps, replace(known, some=tuple(each.name for each in inside))

    def tells(days: Sequence[StepDays]) -> KnownCurve | None:
        drawn = draw(days)
        return None if drawn is None else drawn[1]

    chains = [chain for chain in (tuple(earlier), *((each,) for each in inside)) if chain]
    if not chains and not left_out:
        return draw(days_alone(counts, horizons, policy))
    # The proof knows facts, and facts of curves know this module.
    from hamm_eval.release.safe_steps import safe_days

    return draw(safe_days(counts, horizons, policy, tells, chains, left_out))


def _redraw(steps: StepCounts) -> tuple[FloatArray, ...]:
    """Incidences, standard errors and limits at each step, shapes (k, causes), from the rounded counts."""
    from hamm_eval.survival import aalen_johansen

    entry, time, cause, frequency = _as_rows(steps)
    # Causes may have no rounded event: their incidence is 0.
    fit = aalen_johansen(time, cause, entry=entry, frequency=frequency, causes=steps.events.shape[1])
    return tuple(np.nan_to_num(part) for part in fit.at(steps.time))


def _limits(
    values: FloatArray,
    std_error: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    factors: FloatArray,
    few: int | None,
) -> tuple[FloatArray, FloatArray]:
    """Limits from the widened standard errors, by t of few households; those of the estimator where nothing
    is widened.
    """
    from hamm_eval.survival.intervals import interval_limits

    wider = [np.nan_to_num(limit) for limit in interval_limits(values, std_error, "log-log", 0.95, few)]
    changed = (factors > 1) | (few is not None)
    return np.where(changed, wider[0], lower), np.where(changed, wider[1], upper)


def _as_rows(steps: StepCounts) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Rows with frequencies whose risk sets and events are the rounded counts.

    Who entered and who was censored by the middle of a step do so at its beginning; first come, first gone.
    """
    begin = np.concatenate([[steps.start], steps.time[:-1]])
    events = np.diff(steps.events, axis=0, prepend=0)
    flow = np.diff(steps.entered - steps.censored, prepend=0)
    waiting: list[list[float]] = []
    rows: list[tuple[float, float, int, int]] = []

    def leave(day: float, code: int, many: int) -> None:
        while many > 0:
            entered, there = waiting[0]
            gone = min(many, int(there))
            rows.append((entered, day, code, gone))
            waiting[0][1] -= gone
            many -= gone
            if not waiting[0][1]:
                waiting.pop(0)

    for step, day in enumerate(steps.time):
        leave(float(begin[step]), 0, -int(flow[step]))
        if flow[step] > 0:
            waiting.append([float(begin[step]), int(flow[step])])
        for code, many in enumerate(events[step], start=1):
            leave(float(day), code, int(many))
    leave(float(steps.time[-1]), 0, sum(int(there) for _, there in waiting))
    entry, time, cause, frequency = (np.array(column) for column in zip(*rows, strict=True))
    return entry, time, cause.astype(np.int64), frequency.astype(np.int64)


def _place(steps: StepCounts, day: float, policy: Policy) -> int | None:
    """The step that shows the value at a day; None before the first and after the curve's end.

    The curve's days lie `curve_grid_days` apart, so its end is only known so far.
    """
    if not steps.start < day < steps.time[-1] + policy.curve_grid_days:
        return None
    at = int(np.searchsorted(steps.time, day, side="right")) - 1
    return at if at >= 0 else None


def _median(steps: StepCounts, value: FloatArray, lower: FloatArray, upper: FloatArray) -> Interval:
    """Days by which half have reached the endpoint: where the lines shown first reach one half."""

    def reached(line: FloatArray) -> float | None:
        above = np.flatnonzero(line >= 0.5)
        return float(steps.time[above[0]]) if above.size else None

    return Interval(value=reached(value), lower=reached(upper), upper=reached(lower))


def _at_risk_table(
    counts: CumulativeCounts, steps: StepCounts, policy: Policy
) -> tuple[tuple[float, ...], tuple[int | None, ...]]:
    """Persons still under observation every three, six or twelve months, from rounded counts, rounded."""
    days = _at_risk_days(steps)
    base = policy.curve_rounding
    entered = to_midpoint(np.searchsorted(counts.entry, days, side="right"), base)
    censored = to_midpoint(np.searchsorted(counts.exit_censored, days, side="right"), base)
    shown = np.vstack([np.zeros((1, steps.events.shape[1]), dtype=np.int64), steps.events]).sum(axis=1)
    gone = shown[np.searchsorted(steps.time, days, side="right")]
    left = np.maximum(entered - censored - gone, 0)
    cells = [release_count(int(count), policy, sensitive=True) for count in left]
    return tuple(float(day) for day in days), tuple(cell.value for cell in cells)


def _at_risk_days(steps: StepCounts) -> FloatArray:
    """Days of the table of persons at risk."""
    end = float(steps.time[-1])
    for months in (3, 6, 12, 24, 60):
        days = np.round(np.arange(0, end / _MONTH + months, months) * _MONTH)
        days = days[(days >= steps.start) & (days <= end)]
        if days.size <= _MOST_AT_RISK_TIMES:
            break
    return np.asarray(days)
