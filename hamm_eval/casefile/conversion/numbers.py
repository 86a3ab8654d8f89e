"""Whole numbers and decimals; which sign parts the decimals is told by the column, never guessed."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.conversion.offenders import Cells
from hamm_eval.casefile.schema import Column

# Digits are [0-9] (to polars, \d is any digit of Unicode), and so few that no number becomes infinite.
_COMMA = r"^[+-]?([0-9]{1,3}(\.[0-9]{3}){1,4}|[0-9]{1,15})(,[0-9]+)?$"
_POINT = r"^[+-]?([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15})(\.[0-9]+)?$"
_EITHER = r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$"


def to_integers(cells: Cells, column: Column) -> pl.Series:
    """Whole numbers of one column."""
    text = _ascii_minus(cells.text)
    fits = text.str.contains(r"^[+-]?[0-9]{1,15}$").fill_null(False)
    cells.refuse("integer_not_readable", text.is_not_null() & ~fits)
    numbers = text.str.strip_chars_start("+").cast(pl.Int64, strict=False)
    _check_range(cells, numbers, column)
    return numbers


def to_decimals(cells: Cells, column: Column, declared: str | None) -> pl.Series:
    """Decimal numbers of one column."""
    text = _ascii_minus(cells.text)
    sign = declared or _decimal_sign(cells, text)
    if text.str.contains("[.,]").any():
        cells.notations.append(sign)
    shape, thousands = (_COMMA, ".") if sign == "," else (_POINT, ",")
    fits = text.str.contains(shape).fill_null(False)
    cells.refuse("number_not_readable", text.is_not_null() & ~fits, decimal=sign)
    plain = text.str.strip_chars_start("+").str.replace_all(thousands, "", literal=True)
    numbers = plain.str.replace(sign, ".", literal=True).cast(pl.Float64, strict=False)
    _check_range(cells, numbers, column)
    return numbers


def _decimal_sign(cells: Cells, text: pl.Series) -> str:
    """The decimal sign that the column's other values prove; ``1.234`` alone proves nothing."""
    either = text.str.contains(_EITHER).fill_null(False)
    telling = text.filter(~either)
    comma = telling.str.contains(",", literal=True) & telling.str.contains(_COMMA)
    point = telling.str.contains(".", literal=True) & telling.str.contains(_POINT)
    if not comma.any() and not point.any():
        cells.refuse("number_ambiguous", either)
    return "." if int(point.sum() or 0) > int(comma.sum() or 0) else ","


def _ascii_minus(text: pl.Series) -> pl.Series:
    """A true minus sign is a minus sign."""
    return text.str.replace("\N{MINUS SIGN}", "-", literal=True)


def _check_range(cells: Cells, numbers: pl.Series, column: Column) -> None:
    """Refuse numbers outside the declared range."""
    low, high = column.lowest, column.highest
    if low is None and high is None:
        return
    outside = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(numbers))
    if low is not None:
        outside = outside | (numbers < low).fill_null(False)
    if high is not None:
        outside = outside | (numbers > high).fill_null(False)
    cells.refuse(
        "out_of_range",
        outside,
        range_de=_range(low, high, "mindestens", "höchstens", "bis"),
        range_en=_range(low, high, "at least", "at most", "to"),
    )


def _range(low: float | None, high: float | None, at_least: str, at_most: str, to: str) -> str:
    """A declared range in words."""
    if low is not None and high is not None:
        return f"{low:g} {to} {high:g}"
    return f"{at_least} {low:g}" if low is not None else f"{at_most} {high:g}"
