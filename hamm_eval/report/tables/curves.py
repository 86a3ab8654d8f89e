"""The numbers behind an incidence figure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedCurve, ReleasedCurves
from hamm_eval.report.findings import competing_at, headline_horizon, over_at, value_at
from hamm_eval.report.markup import Column, Content, Row, count_note, dash_note, table, with_interval
from hamm_eval.report.tables.terms import merged_note
from hamm_eval.report.wording import DAYS_PER_MONTH, Wording


def curves_table(
    release: ReleasedCurves, wording: Wording, only: Mapping[str, str] = MappingProxyType({})
) -> Markup:
    """Per group: persons, goals reached, shares at the horizons, departures, the median.

    `only` names, for what ends the way in one group alone, that group: the others have no such end, and their
    cells stay empty. A dash would say that it is hidden.
    """
    at = headline_horizon(release)
    columns = [
        Column(wording.text("curves.column_group"), numeric=False),
        Column(wording.text("curves.column_persons")),
        Column(wording.text("curves.column_events")),
    ]
    columns += [
        Column(
            wording.text("curves.column_months", months=wording.months(days)),
            group=wording.text("curves.column_share"),
        )
        for days in release.horizons
    ]
    competing = range(len(release.causes) - 1) if at is not None else range(0)
    columns += [
        Column(_competing_heading(release, cause, release.horizons[at], wording))
        for cause in competing
        if at is not None
    ]
    columns.append(Column(wording.text("curves.column_median")))
    rows = [_row(release, curve, at, only, wording) for curve in release.curves]
    endpoint = wording.endpoint(release.endpoint)
    caption = (
        wording.text(
            "table.caption.curves_by", endpoint=endpoint, dimension=wording.dimension(release.dimension)
        )
        if release.dimension
        else wording.text("table.caption.curves", endpoint=endpoint)
    )
    return table(
        caption,
        columns,
        rows,
        count_note(wording, [cell for curve in release.curves for cell in (curve.persons, curve.events)]),
        dash_note(wording, rows),
    )


def _competing_heading(release: ReleasedCurves, cause: int, days: int, wording: Wording) -> str:
    """Heading of the column of what competes."""
    name = wording.cause(release.causes[cause + 1])
    return wording.text(
        "curves.column_competing", cause=name[:1].upper() + name[1:], months=wording.months(days)
    )


def _row(
    release: ReleasedCurves, curve: ReleasedCurve, at: int | None, only: Mapping[str, str], wording: Wording
) -> Row:
    """One group; dashes where nothing may be shown, with the reason beneath the name."""
    none = wording.text("symbols.none")
    cells: list[Content] = [wording.count(curve.persons), wording.count(curve.events)]
    for position, days in enumerate(release.horizons):
        value = value_at(curve, position)
        if over_at(curve, days):
            cells.append(wording.nearly_all)
        elif value is None or value.value is None:
            cells.append(none)
        else:
            cells.append(with_interval(wording.percent(value.value), wording.percent_range(value)))
    if at is not None:
        cells += _competing(release, curve, at, only, wording)
    cells.append(none if curve.withheld else _median(curve.median, wording))
    notes = [merged_note(release.dimension, curve.merged, wording)]
    if curve.withheld:
        reason = wording.text(
            f"withheld.{curve.withheld}" if wording.has(f"withheld.{curve.withheld}") else "withheld.generic"
        )
        notes.append(wording.text("curves.withheld_row", reason=reason))
    return Row(
        wording.level_name(release.dimension, curve.level),
        tuple(cells),
        note="; ".join(note for note in notes if note),
    )


def _competing(
    release: ReleasedCurves, curve: ReleasedCurve, at: int, only: Mapping[str, str], wording: Wording
) -> list[Content]:
    """Shares that the competing causes took by the horizon."""
    shares = competing_at(curve, at)
    cells: list[Content] = []
    for position, cause in enumerate(release.causes[1:]):
        value = shares[position] if position < len(shares) else None
        if only.get(cause, curve.level) != curve.level:
            cells.append("")
        elif over_at(curve, release.horizons[at], position + 1):
            cells.append(wording.nearly_all)
        else:
            cells.append(wording.text("symbols.none") if value is None else wording.percent(value))
    return cells


def _median(median: Interval | None, wording: Wording) -> str:
    """When half of the group had reached the goal."""
    if median is None or median.value is None:
        return wording.text("curves.median_not_reached")
    return wording.text("curves.median", n=wording.number(median.value / DAYS_PER_MONTH))
