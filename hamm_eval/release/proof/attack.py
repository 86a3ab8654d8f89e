"""The attack: the least and the greatest value that all that is shown leaves to each hidden count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import FloatArray
from hamm_eval.release.facts import Count
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.system import System

_WHOLE = 1e-6
_FAR = 1e4
"""Where a count without an upper end is looked for: beyond any that is protected."""
_WORTH = 4
"""Counts that two programs for all that are left must settle at least, to be worth two more."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A count that must stay hidden and keeps too few values: its key, and the releases that tell it."""

    key: str
    releases: tuple[str, ...]


def find_recovered(system: System, policy: Policy) -> tuple[Recovered, ...]:
    """Every count that the system tells too exactly (rule 7).

    Parameters
    ----------
    system : System
    policy : Policy
        Its `feasible_values` is what each hidden count must keep; what is in `system.asked` keeps its own.

    Returns
    -------
    tuple of Recovered
        Counts shown as small ones that keep fewer values; and counts never shown, what a difference of
        others leaves, that are known to be small and not 0, and keep fewer.

    Raises
    ------
    ReleaseRefused
        Nothing at all could have been shown like this: the facts contradict each other.

    Notes
    -----
    The values counted are those from the least to the greatest feasible one. They are found as linear
    programs first; only where their solution is no whole number is the integer program solved. Every solution
    in whole numbers is possible for all counts at once: a count whose values in solutions so far lie far
    enough apart needs no program of its own.
    """
    return tuple(found for part in system.parts() for found in _in_part(part, policy))


def is_recovered(key: str, system: System, policy: Policy) -> bool:
    """Whether one count of a connected system keeps too few values."""
    return bool(recovered_among((key,), system, policy))


def recovered_among(keys: Iterable[str], system: System, policy: Policy) -> frozenset[str]:
    """Which counts of a connected system keep too few values."""
    programs = Programs(system)
    return frozenset(
        key for key in keys if _recovered(system.counts[key], programs, system.asked.get(key, policy))
    )


def must_stay_hidden(count: Count) -> bool:
    """Whether a count is protected: one shown as a small one, or one that nobody tells."""
    return count.hidden or not count.told


def _in_part(part: System, policy: Policy) -> Iterable[Recovered]:
    """The counts of one connected system."""
    targets = [count for count in part.counts.values() if must_stay_hidden(count)]
    if not targets:
        return
    programs = Programs(part)
    _look_together(targets, programs, part, policy)
    for count in targets:
        if _recovered(count, programs, part.asked.get(count.key, policy)):
            yield Recovered(count.key, _beside(count.key, part))


def _look_together(targets: Sequence[Count], programs: Programs, part: System, policy: Policy) -> None:
    """Programs for many counts together settle most of them: again for the rest while it helps."""
    left = list(targets)
    while left:
        programs.look([count.key for count in left], 1.0)
        programs.look([count.key for count in left], -1.0)
        still = [count for count in left if not _settled(count, programs, part.asked.get(count.key, policy))]
        if len(left) - len(still) < _WORTH:
            return
        left = still


def _settled(count: Count, programs: Programs, policy: Policy) -> bool:
    """Whether solutions so far show that a count keeps enough values."""
    largest = policy.largest_hidden_count
    if count.hidden:
        return programs.seen(count.key) >= _needed(count, policy)
    # What nobody shows is betrayed where it is known to be small.
    if programs.has_been(count.key, lambda value: value < 1 or value > largest):
        return True
    return programs.seen(count.key) >= min(policy.feasible_values, largest)


def _needed(count: Count, policy: Policy) -> int:
    """Values that a hidden count must keep."""
    largest = policy.largest_hidden_count
    return min(policy.feasible_values, largest if count.low else largest + 1)


def _recovered(count: Count, programs: Programs, policy: Policy) -> bool:
    """Whether a count keeps too few values."""
    largest = policy.largest_hidden_count
    if count.hidden:
        widest = (largest if count.high is None else min(count.high, largest)) - count.low + 1
        if widest < _needed(count, policy):
            return True
    if _settled(count, programs, policy):
        return False
    low = programs.least(count.key)
    if count.hidden:
        return programs.greatest(count.key) - low + 1 < _needed(count, policy)
    if low < 1 or low > largest:
        return False
    high = programs.greatest(count.key)
    return high <= largest and high - low + 1 < min(policy.feasible_values, largest)


def told_exactly(count: Count, policy: Policy) -> bool:
    """Whether the range of a count that nobody shows tells by itself that it is a small one, and which."""
    largest = policy.largest_hidden_count
    if count.high is None or not 1 <= count.low <= count.high <= largest:
        return False
    return count.high - count.low + 1 < min(policy.feasible_values, largest)


