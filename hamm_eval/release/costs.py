"""Costs as they may be shown: round amounts, no finer than the counts and effects that they come from."""

from __future__ import annotations

import math

from hamm_eval.estimate import CostLine, Costs, EffectCost, Funding
from hamm_eval.release.counts import ends_of, release_count, release_table
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    Cell,
    Interval,
    ReleasedCostLine,
    ReleasedCosts,
    ReleasedEffectCost,
    ReleasedFunding,
    ReleasedFundingAmount,
    ReleasedFundingSpell,
)
from hamm_eval.release.rounding import round_step, to_step

_POINT = 0.01


def release_costs(estimate: Costs, policy: Policy) -> ReleasedCosts:
    """Costs per participant, and what effects cost where their intervals, as shown, exclude 0."""
    return ReleasedCosts(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        lines=tuple(_line(line, policy) for line in estimate.lines),
        effects=tuple(_effect(of, policy) for of in estimate.effects),
    )


def _line(line: CostLine, policy: Policy) -> ReleasedCostLine:
    """Rule 4: a mean of ten persons; from published counts, so that it tells no more than these.

    Whether there are ten is judged by the published count too: of a 10, which is 8 to 12, a cost, or that
    there are too few for one, would tell which.
    """
    persons = release_count(line.persons, policy)
    begun = release_count(line.participations, policy, persons=line.persons)
    missing = ""
    if line.without_cost:
        missing = "not_recorded"
    elif not math.isfinite(line.cost):
        missing = "various"
    elif not _enough(persons, policy) or begun.value is None:
        missing = "too_few"
    cost = None
    if not missing and persons.value and begun.value is not None:
        # Nobody takes part less than once: counts rounded apart must not make a cost below one participation.
        cost = to_step(line.cost * max(begun.value / persons.value, 1.0), policy.money_step)
    return ReleasedCostLine(
        measure=line.measure,
        funding_class=line.funding_class,
        persons=persons,
        without_cost=release_count(line.without_cost, policy, persons=line.persons),
        cost=cost,
        missing=missing,
    )


def _enough(persons: Cell, policy: Policy) -> bool:
    """Whether a published count stands for enough persons, whichever of them it is."""
    return persons.value is not None and ends_of(persons.value, policy)[0] >= policy.quantile_persons


def _effect(of: EffectCost, policy: Policy) -> ReleasedEffectCost:
    """Additional cost, break-even effect and ratio; the ratio only beside an interval that excludes 0."""
    whole = release_effect(of.effect, policy)
    shown = whole.difference
    known = math.isfinite(of.cost)
    additional = None
    if known and shown is not None and math.isfinite(of.additional_cost):
        # A share of persons who begin later stands in it: as coarse as their rounded count.
        smaller = min(of.effect.treated, of.effect.controls)
        least = max(policy.money_step, of.cost * policy.count_rounding / smaller)
        additional = to_step(of.additional_cost, round_step(least))
    cost = to_step(of.cost, policy.money_step) if known else None
    price = of.price if math.isfinite(of.price) else None
    basis = cost if additional is None else additional
    ratio = None
    if not known:
        status = "no_cost"
    elif shown is None or shown.lower is None or shown.upper is None or additional is None:
        status = "withheld"
    elif shown.upper < 0:
        status = "fewer"
    elif of.ratio is None or shown.lower <= 0 or additional <= 0:
        status = "covers_zero"
    else:
        status = "told"
        ratio = Interval(
            value=_amount(of.ratio.value, additional, policy),
            lower=_amount(of.ratio.lower, additional, policy),
            upper=_amount(of.ratio.upper, additional, policy),
        )
    return ReleasedEffectCost(
        measure=of.effect.measure,
        endpoint=of.effect.endpoint,
        horizon_days=of.effect.horizon_days,
        estimand=whole.estimand,
        status=status,
        cost=cost,
        additional_cost=additional,
        price=price,
        break_even=math.ceil(100 * max(basis, 0.0) / price - 1e-9) if basis is not None and price else None,
        difference=shown,
        ratio=ratio,
    )


def _amount(value: float, cost: float, policy: Policy) -> float:
    """A ratio of a cost to an effect, as coarse as an effect in whole points makes it.

    A step of one point in the effect moves the ratio by its square over the cost.
    """
    return to_step(value, round_step(max(policy.money_step, value**2 * _POINT / cost)))


def release_funding(estimate: Funding, policy: Policy) -> ReleasedFunding:
    """Facts of measures as they are; counts by rule 2; amounts from published counts and recorded costs."""
    return ReleasedFunding(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        spells=tuple(
            ReleasedFundingSpell(
                measure=spell.measure,
                funding_class=spell.funding_class,
                since=spell.since.isoformat(),
                until=None if spell.until is None else spell.until.isoformat(),
            )
            for spell in estimate.spells
        ),
        begun=release_table(estimate.begun, policy),
        amounts=tuple(
            _spent(name, [line for line in estimate.lines if line.funding_class == name], policy)
            for name in sorted({line.funding_class for line in estimate.lines})
        ),
        shown_until=estimate.shown_until.isoformat(),
    )


def _spent(funding_class: str, lines: list[CostLine], policy: Policy) -> ReleasedFundingAmount:
    """Published participations times what each cost, as coarse as the rounding of the counts makes it."""
    begun = [release_count(line.participations, policy, persons=line.persons).value for line in lines]
    known = [
        (line.cost, count)
        for line, count in zip(lines, begun, strict=True)
        if count and not line.without_cost and math.isfinite(line.cost)
    ]
    amount = None
    if known:
        step = round_step(max(policy.money_step, policy.count_rounding * max(cost for cost, _ in known)))
        amount = to_step(sum(cost * count for cost, count in known), step)
    return ReleasedFundingAmount(
        funding_class=funding_class, amount=amount, incomplete=len(known) < len(lines)
    )
