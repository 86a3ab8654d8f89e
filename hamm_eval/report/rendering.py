"""A release becomes a fragment of HTML: words, figures and tables, by its type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from markupsafe import Markup

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.released import (
    Release,
    ReleasedAbsent,
    ReleasedAccess,
    ReleasedArrivals,
    ReleasedAttainmentModel,
    ReleasedCaseload,
    ReleasedCaseloadModel,
    ReleasedCosts,
    ReleasedCurves,
    ReleasedDistribution,
    ReleasedEffect,
    ReleasedEffectByGroup,
    ReleasedEffectOverTime,
    ReleasedEffectOverview,
    ReleasedFunding,
    ReleasedFunnel,
    ReleasedGoals,
    ReleasedGoalScores,
    ReleasedModel,
    ReleasedPerceivedEffects,
    ReleasedQuantiles,
    ReleasedSideBySide,
    ReleasedStates,
    ReleasedTable,
    ReleasedTargetTrial,
    ReleasedTruth,
    ReleasedTwoPerspectives,
    ReleasedWorkerShare,
)
from hamm_eval.report import findings, markup
from hamm_eval.report.arrivals import arrivals_fragment, arrivals_title
from hamm_eval.report.attainment_models import (
    attainment_model_fragment,
    attainment_model_title,
    worker_share_fragment,
    worker_share_title,
)
from hamm_eval.report.caseload import (
    caseload_fragment,
    caseload_model_fragment,
    caseload_model_title,
    caseload_title,
)
from hamm_eval.report.costs import costs_fragment, costs_title
from hamm_eval.report.distributions import distribution_fragment, distribution_title
from hamm_eval.report.effect_overview import effect_overview_fragment, effect_overview_title
from hamm_eval.report.effect_parts import (
    by_group_fragment,
    by_group_title,
    over_time_fragment,
    over_time_title,
)
from hamm_eval.report.fragments import curves_fragment, effect_fragment, model_fragment
from hamm_eval.report.funding import funding_fragment, funding_title
from hamm_eval.report.funnel import funnel_fragment, funnel_title
from hamm_eval.report.goal_scores import goal_scores_fragment, goal_scores_title
from hamm_eval.report.goals import goals_fragment, goals_title
from hamm_eval.report.perceived_effects import perceived_effects_fragment, perceived_effects_title
from hamm_eval.report.side_by_side import side_by_side_fragment, side_by_side_title
from hamm_eval.report.states import states_fragment, states_title
from hamm_eval.report.systems import access_fragment, access_title
from hamm_eval.report.tables.counts import count_caption, count_table
from hamm_eval.report.tables.quantiles import quantile_table
from hamm_eval.report.tables.truth import truth_table
from hamm_eval.report.target_trial import target_trial_fragment, target_trial_title
from hamm_eval.report.two_perspectives import two_perspectives_fragment, two_perspectives_title
from hamm_eval.report.volunteers import DIMENSION as VOLUNTEER_SUPPORT
from hamm_eval.report.volunteers import QUESTION as VOLUNTEERS
from hamm_eval.report.volunteers import (
    association_fragment,
    association_title,
    coverage_fragment,
    coverage_title,
)
from hamm_eval.report.wording import Wording


@dataclass(frozen=True, slots=True)
class Rendered:
    """A release as shown: an HTML fragment, and one line of plain text that says what it is."""

    html: str
    title: str


def fragment(rendered: Rendered, wording: Wording) -> str:
    """What the run record holds and a report publishes: the form of a release, with a word on generated data.

    Notebooks travel without the page, so every fragment says it.
    """
    return str(markup.join([Markup(rendered.html), markup.synthetic_notice(wording)]))


def render(release: Release, wording: Wording) -> Rendered:
    """What a release looks like in the report.

    Parameters
    ----------
    release : Release
        Something that passed the gate; its numbers are shown as they are.
    wording : Wording

    Returns
    -------
    Rendered
        Equal releases give equal bytes. Nothing in it refers to anything outside; every text that comes from
        data or params is escaped.

    Raises
    ------
    ReleaseRefused
        A kind of release that the report does not know.
    """
    html, title = _render(release, wording)
    if release.group:
        html = markup.join([markup.of_group(release.group, wording), html])
        title = f"{wording.target_group(release.group)}: {title}"
    return Rendered(str(html), title)


@singledispatch
def _render(release: Release, wording: Wording) -> tuple[Markup, str]:
    raise ReleaseRefused(
        "The report has no form for this kind of release.",
        where=release.id,
        todo="Show what the methods of study.show take.",
    )


@_render.register
def _(release: ReleasedAbsent, wording: Wording) -> tuple[Markup, str]:
    known = [name for name in release.lacking if not wording.has(f"absent.{name}")]
    said = [wording.text(f"absent.{name}") for name in release.lacking if name not in known]
    if known:
        tables = wording.join(wording.level("table", name) for name in known)
        said.insert(0, wording.text("absent.tables", tables=tables))
    return markup.note(*said), wording.text("absent.title")


@_render.register
def _(release: ReleasedTable, wording: Wording) -> tuple[Markup, str]:
    if release.column_dimension == VOLUNTEER_SUPPORT:
        return coverage_fragment(release, wording), coverage_title(release, wording)
    caption = count_caption(release, wording)
    if not release.rows:
        asked = f"table.empty.{release.id.partition(':')[2]}"
        return markup.note(wording.text(asked if wording.has(asked) else "table.empty.any")), caption
    return markup.join([count_table(release, wording, caption), markup.reading(release.id, wording)]), caption


@_render.register
def _(release: ReleasedCurves, wording: Wording) -> tuple[Markup, str]:
    return curves_fragment(release, wording), findings.curves_title(release, wording)


@_render.register
def _(release: ReleasedModel, wording: Wording) -> tuple[Markup, str]:
    if release.question == VOLUNTEERS:
        return association_fragment(release, wording), association_title(release, wording)
    return model_fragment(release, wording), findings.model_title(release, wording)


@_render.register
def _(release: ReleasedSideBySide, wording: Wording) -> tuple[Markup, str]:
    return side_by_side_fragment(release, wording), side_by_side_title(release, wording)


@_render.register
def _(release: ReleasedStates, wording: Wording) -> tuple[Markup, str]:
    return states_fragment(release, wording), states_title(release, wording)


@_render.register
def _(release: ReleasedAccess, wording: Wording) -> tuple[Markup, str]:
    return access_fragment(release, wording), access_title(release, wording)


@_render.register
def _(release: ReleasedArrivals, wording: Wording) -> tuple[Markup, str]:
    return arrivals_fragment(release, wording), arrivals_title(release, wording)


@_render.register
def _(release: ReleasedGoals, wording: Wording) -> tuple[Markup, str]:
    return goals_fragment(release, wording), goals_title(release, wording)


@_render.register
def _(release: ReleasedGoalScores, wording: Wording) -> tuple[Markup, str]:
    return goal_scores_fragment(release, wording), goal_scores_title(release, wording)


@_render.register
def _(release: ReleasedAttainmentModel, wording: Wording) -> tuple[Markup, str]:
    return attainment_model_fragment(release, wording), attainment_model_title(release, wording)


@_render.register
def _(release: ReleasedWorkerShare, wording: Wording) -> tuple[Markup, str]:
    return worker_share_fragment(release, wording), worker_share_title(release, wording)


@_render.register
def _(release: ReleasedEffect, wording: Wording) -> tuple[Markup, str]:
    return effect_fragment(release, wording), findings.effect_title(release, wording)


@_render.register
def _(release: ReleasedTargetTrial, wording: Wording) -> tuple[Markup, str]:
    return target_trial_fragment(release, wording), target_trial_title(release, wording)


@_render.register
def _(release: ReleasedEffectOverview, wording: Wording) -> tuple[Markup, str]:
    return effect_overview_fragment(release, wording), effect_overview_title(release, wording)


@_render.register
def _(release: ReleasedEffectByGroup, wording: Wording) -> tuple[Markup, str]:
    return by_group_fragment(release, wording), by_group_title(release, wording)


@_render.register
def _(release: ReleasedEffectOverTime, wording: Wording) -> tuple[Markup, str]:
    return over_time_fragment(release, wording), over_time_title(release, wording)


@_render.register
def _(release: ReleasedTwoPerspectives, wording: Wording) -> tuple[Markup, str]:
    return two_perspectives_fragment(release, wording), two_perspectives_title(release, wording)


@_render.register
def _(release: ReleasedPerceivedEffects, wording: Wording) -> tuple[Markup, str]:
    return perceived_effects_fragment(release, wording), perceived_effects_title(release, wording)


@_render.register
def _(release: ReleasedCosts, wording: Wording) -> tuple[Markup, str]:
    return costs_fragment(release, wording), costs_title(wording)


@_render.register
def _(release: ReleasedFunding, wording: Wording) -> tuple[Markup, str]:
    return funding_fragment(release, wording), funding_title(wording)


@_render.register
def _(release: ReleasedFunnel, wording: Wording) -> tuple[Markup, str]:
    return funnel_fragment(release, wording), funnel_title(release, wording)


@_render.register
def _(release: ReleasedCaseload, wording: Wording) -> tuple[Markup, str]:
    return caseload_fragment(release, wording), caseload_title(release, wording)


@_render.register
def _(release: ReleasedCaseloadModel, wording: Wording) -> tuple[Markup, str]:
    return caseload_model_fragment(release, wording), caseload_model_title(release, wording)


@_render.register
def _(release: ReleasedQuantiles, wording: Wording) -> tuple[Markup, str]:
    box = markup.read_box(wording, wording.text("quantiles.read"), what="table")
    title = wording.text("table.caption.quantiles", share=wording.percent(release.probability))
    return markup.join([quantile_table(release, wording), box]), title


@_render.register
def _(release: ReleasedDistribution, wording: Wording) -> tuple[Markup, str]:
    return distribution_fragment(release, wording), distribution_title(release, wording)


@_render.register
def _(release: ReleasedTruth, wording: Wording) -> tuple[Markup, str]:
    box = markup.read_box(wording, wording.text("truth.read"), what="table")
    return markup.join([truth_table(release, wording), box]), wording.text("table.caption.truth")
