"""What was read and how: the evidence by which a source was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One table as its source delivered it.

    Parameters
    ----------
    table : str
        Our name.
    file : str
        File, sheet or database table, as messages call it.
    format : str
        CSV, XLSX, Parquet or PostgreSQL.
    encoding, delimiter : str
        Of a text file; empty elsewhere.
    rows : int
    digest : str
        SHA-256 of what was read.
    notations : Mapping of str to str
        Our column name to the date format (``dd.mm.yyyy``) or the decimal sign that it was read by, as
        found or declared; columns without a date or a decimal sign are not named.
    """

    table: str
    file: str
    format: str
    encoding: str
    delimiter: str
    rows: int
    digest: str
    notations: Mapping[str, str] = field(default_factory=dict)
