"""What binds the counts of target groups: windows that are one, and groups that are parts of a whole.

No result knows of another group. Whoever reads a report does: what is left of all who became eligible in a
window, after the cohort and the groups with statuses of their own, is a number that nobody shows and that a
difference tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Any

from hamm_eval.estimate import Definition
from hamm_eval.params import Cohort, Params, TargetGroup
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import UNDEFINED, Count, Facts, Sum

RELEASE = "target_groups:parts"
"""Name under which a run's facts say how its groups go together; no result bears it."""

_STEPS = ("recorded", "population", "eligible_in_window", "status_at_origin")


def group_facts(params: Params, facts: Iterable[Facts]) -> tuple[Facts, ...]:
    """How the groups that a run tells of go together; nothing where no two of them do.

    Populations are parts of everyone recorded. Groups are parts of one window where population, window,
    origin and the day that describes people are the same, and their statuses differ: nobody has two residence
    statuses on one day. Where the days differ, a person may be in two groups, and nobody can add them up.

    Parameters
    ----------
    params : Params
        Of the run: names the cohort and all groups.
    facts : iterable of Facts
        What the results of the run tell.
    """
    told = {count.key for each in facts for count in each.counts}
    equal, left = [*_same_windows(params, told)], [*_left_over(params, told)]
    if not equal and not left:
        return ()
    return (
        Facts(
            release=RELEASE,
            definition_digest=UNDEFINED,
            version=1,
            counts=tuple(count for count, _ in left),
            sums=(*equal, *(total for _, total in left)),
        ),
    )


def _same_windows(params: Params, told: Collection[str]) -> Iterator[Sum]:
    """Who became eligible in one window is counted under the name of each group: it is one number."""
    found: dict[Any, dict[str, None]] = defaultdict(dict)
    for rules, definition in _asked(params):
        found[_window(rules)][whom.step("eligible_in_window", definition)] = None
    for keys in found.values():
        for first, other in pairwise(key for key in keys if key in told):
            yield Sum(whole=first, parts=(other,))


def _left_over(params: Params, told: Collection[str]) -> Iterator[tuple[Count, Sum]]:
    """What is left of everyone recorded after the populations, of a window after the statuses of a day."""
    wholes: dict[Any, dict[str, str]] = defaultdict(dict)
    for rules, definition in _asked(params):
        recorded, population, window, status = (whom.step(name, definition) for name in _STEPS)
        if rules.population is not None and {recorded, population} <= set(told):
            wholes["recorded"][population] = recorded
        if rules.status_at_origin is not None and {window, status} <= set(told):
            origin = definition.details["endpoint"]["origin"]
            wholes[(*_window(rules), origin, *_described(rules))][status] = window
    for parts in wholes.values():
        if len(parts) > 1:
            whole = next(iter(parts.values()))
            rest = Count(key=f"{whole}|in none of {'+'.join(sorted(parts))}", low=0, high=None, told=False)
            yield rest, Sum(whole=whole, parts=(*parts, rest.key))


def _asked(params: Params) -> Iterator[tuple[Cohort, Definition]]:
    """Cohort and groups with each origin that endpoints give them, as far as the steps of a flow need it."""
    for group in ("", *params.target_groups):
        asked = params.for_group(group) if group else params
        cohort = asked.cohort.model_dump(mode="json", exclude={"label", "eligible_until"})
        for origin in dict.fromkeys(endpoint.origin for endpoint in asked.endpoints.values()):
            details = {"cohort": cohort, "endpoint": {"origin": origin}}
            yield asked.cohort, Definition("", "", details, group=group)


def _window(rules: Cohort) -> tuple[Any, ...]:
    """What makes two windows the same."""
    return rules.population, rules.eligible_from, rules.eligible_until


def _described(rules: Cohort) -> tuple[Any, ...]:
    """What makes the days the same on which people are described."""
    at_entry = isinstance(rules, TargetGroup) and rules.described_on == "entry"
    return ("entry", rules.files_begin) if at_entry else ("origin",)
