"""Steps of a curve that tell, with what earlier quarters have drawn, of nobody who came in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hamm_eval.estimate import FloatArray
from hamm_eval.release.cumulative_counts import CumulativeCounts
from hamm_eval.release.known_curves import KnownCurve, LeftOut
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.curve_chain import RecoveredDay, days_recovered, days_subtracted
from hamm_eval.release.step_days import StepDays, days_shown, step_days

Chain = tuple[KnownCurve, ...]
Option = tuple[tuple[Chain, ...], list[FloatArray], tuple[StepDays, ...]]
Tell = Callable[[Sequence[StepDays]], KnownCurve | None]


def safe_days(
    counts: CumulativeCounts,
    horizons: tuple[int, ...],
    policy: Policy,
    tells: Tell,
    chains: Sequence[Sequence[KnownCurve]],
    left_out: Sequence[LeftOut] = (),
) -> tuple[StepDays, ...]:
    """Days of the steps of each cause.

    Parameters
    ----------
    counts : CumulativeCounts
    horizons : tuple of int
    policy : Policy
    tells : callable
        What a curve with steps on given days tells; None where there is none.
    chains : sequence of sequences of KnownCurve
        Curves of which the events are some of this one's, each some of the next: those of earlier quarters,
        and of a part of the same events.
    left_out : sequence of LeftOut
        Steps left out for the sake of other curves.

    Returns
    -------
    tuple of StepDays
        By cause.

    Notes
    -----
    Where curves of a chain tell together how few came in between, a step is left out and its events wait for
    the next, one after the other, until none is left. No other step takes its place: all others stay as they
    are.
    """
    grid = days_shown(counts, horizons, policy)
    among = [grid] * len(counts.exit_events)
    for gap in left_out:
        among[gap.cause] = gap.out_of(among[gap.cause])

    def chosen(allowed: Sequence[FloatArray]) -> tuple[StepDays, ...]:
        return tuple(
            step_days(exits, days, counts.start, horizons, policy)
            for exits, days in zip(counts.exit_events, allowed, strict=True)
        )

    def together(days: Sequence[StepDays]) -> tuple[Chain, ...]:
        told = tells(days)
        return () if told is None else tuple((*chain, told) for chain in chains)

    def helping(told: RecoveredDay) -> Iterator[int]:
        """Causes without whose steps a day is told no more, its own first."""
        for cause in dict.fromkeys((told.cause, *range(len(among)))):
            if days[cause].ends.size:
                bare = [grid[:0] if each == cause else allowed for each, allowed in enumerate(among)]
                if told not in _recovered(together(chosen(bare)), policy):
                    yield cause

    days = chosen(among)
    while chains and (found := _recovered(together(days), policy)):
        cause = next(helping(found[0]), None)
        if cause is None:
            return chosen([grid[:0]] * len(among))
        options = []
        for step in _near(days[cause], found[0].day):
            fewer = list(among)
            fewer[cause] = LeftOut.step(cause, step, days[cause].ends).out_of(among[cause])
            then = chosen(fewer)
            options.append((together(then), fewer, then))
        _, among, days = _best(options, policy)
    return days


def _best(options: Sequence[Option], policy: Policy) -> Option:
    """The one that tells least: by plain subtraction, and where that is nothing by the quarters together."""
    told = [sum(len(days_subtracted(chain, policy)) for chain in together) for together, _, _ in options]
    if min(told):
        return options[told.index(min(told))]
    safe = [option for option, many in zip(options, told, strict=True) if not many]
    return min(safe, key=lambda option: len(_recovered(option[0], policy)))


def _recovered(chains: Sequence[Chain], policy: Policy) -> tuple[RecoveredDay, ...]:
    """Where any of the chains tells how few came from one curve to the next."""
    return tuple(day for chain in chains for day in days_recovered(chain, policy))


def _near(days: StepDays, day: float) -> list[float]:
    """Steps next to a day, that may be left out."""
    before, after = days.ends[days.ends <= day], days.ends[days.ends > day]
    return [float(each) for each in (*before[-2:], *after[:1])]
