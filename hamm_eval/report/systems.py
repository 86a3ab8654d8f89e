"""How access to mainstream systems is shown: what it finds, a line a system, shares and waiting times."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedAccess, ReleasedCurve
from hamm_eval.report import findings
from hamm_eval.report.figures.curves import incidence
from hamm_eval.report.markup import (
    Column,
    Content,
    Row,
    count_note,
    dash_note,
    figure,
    join,
    note,
    read_box,
    table,
    with_interval,
)
from hamm_eval.report.tables.effect import reasons
from hamm_eval.report.wording import Wording

DAYS_PER_WEEK = 7


def access_title(release: ReleasedAccess, wording: Wording) -> str:
    """The finding: how many have entered which system at the horizon nearest to a year."""
    group = wording.endpoint(release.key)
    at = _headline(release)
    if at is None:
        return wording.text("access.title_withheld", group=group)
    told = [
        wording.text("access.title_share", system=wording.system(curve.level), value=value)
        for curve in release.curves.curves
        if (value := findings.share_at(release.curves, curve, at, wording))
    ]
    return wording.text(
        "access.title",
        group=group,
        months=wording.months(release.curves.horizons[at]),
        shares=wording.join(told),
    )


def access_fragment(release: ReleasedAccess, wording: Wording) -> Markup:
    """Lines, then how many and how long; where nothing may be shown, why."""
    title = access_title(release, wording)
    curves = release.curves
    shown = [curve for curve in curves.curves if not curve.withheld]
    if not shown:
        heading = Markup('<p class="he-finding">{}</p>').format(title)
        return join(
            [
                heading,
                reasons(tuple((curve.withheld, {}) for curve in curves.curves), wording),
                _table(release, wording),
            ]
        )
    box = read_box(
        wording,
        wording.text("access.read"),
        wording.text("access.leaving"),
        wording.text("curves.read_at_risk"),
    )
    small = note(
        *(wording.text(f"access.{name}") for name in ("begin", "birthdays", "not_ranked")),
        findings.over_ceiling_note(curves, wording),
    )
    return join(
        [
            figure(title, incidence(curves, wording), box, small),
            _table(release, wording),
            _waiting(release, wording),
        ]
    )


def _headline(release: ReleasedAccess) -> int | None:
    """The horizon to speak of: of those that tell most systems the nearest to a year; None without any."""
    curves, horizons = release.curves.curves, release.curves.horizons
    told = [
        sum(_share(curve, at) is not None or findings.over_at(curve, days) for curve in curves)
        for at, days in enumerate(horizons)
    ]
    if not any(told):
        return None
    return min(range(len(horizons)), key=lambda at: (-told[at], abs(horizons[at] - findings.YEAR), at))


def _last_ends(release: ReleasedAccess) -> list[tuple[int, int]]:
    """What competes, each with the last horizon at which its share is shown for any system."""
    curves, last = release.curves, []
    for cause in range(len(curves.causes) - 1):
        told = [
            at
            for at in range(len(curves.horizons))
            if any(_competing(curve, cause, at) is not None for curve in curves.curves)
        ]
        last += [(cause, max(told))] if told else []
    return last


def _last_bound(release: ReleasedAccess) -> int | None:
    """The last horizon at which a lower bound is shown for any system: there most files are closed."""
    told = [
        at
        for at in range(len(release.while_open.horizons))
        if any(_share(curve, at) is not None for curve in release.while_open.curves)
    ]
    return max(told, default=None)


def _competing(curve: ReleasedCurve, cause: int, position: int) -> float | None:
    """The share that one of the competing causes took by a horizon, where it is shown."""
    shares = findings.competing_at(curve, position)
    return shares[cause] if cause < len(shares) else None


def _share(curve: ReleasedCurve, position: int) -> float | None:
    """The share entered at a horizon, where it is shown."""
    found = findings.value_at(curve, position)
    return None if found is None else found.value


def _table(release: ReleasedAccess, wording: Wording) -> Markup:
    """Systems by horizons, with who is counted, the lower bound, and what became of the others."""
    curves = release.curves
    ends, at = _last_ends(release), _last_bound(release)
    columns = [
        Column(wording.text("access.column_system"), numeric=False),
        Column(wording.text("access.column_persons")),
        Column(wording.text("access.column_entered")),
        *(
            Column(
                wording.text("curves.column_months", months=wording.months(days)),
                group=wording.text("access.column_share"),
            )
            for days in curves.horizons
        ),
    ]
    if at is not None:
        columns.append(
            Column(wording.text("access.column_while_open", months=wording.months(curves.horizons[at])))
        )
    for cause, last in ends:
        name = wording.cause(curves.causes[cause + 1])
        columns.append(
            Column(
                wording.text(
                    "curves.column_competing",
                    cause=name[:1].upper() + name[1:],
                    months=wording.months(curves.horizons[last]),
                )
            )
        )
    rows = []
    bounds = release.while_open.curves
    for curve, bound, prevalent in zip(curves.curves, bounds, release.prevalent, strict=True):
        cells: list[Content] = [wording.count(curve.persons), wording.count(curve.events)]
        for position, days in enumerate(curves.horizons):
            found = findings.value_at(curve, position)
            cells.append(
                wording.nearly_all
                if findings.over_at(curve, days)
                else wording.text("symbols.none")
                if found is None or found.value is None
                else with_interval(wording.percent(found.value), wording.percent_range(found))
            )
        shares = [] if at is None else [_share(bound, at)]
        shares += [_competing(curve, cause, last) for cause, last in ends]
        cells += [
            wording.text("symbols.none") if value is None else wording.percent(value) for value in shares
        ]
        withheld = wording.text(f"withheld.{curve.withheld}") if curve.withheld else ""
        notes = [
            wording.text("access.prevalent", n=wording.count(prevalent)),
            wording.text("curves.withheld_row", reason=withheld) if withheld else "",
        ]
        said = "; ".join(words for words in notes if words)
        rows.append(Row(_capital(wording.system(curve.level)), tuple(cells), note=said))
    counted = [cell for curve in curves.curves for cell in (curve.persons, curve.events)]
    return table(
        wording.text("access.caption", group=wording.endpoint(release.key)),
        columns,
        rows,
        wording.text("access.closing") if at is not None else "",
        count_note(wording, [*release.prevalent, *counted]),
        dash_note(wording, rows),
    )


def _waiting(release: ReleasedAccess, wording: Wording) -> Markup:
    """By when a quarter, half and three quarters of all had entered."""
    columns = [Column(wording.text("access.column_system"), numeric=False)]
    columns += [
        Column(
            wording.text("access.column_reached", share=wording.percent(share)),
            group=wording.text("access.column_waiting"),
        )
        for share in release.probabilities
    ]
    rows = [
        Row(
            _capital(wording.system(curve.level)),
            tuple(
                wording.text("symbols.none")
                if curve.withheld
                else wording.text("access.not_reached")
                if days is None
                else wording.text("access.weeks", n=wording.number(round(days / DAYS_PER_WEEK)))
                for days in reached
            ),
        )
        for curve, reached in zip(release.curves.curves, release.waiting, strict=True)
    ]
    return join(
        [
            table(
                wording.text("access.caption_waiting", group=wording.endpoint(release.key)),
                columns,
                rows,
                dash_note(wording, rows),
            ),
            read_box(wording, wording.text("access.read_waiting"), what="table"),
        ]
    )


def _capital(words: str) -> str:
    """A name where it stands alone."""
    return words[:1].upper() + words[1:]
