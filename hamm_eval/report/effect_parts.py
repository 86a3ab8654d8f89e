"""How an effect within groups and over time is shown: values, ranges, and what cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from hamm_eval.release.released import (
    ReleasedEffectByGroup,
    ReleasedEffectOverTime,
    ReleasedEffectPart,
)
from hamm_eval.report.decisions import interim_note
from hamm_eval.report.figures.effect_over_time import differences_over_time
from hamm_eval.report.markup import (
    Column,
    Content,
    Row,
    caution,
    count_note,
    figure,
    join,
    note,
    read_box,
    table,
)
from hamm_eval.report.tables.effect import points_range
from hamm_eval.report.wording import Wording

# What says that groups are unlike; everything else says that there is too little to go by.
_UNLIKE = frozenset({"balance", "overlap", "weight_share", "effective_share"})


def by_group_title(release: ReleasedEffectByGroup, wording: Wording) -> str:
    """The finding: by which group the effect differs, never where it is largest; interim there is none."""
    said = {"measure": wording.measure(release.measure), "endpoint": wording.endpoint(release.endpoint)}
    if not any(_value(part) is not None for group in release.groups for part in group.levels):
        return wording.text("effect_by_group.title_withheld", **said)
    if not release.confirmatory:
        return wording.text("effect_by_group.title_interim", **said)
    differs = [group for group in release.groups if group.decision == "confirmed"]
    if differs:
        names = wording.join(wording.dimension(group.dimension) for group in differs)
        return wording.text("effect_by_group.title_differs", groups=names, **said)
    tested = any(group.decision for group in release.groups)
    return wording.text(f"effect_by_group.title_{'same' if tested else 'untested'}", **said)


def by_group_fragment(release: ReleasedEffectByGroup, wording: Wording) -> Markup:
    """One table of all groups, how the groups were chosen, and once a year what the tests decide."""
    measure = wording.measure(release.measure)
    columns = [
        Column(wording.text("effect_by_group.column_group"), numeric=False),
        Column(wording.text("effect_by_group.column_persons")),
        Column(wording.text("effect_by_group.column_difference")),
        Column(wording.text("effect_by_group.column_interval")),
    ]
    rows, cells = [], []
    for group in release.groups:
        for part in group.levels:
            cells += [part.treated, part.controls]
            both = f"{wording.count(part.treated)} / {wording.count(part.controls)}"
            rows.append(
                Row(
                    wording.level_name(group.dimension, part.level),
                    (both, *_difference(part, wording)),
                    note=_merged(group.dimension, part, wording),
                    group=wording.dimension(group.dimension),
                )
            )
    read = wording.text(
        "effect_by_group.read",
        horizon=wording.months(release.horizon_days),
        population=wording.text(f"effect.population.{release.estimand}"),
    )
    look = "annual" if release.confirmatory else "interim"
    tests = " ".join(_decisions(release, wording)) if release.confirmatory else ""
    return join(
        [
            Markup('<p class="he-finding">{}</p>').format(by_group_title(release, wording)),
            Markup('<p class="he-when">{}</p>').format(tests) if tests else "",
            note(wording.text("effect_by_group.confirmatory" if release.confirmatory else "effect.interim")),
            table(
                wording.text("table.caption.effect_by_group", measure=measure),
                columns,
                rows,
                count_note(wording, cells),
                *_explained([part for group in release.groups for part in group.levels], wording),
            ),
            read_box(
                wording,
                read,
                wording.text(f"effect_by_group.read_{look}"),
                _declared(release, wording),
                what="table",
            ),
        ]
    )


def _decisions(release: ReleasedEffectByGroup, wording: Wording) -> list[str]:
    """One sentence a group."""
    return [
        wording.text(
            f"effect_by_group.{group.decision or 'untested'}", group=wording.dimension(group.dimension)
        )
        for group in release.groups
    ]


def _declared(release: ReleasedEffectByGroup, wording: Wording) -> str:
    """Why these groups; "" where params are not at hand."""
    asked = wording.params.measure_effectiveness if wording.params else {}
    question = asked.get(release.id.partition(":")[2])
    if question is None:
        return ""
    reasons = [
        wording.text(
            "effect_by_group.reason",
            group=wording.dimension(group.dimension),
            reason=getattr(question.by_groups[group.dimension], wording.language),
        )
        for group in release.groups
        if group.dimension in question.by_groups
    ]
    return wording.text("effect_by_group.declared", reasons=wording.join(reasons)) if reasons else ""


def _merged(dimension: str, part: ReleasedEffectPart, wording: Wording) -> str:
    """Which levels a merged one contains."""
    if not part.merged:
        return ""
    return wording.text(
        "table.merged", levels=wording.join(wording.level(dimension, level) for level in part.merged)
    )


def _why_none(part: ReleasedEffectPart) -> str:
    """Key of the words for a part without a value: unlike groups, or too little to go by."""
    return "design" if _UNLIKE & set(part.withheld) else "few"


def _explained(parts: Iterable[ReleasedEffectPart], wording: Wording) -> list[str]:
    """What the words in place of a value mean, each once."""
    why = dict.fromkeys(_why_none(part) for part in parts if _value(part) is None)
    return [wording.text(f"effect_parts.{key}_note") for key in why]


def _difference(part: ReleasedEffectPart, wording: Wording) -> tuple[Content, Content]:
    """Difference and range, or in words why there is none."""
    at = part.difference
    if at is not None and at.value is not None:
        return wording.points(at.value), points_range(at, wording)
    return wording.text(f"effect_parts.{_why_none(part)}"), wording.text("symbols.none")


def over_time_title(release: ReleasedEffectOverTime, wording: Wording) -> str:
    """The finding: the first and the last difference that may be shown."""
    measure = wording.measure(release.measure)
    shown = [
        (part.days, part.difference.value)
        for part in release.horizons
        if _value(part) is not None and part.difference
    ]
    if not shown:
        return wording.text("effect_over_time.title_withheld", measure=measure)
    (first, at_first), (last, at_last) = shown[0], shown[-1]
    return wording.text(
        "effect_over_time.title" if len(shown) > 1 else "effect_over_time.title_one",
        measure=measure,
        first=wording.number((at_first or 0.0) * 100, signed=True),
        first_months=wording.months(first),
        last=wording.number((at_last or 0.0) * 100, signed=True),
        last_months=wording.months(last),
    )


def over_time_fragment(release: ReleasedEffectOverTime, wording: Wording) -> Markup:
    """A figure with pointwise ranges and its numbers."""
    title = over_time_title(release, wording)
    rows = [
        Row(
            wording.number(wording.months(part.days)),
            _difference(part, wording),
        )
        for part in release.horizons
    ]
    columns = [
        Column(wording.text("effect_over_time.column_months"), numeric=False),
        Column(wording.text("effect_over_time.column_difference")),
        Column(wording.text("effect_over_time.column_interval")),
    ]
    numbers = table(
        wording.text("table.caption.effect_over_time", measure=wording.measure(release.measure)),
        columns,
        rows,
        *_explained(release.horizons, wording),
    )
    if all(_value(part) is None for part in release.horizons):
        return join([Markup('<p class="he-finding">{}</p>').format(title), numbers])
    read = wording.text(
        "effect_over_time.read",
        population=wording.text(f"effect.population.{release.estimand}"),
        endpoint=wording.endpoint(release.endpoint),
    )
    drawn = "_randomised" if wording.randomised(release) else ""
    return join(
        [
            figure(
                title,
                differences_over_time(release, wording),
                caution(wording.text(f"effect.caution{drawn}")),
                read_box(wording, read, wording.text("effect_over_time.pointwise")),
                note(interim_note(wording)),
            ),
            numbers,
        ]
    )


def _value(part: ReleasedEffectPart) -> float | None:
    """The difference shown, None where there is none."""
    return None if part.difference is None else part.difference.value
