"""What a planted defect is, and what a dirty city says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Where a kind of defect sits: it decides what intake can still read."""

    FILES = "files"
    DIALECTS = "dialects"
    RECORDS = "records"
    HISTORIES = "histories"
    UNSEEN = "unseen"
    CELLS = "cells"


class Expected(StrEnum):
    """What a careful intake does with a defect: the strongest word it has to say.

    ``refused``: the export cannot be used until this is mended. ``quarantined``: the row is set aside and
    counted. ``noticed``: a warning, a notice or a count. ``accepted``: read without a word.
    """

    REFUSED = "refused"
    QUARANTINED = "quarantined"
    NOTICED = "noticed"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Defect:
    """One planted defect. It holds no value of a record.

    Parameters
    ----------
    id : str
        ``D0001`` and so on, by file and line.
    kind : str
        Name of the kind, as in `catalogue.KINDS`.
    file : str
        Name of the file that a finding would name.
    line : int or None
        Physical line in the dirty file, counted from 1; None where the whole file is meant.
    column : str or None
        German header; None where a whole row or file is meant.
    rule : str or None
        Id of the intake rule that ought to say it; None where there is no such rule.
    detectable : bool
        Whether somebody who has only the export can tell, in principle.
    expected : Expected
    partners : tuple of int
        Lines that a finding may rightly name beside `line`: the row that a copy repeats or contradicts, other
        versions of the fact, the other head of a household.
    """

    id: str
    kind: str
    file: str
    line: int | None
    column: str | None
    rule: str | None
    detectable: bool
    expected: Expected
    partners: tuple[int, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the share of detectable defects found is about this one: it asks for a word."""
        return self.detectable and self.expected is not Expected.ACCEPTED

    @property
    def harmless(self) -> bool:
        """Whether an export with nothing worse must stay usable."""
        return self.detectable and self.expected in (Expected.ACCEPTED, Expected.NOTICED)


@dataclass(frozen=True, slots=True)
class DirtyFile:
    """One file of a dirty city: how many rows of data it holds, and whether a defect keeps it unread."""

    name: str
    rows: int
    first_line: int
    readable: bool


@dataclass(frozen=True, slots=True)
class DefectList:
    """What ``defects.json`` holds.

    Parameters
    ----------
    seed : int
        Of the planting.
    files : tuple of DirtyFile
    defects : tuple of Defect
    """

    seed: int
    files: tuple[DirtyFile, ...]
    defects: tuple[Defect, ...]
