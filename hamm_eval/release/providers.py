"""Rule 9: providers and social spaces as a funnel with limits, no ranks; single social workers never."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import CaseloadModel, CaseloadOverTime, FloatArray, Funnel, FunnelGroup
from hamm_eval.inference import FEW_CLUSTERS
from hamm_eval.release.counts import release_count
from hamm_eval.release.models import level_too_small, release_model_alone
from hamm_eval.release.policy import Policy
from hamm_eval.release.quantiles import release_distribution
from hamm_eval.release.released import (
    Cell,
    ReleasedCaseload,
    ReleasedCaseloadModel,
    ReleasedFunnel,
    ReleasedFunnelGroup,
    ReleasedFunnelLimits,
    ReleasedFunnelLoss,
)
from hamm_eval.release.rounding import decimals
from hamm_eval.survival import funnel_limits, funnel_test

WIDE, WIDEST = 0.95, 0.998
SURPRISING = 0.05  # p-value below which groups differ by more than chance lets expect
COMPARED = ("provider", "social_space")
_LEAST_GROUPS = 3
_LIMIT_DECIMALS = 4
_DRAWN = 40  # sizes at which limits are drawn


def group_refusal(group: FunnelGroup, policy: Policy) -> str:
    """Why a group may not stand in a funnel; "" where it may.

    Examples
    --------
    >>> strict = Policy.strict()
    >>> group_refusal(FunnelGroup(level="a", persons=90, events=30, workers=3, beside_largest=50), strict)
    ''
    >>> group_refusal(FunnelGroup(level="a", persons=90, events=30, workers=2, beside_largest=4), strict)
    'single_worker'
    """
    if (
        group.persons < policy.effect_persons
        or group.events < policy.level_events
        or group.persons - group.events < policy.level_non_events
    ):
        return "group_too_small"
    # What one worker carries, all but alone, is that worker.
    if group.workers < policy.group_workers or group.beside_largest < policy.level_persons:
        return "single_worker"
    return ""


def release_funnel(estimate: Funnel, policy: Policy) -> ReleasedFunnel:
    """A funnel of published counts: every difference, limit and test follows from what the table shows.

    The expected share is rounded as any share; the dispersion, one number of all households, up to a tenth
    and never below 1: limits are exact, or wider. Rounding of counts and shares widens them besides.

    Raises
    ------
    ReleaseRefused
        A funnel by something else than providers or social spaces.
    """
    if estimate.column not in COMPARED:
        raise ReleaseRefused(
            "Only providers and social spaces are compared, never single social workers.",
            where=estimate.definition.id,
        )
    refusals = _refusals(estimate, policy)
    released = ReleasedFunnel(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        endpoint=estimate.endpoint,
        dimension=estimate.dimension,
        column=estimate.column,
        landmark_days=estimate.landmark_days,
        horizon_days=estimate.horizon_days,
        case_mix=estimate.case_mix,
        withheld=refusals,
        left_out=tuple(
            ReleasedFunnelLoss(level=group.level, reason=group_refusal(group, policy) or "group_too_small")
            for group in estimate.too_small
        ),
        one_place_a_worker=estimate.one_place_a_worker,
        other=estimate.other,
        tied=estimate.tied,
    )
    if refusals:
        return released
    shown = _with_groups(released, estimate, policy)
    return replace(shown, closing=_closing(shown, estimate, policy))


def _closing(shown: ReleasedFunnel, estimate: Funnel, policy: Policy) -> str:
    """Whether the finding stays where the closing of a case is an end, from rounded counts as well.

    One word is told: neither the counts nor the groups that change place.
    """
    if estimate.while_open is None:
        return ""
    other = _with_groups(shown, replace(estimate, fit=estimate.while_open), policy)
    return "same" if _finding(shown) == _finding(other) else "differs"


def _finding(shown: ReleasedFunnel) -> tuple[bool, tuple[str, ...]]:
    """Whether groups differ at all, and which stand outside of the limits and on which side."""
    outside = [group for group in shown.groups if group.place != "within"]
    sides = tuple(f"{group.level} {group.difference > 0}" for group in outside)
    return (shown.p_value or 0.0) < SURPRISING, sides


def _refusals(estimate: Funnel, policy: Policy) -> tuple[str, ...]:
    """Every clause that the funnel does not keep, by its key."""
    fit = estimate.fit
    if fit is None or len(estimate.compared) < _LEAST_GROUPS:
        return ("few_groups",)
    if tuple(group.level for group in estimate.compared) != tuple(map(str, fit.groups)):
        raise ReleaseRefused(
            "The groups of this funnel are not those of its fit.", where=estimate.definition.id
        )
    found = list(dict.fromkeys(filter(None, (group_refusal(group, policy) for group in estimate.compared))))
    events = sum(group.events for group in estimate.compared)
    if events < policy.model_events_per_parameter * fit.parameters:
        found.append("events_per_parameter")
    if any(level_too_small(term, policy) for term in estimate.terms if term.level):
        found.append("level_too_small")
    return tuple(found)


def _with_groups(released: ReleasedFunnel, estimate: Funnel, policy: Policy) -> ReleasedFunnel:
    """The groups, their limits and the test, from what is published of them."""
    fit = estimate.fit
    cells = [release_count(group.persons, policy) for group in estimate.compared]
    seen = [
        release_count(round(float(observed)), policy, persons=group.persons)
        for observed, group in zip(fit.observed, estimate.compared, strict=True)
    ]
    persons = np.array([_number(cell, estimate) for cell in cells], dtype=np.float64)
    observed = np.array([_number(cell, estimate) for cell in seen], dtype=np.float64)
    step = 10.0**-policy.share_decimals
    expected = np.array(
        [
            # A share of none or all has no limits.
            min(max(decimals(value / group.persons, policy.share_decimals), step), 1 - step)
            for value, group in zip(fit.expected, estimate.compared, strict=True)
        ]
    )
    dispersion = max(math.ceil(round(10 * fit.dispersion, 6)) / 10, 1.0)
    # Widest for the share nearest to a half: too narrow for no group, whatever its composition.
    share = float(expected[np.argmin(np.abs(expected - 0.5))])
    everyone = float(persons.sum())
    difference = observed / persons - expected

    def limits(of: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
        return funnel_limits(
            of,
            share,
            confidence=confidence,
            everyone=everyone,
            dispersion=dispersion,
            rounding=_rounding_variance(of, share, policy),
        )

    below, above = limits(persons, WIDE)
    far_below, far_above = limits(persons, WIDEST)
    test = funnel_test(
        observed,
        expected * persons,
        persons,
        dispersion=dispersion,
        rounding=_rounding_variance(persons, share, policy),
    )
    groups = tuple(
        ReleasedFunnelGroup(
            level=group.level,
            persons=cells[at],
            observed=seen[at],
            expected=float(expected[at]),
            difference=decimals(difference[at], _LIMIT_DECIMALS),
            lower=decimals(below[at], _LIMIT_DECIMALS),
            upper=decimals(above[at], _LIMIT_DECIMALS),
            place="beyond_998"
            if not far_below[at] <= difference[at] <= far_above[at]
            else "beyond_95"
            if not below[at] <= difference[at] <= above[at]
            else "within",
        )
        for at, group in enumerate(estimate.compared)
    )
    sizes = _sizes(persons, policy)
    curves = [
        tuple(decimals(value, _LIMIT_DECIMALS) for value in side)
        for confidence in (WIDE, WIDEST)
        for side in limits(sizes, confidence)
    ]
    return replace(
        released,
        groups=groups,
        limits=ReleasedFunnelLimits(
            persons=tuple(int(size) for size in sizes),
            below_95=curves[0],
            above_95=curves[1],
            below_998=curves[2],
            above_998=curves[3],
        ),
        dispersion=dispersion,
        statistic=decimals(test.statistic, policy.share_decimals),
        dof=test.dof,
        p_value=decimals(test.p_value, policy.share_decimals),
    )


def _number(cell: Cell, estimate: Funnel) -> int:
    """A published count; groups with a hidden one were refused before."""
    if cell.value is None:
        raise ReleaseRefused("A group of this funnel has a hidden count.", where=estimate.definition.id)
    return cell.value


def _rounding_variance(persons: FloatArray, share: float, policy: Policy) -> FloatArray:
    """Variance that rounding adds to observed less expected: of both counts, and of the expected share."""
    counts = policy.count_rounding**2 / 12 * (1 + share**2)
    return np.asarray(counts + (persons * 10.0**-policy.share_decimals) ** 2 / 12)


def _sizes(persons: FloatArray, policy: Policy) -> FloatArray:
    """Sizes from three quarters of the smallest group to a tenth beyond the largest, whole and rising."""
    least = max(policy.smallest_denominator, 0.75 * persons.min())
    most = min(persons.max() * 1.1, persons.sum())
    return np.unique(np.round(np.geomspace(least, most, _DRAWN)))


def release_caseload(estimate: CaseloadOverTime, policy: Policy) -> ReleasedCaseload:
    """Quartiles over ten workers or more, rounded as counts are; never a single worker's number."""
    cells = tuple(
        release_count(round(float(cases)), policy, persons=int(persons))
        for cases, persons in zip(estimate.open_cases, estimate.persons, strict=True)
    )
    return ReleasedCaseload(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        spread=release_distribution(estimate.spread, policy),
        open_cases=cells,
        # From the published count; what params state is no one's secret.
        per_full_time=tuple(
            None
            if cell.value is None or not math.isfinite(full_time)
            else decimals(cell.value / full_time, 0)
            for cell, full_time in zip(cells, estimate.full_time_equivalents, strict=True)
        ),
    )


def release_caseload_model(estimate: CaseloadModel, policy: Policy) -> ReleasedCaseloadModel:
    """Rule 6, and as many workers as a quantile needs persons: the ratio is told by how workers differ."""
    # Its clusters are workers: that these are few says nothing of households.
    few_workers = estimate.workers < FEW_CLUSTERS
    model = replace(release_model_alone(estimate.model, policy), few_households=False)
    if estimate.workers < policy.quantile_persons:
        model = replace(model, withheld=(*model.withheld, "few_workers"), terms=(), lost=())
    return ReleasedCaseloadModel(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        model=model,
        per_cases=estimate.per_cases,
        few_workers=few_workers and not model.withheld,
    )
