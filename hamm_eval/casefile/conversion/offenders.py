"""Naming the rows that a rule refuses: their lines for everybody, their values for the private file."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hamm_eval.casefile.findings import FileCollector


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of one file while it is converted.

    Parameters
    ----------
    text : polars.Series of String
        Trimmed; null where empty.
    lines : polars.Series of Int64
    header : str
        The column as messages call it.
    notes : FileCollector
    """

    text: pl.Series
    lines: pl.Series
    header: str
    notes: FileCollector

    def __repr__(self) -> str:
        return f"Cells({self.header}, {len(self.text)} rows)"

    def refuse(self, rule: str, where: pl.Series, **details: object) -> None:
        """Note the rows where the mask holds, if there are any."""
        if where.any():
            lines = self.lines.filter(where).to_list()
            values = self.text.filter(where).to_list()
            self.notes.add(rule, column=self.header, lines=lines, values=values, **details)

    def count(self, rule: str, where: pl.Series) -> None:
        """Note how many rows the mask holds for, if any, without naming them."""
        number = int(where.sum() or 0)
        if number:
            self.notes.add(rule, column=self.header, count=number)
