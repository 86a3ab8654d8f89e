"""Defects of a whole file: most keep intake from its rows, so that each takes a table for itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hamm_eval.synthetic.dirty.city import City, Mark
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter
from hamm_eval.synthetic.dirty.sheet import Line, Sheet

# No other table's references are lost with these; they are the ones that may become unreadable.
SPARE = (
    "households",
    "eligibility",
    "needs",
    "measure_funding",
    "ratings",
    "language_tests",
    "transitions",
    "departures",
    "volunteer_support",
)
# So many files are damaged at most: what is planted into rows needs tables too.
MOST_DAMAGED = 7
Damage = Callable[[Sheet, np.random.Generator], Mark]
_FEWEST_ROWS = 4


def file(
    damage: Damage, fits: Callable[[Sheet], bool] = lambda sheet: True, *, together: str = ""
) -> Planter:
    """Plants into a spare table's file and takes it; those of one group go `together` into one file."""

    def plant(city: City, rng: np.random.Generator) -> Mark | None:
        """Damage one file."""
        spare = [city.sheets[name] for name in SPARE]
        chosen = [sheet for sheet in spare if together and together in sheet.dialects]
        sound = [s for s in spare if s.readable and len(s.lines) >= _FEWEST_ROWS and fits(s)]
        if not chosen and (not sound or city.damaged >= MOST_DAMAGED):
            return None
        city.damaged += not chosen
        sheet = chosen[0] if chosen else sound[rng.integers(len(sound))]
        sheet.readable = False
        sheet.dialects.add(together)
        return damage(sheet, rng)

    return plant


def _umlaut_lines(sheet: Sheet) -> list[int]:
    """Lines in which a cell has a letter beyond ASCII."""
    return [i for i, line in enumerate(sheet.lines) if not "".join(line.cells).isascii()]


def _has_umlauts(sheet: Sheet) -> bool:
    """Whether some rows have letters beyond ASCII, and one before them too: in the header or a row."""
    return len(_umlaut_lines(sheet)) >= 2


