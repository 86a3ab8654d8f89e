"""Restatements: figures of closed periods that a later data cut changed, from what was released both times.

Nothing but released values is compared: it tells no more than both reports side by side do, and what these
tell together is proven before either is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hamm_eval.release.policy import Policy
from hamm_eval.release.quantiles import quantile_step
from hamm_eval.release.released import (
    Cell,
    Release,
    ReleasedArrivals,
    ReleasedCaseload,
    ReleasedDistribution,
    ReleasedFunding,
    ReleasedTable,
    Restatement,
)

_WINDOW = "quarter"
LATE_RECORDS = "late_records"

# By (period, what) the value as released, and the step by which such values are rounded.
Figures = Mapping[tuple[str, str], tuple[float | None, float]]


def restatements(
    releases: Sequence[Release], former: Sequence[Release], policy: Policy
) -> tuple[Restatement, ...]:
    """Figures of closed periods that differ from those of the former report, by result and period.

    Parameters
    ----------
    releases, former : sequence of Release
        Of this report and of the one before. Only results of equal definition are compared.
    policy : Policy

    Returns
    -------
    tuple of Restatement
        A difference of one rounding step may be of a single person: it is called about the same.
    """
    earlier = {(release.id, release.definition_digest): release for release in former}
    found = []
    for release in releases:
        before = earlier.get((release.id, release.definition_digest))
        if before is None or type(before) is not type(release):
            continue
        now, then = (dict(_figures(each, policy)) for each in (release, before))
        for (period, what), (value, step) in now.items():
            if (period, what) in then and then[period, what][0] != value:
                old = then[period, what][0]
                found.append(
                    Restatement(
                        of=release.id,
                        period=period,
                        what=what,
                        old=old,
                        new=value,
                        difference=_difference(old, value, step),
                        reason=LATE_RECORDS,
                    )
                )
    return tuple(found)


def _difference(old: float | None, new: float | None, step: float) -> str:
    """The class of a difference; a number that is hidden in one of the reports is only known to be small."""
    if old is None or new is None:
        return "shown_now" if old is None else "hidden_now"
    if abs(new - old) <= step * (1 + 1e-9):
        return "about_the_same"
    return "higher" if new > old else "lower"


def _figures(
    release: Release, policy: Policy
) -> Iterator[tuple[tuple[str, str], tuple[float | None, float]]]:
    """Figures of closed periods with their rounding steps; kinds without periods have none."""
    match release:
        case ReleasedTable(row_dimension=dimension) if dimension == _WINDOW:
            for period, cells in zip(release.rows, release.cells, strict=True):
                for column, cell in zip(release.columns, cells, strict=True):
                    yield (period, column), (cell.value, policy.count_rounding)
        case ReleasedArrivals(quarters=quarters):
            for quarter in quarters:
                persons: Cell = quarter.persons
                yield (quarter.quarter, "persons"), (persons.value, policy.count_rounding)
                # One step in the count above or below.
                step = policy.count_rounding / max(persons.value or 1, 1) + 10**-policy.share_decimals
                yield (quarter.quarter, "share"), (quarter.observed.value, step)
        case ReleasedFunding(begun=begun):
            yield from _figures(begun, policy)
        case ReleasedCaseload(spread=spread, open_cases=open_cases):
            yield from _figures(spread, policy)
            for period, cell in zip(spread.rows, open_cases, strict=True):
                yield (period, "open_cases"), (cell.value, policy.count_rounding)
        case ReleasedDistribution(row_dimension=dimension) if dimension == _WINDOW:
            step = quantile_step(release.unit, policy)
            for period, values in zip(release.rows, release.values, strict=True):
                for probability, value in zip(release.probabilities, values, strict=True):
                    yield (period, f"quantile_{probability:g}"), (value, step)
