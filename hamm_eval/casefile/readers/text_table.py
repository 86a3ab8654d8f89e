"""The seam: what every reader hands to the one strict conversion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.header import Header

LINE = "__line"
MatchColumns = Callable[[Header, FileCollector], dict[str, int] | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader is asked for.

    Parameters
    ----------
    known : collection of str
        Folded headers that the table may have: they tell the header and the delimiter.
    words : collection of str
        Folded category words that the table may hold: they tell data from a header.
    match : callable
        From the header to the columns wanted, our name to position; columns not wanted are not read.
    encoding, delimiter : str or None
        As the mapping declares them; None: to be found from the file.
    """

    known: Collection[str]
    words: Collection[str]
    match: MatchColumns
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The cells of a column that their source holds as dates, numbers or yes/no, not as text.

    Their text is of a known format: ISO dates, a decimal point, ``true`` and ``false``.

    Parameters
    ----------
    faithful : bool
        Whether an identifier stored so is whole: a spreadsheet's number has lost its leading zeros.
    where : str or None
        Name of the Boolean column of the frame that says which cells; None: all of them.
    """

    faithful: bool
    where: str | None = None


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as text: the wanted columns under our names, and the place of each row.

    Parameters
    ----------
    frame : polars.DataFrame
        Text columns as written (an empty field may be null) and ``__line``: the line of a text file, the
        row of a sheet, the number of the row in Parquet and PostgreSQL; besides the columns that `stored`
        names.
    headers : dict
        Our column name to the name that messages use.
    format : str
        As people call it: CSV, XLSX, Parquet, PostgreSQL.
    digest : str
        SHA-256 of what was read.
    encoding, delimiter : str
        As found or declared; empty where the format has none.
    stored : Mapping
        By our names: columns that the source holds typed, wholly or in part.
    """

    frame: pl.DataFrame
    headers: dict[str, str]
    format: str
    digest: str
    encoding: str = ""
    delimiter: str = ""
    stored: Mapping[str, Stored] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"TextTable({self.format}, {self.frame.height} rows)"
