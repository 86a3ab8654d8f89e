"""One quantile a row, beside what the report assumes."""

from __future__ import annotations

import math

from markupsafe import Markup

from hamm_eval.release.released import ReleasedQuantiles
from hamm_eval.report.markup import Column, Content, Row, table
from hamm_eval.report.wording import Wording


def quantile_table(release: ReleasedQuantiles, wording: Wording) -> Markup:
    """Rounded quantiles with the declared figure beside each."""
    share = wording.percent(release.probability)
    columns = [
        Column(wording.dimension(release.row_dimension), numeric=False),
        Column(wording.text("quantiles.column_value", share=share)),
    ]
    beside = any(value is not None and math.isfinite(value) for value in release.beside)
    if beside:
        columns.append(Column(wording.text("quantiles.column_beside")))
    rows = []
    for name, value, planned in zip(release.rows, release.values, release.beside, strict=True):
        cells: list[Content] = [
            wording.text("quantiles.too_few") if value is None else amount(value, release.unit, wording)
        ]
        if beside:
            known = planned is not None and math.isfinite(planned)
            cells.append(
                amount(planned, release.unit, wording)
                if known and planned is not None
                else wording.text("symbols.none")
            )
        rows.append(Row(wording.level_name(release.row_dimension, name), tuple(cells)))
    return table(wording.text("table.caption.quantiles", share=share), columns, rows)


def amount(value: float, unit: str, wording: Wording) -> str:
    """A number with its unit, where the unit has a word."""
    key = f"units.{unit}"
    shown = wording.number(value)
    return wording.text(key, n=shown) if wording.has(key) else shown
