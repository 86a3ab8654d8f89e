"""How attainment of agreed goals is shown: as documented, and at the earliest, with what was adapted."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedGoals
from hamm_eval.report import findings, follow_up
from hamm_eval.report.figures.curves import incidence
from hamm_eval.report.markup import figure, join, note, read_box
from hamm_eval.report.tables.curves import curves_table
from hamm_eval.report.tables.effect import reasons
from hamm_eval.report.wording import Wording

_BY_DEFINITION = "counted_as"
# What ends the way by one definition alone.
_ENDS_ONLY = {"closing": "while_open", "adaptation": "first_definition"}


def goals_title(release: ReleasedGoals, wording: Wording) -> str:
    """The finding: what is documented at the horizon nearest to a year, and how much it may be at most."""
    domain = wording.level("domain", release.domain)
    curves = release.curves
    position = findings.told_horizon(curves)
    found = [] if position is None else [findings.value_at(curve, position) for curve in curves.curves]
    documented = "" if position is None else findings.share_at(curves, curves.curves[0], position, wording)
    if position is None or not documented:
        return wording.text("goals.title_withheld", domain=domain)
    months = wording.months(curves.horizons[position])
    said = {"domain": domain, "months": months, "value": documented}
    # At the earliest; or by the strictest count, which comes last.
    other = found[-1] if len(found) > 1 else None
    if other is None or other.value is None or found[0] is None or wording.percent(other.value) == documented:
        return wording.text("goals.title", **said)
    if curves.dimension == _BY_DEFINITION:
        return wording.text("goals.title_first", first=wording.percent(other.value), **said)
    most = wording.percent(max(other.value, found[0].value or 0.0))
    return wording.text("goals.title_bound", most=most, **said)


def goals_fragment(release: ReleasedGoals, wording: Wording) -> Markup:
    """Both curves, how to read them, the numbers."""
    title = goals_title(release, wording)
    curves = release.curves
    shown = [curve for curve in curves.curves if not curve.withheld]
    if not shown:
        heading = Markup('<p class="he-finding">{}</p>').format(title)
        return join([heading, reasons(tuple((curve.withheld, {}) for curve in curves.curves), wording)])
    by_definition = curves.dimension == _BY_DEFINITION
    sentences = ("read_definitions", "read_first", "read_ends") if by_definition else ("read", "read_most")
    box = read_box(
        wording,
        *(wording.text(f"goals.{name}") for name in sentences),
        "" if by_definition else follow_up.leaving(curves, wording),
        wording.text("curves.read_at_risk"),
    )
    adapted = wording.text(
        "goals.adapted",
        adapted=wording.count(release.adapted),
        attained=wording.count(release.attained_adapted),
    )
    return join(
        [
            figure(
                title,
                incidence(curves, wording),
                box,
                note(adapted, findings.over_ceiling_note(curves, wording)),
            ),
            curves_table(curves, wording, _ENDS_ONLY),
        ]
    )
