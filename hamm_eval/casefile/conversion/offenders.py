"""Naming the rows that a rule refuses: their lines for everybody, their values for the private file."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    explained : list
        Masks of the rows that a finding speaks of.
    notations : list of str
        Date formats and decimal signs that the cells were read by.
    """

    text: pl.Series
    lines: pl.Series
    header: str
    notes: FileCollector
    explained: list[pl.Series] = field(default_factory=list)
    notations: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Cells({self.header}, {len(self.text)} rows)"

    def refuse(self, rule: str, where: pl.Series, **details: object) -> None:
        """Note the rows where the mask holds, if there are any: what they hold is not read."""
        if where.any():
            self.explained.append(where)
        self.warn(rule, where, **details)

    def warn(self, rule: str, where: pl.Series, **details: object) -> None:
        """Note the rows where the mask holds, if there are any."""
        if where.any():
            lines = self.lines.filter(where).to_list()
            values = self.text.filter(where).to_list()
            self.notes.add(rule, column=self.header, lines=lines, values=values, **details)

    def count(self, rule: str, where: pl.Series) -> None:
        """Note how many rows the mask holds for, if any, without naming them."""
        number = int(where.sum() or 0)
        if number:
            self.explained.append(where)
            self.notes.add(rule, column=self.header, count=number)

    def refuse_lost(self, typed: pl.Series) -> None:
        """Refuse what was written but is missing after conversion without a finding: never silently."""
        lost = self.text.is_not_null() & typed.is_null()
        if lost.any():
            for where in self.explained:
                lost = lost & ~where.fill_null(False)
            self.refuse("value_lost", lost)
