"""Recovered figures beside the planted truth of a synthetic city."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedTruth, ReleasedTruthRow
from hamm_eval.report.markup import Column, Row, table
from hamm_eval.report.tables.effect import points_range
from hamm_eval.report.wording import Wording


def truth_table(release: ReleasedTruth, wording: Wording) -> Markup:
    """One planted value a row."""
    columns = [
        Column(wording.text("truth.column_result"), numeric=False),
        Column(wording.text("truth.column_truth")),
        Column(wording.text("truth.column_estimate")),
        Column(wording.text("truth.column_interval")),
        Column(wording.text("truth.column_within"), numeric=False),
    ]
    return table(wording.text("table.caption.truth"), columns, [_row(row, wording) for row in release.rows])


def _row(row: ReleasedTruthRow, wording: Wording) -> Row:
    """One planted value: a sign and a word besides the numbers."""
    none = wording.text("symbols.none")
    verdict = {True: "fits", False: "differs", None: "unknown"}[row.within]
    sign = {"fits": "●", "differs": "▲", "unknown": "◆"}[verdict]
    question, _, key = row.estimate_id.partition(":")
    interval = Interval(value=row.estimate, lower=row.lower, upper=row.upper)
    # An effect is a difference of shares, an incidence a share.
    effect = question == "measure_effectiveness"
    span = points_range(interval, wording) if effect else wording.percent_range(interval)
    found = none if row.estimate is None else _amount(row.estimate, effect, wording)
    return Row(
        _heading(question, key, row, wording),
        (
            _amount(row.truth, effect, wording),
            found,
            span or none,
            Markup(
                '<span class="he-verdict he-verdict-{}"><span aria-hidden="true">{}</span> {}</span>'
            ).format(verdict, sign, wording.text(f"truth.{verdict}")),
        ),
    )


def _amount(value: float, effect: bool, wording: Wording) -> str:
    """A difference in percentage points, or a share."""
    return wording.points(value) if effect else wording.percent(value)


def _heading(question: str, key: str, row: ReleasedTruthRow, wording: Wording) -> str:
    """Which result it is: an effect by its question in params, else an incidence."""
    months = wording.months(row.days)
    asked = wording.params.measure_effectiveness.get(key) if wording.params else None
    if question == "measure_effectiveness" and asked is not None:
        return wording.text(
            "truth.effect_row",
            measure=wording.measure(asked.measure),
            endpoint=wording.endpoint(asked.endpoint),
            months=months,
        )
    endpoint, _, dimension = key.partition("/")
    return wording.text(
        "truth.curve_row",
        endpoint=wording.endpoint(endpoint),
        level=wording.level(dimension, row.level),
        months=months,
    )
