"""What was read and how: the evidence by which a source was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hamm_eval.casefile.findings import Language

_DELIMITERS = {
    "de": {";": "Semikolon", ",": "Komma", "\t": "Tabulator", "|": "senkrechter Strich"},
    "en": {";": "semicolon", ",": "comma", "\t": "tab", "|": "vertical bar"},
}
_DECIMALS = {
    "de": {",": "Dezimalkomma", ".": "Dezimalpunkt"},
    "en": {",": "decimal comma", ".": "decimal point"},
}


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

    def evidence(self, language: Language) -> str:
        """How the table was understood, in words: format, encoding, delimiter, dates, decimals.

        Examples
        --------
        >>> found = {"agreed_on": "dd.mm.yyyy"}
        >>> record = SourceRecord("goals", "ziele.csv", "CSV", "cp1252", ";", 9, "", found)
        >>> record.evidence("en")
        'CSV, cp1252, semicolon, dd.mm.yyyy'
        """
        decimals = _DECIMALS[language]
        notations = sorted({one for found in self.notations.values() for one in _parts(found)})
        dates = [_day_format(one, language) for one in notations if one not in decimals]
        signs = [decimals[one] for one in notations if one in decimals]
        delimiter = _DELIMITERS[language].get(self.delimiter, self.delimiter)
        return ", ".join(part for part in (self.format, self.encoding, delimiter, *dates, *signs) if part)


def _parts(found: str) -> list[str]:
    """The notations of one column: a workbook may hold both text and days."""
    return [found] if found == "," else found.split(", ")


def _day_format(name: str, language: Language) -> str:
    """A date format as the language writes it."""
    return name.translate(str.maketrans("dy", "TJ")).upper() if language == "de" else name
