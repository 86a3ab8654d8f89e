"""A series of quarters as one system: a variable for each count and quarter, and what binds the quarters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.facts import Count, Facts, Sum
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import Recovered, System, find_recovered, levels_in_every_quarter

Series = Mapping[str, tuple[Facts, ...]]
"""Facts by quarter."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A count of a former quarter that whoever is counted in stays in."""

    quarter: str
    count: Count


def series_system(series: Series, newest: str, asked: Mapping[str, Policy] | None = None) -> System:
    """One system of all quarters, as far as it has to do with the newest.

    Parameters
    ----------
    series : mapping of quarter to facts
        The newest among them. Numbers of former quarters are out: only those of the newest have places, at
        which they can still be hidden.
    newest : str
    asked : mapping of quarter to Policy
        Of the other quarters, where they were shown by another policy than that of the proof: each count is
        protected as its own report promised. What binds two quarters is protected as the proof's policy asks.

    Notes
    -----
    What binds quarters: a cohort defined by a fixed beginning, and what has happened to its members, only
    grow; so a later count is the earlier one and those who came, who are told to nobody. A count of a closed
    period stays as it is. Corrections break both now and then: where the quarters cannot be like that, an
    attacker cannot know it either, and it is left out for all that is connected, closed periods first.
    """
    counts: list[Facts] = []
    growth: list[Sum] = []
    closed: list[Sum] = []
    last: dict[str, _Known] = {}
    series = levels_in_every_quarter(series)
    for quarter in sorted(series):
        known: dict[str, Count] = {}
        for told in series[quarter]:
            counts.append(_of_quarter(told, quarter, quarter == newest))
            for count in told.counts:
                known[count.key] = count
        for key, count in known.items():
            if not (count.grows or count.window):
                continue
            if key in last and count.window and _can_stay(last[key].count, count):
                closed.append(Sum(whole=f"{key}@{quarter}", parts=(f"{key}@{last[key].quarter}",)))
            if key in last and count.grows and _can_grow(last[key].count, count):
                growth.append(_grown(key, last[key].quarter, quarter))
            last[key] = _Known(quarter, count)
    came = Facts(
        release="",
        definition_digest="",
        version=1,
        counts=tuple(Count(key=each.parts[1], low=0, high=None, told=False) for each in growth),
        sums=(*growth, *closed),
    )
    policies = asked or {}
    own = {key: policies[at] for key in _keys(counts) if (at := key.rpartition("@")[2]) in policies}
    system = _possible(replace(System.of([*counts, came]), asked=own), frozenset(closed))
    system = _possible(system, frozenset(growth))
    return _about(system, newest)


def _keys(facts: Iterable[Facts]) -> Iterable[str]:
    """Of all counts."""
    return (count.key for told in facts for count in told.counts)


def _of_quarter(facts: Facts, quarter: str, newest: bool) -> Facts:
    """The facts with a quarter in every key."""

    def at(key: str) -> str:
        return f"{key}@{quarter}"

    return replace(
        facts,
        release=facts.release if newest else f"{facts.release} ({quarter})",
        counts=tuple(
            replace(count, key=at(count.key), places=count.places if newest else ()) for count in facts.counts
        ),
        sums=tuple(
            replace(total, whole=at(total.whole), parts=tuple(map(at, total.parts))) for total in facts.sums
        ),
    )


def _can_stay(former: Count, later: Count) -> bool:
    """Whether both can be the same number."""
    highs = [high for high in (former.high, later.high) if high is not None]
    return not highs or max(former.low, later.low) <= min(highs)


def _can_grow(former: Count, later: Count) -> bool:
    """Whether the later count can be at least the former one."""
    return later.high is None or former.low <= later.high


def _grown(key: str, former: str, later: str) -> Sum:
    """The later count is the former one and those who came."""
    return Sum(whole=f"{key}@{later}", parts=(f"{key}@{former}", f"{key}@{former}..{later}"))


def _possible(system: System, binding: frozenset[Sum]) -> System:
    """Without what binds quarters where it cannot be."""
    kept: list[Sum] = []
    for part in system.parts():
        if binding.isdisjoint(part.sums):
            kept += part.sums
            continue
        try:
            feasible(part)
        except ReleaseRefused:
            part = replace(part, sums=tuple(total for total in part.sums if total not in binding))
        kept += part.sums
    return replace(system, sums=tuple(kept))


def feasible(part: System) -> None:
    """Refuse a system that no counts fit."""
    if part.sums:
        from hamm_eval.release.proof.attack import Programs

        Programs(part).least(next(iter(part.counts)))


def _about(system: System, quarter: str) -> System:
    """Only what is connected to a quarter."""
    return system.joined(
        part for part in system.parts() if any(key.endswith(f"@{quarter}") for key in part.counts)
    )


def recovered_in(series: Series, asked: Mapping[str, Policy]) -> Iterable[Recovered]:
    """Every count of a whole series that can be recovered, by what the policy of its own quarter asks."""
    found: dict[str, Recovered] = {}
    for quarter in sorted(series):
        upto = {name: facts for name, facts in series.items() if name <= quarter}
        for each in find_recovered(series_system(upto, quarter, asked), asked[quarter]):
            found.setdefault(each.key, each)
    return found.values()