def _mojibake(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """One cell's umlauts decoded wrongly before the file was saved."""
    lines = _umlaut_lines(sheet)
    line = sheet.lines[lines[rng.integers(len(lines))]]
    at = next(i for i, cell in enumerate(line.cells) if not cell.isascii())
    line.cells[at] = line.cells[at].encode().decode("cp1252")
    sheet.layout.encoding = "utf-8"
    return Mark(sheet, line, sheet.table.columns[at].german)


def _mixed(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The later part of the file in another encoding: two exports in one."""
    lines = _umlaut_lines(sheet)
    first = lines[rng.integers(1, len(lines))]
    for line in sheet.lines[first:]:
        line.encoding = "utf-8"
    return Mark(sheet, sheet.lines[first])


def some_line(sheet: Sheet, rng: np.random.Generator) -> Line:
    """A line that is not the last, for one defect only."""
    sound = [line for line in sheet.lines[:-1] if not line.taken]
    line = sound[rng.integers(len(sound))]
    line.taken = True
    return line


def _byte(byte: bytes) -> Damage:
    """A byte that stands for no letter."""

    def damage(sheet: Sheet, rng: np.random.Generator) -> Mark:
        """Put it behind a row's id."""
        line = some_line(sheet, rng)
        line.rewrite = lambda text: text.replace(b";", byte + b";", 1)
        return Mark(sheet, line)

    return damage


def _quote(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A quotation mark that nothing closes."""
    line = some_line(sheet, rng)
    line.rewrite = lambda text: b'"' + text
    return Mark(sheet, line)


def _ambiguous_delimiter(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A header whose first two columns are parted by a comma."""
    sheet.header.rewrite = lambda text: b",".join(text.split(b";", 1))
    return Mark(sheet, sheet.header)


def _empty(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """Nothing in the file."""
    sheet.lines.clear()
    sheet.whole = lambda content: {sheet.name: b""}
    return Mark(sheet)


def _header_only(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A header and no row."""
    sheet.lines.clear()
    return Mark(sheet, sheet.header)


def _no_header(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The header is gone: the first record stands in its place."""
    sheet.heads = sheet.lines.pop(0).cells
    return Mark(sheet, sheet.header)


def _header_runs_on(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The line end behind the header is gone."""
    first = sheet.lines.pop(0).cells
    sheet.heads = [*sheet.heads[:-1], sheet.heads[-1] + first[0], *first[1:]]
    return Mark(sheet, sheet.header)


def _html(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A web page's table, renamed."""

    def as_page(content: bytes) -> dict[str, bytes]:
        """The rows as a table of HTML."""
        rows = content.decode("cp1252").split("\r\n")[:-1]
        cells = (f"<tr><td>{row.replace(';', '</td><td>')}</td></tr>" for row in rows)
        return {sheet.name: "\r\n".join(["<table>", *cells, "</table>", ""]).encode("cp1252")}

    sheet.whole = as_page
    return Mark(sheet)


def _absent(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The file is not there."""
    sheet.lines.clear()
    sheet.whole = lambda content: {}
    return Mark(sheet)


def _renamed(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The file has the day of the export in its name."""
    name = f"{sheet.table.german}_2018-12-31.csv"
    sheet.whole = lambda content: {name: content}
    return Mark(sheet, name=name)


def _twice(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The table in two files, under its two names."""
    sheet.whole = lambda content: {sheet.name: content, f"{sheet.table.name}.csv": content}
    return Mark(sheet)


def _opendocument(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The table saved in a format that nobody reads."""
    name = f"{sheet.table.german}.ods"
    sheet.whole = lambda content: {name: content}
    return Mark(sheet, name=name)


def _one_line(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The line ends are gone, and the export was appended to itself until it was long."""
    sheet.whole = lambda content: {sheet.name: content.replace(b"\r\n", b" ") * (2 + 120_000 // len(content))}
    return Mark(sheet, sheet.header)


def _workbook(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The file has a workbook's name, and holds CSV."""
    name = f"{sheet.table.german}.xlsx"
    sheet.whole = lambda content: {name: content}
    return Mark(sheet, name=name)


def _footer(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A remark below the last row."""
    line = Line([f"{len(sheet.lines)} Datensätze"])
    sheet.lines.append(line)
    return Mark(sheet, line)


def _truncated(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The last line breaks off."""
    line = sheet.lines[-1]
    width = len(line.cells)
    kept = int(rng.integers(1, width))
    line.rewrite = lambda text: b";".join(text.split(b";")[:kept])
    sheet.layout.cut_off = True
    return Mark(sheet, line)


def _short_row(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A row that has lost a delimiter."""
    line = some_line(sheet, rng)
    line.rewrite = lambda text: text.replace(b";", b"", 1)
    return Mark(sheet, line)


def _long_row(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A row with a delimiter within a text."""
    line = some_line(sheet, rng)
    line.rewrite = lambda text: text[:3] + b";" + text[3:]
    return Mark(sheet, line)


def _added(head: str, text: str, *, first: bool = False) -> Damage:
    """A column that must not be delivered, or that has no name."""

    def damage(sheet: Sheet, rng: np.random.Generator) -> Mark:
        """Add it."""
        sheet.add_column(head, [text] * len(sheet.lines), first=first)
        return Mark(sheet, sheet.header, head or None)

    return damage


def _double_column(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A column twice."""
    at = 2 * int(rng.integers((len(sheet.table.columns) + 1) // 2))
    sheet.add_column(sheet.heads[at], [line.cells[at] for line in sheet.lines])
    return Mark(sheet, sheet.header, sheet.heads[at])


def _missing_column(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A column is not there."""
    at = 1 + 2 * int(rng.integers(len(sheet.table.columns) // 2))
    order = sheet.layout.order or list(range(len(sheet.heads)))
    sheet.layout.order = [i for i in order if i != at]
    return Mark(sheet, sheet.header, sheet.heads[at])


def _ambiguous_numbers(city: City, rng: np.random.Generator) -> Mark | None:
    """All costs with three digits behind a point, or none: thousands or decimals?"""
    sheet = city.sheets["measures"]
    at = sheet.at("cost_per_participant")
    if city.damaged >= MOST_DAMAGED or not any(len(line.cells[at]) > 6 for line in sheet.lines):
        return None
    city.damaged += 1
    for line in sheet.lines:
        city.take(sheet, line)
        euros = line.cells[at].partition(",")[0]
        line.cells[at] = f"{euros[:-3]}.{euros[-3:]}" if len(euros) > 3 else euros
    first = next(line for line in sheet.lines if "." in line.cells[at])
    return Mark(sheet, first, sheet.german("cost_per_participant"), partners=tuple(sheet.lines))


def _kind(
    name: str,
    case: int | None,
    rule: str,
    meaning: str,
    plant: Planter,
    expected: Expected = Expected.REFUSED,
) -> DefectKind:
    """A defect of a file: once."""
    return DefectKind(name, Family.FILES, case, rule, expected, meaning, plant, times=1)


N = Expected.NOTICED
# In this order they take their turn; the seed says where it begins (planting.py).
KINDS = (
    _kind("mojibake", 4, "mojibake", "umlauts decoded wrongly: Ã¼", file(_mojibake, _has_umlauts)),
    _kind("encoding_mixed", 5, "encoding_mixed", "half Windows-1252, half UTF-8", file(_mixed, _has_umlauts)),
    _kind("byte_undefined", 5, "encoding_unknown", "a byte of no letter", file(_byte(b"\x81"))),
    _kind("nul_byte", 10, "control_character", "a NUL byte", file(_byte(b"\x00"))),
    _kind("quote_open", 9, "quote_unbalanced", "a quotation mark never closed", file(_quote)),
    _kind(
        "delimiter_ambiguous", 6, "delimiter_ambiguous", "commas and semicolons", file(_ambiguous_delimiter)
    ),
    _kind("file_empty", 7, "file_empty", "an empty file", file(_empty)),
    _kind("header_only", 7, "header_only", "a header and no row", file(_header_only)),
    _kind("header_missing", 13, "header_missing", "no header", file(_no_header)),
    _kind("header_runs_on", 13, "header_runs_on", "no line end behind the header", file(_header_runs_on)),
    _kind("html_renamed", 20, "file_type", "HTML, renamed to .csv", file(_html)),
    _kind("file_absent", None, "table_absent", "a table that is not there", file(_absent), N),
    _kind(
        "column_double", 14, "column_duplicate", "a column twice", file(_double_column, together="columns")
    ),
    _kind(
        "column_missing",
        16,
        "column_missing",
        "a column is not there",
        file(_missing_column, together="columns"),
    ),
    _kind(
        "column_name",
        17,
        "column_identifying",
        "a column of names",
        file(_added("Nachname", "entfernt"), together="columns"),
    ),
    _kind(
        "column_health",
        17,
        "column_identifying",
        "a column of diagnoses",
        file(_added("Diagnose", "ja"), together="columns"),
    ),
    _kind(
        "column_free_text",
        17,
        "column_free_text",
        "a column of remarks",
        file(_added("Bemerkung", "siehe Akte"), together="columns"),
    ),
    _kind(
        "column_unnamed",
        None,
        "column_unnamed",
        "a column without a name",
        file(_added("", "1", first=True), together="columns"),
    ),
    _kind("file_renamed", None, "file_unknown", "a table under another name", file(_renamed), N),
    _kind("file_twice", None, "file_ambiguous", "a table in two files", file(_twice)),
    _kind("file_as_ods", 20, "file_format", "a table as OpenDocument", file(_opendocument)),
    _kind("line_ends_gone", None, "line_too_long", "a file in one line", file(_one_line)),
    _kind("file_as_workbook", 20, "file_type", "CSV, renamed to .xlsx", file(_workbook)),
    _kind("row_truncated", 8, "row_truncated", "the last line breaks off", file(_truncated, together="rows")),
    _kind("row_short", 11, "row_short", "a row with too few fields", file(_short_row, together="rows")),
    _kind("row_long", 11, "row_long", "a row with too many fields", file(_long_row, together="rows")),
    _kind("footer", 18, "row_short", "a remark below the last row", file(_footer)),
    _kind("numbers_ambiguous", 21, "number_ambiguous", "1.234 in every row", _ambiguous_numbers),
)