def _beside(key: str, part: System) -> tuple[str, ...]:
    """Releases that tell a count, or the counts that it stands in a sum with."""
    near = {key}
    for total in part.sums:
        if key == total.whole or key in total.parts:
            near |= {total.whole, *total.parts}
    return tuple(sorted({name for each in near for name in part.told_by.get(each, ())}))


class Programs:
    """The programs of one connected system: HiGHS by SciPy."""

    def __init__(self, part: System) -> None:
        from scipy.optimize import Bounds, LinearConstraint
        from scipy.sparse import csr_array

        self._part = part
        self._place = {key: at for at, key in enumerate(part.counts)}
        self._lowest = np.full(len(part.counts), np.inf)
        self._highest = np.full(len(part.counts), -np.inf)
        rows, columns, values = [], [], []
        least, most = [], []
        for row, total in enumerate(part.sums):
            least.append(-total.slack)
            most.append(np.inf if total.rest else total.slack)
            coefficients = {total.whole: 1.0}
            for name in total.parts:
                coefficients[name] = coefficients.get(name, 0.0) - 1.0
            for name, value in coefficients.items():
                rows.append(row)
                columns.append(self._place[name])
                values.append(value)
        matrix = csr_array((values, (rows, columns)), shape=(len(part.sums), len(self._place)))
        self._sums = LinearConstraint(matrix, least, most)
        self._bounds = Bounds(
            [count.low for count in part.counts.values()],
            [np.inf if count.high is None else count.high for count in part.counts.values()],
        )

    def look(self, keys: Sequence[str], sign: float) -> None:
        """One program for the sum of some counts: its solution is possible for each of them."""
        if not keys or not self._part.sums:
            return
        places = [self._place[key] for key in keys]
        objective = np.zeros(len(self._place))
        objective[places] = sign
        # What has no upper end would have no greatest sum: far enough is enough.
        ends = self._bounds.ub.copy()
        far = np.maximum(self._bounds.lb[places], _FAR)
        ends[places] = np.where(np.isinf(ends[places]), far, ends[places])
        self._optimum(objective, whole=False, ends=ends)

    def seen(self, key: str) -> float:
        """How many values lie between those that a count had in solutions so far."""
        at = self._place[key]
        return float(self._highest[at] - self._lowest[at] + 1)

    def has_been(self, key: str, wanted: Callable[[float], bool]) -> bool:
        """Whether a count had a value in solutions so far, its least or its greatest, that is wanted."""
        ends = (self._lowest[self._place[key]], self._highest[self._place[key]])
        return any(np.isfinite(end) and wanted(float(end)) for end in ends)

    def least(self, key: str) -> float:
        """The least value of a count."""
        return self._solve(key, 1.0)

    def greatest(self, key: str) -> float:
        """The greatest value of a count, infinite without one."""
        return -self._solve(key, -1.0)

    def _solve(self, key: str, sign: float) -> float:
        """The optimum in whole numbers."""
        if not self._part.sums:
            count = self._part.counts[key]
            end = count.low if sign > 0 else count.high
            return sign * (np.inf if end is None else end)
        objective = np.zeros(len(self._place))
        objective[self._place[key]] = sign
        found, value = self._optimum(objective, whole=False)
        if found is not None and not _is_whole(found):
            found, value = self._optimum(objective, whole=True)
        return value if found is None else float(np.round(value))

    def _optimum(
        self, objective: FloatArray, *, whole: bool, ends: FloatArray | None = None
    ) -> tuple[FloatArray | None, float]:
        """Solution and optimum, with other upper ends; none, and infinite, where there is no bound."""
        from scipy.optimize import Bounds, milp

        found = milp(
            objective,
            integrality=np.ones_like(objective) if whole else np.zeros_like(objective),
            bounds=self._bounds if ends is None else Bounds(self._bounds.lb, ends),
            constraints=self._sums,
        )
        if (
            found.x is None
            and objective.any()
            and self._optimum(np.zeros_like(objective), whole=whole)[0] is not None
        ):
            return None, -np.inf  # there are counts like this, so that it is the optimum that has no end
        if found.x is None:
            raise ReleaseRefused(
                "What these results show of counts cannot all be.",
                where=", ".join(self._part.releases),
                todo="Please report this as a bug: the proof of the release gate cannot be made.",
            )
        solution = np.asarray(found.x)
        if _is_whole(solution):
            self._lowest = np.minimum(self._lowest, np.round(solution))
            self._highest = np.maximum(self._highest, np.round(solution))
        return solution, float(found.fun)


def _is_whole(solution: FloatArray) -> bool:
    """Whether a solution is one in whole numbers."""
    return bool(np.abs(solution - np.round(solution)).max(initial=0.0) <= _WHOLE)
