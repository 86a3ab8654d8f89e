"""Shared by tests of the proof: policies, facts written down, and the attack by plain enumeration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from hamm_eval.release.facts import Count, Facts, Sum
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import System

STRICT = Policy.strict()
# Exact margins and a minimum of 3, as the German labour statistics have it.
EXACT = Policy.internal()


def table(counts: Mapping[str, int], policy: Policy) -> tuple[Count, ...]:
    """Counts by key as the policy shows them, each at a place of its own."""
    return tuple(shown(key, true, policy, at) for at, (key, true) in enumerate(counts.items()))


def shown(key: str, true: int, policy: Policy, at: int = 0) -> Count:
    """One count as a policy shows it."""
    from hamm_eval.release.counts import ends_of, release_count

    value = release_count(true, policy).value
    place = (("cells", at),)
    if value is None:
        return Count(key=key, low=1, high=policy.largest_hidden_count, hidden=True, places=place)
    low, high = ends_of(value, policy)
    least = policy.largest_hidden_count + 1 if value else 0
    return Count(key=key, low=max(low, least), high=high, value=value, places=place)


def facts(counts: Iterable[Count], sums: Iterable[Sum] = (), release: str = "a:b") -> Facts:
    """Facts of one release."""
    return Facts(release=release, definition_digest="0", version=1, counts=tuple(counts), sums=tuple(sums))


def ranges(system: System, keys: Iterable[str], largest: int) -> dict[str, tuple[int, int]]:
    """Least and greatest value of counts over everything that could be shown like this, by enumeration.

    Parts are enumerated up to `largest` where they have no upper end; wholes follow from them.
    """
    wholes = {total.whole for total in system.sums}
    free = [key for key in system.counts if key not in wholes]
    spans = [
        range(count.low, (largest if count.high is None else count.high) + 1)
        for count in (system.counts[key] for key in free)
    ]
    found: dict[str, tuple[int, int]] = {}
    for values in product(*spans):
        known = dict(zip(free, values, strict=True))
        if _fits(system, known):
            for key in keys:
                low, high = found.get(key, (known[key], known[key]))
                found[key] = min(low, known[key]), max(high, known[key])
    return found


def _fits(system: System, known: dict[str, int]) -> bool:
    """Whether the parts make wholes that are shown as they are; a whole may be the part of another."""
    for total in system.sums:
        if any(part not in known for part in total.parts):
            raise AssertionError("order the sums from parts to wholes")
        made = sum(known[part] for part in total.parts)
        if known.setdefault(total.whole, made) != made:
            return False
        whole = system.counts[total.whole]
        if made < whole.low or (whole.high is not None and made > whole.high):
            return False
    return True
