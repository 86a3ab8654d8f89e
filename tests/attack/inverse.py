"""An attacker who turns the gate round: what would have been printed alike remains possible, nothing else.

The attacker knows the rules 1 to 6 and everything but a few numbers, tries all values of these, and keeps
those of which the same would have been printed. Nothing of the proof is used: what it says is tested.
What is hidden for another's sake (rule 7) is taken as it is: why this number went is not turned round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from hamm_eval.estimate import Estimate
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import Unmendable, conceal, hide_until_safe
from hamm_eval.release.register import series_system

STRICT = Policy.strict()

Report = Mapping[str, Sequence[Estimate]]
"""Estimates by quarter."""


@dataclass(frozen=True)
class Attack:
    """What the attacker does not know, and wants to.

    Parameters
    ----------
    report : callable
        The estimates of all quarters, from the numbers unknown.
    true : tuple of int
        These numbers.
    others : iterable of tuples
        Values that the attacker tries.
    secret : callable
        The small number that must not be told, from the numbers unknown.
    policy : Policy
    """

    report: Callable[..., Report]
    true: tuple[int, ...]
    others: Iterable[tuple[int, ...]]
    secret: Callable[..., int]
    policy: Policy = STRICT

    def left(self, hidden: Mapping[str, Any]) -> set[int]:
        """Values that the secret keeps where so much is hidden."""
        seen = printed(self.report(*self.true), hidden, self.policy)
        with ExitStack() as without_rule_7:
            for name, shown in _AS_IT_IS.items():
                without_rule_7.enter_context(patch(f"hamm_eval.release.{name}", shown))
            return {
                self.secret(*numbers)
                for numbers in {self.true, *self.others}
                if alike(seen, printed(self.report(*numbers), hidden, self.policy))
            }

    def tells(self, hidden: Mapping[str, Any]) -> bool:
        """Whether the secret is known to be small, not 0, and too exactly."""
        values = self.left(hidden)
        most = self.policy.largest_hidden_count
        few = max(values) - min(values) + 1 < min(self.policy.feasible_values, most)
        return min(values) >= 1 and max(values) <= most and few


def alike(seen: Any, tried: Any) -> bool:
    """Whether what is tried would be printed as what is seen, where anything is seen."""
    if seen is None or (isinstance(seen, dict) and (seen.get("linked") or seen.get("withheld") == "linked")):
        return True
    if isinstance(seen, dict) and isinstance(tried, dict):
        return seen.keys() == tried.keys() and all(alike(seen[key], tried[key]) for key in seen)
    if isinstance(seen, list) and isinstance(tried, list):
        return len(seen) == len(tried) and all(map(alike, seen, tried))
    return bool(seen == tried)


_AS_IT_IS: dict[str, Callable[..., Any]] = {
    "counts.total_tells": lambda *args, **more: False,
    "goals.hide_in_sums": lambda cells, *args, **more: dict(cells),
    "agreement.hidden_counts_hold": lambda *args: True,
}


def printed(report: Report, hidden: Mapping[str, Any], policy: Policy) -> list[Any]:
    """What readers of all quarters see; `hidden` holds places by quarter and release, None for all of it."""
    seen = []
    for quarter, estimates in report.items():
        for estimate in estimates:
            name = f"{estimate.definition.id}@{quarter}"
            places = hidden.get(name, ())
            seen.append(None if places is None else to_json(conceal(release(estimate, policy), places)))
    return seen


def publish(report: Report, policy: Policy) -> dict[str, Any]:
    """What the proof hides, quarter after quarter: places by release, None where all of it is withheld."""
    series: dict[str, tuple[Facts, ...]] = {}
    hidden: dict[str, Any] = {}
    for quarter, estimates in report.items():
        told = {each.definition.id: facts_of(each, release(each, policy), policy) for each in estimates}
        while True:
            series[quarter] = tuple(told.values())
            try:
                keys = hide_until_safe(series_system(series, quarter), policy)
                break
            except Unmendable as error:
                gone = [name for name in error.releases if name in told and told[name].counts]
                assert gone, "what former quarters told is recovered by itself"
                for name in gone:
                    told[name] = replace(told[name], counts=(), sums=())
                    hidden[f"{name}@{quarter}"] = None
        names = {key.removesuffix(f"@{quarter}") for key in keys}
        for name, facts in told.items():
            places = [place for count in facts.counts if count.key in names for place in count.places]
            if places:
                hidden[f"{name}@{quarter}"] = tuple(places)
        series[quarter] = tuple(facts.hiding(names, policy.largest_hidden_count) for facts in told.values())
    return hidden
