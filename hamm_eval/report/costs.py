"""How costs are shown: a table by measure and funding class, then each effect's cost in sentences."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedCostLine, ReleasedCosts, ReleasedEffectCost
from hamm_eval.report.decisions import interim_note
from hamm_eval.report.findings import bound
from hamm_eval.report.markup import Column, Row, count_note, join, note, read_box, table
from hamm_eval.report.wording import Wording


def costs_title(wording: Wording) -> str:
    """What the section tells."""
    return wording.text("costs.title")


def costs_fragment(release: ReleasedCosts, wording: Wording) -> Markup:
    """Costs first, then what effects cost."""
    columns = [
        Column(wording.text("costs.column_class"), numeric=False),
        Column(wording.text("costs.column_persons")),
        Column(wording.text("costs.column_without")),
        Column(wording.text("costs.column_cost")),
    ]
    rows = [
        Row(
            wording.level_name("funding_class", line.funding_class),
            (wording.count(line.persons), wording.count(line.without_cost), _cost(line, wording)),
            group=wording.level_name("measure", line.measure),
        )
        for line in release.lines
    ]
    cells = [cell for line in release.lines for cell in (line.persons, line.without_cost)]
    read = wording.text("costs.table_read", step=wording.money(wording.policy.money_step))
    return join(
        [
            table(wording.text("table.caption.costs"), columns, rows, count_note(wording, cells)),
            read_box(wording, read, what="table"),
            note(interim_note(wording)) if any(of.difference for of in release.effects) else "",
            *(_effect(of, wording) for of in release.effects),
        ]
    )


def _cost(line: ReleasedCostLine, wording: Wording) -> str:
    """The cost, or in words why there is none; never 0 for what is missing."""
    return wording.text(f"costs.{line.missing}") if line.cost is None else wording.money(line.cost)


def _effect(of: ReleasedEffectCost, wording: Wording) -> Markup:
    """The ratio or why it is not told, the costs it rests on, the break-even effect; no verdict on either."""
    endpoint = wording.endpoint(of.endpoint)
    amounts = {"value": "", "lower": "", "upper": ""}
    if of.ratio is not None:
        amounts = {name: wording.money(getattr(of.ratio, name) or 0.0) for name in amounts}
    said = [_basis(of, wording), *_break_even(of, wording)]
    return join(
        [
            Markup('<p class="he-finding">{}</p>').format(
                wording.text("costs.effect_title", measure=wording.measure(of.measure), endpoint=endpoint)
            ),
            Markup('<p class="he-headline">{}</p>').format(
                wording.markup(f"costs.{of.status}", endpoint=endpoint, **amounts)
            ),
            Markup('<p class="he-when">{}</p>').format(" ".join(sentence for sentence in said if sentence)),
            note(wording.text("costs.ratio_read")) if of.ratio is not None else "",
        ]
    )


def _basis(of: ReleasedEffectCost, wording: Wording) -> str:
    """Which cost is compared with the effect."""
    if of.additional_cost is not None:
        return wording.text(
            "costs.additional",
            months=wording.months(of.horizon_days),
            amount=wording.money(of.additional_cost),
        )
    return "" if of.cost is None else wording.text("costs.plain", amount=wording.money(of.cost))


def _break_even(of: ReleasedEffectCost, wording: Wording) -> list[str]:
    """From which effect on the measure pays for itself, and beside it the range of the effect, to compare."""
    if of.price is None:
        return [wording.text("costs.no_price")]
    if of.break_even is None:
        return []
    prices = wording.params.costs.price_per_additional if wording.params and wording.params.costs else {}
    said = {
        "price": wording.money(of.price),
        "reason": getattr(prices[of.endpoint].reason, wording.language) if of.endpoint in prices else "",
        "population": wording.text(f"effect.population.{of.estimand}"),
        "n": wording.number(of.break_even),
    }
    if of.break_even > 100:
        return [wording.text("costs.break_even_never", **said)]
    sentences = [wording.text("costs.break_even", **said)]
    at = of.difference
    if at is not None and at.lower is not None and at.upper is not None:
        lower, upper = (bound(round(end * 100), wording) for end in (at.lower, at.upper))
        sentences.append(wording.text("costs.effect_range", lower=lower, upper=upper))
    return sentences
