"""One column's cells to typed values: those written as text by their column's rule, those that the source
holds typed by the format that is known of them.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hamm_eval.casefile.conversion.dates import to_dates
from hamm_eval.casefile.conversion.numbers import to_decimals, to_integers
from hamm_eval.casefile.conversion.offenders import Cells
from hamm_eval.casefile.conversion.words import to_categories, to_ids, to_yes_no
from hamm_eval.casefile.plan import ColumnPlan
from hamm_eval.casefile.readers.text_table import Stored
from hamm_eval.casefile.schema import Kind


def convert_cells(
    cells: Cells, plan: ColumnPlan, stored: Stored | None = None, where: pl.Series | None = None
) -> pl.Series:
    """The typed values of one column.

    Parameters
    ----------
    cells : Cells
    plan : ColumnPlan
    stored : Stored or None
        How the source holds the column typed; None: as text.
    where : polars.Series of Boolean or None
        Which cells it holds typed; None: all of them.
    """
    if stored is None:
        return _typed(cells, plan)
    if where is None or where.all():
        return _known(cells, plan, stored)
    written = replace(cells, text=_only(cells.text, ~where))
    known = replace(cells, text=_only(cells.text, where))
    parts = _typed(written, plan).alias("written"), _known(known, plan, stored).alias("known")
    return pl.select(pl.coalesce(*parts)).to_series()


def _only(text: pl.Series, where: pl.Series) -> pl.Series:
    """The text with nulls elsewhere."""
    return pl.select(pl.when(where).then(text).alias(text.name)).to_series()


def _known(cells: Cells, plan: ColumnPlan, stored: Stored) -> pl.Series:
    """Cells that the source holds typed: nothing has to be told from the column."""
    kind = plan.column.kind
    text_wanted = kind in (Kind.ID, Kind.TEXT) or (kind is Kind.CATEGORY and not plan.words)
    if text_wanted and not stored.faithful:
        cells.refuse("number_for_text", cells.text.is_not_null())
        return pl.Series(cells.text.name, [None], dtype=pl.String).new_from_index(0, len(cells.text))
    words = {**plan.words, "true": True, "false": False} if kind is Kind.YES_NO else plan.words
    return _typed(cells, replace(plan, date_format="yyyy-mm-dd", decimal=".", words=words))


def _typed(cells: Cells, plan: ColumnPlan) -> pl.Series:
    """The conversion that the column's kind asks for."""
    column = plan.column
    match column.kind:
        case Kind.ID:
            return to_ids(cells)
        case Kind.DATE:
            return to_dates(cells, column, plan.date_format)
        case Kind.INTEGER:
            return to_integers(cells, column)
        case Kind.DECIMAL:
            return to_decimals(cells, column, plan.decimal)
        case Kind.YES_NO:
            return to_yes_no(cells, plan)
        case Kind.CATEGORY:
            return to_categories(cells, plan)
        case Kind.TEXT:
            return cells.text
