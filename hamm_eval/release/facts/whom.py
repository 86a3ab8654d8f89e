"""Names of whom a count is of, from what a definition says: the same persons bear one name everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hamm_eval.estimate import Definition
from hamm_eval.release.facts.base import key_of

_OF_ENDPOINT = ("origin", "event", "competing", "at_risk")

# What each step from the case file to those at risk asks, beyond the step before it.
_ASKED = {
    "recorded": (),
    "population": ("population",),
    "eligible_in_window": ("population", "eligible_from"),
    "status_at_origin": ("population", "eligible_from", "status_at_origin"),
}
_OF_A_WINDOW = ("eligible_in_window", "status_at_origin")
LAST_STEP = "goal_open_at_entry"


def at_risk(definition: Definition) -> str:
    """Those at risk of a definition's endpoint; the definition's own persons where it has no endpoint."""
    details = definition.details
    if "endpoint" not in details or "cohort" not in details:
        return f"whom:{definition.digest}"
    return f"at_risk:{key_of(_endpoint(details), details['cohort'], definition.group)}"


def after(persons: str, day: float) -> str:
    """Those of them who are still under observation after a day."""
    return persons if day <= 0 else f"{persons}|after {day:g}"


def step(name: str, definition: Definition) -> str:
    """Who is left after a step of a flow that begins with all persons recorded."""
    if name == LAST_STEP:
        return at_risk(definition)
    cohort = definition.details.get("cohort", definition.details)
    if name not in _ASKED:
        return f"{at_risk(definition)}|{name}"
    asked = {what: cohort.get(what) for what in _ASKED[name]}
    # The status is that on the day of origin.
    origin = _endpoint(definition.details).get("origin") if name == "status_at_origin" else None
    # Whoever is recorded, and belongs to a population, does so whatever group is asked of. The end of a
    # window is no part of a definition: windows are told apart by group, and `groups` says which are one.
    group = definition.group if name in _OF_A_WINDOW else ""
    return f"step:{name}:{key_of(asked, origin, group)}"


def scored(definition: Definition, domain: str) -> str:
    """Those whose first goal in a domain has a score."""
    details = definition.details
    return f"scored:{key_of(details.get('goals'), details.get('cohort'), definition.group)}|{domain}"


def eligible(definition: Definition) -> str:
    """Who is eligible in the window, of whatever status: whom everything about a cohort is about."""
    return step("eligible_in_window", definition)


def of_cohort(definition: Definition) -> bool:
    """Whether a definition says which cohort it is about."""
    return "eligible_from" in definition.details.get("cohort", definition.details)


def trial(definition: Definition) -> str:
    """Those compared for an effect before characteristics are looked at; "" where that is not known."""
    asked = definition.details.get("trial")
    if not isinstance(asked, Mapping) or not {"measure", "landmark_days", "horizon_days"} <= set(asked):
        return ""
    design = [asked["measure"], asked["landmark_days"], asked["horizon_days"]]
    return f"trial:{key_of(at_risk(definition), design)}"


def arms(definition: Definition) -> str:
    """Those compared for an effect; the same for one question read at several horizons."""
    details = definition.details
    trial = details.get("trial")
    if not isinstance(trial, Mapping) or "measure" not in trial or "landmark_days" not in trial:
        return f"arms:{definition.digest}"
    asked = [trial["measure"], trial["landmark_days"], trial.get("horizon_days")]
    return f"arms:{key_of(at_risk(definition), asked, details.get('adjust_for'))}"


def _endpoint(details: Mapping[str, Any]) -> dict[str, Any]:
    """What decides who is at risk of an endpoint and who reaches it; horizons do not."""
    endpoint = details.get("endpoint", {})
    return {what: endpoint.get(what) for what in _OF_ENDPOINT} if isinstance(endpoint, Mapping) else {}
