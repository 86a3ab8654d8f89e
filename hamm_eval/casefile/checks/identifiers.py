"""Identifiers: written alike, and never used again for another record."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.casefile.schema import Kind

_ALIKE = 0.95  # share of a column that must be written alike before the others stand out
_SAMPLE = 1000
_PREFIX, _LENGTH = "_prefix", "_length"


def check_forms(records: Readable) -> None:
    """Warn of ids written unlike nearly all others of their column."""
    for table, typed in records.tables.items():
        for column in typed.plan.table.columns:
            if column.kind is Kind.ID and not column.references:
                other = _other_form(records.rows(table, (column.name,)), column.name)
                if other is not None:
                    note_rows(records.collector, "id_other_form", typed, column.name, other)


def check_reuse(records: Readable) -> None:
    """Refuse ids that a later version uses for what is another record."""
    for table, typed in records.tables.items():
        key = typed.plan.table.key
        for column in typed.plan.table.columns:
            if column.lasting:
                # Adjacent rows of one id are versions of one record.
                again = pl.col(key) == pl.col(key).shift(1)
                led_elsewhere = again & (pl.col(column.name) != pl.col(column.name).shift(1))
                rows = records.rows(table, (column.name,)).filter(led_elsewhere)
                reference = typed.header(column.name)
                note_rows(records.collector, "id_reused", typed, key, rows, reference=reference)


def _other_form(rows: pl.DataFrame, name: str) -> pl.DataFrame | None:
    """Ids of another form: other signs before the number, or zeros lost where numbers have them."""
    ids = rows.select(name, LINE).filter(pl.col(name).is_not_null())
    sample = ids.gather_every(max(1, ids.height // _SAMPLE)).select(_prefix(name))
    commonest = sample.group_by(_PREFIX).len().sort("len", descending=True)
    if not sample.height or commonest["len"][0] < sample.height // 2:
        return None  # pseudonyms without a common form
    length = ids[name].str.len_bytes()
    if length.min() == length.max() and ids[name].str.starts_with(commonest[_PREFIX][0]).all():
        return None  # the usual case, told quickly
    ids = ids.with_columns(_prefix(name), pl.col(name).str.len_chars().alias(_LENGTH))
    forms = ids.group_by(_PREFIX, _LENGTH).agg(pl.len().alias("_rows"), pl.col(name).min().alias("_least"))
    if forms.height < 2:
        return None
    prefixes = forms.group_by(_PREFIX).agg(pl.col("_rows").sum()).sort("_rows", descending=True)
    prefix, count = prefixes.row(0)
    if count < _ALIKE * ids.height:
        return None
    other = pl.col(_PREFIX) != prefix
    own = forms.filter(pl.col(_PREFIX) == prefix).sort("_rows", descending=True)
    length, least = own["_length"][0], own["_least"][0]
    padded = length > len(prefix) + 1 and least[len(prefix) :].startswith("0")
    if padded and own["_rows"][0] >= _ALIKE * ids.height:
        other = other | (pl.col(_LENGTH) != length)
    return ids.filter(other)


def _prefix(name: str) -> pl.Expr:
    """What stands before the number that an id ends in."""
    return pl.col(name).str.strip_chars_end("0123456789").alias(_PREFIX)
