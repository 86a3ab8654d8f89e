"""Who counts as at risk of one cause when those whom another cause has removed stay on with falling weight.

After a competing event at T a person stays in the risk sets of the subdistribution hazard with weight
``G(t-) / G(T-)``, the probability of not yet being censored at t given that at T; with late entry times
``H(t-) / H(T-)``, the same for having entered. Each weight is a factor of the person times a factor of the
time, so that sums over risk sets need no copies of rows: one more cumulated sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, distinct_and_ranks
from hamm_eval.survival.risk_sets import RiskSets, build_risk_sets, cumulate


@dataclass(frozen=True, slots=True)
class SubdistributionRiskSets(RiskSets):
    """Risk sets in which rows `staying` remain to the end of the grid.

    Parameters
    ----------
    staying : ndarray of int, shape (m,)
        Rows that end with a competing event, in order.
    factor : ndarray, shape (m,)
        ``1 / (G(T-) H(T-))`` of each.
    share : ndarray, shape (k,)
        ``G(t-) H(t-)`` at each grid point.
    """

    staying: IntArray
    factor: FloatArray
    share: FloatArray

    def steps(self, values: FloatArray, rows: slice) -> FloatArray:
        """What some `rows` change along the grid: by their own time at risk, and by staying after it."""
        inside: FloatArray = RiskSets.steps(self, values, rows)
        which, own = self._staying(rows)
        begin = self.last[self.staying[which]]
        come = np.bincount(begin, weights=self.factor[which] * values[own], minlength=self.size + 1)
        return np.stack([inside, come])

    def summed(self, steps: FloatArray) -> FloatArray:
        """Sums over the risk set of each grid point, those staying by their weight."""
        inside: FloatArray = RiskSets.summed(self, steps[0])
        inside += self.share * np.cumsum(steps[1])[: self.size]
        return inside

    def totals(self, increments: FloatArray) -> tuple[FloatArray, ...]:
        """What `between` reads of the increments: their sums, and those by the weight of who stays."""
        share = self.share if increments.ndim == 1 else self.share[:, None]
        return cumulate(increments), cumulate(share * increments)

    def between(self, totals: tuple[FloatArray, ...], rows: slice) -> FloatArray:
        """Sum of the increments over the grid points at which each row is at risk, by its weight there."""
        inside: FloatArray = RiskSets.between(self, totals, rows)
        which, own = self._staying(rows)
        after = totals[1][-1] - totals[1][self.last[self.staying[which]]]
        factor = self.factor[which]
        inside[own] += (factor if after.ndim == 1 else factor[:, None]) * after
        return inside

    def _staying(self, rows: slice) -> tuple[slice, IntArray]:
        """Which of those staying are among the `rows`, and their places among these."""
        begin, end, _ = rows.indices(self.last.size)
        first, beyond = np.searchsorted(self.staying, [begin, end])
        return slice(int(first), int(beyond)), self.staying[first:beyond] - begin


def subdistribution_risk_sets(
    entry: FloatArray | None, time: FloatArray, cause: IntArray, of: int
) -> SubdistributionRiskSets:
    """Risk sets of the subdistribution hazard of cause `of` on the grid of its event times.

    Censorings at t follow the events at t, as everywhere in this room, so that who has an event at t is not
    at risk of being censored at t.

    Parameters
    ----------
    entry : ndarray, shape (n,), or None
    time : ndarray, shape (n,)
    cause : ndarray of int, shape (n,)
        0 = censored.
    of : int

    References
    ----------
    Fine, J. P. and Gray, R. J. (1999). A proportional hazards model for the subdistribution of a competing
    risk. J. American Statistical Association 94, 496-509. Geskus, R. B. (2011). Cause-specific cumulative
    incidence estimation and the Fine and Gray model under both left truncation and right censoring.
    Biometrics 67, 39-49.
    """
    sets = build_risk_sets(entry, time, cause == of)
    staying = np.flatnonzero((cause != of) & (cause > 0))
    uncensored = not_yet_censored(entry, time, cause)
    entered = None if entry is None else already_entered(entry, time)

    def observable(at: FloatArray) -> FloatArray:
        """Probability of being under observation just before `at`, up to a constant."""
        seen = uncensored.before(at)
        return seen if entered is None else seen * entered.before(at)

    # Infinite where nobody stays under observation: the caller refuses it.
    with np.errstate(divide="ignore"):
        factor = 1 / observable(time[staying])
    return SubdistributionRiskSets(
        time=sets.time,
        stratum=sets.stratum,
        first=sets.first,
        last=sets.last,
        late=sets.late,
        staying=staying,
        factor=factor,
        share=observable(sets.time),
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """A step function: `value` from each of the ascending `time` on, `begin` before."""

    time: FloatArray
    value: FloatArray
    begin: float

    def before(self, at: FloatArray) -> FloatArray:
        """The value just before each time."""
        return np.concatenate([[self.begin], self.value])[np.searchsorted(self.time, at, side="left")]


def not_yet_censored(entry: FloatArray | None, time: FloatArray, cause: IntArray) -> Steps:
    """Kaplan-Meier estimate G of the time to censoring."""
    sets = build_risk_sets(entry, time, cause == 0)
    ones = np.ones(time.size)
    censored = sets.ending(ones, np.flatnonzero(cause == 0))
    # Who has an event at t is gone when those censored at t are.
    place = np.searchsorted(sets.time, time[cause > 0])
    meets = (place < sets.size) & (np.append(sets.time, np.nan)[place] == time[cause > 0])
    gone = np.bincount(place[meets], minlength=sets.size)[: sets.size]
    left = np.asarray(np.cumprod(1 - censored / (sets.at_risk(ones) - gone)), dtype=np.float64)
    return Steps(sets.time, left, 1.0)


def already_entered(entry: FloatArray, time: FloatArray) -> Steps:
    """Product-limit estimate H of the time of entry, from the last entry backwards."""
    # Backwards a row is under observation from just before its end to its entry, which is the event.
    distinct, place = distinct_and_ranks(entry)
    entering = np.bincount(place, minlength=distinct.size)
    # Observed at u: entered by u, and followed beyond it.
    observed = np.cumsum(entering) - np.searchsorted(np.sort(time), distinct, side="right")
    backwards = np.cumprod((1 - entering / observed)[::-1])[::-1]
    # H just before the first entry is what those that enter first leave over; from u on all later factors.
    return Steps(distinct, np.append(backwards[1:], 1.0), float(backwards[0]))
