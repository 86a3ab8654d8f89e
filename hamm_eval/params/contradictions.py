"""What a single field cannot tell: places of params that do not fit together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from hamm_eval.nearest import did_you_mean
from hamm_eval.params.base import DAYS_PER_MONTH
from hamm_eval.params.cohort import AtRisk, EventSource
from hamm_eval.params.effects import _CONTROL, EffectQuestion, TargetTrialQuestion
from hamm_eval.params.groups import OUTCOME_NO_GROUP
from hamm_eval.params.providers import COMPARED
from hamm_eval.params.quarter import LATEST_CUT, Params
from hamm_eval.yaml_models import Contradiction


def contradictions_between(params: Params) -> Iterator[Contradiction]:
    """Names that point to nothing in the file, and dates that contradict each other."""
    causes = (cause for endpoint in params.endpoints.values() for cause in endpoint.competing)
    outcomes = {*params.endpoints, *causes}

    def known(
        place: tuple[str | int, ...], name: str, among: Mapping[str, Any], what: str
    ) -> Iterator[Contradiction]:
        if what == "group" and name not in among and name in outcomes:
            yield Contradiction(place, *OUTCOME_NO_GROUP)
        elif name not in among:
            yield Contradiction(place, f"There is no such {what} in this file.", did_you_mean(name, among))

    def ages(place: tuple[str | int, ...], at_risk: AtRisk) -> Iterator[Contradiction]:
        if at_risk.min_age > at_risk.max_age:
            yield Contradiction(
                (*place, "at_risk", "min_age"), "The ages at risk end before they begin.", "Swap them."
            )

    for key, groups in params.time_to_integration.items():
        at: tuple[str | int, ...] = ("time_to_integration", key)
        yield from known(at, key, params.endpoints, "endpoint")
        for i, group in enumerate(groups):
            yield from known((*at, i), group, params.groups, "group")
    for key, association in params.associations.items():
        at = ("associations", key)
        yield from known((*at, "endpoint"), association.endpoint, params.endpoints, "endpoint")
        for i, covariate in enumerate(association.covariates):
            yield from known((*at, "covariates", i), covariate, params.groups, "group")
    for i, covariate in enumerate(params.goal_attainment.covariates if params.goal_attainment else ()):
        yield from known(("goal_attainment", "covariates", i), covariate, params.groups, "group")
    for key, arrivals in params.arrival_cohorts.items():
        at = ("arrival_cohorts", key)
        yield from known((*at, "endpoint"), arrivals.endpoint, params.endpoints, "endpoint")
        for i, group in enumerate(arrivals.case_mix):
            yield from known((*at, "case_mix", i), group, params.groups, "group")
    for key, funnel in params.providers.items():
        at = ("providers", key)
        yield from known((*at, "endpoint"), funnel.endpoint, params.endpoints, "endpoint")
        for i, group in enumerate(funnel.case_mix):
            yield from known((*at, "case_mix", i), group, params.groups, "group")
        for i, group in enumerate(funnel.by):
            yield from known((*at, "by", i), group, params.groups, "group")
            asked_group = params.groups.get(group)
            if asked_group is not None and asked_group.column not in COMPARED:
                yield Contradiction(
                    (*at, "by", i),
                    "Compared are providers and social spaces, never single social workers.",
                    f"Name a group of one of these columns: {', '.join(COMPARED)}.",
                )
            if group in funnel.case_mix:
                yield Contradiction(
                    (*at, "by", i), "What is compared is no part of composition.", "Leave it out of case_mix."
                )
    for key, pace in params.caseload.pace.items():
        at = ("caseload", "pace", key)
        yield from known((*at, "endpoint"), pace.endpoint, params.endpoints, "endpoint")
        for i, covariate in enumerate(pace.covariates):
            yield from known((*at, "covariates", i), covariate, params.groups, "group")
    for key, path in params.states_over_time.items():
        for name, state in path.states.items():
            if state.endpoint is not None:
                at = ("states_over_time", key, "states", name, "endpoint")
                yield from known(at, state.endpoint, params.endpoints, "endpoint")
    asked: list[tuple[tuple[str | int, ...], EffectQuestion | TargetTrialQuestion]] = [
        *((("measure_effectiveness", key), asks) for key, asks in params.measure_effectiveness.items()),
        *((("target_trials", key), asks) for key, asks in params.target_trials.items()),
    ]
    for at, question in asked:
        yield from known((*at, "measure"), question.measure, params.measures, "measure")
        yield from known((*at, "endpoint"), question.endpoint, params.endpoints, "endpoint")
        for covariate in question.adjust_for:
            yield from known((*at, "adjust_for", covariate), covariate, params.groups, "group")
        control, place = question.negative_control, (*at, "negative_control")
        if control is None:
            # Lots leave nothing to be found out by it.
            if getattr(question, "assignment", "observed") == "observed":
                yield Contradiction(place, "This key is missing.", _CONTROL)
            continue
        yield from known((*place, "endpoint"), control.endpoint, params.endpoints, "endpoint")
        if control.endpoint == question.endpoint:
            yield Contradiction(
                (*place, "endpoint"),
                "The negative control is the endpoint that the question asks for.",
                "Name one that the measure cannot affect.",
            )
    for key, effect in params.measure_effectiveness.items():
        at = ("measure_effectiveness", key)
        for group in effect.by_groups:
            yield from known((*at, "by_groups", group), group, params.groups, "group")
        horizons = (0, *effect.horizons_days, effect.horizon_days + 1)
        if any(earlier >= later for earlier, later in pairwise(horizons)):
            yield Contradiction(
                (*at, "horizons_days"),
                "These days do not increase up to the horizon.",
                "Name days in their order, none after horizon_days.",
            )
    for key, trial in params.target_trials.items():
        shortest = round(min(trial.horizons_months) * DAYS_PER_MONTH)
        for i, pair in enumerate(trial.strategies):
            if pair.grace_days > shortest:
                yield Contradiction(
                    ("target_trials", key, "strategies", i, "grace_days"),
                    "The grace period ends after the first horizon.",
                    "Shorten it, or leave that horizon out.",
                )
    perspectives = params.two_perspectives
    if perspectives is not None:
        for i, measure in enumerate(perspectives.measures):
            yield from known(("two_perspectives", "measures", i), measure, params.measures, "measure")
        for name in ("by_groups", "weigh_by"):
            for i, group in enumerate(getattr(perspectives, name)):
                yield from known(("two_perspectives", name, i), group, params.groups, "group")
    for key, volunteers in params.volunteers.items():
        at = ("volunteers", key)
        if volunteers.endpoint is not None:
            yield from known((*at, "endpoint"), volunteers.endpoint, params.endpoints, "endpoint")
        for i, covariate in enumerate(volunteers.covariates):
            yield from known((*at, "covariates", i), covariate, params.groups, "group")
        if key in params.groups:
            yield Contradiction(at, "A group has this name already.", "Choose another one.")
    for key, access in params.access_to_systems.items():
        for name, system in access.systems.items():
            yield from ages(("access_to_systems", key, "systems", name), system.at_risk)
        if key in params.endpoints:
            yield Contradiction(
                ("access_to_systems", key), "An endpoint has this name already.", "Choose another one."
            )
    yield from _of_target_groups(params)
    for key in params.run_for_groups:
        yield from known(("run_for_groups", key), key, params.target_groups, "target group")
    for key in params.costs.price_per_additional if params.costs else ():
        yield from known(("costs", "price_per_additional", key), key, params.endpoints, "endpoint")
    for key, endpoint in params.endpoints.items():
        at = ("endpoints", key)
        sources: list[tuple[tuple[str, ...], EventSource]] = [(("event",), endpoint.event)]
        sources += [(("competing", name), source) for name, source in endpoint.competing.items()]
        for inside, source in sources:
            if source.table not in params.reporting_delay_days:
                yield Contradiction(
                    (*at, *inside, "table"),
                    "This table has no reporting delay.",
                    "Add it to reporting_delay_days.",
                )
        yield from ages(at, endpoint.at_risk)
    if params.data_cut < params.quarter.start:
        yield Contradiction(("data_cut",), "The data cut lies before the quarter.", "Correct one of them.")
    if params.data_cut > params.quarter.end + dt.timedelta(days=LATEST_CUT):
        yield Contradiction(
            ("data_cut",), "The data cut lies more than a year after the quarter.", "Correct one of them."
        )
    if params.cohort.eligible_until > params.data_cut:
        yield Contradiction(
            ("cohort", "eligible_until"),
            "The window ends after the data cut: nobody is known who becomes eligible then.",
            "End it with the data cut or before.",
        )
    if params.cohort.eligible_from > params.cohort.eligible_until:
        yield Contradiction(
            ("cohort", "eligible_from"), "The window ends before it begins.", "Swap the two dates."
        )


def _of_target_groups(params: Params) -> Iterator[Contradiction]:
    """Windows that end before they begin or after the cut, and people who would belong to two groups."""
    groups = params.target_groups
    for key, group in groups.items():
        at: tuple[str | int, ...] = ("target_groups", key)
        if group.eligible_from > group.eligible_until:
            yield Contradiction(
                (*at, "eligible_from"), "The window ends before it begins.", "Swap the dates."
            )
        if group.eligible_until > params.data_cut:
            yield Contradiction(
                (*at, "eligible_until"),
                "The window ends after the data cut.",
                "End it with the cut or before.",
            )
    named = [
        (("cohort",), params.cohort),
        *((("target_groups", key), group) for key, group in groups.items()),
    ]
    for (_, first), (place, second) in combinations(named, 2):
        if first.population not in (None, second.population):
            continue
        own, others = first.status_at_origin, second.status_at_origin
        if own is None or others is None or set(own) & set(others):
            yield Contradiction(
                (*place, "status_at_origin"),
                "People of this group belong to another one as well.",
                "Groups are evaluated apart: give each its own population, or statuses of its own.",
            )
