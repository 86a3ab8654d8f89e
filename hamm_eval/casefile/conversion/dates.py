"""Dates: one format a column, checked day by day; open ends and placeholders are told apart."""

from __future__ import annotations

import datetime as dt

import polars as pl

from hamm_eval.casefile.conversion.offenders import Cells
from hamm_eval.casefile.schema import Column

OPEN_END = dt.date(9999, 12, 31)
PLACEHOLDER = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 12, 31)
# Digits are [0-9]: to polars, \d is any digit of Unicode, and those that it matches cannot be parsed.
FORMATS = {
    "dd.mm.yyyy": ("%d.%m.%Y", r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}$"),
    "yyyy-mm-dd": ("%Y-%m-%d", r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$"),
    "mm/dd/yyyy": ("%m/%d/%Y", r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"),
    "dd/mm/yyyy": ("%d/%m/%Y", r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"),
}
UNDECLARED = ("dd.mm.yyyy", "yyyy-mm-dd")  # the only two that cannot be mistaken for each other
_MIDNIGHT = r"[ T]00:00(:00(\.0+)?)?$"
_SHAPES = (
    ("date_two_digit_year", r"^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}$"),
    ("date_excel_serial", r"^[1-9][0-9]{4}([.,][0-9]+)?$"),
    ("date_with_time", r"[0-9][ T][0-9]{1,2}:[0-9]{2}"),
    ("date_other_format", r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$|^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}$"),
)


def to_dates(cells: Cells, column: Column, declared: str | None) -> pl.Series:
    """Dates of one column; what is no date of its format is refused by the rule that fits best."""
    text = cells.text
    if text.str.contains(_MIDNIGHT).any():
        text = text.str.replace(_MIDNIGHT, "")
    name = declared or _format_of(text)
    if text.null_count() < len(text):
        cells.notations.append(name)
    pattern, shape = FORMATS[name]
    dates = text.str.to_date(pattern, strict=False)
    given = text.is_not_null()
    # The parser reads 17 as the year 17: a year below 1000 was not written with four digits.
    year = dates.dt.year()
    suspicious = given & (dates.is_null() | (year < 1000).fill_null(False))
    if suspicious.any():
        _refuse_unreadable(cells, text, suspicious, shape, name)
    dates = _mask(dates, suspicious)
    open_end = (dates == OPEN_END).fill_null(False)
    if column.open_end:
        cells.count("date_open_end", open_end)
    else:
        cells.refuse("date_open_end_misplaced", open_end)
    placeholder = (dates == PLACEHOLDER).fill_null(False)
    cells.count("date_missing_1900", placeholder)
    dates = _mask(dates, open_end | placeholder)
    cells.refuse("date_out_of_range", ((dates < PLACEHOLDER) | (dates > LATEST)).fill_null(False))
    if column.month:
        cells.refuse("birth_date_full", (dates.dt.day() != 1).fill_null(False))
    return dates


def _format_of(text: pl.Series) -> str:
    """The format most of an undeclared column is in; the rest is refused as being in another."""
    if text.str.contains(".", literal=True).all():  # nulls aside: the usual case, told quickly
        return UNDECLARED[0]
    counts = {name: int(text.str.contains(FORMATS[name][1]).sum() or 0) for name in UNDECLARED}
    return max(counts, key=lambda name: counts[name])


def _refuse_unreadable(cells: Cells, text: pl.Series, suspicious: pl.Series, shape: str, name: str) -> None:
    """Say of each unreadable date what is wrong with it: the first rule that fits."""
    formats = {"format_en": name, "format_de": name.translate(str.maketrans("dy", "TJ")).upper()}
    left = suspicious
    right_shape = text.str.contains(shape).fill_null(False)
    cells.refuse("date_no_such_day", left & right_shape)
    left = left & ~right_shape
    for rule, pattern in _SHAPES:
        fits = left & text.str.contains(pattern).fill_null(False)
        cells.refuse(rule, fits, **formats)
        left = left & ~fits
    cells.refuse("date_not_readable", left, **formats)


def _mask(dates: pl.Series, where: pl.Series) -> pl.Series:
    """The dates with nulls where the mask holds."""
    if not where.any():
        return dates
    return pl.select(pl.when(~where).then(dates).alias(dates.name)).to_series()
