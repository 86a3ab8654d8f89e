"""How figure, table, reading box and caution of one release stand together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import ReleasedCurve, ReleasedCurves, ReleasedEffect, ReleasedModel
from hamm_eval.report import findings, follow_up, outside
from hamm_eval.report.decisions import interim_note
from hamm_eval.report.effect_design import design_parts
from hamm_eval.report.effect_sensitivity import sensitivity_list
from hamm_eval.report.figures.curves import incidence
from hamm_eval.report.figures.effect import risks_and_difference
from hamm_eval.report.figures.forest import forest
from hamm_eval.report.figures.outcome_areas import outcome_areas
from hamm_eval.report.figures.polyline import polyline
from hamm_eval.report.markup import caution, figure, join, note, read_box, step
from hamm_eval.report.tables.adjustment import adjustment_table
from hamm_eval.report.tables.counts import count_table
from hamm_eval.report.tables.curves import curves_table
from hamm_eval.report.tables.effect import control_warning, effect_table, points_range, reasons
from hamm_eval.report.tables.terms import covariate_name, merged_note
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from hamm_eval.params import EffectQuestion


def curves_fragment(release: ReleasedCurves, wording: Wording) -> Markup:
    """Incidence figure, what became of everybody (a single curve), the numbers."""
    shown = [curve for curve in release.curves if not curve.withheld]
    parts: list[Markup] = []
    if shown:
        read = "curves.read_one" if len(shown) == 1 else "curves.read_groups"
        sentences = (
            wording.text(read),
            wording.text("curves.read_points_dotted" if _dotted(release, shown) else "curves.read_points"),
            follow_up.leaving(release, wording),
            wording.text("curves.read_closing"),
            wording.text("curves.read_at_risk"),
            wording.text("curves.read_late_entry") if any(map(_rises, shown)) else "",
        )
        box = read_box(wording, *(sentence for sentence in sentences if sentence))
        small = note(
            follow_up.condition(release, wording),
            findings.curves_comparison(release, wording),
            wording.text("curves.merged") if any(curve.merged for curve in release.curves) else "",
            outside.of_curves(release, wording),
            wording.text("curves.few_households") if any(curve.few_households for curve in shown) else "",
            _rounding_note(shown, wording),
            findings.over_ceiling_note(release, wording),
        )
        parts.append(figure(findings.curves_title(release, wording), incidence(release, wording), box, small))
    else:
        parts.append(_nothing(findings.curves_title(release, wording)))
        parts.append(reasons(tuple((curve.withheld, {}) for curve in release.curves), wording))
    if len(release.curves) == 1 and shown and shown[0].competing:
        parts.append(_areas(release, shown[0], wording))
    parts.append(curves_table(release, wording))
    return join(parts)


def _dotted(release: ReleasedCurves, shown: Sequence[ReleasedCurve]) -> bool:
    """Whether any line has a stretch that may not be read."""
    return any(not all(polyline(curve, release.horizons).known) for curve in shown)


def _rises(curve: ReleasedCurve) -> bool:
    """Whether more persons are at risk at first than at the beginning, as where some enter late."""
    shown = [persons for persons in curve.at_risk if persons is not None]
    return len(shown) > 1 and shown[1] > shown[0]


def _rounding_note(shown: Sequence[ReleasedCurve], wording: Wording) -> str:
    """How far rounding may shift the lines; by group, for it is the small ones that it shifts."""
    least, most = (math.ceil(100 * bound(curve.largest_error for curve in shown)) for bound in (min, max))
    if most == 0:
        return ""
    points = wording.points(most / 100, signed=False)
    if least == most:
        return wording.of_counts("curves.rounding", points=points)
    return wording.of_counts("curves.rounding_groups", least=wording.number(least), points=points)


def _nothing(title: str) -> Markup:
    """A heading where no figure may be shown."""
    return Markup('<p class="he-finding">{}</p>').format(title)


def _areas(release: ReleasedCurves, curve: ReleasedCurve, wording: Wording) -> Markup:
    """The areas figure: where everybody stands at the end of the curve."""
    at = findings.headline_horizon(release)
    if at is None:
        return Markup("")
    reached, gone = findings.value_at(curve, at), findings.competing_at(curve, at)
    if reached is None or reached.value is None or not gone or None in gone:
        return Markup("")
    shares = [share or 0.0 for share in gone]
    still_open = max(0.0, 1 - reached.value - sum(shares))
    causes = [wording.cause(cause) for cause in release.causes[1:]]
    said = {
        "months": wording.months(release.horizons[at]),
        "event": wording.percent(reached.value),
        "competing": wording.join(
            wording.text("curves.stack_cause", value=wording.percent(share), cause=cause)
            for share, cause in zip(shares, causes, strict=True)
        ),
        "open": wording.percent(still_open),
    }
    labels = [wording.text("curves.stack_event"), wording.text("curves.stack_open"), *causes]
    picture = outcome_areas(
        curve,
        _all_released(release, curve, at),
        [(name[:1].upper() + name[1:], wording.percent(v)) for name, v in
         zip(labels, (reached.value, still_open, *shares), strict=True)],
        follow_up.origin(release.endpoint, wording),
        wording.text("curves.stack_alt", endpoint=wording.endpoint(release.endpoint), **said),
        wording,
    )  # fmt: skip
    gone_by = follow_up.causes(release.causes[1:], wording)
    box = read_box(wording, wording.text("curves.stack_read", causes=gone_by))
    small = note(follow_up.condition(release, wording))
    return figure(wording.text("curves.stack_title", **said), picture, box, small)


def _all_released(release: ReleasedCurves, curve: ReleasedCurve, until: int) -> list[int]:
    """Horizons up to a position at which every share is shown."""
    return [
        days
        for position, days in enumerate(release.horizons[: until + 1])
        if findings.value_at(curve, position) and None not in findings.competing_at(curve, position)
    ]


def model_fragment(release: ReleasedModel, wording: Wording, *, title: str = "", more: str = "") -> Markup:
    """Forest plot with the caution directly beneath; the reason where it is withheld.

    `title` stands for the model's own finding where the question is about one of its terms; `more` joins the
    small print.
    """
    many = "" if title else findings.many_compared(release.terms, wording)
    title = title or findings.model_title(release, wording)
    if release.withheld or not release.terms:
        return join([_nothing(title), reasons(tuple((key, {}) for key in release.withheld), wording)])
    doubtful = [_doubtful(name, wording) for name in release.proportionality_doubtful]
    merged = [
        f"{wording.covariate(term.factor, term.level)} {merged_note(term.factor, term.merged, wording)}."
        for term in release.terms
        if term.merged
    ]
    return figure(
        title,
        forest(release, wording),
        caution(wording.text("model.caution")),
        read_box(wording, wording.text("model.read")),
        note(
            outside.based_on(release, wording),
            follow_up.condition_of(release, wording),
            *merged,
            more,
            many,
            outside.of_model(release, wording),
            wording.text("curves.few_households") if release.few_households else "",
            wording.text("model.proportionality", factors=wording.join(doubtful)) if doubtful else "",
        ),
    )


def _doubtful(name: str, wording: Wording) -> str:
    """A covariate, or the model as a whole, whose ratio changes over time."""
    return wording.text("model.global_factor") if name in {"", "global"} else covariate_name(name, wording)


def effect_fragment(release: ReleasedEffect, wording: Wording) -> Markup:
    """What is compared, whether that holds, what comes out, and how easily that could be overturned."""
    measure = wording.measure(release.measure)
    parts = [
        _nothing(findings.effect_title(release, wording)),
        step(1, "protocol", wording),
        Markup('<p class="he-when">{}</p>').format(
            wording.text(
                "effect.when" if release.landmark_days else "effect.when_at_origin",
                origin=follow_up.origin(release.endpoint, wording),
                horizon=wording.months(release.horizon_days),
                landmark=wording.number(release.landmark_days),
            )
        ),
        count_table(release.flow, wording, wording.text("table.caption.flow", measure=measure)),
        adjustment_table(_question(release, wording), wording),
    ]
    design = design_parts(release, wording)
    parts += [step(2, "design", wording), *design] if design else []
    parts.append(step(3 if design else 2, "effect", wording))
    finding = findings.effect_finding(release, wording)
    if finding.direction == "withheld" or release.difference is None:
        parts.append(reasons(release.withheld or (("generic", {}),), wording))
    else:
        headline = findings.effect_headline(release, wording)
        parts.append(Markup('<p class="he-headline">{}</p>').format(headline))
        parts.append(control_warning(release, wording))
        drawn = "_randomised" if wording.randomised(release) else ""
        parts.append(caution(wording.text(f"effect.caution{drawn}")))
        parts.append(note(interim_note(wording)))
        parts.append(
            figure(
                wording.text(
                    "effect.risks_title",
                    measure=measure,
                    treated=wording.percent(release.risk_treated or 0.0),
                    control=wording.percent(release.risk_control or 0.0),
                    range=points_range(release.difference, wording).replace(" ", findings.NO_BREAK),
                ),
                risks_and_difference(release, release.difference, wording),
                read_box(wording, wording.text("effect.risks_read")),
            )
        )
    parts.append(effect_table(release, wording))
    if release.difference is not None and release.negative_control is not None:
        parts.append(read_box(wording, wording.text("effect.table_read"), what="table"))
    robust = sensitivity_list(release, wording)
    parts += [step(4 if design else 3, "sensitivity", wording), robust] if robust else []
    return Markup('<section class="he-effect">\n{}\n</section>').format(join(parts))


def _question(release: ReleasedEffect, wording: Wording) -> EffectQuestion | None:
    """The question that an effect answers, as params declare it."""
    asked = wording.params.measure_effectiveness if wording.params else {}
    return asked.get(release.id.partition(":")[2])
