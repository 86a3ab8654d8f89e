"""How a source writes dates and numbers, where intake cannot tell by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

_SLASHED = r"^([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}"
_TOLD_BY_THEMSELVES = r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_EITHER = r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$"


@dataclass(frozen=True, slots=True)
class DateForms:
    """How often the dates of some columns are written in which way.

    `day_first` and `month_first` count dates that can be read in that order alone.
    """

    slashed: int = 0
    day_first: int = 0
    month_first: int = 0
    other: int = 0

    def __add__(self, more: DateForms) -> DateForms:
        return DateForms(
            self.slashed + more.slashed,
            self.day_first + more.day_first,
            self.month_first + more.month_first,
            self.other + more.other,
        )

    @property
    def order(self) -> str | None:
        """The order that the slashed dates prove; None where they prove none, or both."""
        if bool(self.day_first) == bool(self.month_first):
            return None
        return "dd/mm/yyyy" if self.day_first else "mm/dd/yyyy"


def date_forms(columns: Iterable[pl.Series]) -> DateForms:
    """Count how the dates of some columns are written."""
    forms = DateForms()
    for cells in columns:
        given = cells.drop_nulls()
        parts = given.str.extract_groups(_SLASHED).struct.unnest()
        first, second = (parts[name].cast(pl.Int64, strict=False) for name in parts.columns)
        forms += DateForms(
            slashed=len(first.drop_nulls()),
            day_first=int((first > 12).sum() or 0),
            month_first=int((second > 12).sum() or 0),
            other=int(given.str.contains(_TOLD_BY_THEMSELVES).sum() or 0),
        )
    return forms


def decimal_unclear(cells: pl.Series) -> bool:
    """Whether no number of a column tells its decimal sign: ``1.234`` may be either."""
    given = cells.drop_nulls()
    signed = given.filter(given.str.contains(r"[.,]"))
    return len(signed) > 0 and bool(signed.str.contains(_EITHER).all())
