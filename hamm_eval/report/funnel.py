"""How a funnel is shown: whether groups differ at all, the figure, what it cannot tell, its numbers."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.providers import SURPRISING
from hamm_eval.release.released import ReleasedFunnel, ReleasedFunnelGroup
from hamm_eval.report import follow_up
from hamm_eval.report.decisions import interim_note
from hamm_eval.report.figures.funnel import funnel
from hamm_eval.report.findings import NO_BREAK
from hamm_eval.report.markup import (
    Column,
    Row,
    caution,
    count_note,
    figure,
    join,
    note,
    read_box,
    table,
    with_interval,
)
from hamm_eval.report.tables.effect import reasons
from hamm_eval.report.wording import Wording

_OUTSIDE = 0.05  # of groups that do not differ lie outside of the limits of 95


def funnel_title(release: ReleasedFunnel, wording: Wording) -> str:
    """The finding: whether the groups differ at all; never which one."""
    said = {"endpoint": wording.endpoint(release.endpoint), "groups": _groups(release, "between", wording)}
    if release.withheld or release.p_value is None:
        return wording.text("funnel.title_withheld", **said)
    return wording.text(f"funnel.title_{'differ' if release.p_value < SURPRISING else 'alike'}", **said)


def funnel_fragment(release: ReleasedFunnel, wording: Wording) -> Markup:
    """The figure with its cautions directly beneath, then the numbers."""
    title = funnel_title(release, wording)
    if release.withheld or release.limits is None or release.p_value is None:
        heading = Markup('<p class="he-finding">{}</p>').format(title)
        return join([heading, reasons(tuple((key, {}) for key in release.withheld), wording)])
    said = {
        "one": _groups(release, "one", wording),
        "groups": _groups(release, "all", wording),
        "mix": wording.join(map(wording.dimension, release.case_mix)),
        "landmark": wording.number(release.landmark_days),
        "horizon": wording.number(release.horizon_days),
        "origin": follow_up.origin(release.endpoint, wording),
    }
    alt = wording.text(
        "funnel.alt",
        title=title,
        rows=" ".join(_in_words(group, release, wording) for group in release.groups),
    )
    return join(
        [
            figure(
                title,
                funnel(release, release.limits, alt, wording),
                caution(_what_it_shows(release, wording)),
                read_box(wording, wording.text("funnel.read", **said)),
                note(interim_note(wording)),
            ),
            Markup('<p class="he-when">{}</p>').format(
                " ".join([_chance(release, wording), *_closing(release, wording), *_tied(release, wording)])
            ),
            _numbers(release, wording, **said),
        ]
    )


def _groups(release: ReleasedFunnel, form: str, wording: Wording) -> str:
    """What is compared, in the form that a sentence needs."""
    return wording.text(f"funnel.{form}.{release.column}")


def _chance(release: ReleasedFunnel, wording: Wording) -> str:
    """The one test, in words."""
    often = round(100 * (release.p_value or 0.0))
    said = {"n": wording.number(often), "groups": _groups(release, "all", wording)}
    return wording.text("funnel.chance" if often else "funnel.chance_rare", **said)


def _what_it_shows(release: ReleasedFunnel, wording: Wording) -> str:
    """How often chance alone puts one outside, and how far the smallest group would have to lie."""
    many = len(release.groups)
    smallest = min(release.groups, key=lambda group: (group.persons.value or 0, group.level))
    number = f"spans.number.{many}"
    return wording.text(
        "funnel.caution",
        many=wording.text(number) if wording.has(number) else wording.number(many),
        groups=_groups(release, "of", wording),
        often=wording.number(round(100 * (1 - (1 - _OUTSIDE) ** many))),
        persons=wording.count(smallest.persons),
        points=wording.points(max(-smallest.lower, smallest.upper), signed=False).replace(" ", NO_BREAK),
    )


def _closing(release: ReleasedFunnel, wording: Wording) -> list[str]:
    """What becomes of the finding where those whose case was closed are taken not to reach the goal."""
    return [wording.text(f"funnel.closing.{release.closing}")] if release.closing else []


def _tied(release: ReleasedFunnel, wording: Wording) -> list[str]:
    """What cannot be told apart."""
    said = []
    if release.one_place_a_worker:
        said.append(wording.text(f"funnel.one_place.{release.column}"))
    if release.tied != "unknown":
        said.append(wording.text(f"funnel.tied.{release.tied}"))
    return said


def _in_words(group: ReleasedFunnelGroup, release: ReleasedFunnel, wording: Wording) -> str:
    """One group for those who cannot see the figure."""
    return wording.text(
        "funnel.alt_row",
        level=wording.level_name(release.dimension, group.level),
        difference=wording.points(group.difference),
        range=wording.points_range(group.lower, group.upper),
        place=wording.text(f"funnel.place.{group.place}"),
    )


def _numbers(release: ReleasedFunnel, wording: Wording, **said: str) -> Markup:
    """One row a group, in the order of their keys: no ranking."""
    columns = [
        Column(wording.dimension(release.dimension), numeric=False),
        Column(wording.text("funnel.column_persons")),
        Column(wording.text("funnel.column_reached")),
        Column(wording.text("funnel.column_observed")),
        Column(wording.text("funnel.column_expected")),
        Column(wording.text("funnel.column_difference")),
    ]
    rows = [
        Row(
            wording.level_name(release.dimension, group.level),
            (
                wording.count(group.persons),
                wording.count(group.observed),
                wording.percent((group.observed.value or 0) / (group.persons.value or 1)),
                wording.percent(group.expected),
                with_interval(
                    wording.points(group.difference),
                    wording.text(
                        "funnel.limits", range=wording.points_range(group.lower, group.upper)
                    ).replace(" ", NO_BREAK),
                ),
            ),
            note="" if group.place == "within" else wording.text(f"funnel.place.{group.place}"),
        )
        for group in release.groups
    ]
    lost = [
        wording.text(
            f"funnel.left_out_{loss.reason}", level=wording.level_name(release.dimension, loss.level)
        )
        for loss in release.left_out
    ]
    cells = [cell for group in release.groups for cell in (group.persons, group.observed)]
    spread = release.dispersion or 1.0
    return table(
        wording.text("funnel.caption", endpoint=wording.endpoint(release.endpoint), **said),
        columns,
        rows,
        wording.text("funnel.who", **said),
        wording.text("funnel.spread", factor=wording.number(spread, 1)) if spread > 1 else "",
        count_note(wording, cells),
        *lost,
    )
