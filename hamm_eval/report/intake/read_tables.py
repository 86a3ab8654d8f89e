"""What was read: every table, how it was understood, and where its rows went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.report.intake.sentences import shown

if TYPE_CHECKING:
    from hamm_eval.casefile.intake import CheckedExport
    from hamm_eval.casefile.source_records import SourceRecord
    from hamm_eval.report.wording import Wording

USABLE = ("used", "quarantined", "not_yet_known", "superseded", "excluded")
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
_DECIMALS = {",": "comma", ".": "point"}
REFUSED = ("refused", "quarantined", "not_yet_known", "excluded", "used")


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table as it was read.

    Parameters
    ----------
    table, name : str
        Our name, and the name in the language of the report.
    file, evidence : str
        As the source names it; how it was understood, in words.
    state : str
        ``read``, ``unreadable`` or ``missing``.
    rows : int or None
        None where it could not be read.
    fates : tuple of int
        Of a table that was read, rows by `USABLE` or, in a refused export, by `REFUSED`: they add up to
        `rows`.
    """

    table: str
    name: str
    file: str
    evidence: str
    state: Literal["read", "unreadable", "missing"]
    rows: int | None
    fates: tuple[int, ...] = ()


def read_tables(checked: CheckedExport, wording: Wording) -> tuple[tuple[ReadTable, ...], tuple[str, ...]]:
    """Every table that was read or should have been, and the names of those that may lack and do.

    Parameters
    ----------
    checked : CheckedExport
    wording : Wording
    """
    sources = {source.table: source for source in checked.sources}
    fates = _fates(checked)
    refusals = {f.table: f for f in reversed(checked.findings) if f.severity is Severity.REFUSE}
    absent = {f.table for f in checked.findings if f.rule == "table_absent"}
    tables: list[ReadTable] = []
    for table in BY_NAME:
        name = wording.level_name("table", table)
        if table in sources:
            source = sources[table]
            evidence = understood(source, wording)
            found = ReadTable(table, name, shown(source.file), evidence, "read", source.rows, fates[table])
            tables.append(found)
        elif table in refusals:
            refusal = refusals[table]
            missing = refusal.rule == "file_missing"
            state: Literal["missing", "unreadable"] = "missing" if missing else "unreadable"
            tables.append(ReadTable(table, name, shown(refusal.file), "", state, None))
    return tuple(tables), tuple(wording.level_name("table", name) for name in BY_NAME if name in absent)


def understood(source: SourceRecord, wording: Wording) -> str:
    """How a table was understood, in words: format, encoding, delimiter, dates, decimals.

    Examples
    --------
    >>> from hamm_eval.casefile.source_records import SourceRecord
    >>> from hamm_eval.report.wording import Wording
    >>> found = {"agreed_on": "dd.mm.yyyy"}
    >>> record = SourceRecord("goals", "ziele.csv", "CSV", "cp1252", ";", 9, "", found)
    >>> understood(record, Wording("en"))
    'CSV, Windows-1252, semicolon, dd.mm.yyyy'
    """
    parts = [source.format, _ENCODINGS.get(source.encoding, source.encoding)]
    if source.delimiter:
        known = _DELIMITERS.get(source.delimiter)
        parts.append(wording.text(f"check.delimiter.{known}") if known else source.delimiter)
    notations = sorted({one for found in source.notations.values() for one in _parts(found)})
    dates = [one for one in notations if one not in _DECIMALS]
    if wording.language == "de":
        dates = [one.translate(str.maketrans("dy", "TJ")).upper() for one in dates]
    signs = [wording.text(f"check.decimal.{_DECIMALS[one]}") for one in notations if one in _DECIMALS]
    return ", ".join(filter(None, [*parts, *dates, *signs]))


def _parts(found: str) -> list[str]:
    """The notations of one column: a workbook may hold both text and days."""
    return [found] if found in _DECIMALS else found.split(", ")


def fate_names(usable: bool, wording: Wording) -> tuple[str, ...]:
    """Headings of `ReadTable.fates`."""
    if usable:
        return tuple(wording.level("intake", fate) for fate in USABLE)
    own = {"refused": wording.text("check.fate_refused"), "used": wording.text("check.fate_sound")}
    return tuple(own.get(fate) or wording.level("intake", fate) for fate in REFUSED)


def _fates(checked: CheckedExport) -> dict[str, tuple[int, ...]]:
    """Where the rows of each table went; of a usable one, earlier versions of corrected records apart."""
    if checked.case_file is None:
        return {one.table: tuple(getattr(one, fate) for fate in REFUSED) for one in checked.fates}
    frame = checked.case_file.reconciliation.set_index("table")
    return {str(name): tuple(int(n) for n in row) for name, row in frame[list(USABLE)].iterrows()}
