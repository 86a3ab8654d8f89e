"""What can be read of the tables: records without the cells that are refused.

A refused cell is missing, or wrong, or both, until it is mended; what follows from it is not told as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.casefile.versions import latest_by


@dataclass(slots=True)
class Readable:
    """The tables of an export as checks of several records see them.

    Parameters
    ----------
    tables : Mapping of str to TypedTable
        By our names, sorted by key and day of recording.
    cut : datetime.date
        The data cut.
    collector : Collector
        Knows what is refused so far.
    """

    tables: Mapping[str, TypedTable]
    cut: dt.date
    collector: Collector
    _latest: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"Readable({len(self.tables)} tables)"

    def has(self, *names: str) -> bool:
        """Whether the export holds these tables."""
        return all(name in self.tables for name in names)

    def doubted(self, name: str, columns: Iterable[str]) -> pl.DataFrame:
        """All versions of the records of which a version has a refused cell in these columns or its id."""
        typed = self.tables[name]
        key = typed.plan.table.key
        refused = self.collector.refused_lines
        headers = {typed.header(column) for column in (key, *columns)}
        lines = set().union(*(refused.get((typed.file, header), ()) for header in headers))
        if not lines:
            return typed.frame.clear()
        ids = typed.frame.filter(pl.col(LINE).is_in(list(lines))).select(key).unique()
        return typed.frame.join(ids, on=key, how="semi", nulls_equal=True)

    def rows(self, name: str, columns: Iterable[str]) -> pl.DataFrame:
        """All versions of the records that are not in doubt, in the order of the table."""
        frame, doubted = self.tables[name].frame, self.doubted(name, columns)
        return frame.join(doubted, on=LINE, how="anti", maintain_order="left") if doubted.height else frame

    def latest(self, name: str, columns: Iterable[str]) -> pl.DataFrame:
        """Of each record that is not in doubt the version known at the cut."""
        doubted = self.doubted(name, columns)
        if name not in self._latest:
            typed = self.tables[name]
            self._latest[name] = latest_by(typed.frame, typed.plan.table.key, self.cut)
        latest = self._latest[name]
        return latest.join(doubted, on=LINE, how="anti", maintain_order="left") if doubted.height else latest
