"""Quantiles side by side: one row a group, one column a share of the records."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedDistribution
from hamm_eval.report.markup import Column, Content, Row, table
from hamm_eval.report.tables.quantiles import amount
from hamm_eval.report.wording import Wording


def distribution_table(release: ReleasedDistribution, wording: Wording, caption: str) -> Markup:
    """Rounded quantiles in the order of the release."""
    columns = [Column(wording.dimension(release.row_dimension), numeric=False)]
    columns += [Column(_heading(at, wording)) for at in release.probabilities]
    rows = []
    for name, values in zip(release.rows, release.values, strict=True):
        cells: list[Content] = [
            wording.text("quantiles.too_few") if value is None else amount(value, release.unit, wording)
            for value in values
        ]
        rows.append(Row(wording.level_name(release.row_dimension, name), tuple(cells)))
    step = wording.policy.quantile_step_days
    coarse = release.unit == "days" and step > 1
    rounded = wording.text("distribution.rounded", step=wording.number(step)) if coarse else ""
    return table(caption, columns, rows, rounded)


def quantile_name(probability: float, wording: Wording) -> str:
    """What a quantile is called: "die Hälfte", "95 %"."""
    known = f"distribution.share.{100 * probability:g}"
    return wording.text(known) if wording.has(known) else wording.percent(probability)


def _heading(probability: float, wording: Wording) -> str:
    """The name of a quantile at the head of a column."""
    name = quantile_name(probability, wording)
    return name[:1].upper() + name[1:]
