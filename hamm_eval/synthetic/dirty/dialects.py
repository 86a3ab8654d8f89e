"""Other ways to write the same file down, which a careful intake accepts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np

from hamm_eval.synthetic.dirty.city import SMALL, City, Mark
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter
from hamm_eval.synthetic.dirty.sheet import CLEAN, Line, Sheet

Write = Callable[[Sheet, np.random.Generator], Mark]


def _dialect(concern: str, write: Write, fits: Callable[[Sheet], bool] = lambda sheet: True) -> Planter:
    """Plants into a readable file in which nothing of the same concern is planted yet."""

    def plant(city: City, rng: np.random.Generator) -> Mark | None:
        """Change how one file is written."""
        names = [
            name
            for name, sheet in city.sheets.items()
            if sheet.readable
            and name not in SMALL
            and len(sheet.lines) > 1
            and concern not in sheet.dialects
            and fits(sheet)
        ]
        if not names:
            return None
        sheet = city.sheets[names[rng.integers(len(names))]]
        sheet.dialects.add(concern)
        return write(sheet, rng)

    return plant


def _encoding(name: str) -> Planter:
    """Another encoding."""

    def write(sheet: Sheet, rng: np.random.Generator) -> Mark:
        """Set it."""
        sheet.layout.encoding = name
        return Mark(sheet)

    return _dialect("encoding", write, lambda sheet: sheet.layout.encoding == CLEAN)


def _delimiter(mark: str) -> Planter:
    """Another delimiter."""

    def write(sheet: Sheet, rng: np.random.Generator) -> Mark:
        """Set it."""
        sheet.layout.delimiter = mark
        return Mark(sheet)

    return _dialect("delimiter", write)


def _line_feeds(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """Line feeds alone."""
    sheet.layout.line_end = "\n"
    return Mark(sheet)


def _trailing(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A delimiter behind every row."""
    sheet.layout.trailing = True
    return Mark(sheet)


def _quoted(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """Every cell in quotation marks."""
    sheet.layout.quoted = True
    return Mark(sheet)


def _titles(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """Title rows before the header."""
    sheet.layout.titles = ("Auswertung Integrationsmanagement", "Stand: 31.12.2018", "")[: rng.integers(1, 4)]
    return Mark(sheet)


def _reordered(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """Columns in another order."""
    while (order := rng.permutation(len(sheet.heads)).tolist()) == sorted(order):
        pass
    sheet.layout.order = order
    return Mark(sheet)


def _blank_lines(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A line that holds nothing."""
    line = Line([], taken=True)
    sheet.lines.insert(int(rng.integers(1, len(sheet.lines))), line)
    return Mark(sheet, line)


def _respell(sheet: Sheet, at: int, text: str) -> Mark:
    """A header written in another way."""
    german = sheet.table.columns[at].german
    sheet.heads[at] = text
    return Mark(sheet, sheet.header, german)


def _head_nbsp(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A header with a no-break space behind it, or in place of its blank."""
    at = int(rng.integers(len(sheet.table.columns)))
    head = sheet.heads[at]
    return _respell(sheet, at, head.replace(" ", "\u00a0") if " " in head else f"{head}\u00a0")


def _umlauts(sheet: Sheet) -> list[int]:
    """Columns whose header has an umlaut."""
    return [
        i for i, c in enumerate(sheet.table.columns) if unicodedata.normalize("NFD", c.german) != c.german
    ]


def _head_decomposed(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A header whose umlauts are letters with combining marks, as another system's file names have them."""
    at = _umlauts(sheet)[rng.integers(len(_umlauts(sheet)))]
    sheet.layout.encoding = "utf-8"
    sheet.dialects.add("encoding")
    return _respell(sheet, at, unicodedata.normalize("NFD", sheet.heads[at]))


def _head_case(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A header in capitals."""
    at = int(rng.integers(len(sheet.table.columns)))
    return _respell(sheet, at, sheet.heads[at].upper())


def _extra_column(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A column that nobody asked for."""
    head = ("Sachgebiet", "Mandant", "Quelle")[rng.integers(3)]
    sheet.add_column(head, ["50" if line.cells else "" for line in sheet.lines])
    return Mark(sheet, column=head)


def _line_break(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A text of two lines in a column nobody asked for: rows below it stand a line lower."""
    texts = ["50" if line.cells else "" for line in sheet.lines]
    texts[int(rng.integers(len(texts) // 2))] = 'Amt "50"\nZimmer 3'
    sheet.add_column("Quelle", texts)
    return Mark(sheet, column="Quelle")


def _separator_line(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """The line by which a spreadsheet is told the delimiter."""
    sheet.layout.titles = (f"sep={sheet.layout.delimiter}",)
    return Mark(sheet)


def _kind(
    name: str,
    case: int | None,
    rule: str | None,
    meaning: str,
    plant: Planter,
    expected: Expected = Expected.ACCEPTED,
) -> DefectKind:
    """A dialect: at most one file each."""
    return DefectKind(name, Family.DIALECTS, case, rule, expected, meaning, plant, times=1)


N = Expected.NOTICED
_HEAD = "header_normalised"
KINDS = (
    _kind(
        "head_decomposed",
        15,
        _HEAD,
        "umlauts of a header decomposed",
        _dialect("head", _head_decomposed, lambda s: bool(_umlauts(s)) and "encoding" not in s.dialects),
        N,
    ),
    _kind("head_nbsp", 15, _HEAD, "a no-break space in a header", _dialect("head", _head_nbsp), N),
    _kind("head_case", 15, None, "a header in capitals", _dialect("head", _head_case)),
    _kind("utf8", 1, None, "UTF-8 without BOM", _encoding("utf-8")),
    _kind("utf8_bom", 1, None, "UTF-8 with BOM", _encoding("utf-8-sig")),
    _kind("utf16", 2, None, "UTF-16 with BOM", _encoding("utf-16")),
    _kind("comma", 6, None, "commas in place of semicolons", _delimiter(",")),
    _kind("tab", 6, None, "tabs in place of semicolons", _delimiter("\t")),
    _kind("line_feeds", None, None, "line feeds alone", _dialect("line ends", _line_feeds)),
    _kind("trailing", 12, None, "a delimiter behind every row", _dialect("trailing", _trailing)),
    _kind("quoted", None, None, "every cell in quotation marks", _dialect("quoted", _quoted)),
    _kind("titles", 13, "title_rows", "title rows before the header", _dialect("titles", _titles), N),
    _kind("sep_line", 13, "title_rows", "sep=; before the header", _dialect("titles", _separator_line), N),
    _kind("reordered", None, None, "columns in another order", _dialect("order", _reordered)),
    _kind(
        "extra_column", 17, "column_extra", "a column nobody asked for", _dialect("extra", _extra_column), N
    ),
    _kind(
        "line_break",
        None,
        "column_extra",
        "a quoted line break in a column nobody asked for",
        _dialect("extra", _line_break),
        N,
    ),
    _kind("blank_line", None, None, "a blank line", _dialect("blank line", _blank_lines)),
)
