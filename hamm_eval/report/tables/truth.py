"""Recovered figures beside the planted truth of a synthetic city."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedTruth, ReleasedTruthRow
from hamm_eval.report.markup import Column, Row, dash_note, join, table
from hamm_eval.report.wording import Wording


def truth_table(release: ReleasedTruth, wording: Wording) -> Markup:
    """One planted value a row: incidences as shares, then effects in percentage points."""
    effects = [row for row in release.rows if _is_effect(row)]
    incidences = [row for row in release.rows if not _is_effect(row)]
    return join(
        table(
            wording.text(f"table.caption.truth_{kind}"),
            _columns(wording),
            rows,
            dash_note(wording, rows),
        )
        for kind, rows in (
            ("incidences", [_row(row, wording) for row in incidences]),
            ("effects", [_row(row, wording) for row in effects]),
        )
        if rows
    )


def _is_effect(row: ReleasedTruthRow) -> bool:
    """An effect is a difference of shares, an incidence a share."""
    return row.estimate_id.startswith("measure_effectiveness:")


def _columns(wording: Wording) -> list[Column]:
    """Result, planted, recovered, interval, verdict."""
    return [
        Column(wording.text("truth.column_result"), numeric=False),
        Column(wording.text("truth.column_truth")),
        Column(wording.text("truth.column_estimate")),
        Column(wording.text("truth.column_interval")),
        Column(wording.text("truth.column_within"), numeric=False),
    ]


def _row(row: ReleasedTruthRow, wording: Wording) -> Row:
    """One planted value: a sign and a word besides the numbers."""
    none = wording.text("symbols.none")
    verdict = {True: "fits", False: "differs", None: "unknown"}[row.within]
    sign = {"fits": "●", "differs": "▲", "unknown": "◆"}[verdict]

    def amount(value: float | None) -> str:
        if value is None:
            return none
        return wording.number(value * 100, signed=True) if _is_effect(row) else wording.percent(value)

    if row.lower is None or row.upper is None:
        span = none
    elif _is_effect(row):
        span = wording.text("units.range", lower=amount(row.lower), upper=amount(row.upper))
    else:
        span = wording.percent_range(Interval(value=row.estimate, lower=row.lower, upper=row.upper))
    return Row(
        _heading(row, wording),
        (
            amount(row.truth),
            amount(row.estimate),
            span,
            Markup(
                '<span class="he-verdict he-verdict-{}"><span aria-hidden="true">{}</span> {}</span>'
            ).format(verdict, sign, wording.text(f"truth.{verdict}")),
        ),
        group=_goal(row, wording),
    )


def _goal(row: ReleasedTruthRow, wording: Wording) -> str:
    """The goal of an incidence, which heads all its rows; an effect names its own."""
    if _is_effect(row):
        return ""
    return wording.endpoint(row.estimate_id.partition(":")[2].partition("/")[0])


def _heading(row: ReleasedTruthRow, wording: Wording) -> str:
    """Which result it is: an effect by its question in params, else the group and time of an incidence."""
    months = wording.months(row.days)
    _, _, key = row.estimate_id.partition(":")
    asked = wording.params.measure_effectiveness.get(key) if wording.params else None
    if _is_effect(row) and asked is not None:
        return wording.text(
            "truth.effect_row",
            measure=wording.measure(asked.measure),
            endpoint=wording.endpoint(asked.endpoint),
            months=months,
        )
    dimension = key.partition("/")[2]
    return wording.text("truth.curve_row", level=wording.level_name(dimension, row.level), months=months)
