"""More is hidden only where the proof fails: the smallest number that mends it, then the proof anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.attack import (
    Recovered,
    find_recovered,
    is_recovered,
    must_stay_hidden,
    recovered_among,
)
from hamm_eval.release.proof.system import System

_TRIED = 12
_MOST = 40
"""Numbers hidden for the sake of others in one connected system: beyond it a result less is less lost."""


class Unmendable(ReleaseRefused):
    """Hidden counts can be recovered though all is hidden near them that can be.

    Attributes
    ----------
    releases : tuple of str
        Those that tell the recovered counts.
    """

    releases: tuple[str, ...] = ()


def hide_until_safe(system: System, policy: Policy) -> tuple[str, ...]:
    """Keys of the shown counts that must be hidden too, so that no hidden count can be recovered.

    Parameters
    ----------
    system : System
    policy : Policy

    Returns
    -------
    tuple of str
        Empty where nothing can be recovered as it is.

    Raises
    ------
    Unmendable
        A count can be recovered though all that is shown near it is hidden, or as much as is worth it.

    Notes
    -----
    Complementary suppression with the least loss is NP-hard (Kelly, Golden and Assad 1992, Cell suppression:
    disclosure protection for sensitive tabular data. Networks 22, 397-417). This is a heuristic: for one
    count after the other the smallest number near it that protects it alone, else the smallest number near
    it, those last that a release tells only in figures computed from them; finally what turned out not to be
    needed is shown again, the largest first. Each turn hides one count more, so it ends.
    """
    hidden: list[str] = []
    for part in system.parts():
        hidden += _mend(part, policy)
    return tuple(hidden)


def _mend(part: System, policy: Policy) -> list[str]:
    """Hide within one connected system.

    Hiding a count makes more possible and nothing less: what keeps enough values at first keeps them.
    """
    chosen: list[str] = []
    first = find_recovered(part, policy)
    now = part
    # Where all that can be hidden is, more stays possible than with any part of it.
    hopeless = _still(first, _all_hidden(part, policy), policy) if first else []
    found: Sequence[Recovered] = first
    while found := _still(found, now, policy):
        key = None if hopeless or len(chosen) >= _MOST else _next(now, found[0], policy)
        if key is None:
            names = tuple(dict.fromkeys(name for each in hopeless or found for name in each.releases))
            error = Unmendable(
                "Hidden counts could be recovered from these results together.",
                where=", ".join(names),
                todo="Leave one of them out of the run, or merge the small levels in params.",
            )
            error.releases = names
            raise error
        chosen.append(key)
        now = now.hiding(key, policy.largest_hidden_count)
    return _needed(part, chosen, first, policy)


def _all_hidden(system: System, policy: Policy) -> System:
    """The same with everything hidden that has a place at which it can be."""
    largest = policy.largest_hidden_count
    counts = {
        key: count.linked(largest) if count.places and (count.shown or count.hidden) else count
        for key, count in system.counts.items()
    }
    return replace(system, counts=counts)


def _still(first: Sequence[Recovered], system: System, policy: Policy) -> list[Recovered]:
    """Which of the counts that were recovered at first still are, with more hidden."""
    protected = [each for each in first if must_stay_hidden(system.counts[each.key])]
    recovered = recovered_among((each.key for each in protected), system, policy) if protected else ()
    return [each for each in protected if each.key in recovered]


def _needed(part: System, chosen: list[str], first: Sequence[Recovered], policy: Policy) -> list[str]:
    """Without those that others, hidden later, have made needless."""
    needed = list(chosen)
    for key in sorted(chosen, key=lambda key: -(part.counts[key].value or 0)):
        if len(needed) < 2:
            break
        others = [other for other in needed if other != key]
        trial = part
        for other in others:
            trial = trial.hiding(other, policy.largest_hidden_count)
        if not _still(first, trial, policy):
            needed = others
    return needed


def _next(system: System, recovered: Recovered, policy: Policy) -> str | None:
    """The shown count to hide: the smallest near the recovered one that mends it, else the smallest."""
    rings = _rings(system, recovered.key)
    counts = system.counts
    for ring in rings:
        shown = [name for name in ring if counts[name].shown and counts[name].places]
        if shown:
            near = sorted(
                shown,
                key=lambda name: (name in system.fixed, not counts[name].value, counts[name].value, name),
            )
            tried = near[:_TRIED]
            mends = (
                name
                for name in tried
                if not is_recovered(recovered.key, system.hiding(name, policy.largest_hidden_count), policy)
            )
            return next(mends, near[0])
    # Small numbers alone can tell each other, as a whole of at most 2 with two parts: one loses its symbol.
    small = (name for ring in rings for name in sorted(ring) if counts[name].high is not None)
    return next((name for name in small if counts[name].hidden and counts[name].places), None)


def _rings(system: System, key: str) -> list[set[str]]:
    """Counts by how many sums lie between them and a count."""
    rings: list[set[str]] = []
    reached, border = {key}, {key}
    while border:
        beyond: set[str] = set()
        for total in system.sums:
            members = {total.whole, *total.parts}
            if members & border:
                beyond |= members - reached
        rings.append(beyond)
        reached |= beyond
        border = beyond
    return rings
