"""Quarters of arrival compared, as they may be shown: by rule 5 for each quarter, rule 6 for composition."""

from __future__ import annotations

from hamm_eval.estimate import ArrivalComparison
from hamm_eval.release.counts import release_count
from hamm_eval.release.models import level_too_small
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval, ReleasedArrivalQuarter, ReleasedArrivals
from hamm_eval.release.rounding import decimals
from hamm_eval.release.shares import release_difference, release_share


def release_arrivals(estimate: ArrivalComparison, policy: Policy) -> ReleasedArrivals:
    """Shares as counts over counts, for the composition of all as if it had been counted."""
    withheld = _refusals(estimate, policy)
    return ReleasedArrivals(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        endpoint=estimate.endpoint,
        landmark_days=estimate.landmark_days,
        horizon_days=estimate.horizon_days,
        case_mix=estimate.case_mix,
        withheld=withheld,
        quarters=()
        if withheld
        else tuple(_quarter(estimate, at, policy) for at in range(len(estimate.fit.groups))),
    )


def _refusals(estimate: ArrivalComparison, policy: Policy) -> tuple[str, ...]:
    """Every clause that the comparison does not keep, by its key."""
    fit = estimate.fit
    found = []
    if (fit.persons < policy.curve_persons).any() or (estimate.events < policy.curve_events).any():
        found.append("group_too_small")
    if estimate.events.sum() < policy.model_events_per_parameter * fit.parameters:
        found.append("events_per_parameter")
    if any(level_too_small(term, policy) for term in estimate.terms if term.level):
        found.append("level_too_small")
    return tuple(found)


def _quarter(estimate: ArrivalComparison, at: int, policy: Policy) -> ReleasedArrivalQuarter:
    """One quarter."""
    fit = estimate.fit
    persons = int(fit.persons[at])
    all_of_them = release_count(persons, policy)
    base = all_of_them.value or persons
    observed = release_count(round(float(fit.crude[at]) * persons), policy)
    standardised = release_count(round(float(fit.standardised[at]) * persons), policy)
    apart = float(fit.apart[at])
    seen = release_share(observed, base, policy)
    alike = release_share(standardised, base, policy, std_error=float(fit.standardised_error[at]))
    nothing = Interval(value=None, lower=None, upper=None)
    return ReleasedArrivalQuarter(
        quarter=str(fit.groups[at]),
        persons=all_of_them,
        observed=seen,
        standardised=alike,
        # Rule 3: a share over 95 % is the other share and what lies between, or that of all and the distance.
        mix=None if seen.bound or alike.bound else decimals(float(fit.mix[at]), policy.share_decimals),
        apart=nothing
        if alike.bound
        else release_difference(apart, float(fit.apart_upper[at]) - apart, base, policy),
    )
