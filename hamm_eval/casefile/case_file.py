"""The CaseFile: typed tables as they were known at a data cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import polars as pl

from hamm_eval.casefile.compare import compare
from hamm_eval.casefile.diff import CaseFileDiff
from hamm_eval.casefile.findings import Finding
from hamm_eval.casefile.frames import empty_records, to_pandas
from hamm_eval.casefile.mapping import FurtherColumn
from hamm_eval.casefile.reconciliation import Counts, reconcile
from hamm_eval.casefile.schema import Kind, Sensitivity
from hamm_eval.casefile.source_records import SourceRecord
from hamm_eval.casefile.storage import load_parts, save_parts
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.casefile.versions import latest_by
from hamm_eval.errors import InputError


@dataclass(frozen=True)
class CaseFile:
    """What was known on one day: every table at the data cut.

    Not built by hand: `read_case_file` reads one from an export, `CaseFile.load` a stored one.

    Parameters
    ----------
    data_cut : datetime.date
        Nothing recorded later is in it.
    records : Mapping of str to polars.DataFrame
        Of each table that the export holds, all versions recorded by the cut, sorted by id and day of
        recording.
    counts : Mapping of str to Counts
        Rows of each file that did not get this far.
    findings : tuple of Finding
    further : tuple of FurtherColumn
        Extra baseline columns of persons that this source has.
    digest : str
        SHA-256 of what was read and of the mapping; the data cut is not in it.
    sources : tuple of SourceRecord
        Each table as it was read: file, format, encoding, delimiter, rows, how dates and numbers are written.
    """

    data_cut: dt.date
    records: Mapping[str, pl.DataFrame] = field(repr=False)
    counts: Mapping[str, Counts] = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    further: tuple[FurtherColumn, ...] = field(repr=False)
    digest: str
    sources: tuple[SourceRecord, ...] = field(repr=False)

    @cached_property
    def _latest(self) -> dict[str, pl.DataFrame]:
        """Of each record the version that held at the cut."""
        return {
            name: latest_by(frame, BY_NAME[name].key, self.data_cut) for name, frame in self.records.items()
        }

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Every declared table by its name, one row a record, in its latest version known at the cut.

        All declared columns are there, without rows where the export lacks the table: dates as
        ``datetime64[ns]`` (open ends are NaT), ids and categories as ``string`` with our words, whole
        numbers as ``Int64``, decimals as ``float64``, yes/no as ``boolean``. Ends that lie after the cut
        stay as recorded.
        """
        frames = {name: to_pandas(frame) for name, frame in self._latest.items()}
        return MappingProxyType(
            {
                name: frames[name] if name in frames else to_pandas(empty_records(table))
                for name, table in BY_NAME.items()
            }
        )

    @cached_property
    def reconciliation(self) -> pd.DataFrame:
        """Where every row of every file went, and how many persons the used rows are about.

        One row a table: ``table, read, used, quarantined, not_yet_known, superseded, excluded, persons``;
        ``read`` is the sum of the five after it. ``superseded`` are earlier versions of a corrected
        record. ``persons`` is missing for tables that are about no person.
        """
        known = {name: frame.height for name, frame in self.records.items()}
        return reconcile(self.counts, known, self._latest)

    def has(self, table: str) -> bool:
        """Whether the export holds this table."""
        return table in self.records

    def as_of(self, date: dt.date) -> CaseFile:
        """The same CaseFile as it was known on an earlier day.

        Raises
        ------
        InputError
            The day lies after this CaseFile's data cut: what was recorded since is not in it.
        """
        if date > self.data_cut:
            raise InputError(
                "This CaseFile holds nothing recorded after its data cut.",
                where="date",
                todo="Read the export again with the later data cut.",
            )
        records = {name: frame.filter(pl.col("recorded_on") <= date) for name, frame in self.records.items()}
        counts = {
            name: replace(
                self.counts[name],
                not_yet_known=self.counts[name].not_yet_known + self.records[name].height - frame.height,
            )
            for name, frame in records.items()
        }
        return replace(
            self, data_cut=date, records=MappingProxyType(records), counts=MappingProxyType(counts)
        )

    def diff(self, other: CaseFile) -> CaseFileDiff:
        """What a later export, or a later cut of the same, changed about the time up to this data cut.

        Parameters
        ----------
        other : CaseFile
            Read from a later export of the same source, with the same mapping and the same pseudonyms.

        Returns
        -------
        CaseFileDiff
            Counts per table and reason; the reasons and the two clocks behind them are told there.

        Raises
        ------
        InputError
            The other's data cut lies before this one's.

        Examples
        --------
        ::

            known = case_file.as_of(dt.date(2017, 3, 31)).diff(case_file)
            known.to_frame()          # table, reason, records, persons
            known.columns_to_frame()  # which columns were corrected, how often
        """
        if other.data_cut < self.data_cut:
            raise InputError(
                "The other CaseFile has an earlier data cut than this one.",
                where="other",
                todo="Ask the earlier one: earlier.diff(later).",
            )
        return compare(
            self._latest,
            other.as_of(self.data_cut)._latest,
            other._latest,
            earlier_cut=self.data_cut,
            later_cut=other.data_cut,
        )

    def identifiers(self) -> frozenset[str]:
        """Every identifier of persons, households, workers and their records: what a leak search looks for.

        Ids of measures are not among them: reports name measures.
        """
        found: set[str] = set()
        for name, frame in self.records.items():
            for column in BY_NAME[name].columns:
                if column.kind is Kind.ID and column.sensitivity is Sensitivity.IDENTIFYING:
                    found.update(frame[column.name].drop_nulls().unique().to_list())
        return frozenset(found)

    def save(self, folder: Path) -> None:
        """Store as Parquet in a private folder (mode 0700, files 0600)."""
        save_parts(folder, **{part.name: getattr(self, part.name) for part in fields(self)})

    @classmethod
    def load(cls, folder: Path) -> CaseFile:
        """Read back what `save` stored.

        Raises
        ------
        InputError
            The folder holds no CaseFile.
        """
        return cls(**load_parts(folder))

    def __repr__(self) -> str:
        rows = sum(frame.height for frame in self.records.values())
        return f"CaseFile(data_cut={self.data_cut}, {len(self.records)} tables, {rows} records)"
