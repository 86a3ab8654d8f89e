"""What a later export, or a later cut of the same, changed about an earlier quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd


class Reason(StrEnum):
    """What became of a record between two CaseFiles; see `CaseFileDiff`."""

    UNCHANGED = "unchanged"
    CONTINUED = "continued"
    CORRECTED = "corrected"
    REWRITTEN = "rewritten"
    VANISHED = "vanished"
    LATE = "late"
    APPEARED = "appeared"
    NEW = "new"


IN_USE_BEFORE = (
    Reason.UNCHANGED,
    Reason.CONTINUED,
    Reason.CORRECTED,
    Reason.REWRITTEN,
    Reason.VANISHED,
)
CHANGES = (Reason.CORRECTED, Reason.REWRITTEN, Reason.VANISHED, Reason.LATE, Reason.APPEARED)


@dataclass(frozen=True, slots=True)
class Change:
    """How many records of one table share one reason.

    Parameters
    ----------
    table : str
    reason : Reason
    records : int
    persons : int or None
        Distinct persons whom they are about; None for tables about no person.
    columns : Mapping of str to int
        In how many of the records each column differs; only of what was continued, corrected or rewritten.
    """

    table: str
    reason: Reason
    records: int
    persons: int | None
    columns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseFileDiff:
    """What a later CaseFile says otherwise about the time up to an earlier data cut: counts, no values.

    Two clocks tell the reasons apart: the day on which something *happened* (the earliest date of the record
    that is neither planned nor a month of birth) and the day on which it was *recorded* (``recorded_on``).
    A record without a date of its own, as a household, counts as having happened when it was recorded. The
    *cut* below is the earlier one.

    ==========  ==========================================================================================
    unchanged   in both, same content (recorded again or not)
    continued   in both; all that differs happened after the cut, as the end of a spell that ran on then
    corrected   in both, corrected or completed by a version recorded after the cut
    rewritten   in both, but the version of the cut itself now has another content
    vanished    in use at the cut, and no longer there in any version
    late        happened by the cut, recorded after it
    appeared    recorded by the cut, so it is said, but the earlier export did not hold it
    new         happened and was recorded after the cut
    ==========  ==========================================================================================

    Corrections and late records are how records mature; they explain restated figures. Rewritten, vanished
    and appeared records are not: they say that the source changed its own history, or delivered another
    selection, other ids, or a table that it did not deliver before.

    Of the records in use before, each is unchanged, continued, corrected, rewritten or vanished; of those
    in use now, each is late, appeared, new or any of these but vanished. Quarantined and excluded rows are in
    use in neither. An export may hold the latest version of each record alone: a version of the cut that its
    correction has replaced is no rewriting. Columns that only one of the two has are not compared.

    Parameters
    ----------
    earlier_cut, later_cut : datetime.date
    changes : tuple of Change
        One per table of either CaseFile and reason, in declared order, those of no record included.
    """

    earlier_cut: dt.date
    later_cut: dt.date
    changes: tuple[Change, ...] = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing about the time up to the earlier cut changed."""
        return not any(change.records for change in self.changes if change.reason in CHANGES)

    def to_frame(self) -> pd.DataFrame:
        """One row a table and reason: ``table, reason, records, persons``."""
        rows = [(c.table, c.reason.value, c.records, c.persons) for c in self.changes]
        frame = pd.DataFrame(rows, columns=["table", "reason", "records", "persons"])
        return frame.astype({"table": "string", "reason": "string", "records": "Int64", "persons": "Int64"})

    def columns_to_frame(self) -> pd.DataFrame:
        """One row a table, reason and column that differs: ``table, reason, column, records``."""
        rows = [
            (change.table, change.reason.value, column, records)
            for change in self.changes
            for column, records in change.columns.items()
        ]
        frame = pd.DataFrame(rows, columns=["table", "reason", "column", "records"])
        return frame.astype({"table": "string", "reason": "string", "column": "string", "records": "Int64"})
