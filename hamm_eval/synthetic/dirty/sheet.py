"""One file of the city while defects are planted into it: cells, and how they are written down."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hamm_eval.casefile.schema import Column, Table

CLEAN = "cp1252"
BOMS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE}
_ENCODERS = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}


@dataclass(slots=True, eq=False)
class Line:
    """One line below the header; without cells it is blank. `rewrite` damages its bytes, line end aside."""

    cells: list[str]
    taken: bool = False
    encoding: str | None = None
    rewrite: Callable[[bytes], bytes] | None = None


@dataclass(slots=True)
class Layout:
    """How a file is written; the defaults are the city's own dialect."""

    encoding: str = CLEAN
    delimiter: str = ";"
    line_end: str = "\r\n"
    titles: tuple[str, ...] = ()
    trailing: bool = False
    quoted: bool = False
    order: list[int] | None = None
    cut_off: bool = False


@dataclass(slots=True, eq=False)
class Sheet:
    """A table's file.

    Parameters
    ----------
    table : Table
    heads : list of str
        Headers as they will be written; more than the table's columns where some were added.
    lines : list of Line
    name : str
        Of the file.
    readable : bool
        False once a defect keeps intake from the rows.
    dialects : set of str
        What has been changed about how the file is written.
    whole : callable, optional
        Last change, from the bytes of the file to those of all files in its place.
    """

    table: Table
    heads: list[str]
    lines: list[Line]
    name: str
    layout: Layout = field(default_factory=Layout)
    header: Line = field(default_factory=lambda: Line([]))
    readable: bool = True
    dialects: set[str] = field(default_factory=set)
    whole: Callable[[bytes], dict[str, bytes]] | None = None

    @classmethod
    def read(cls, table: Table, content: bytes) -> Sheet:
        """A clean file as `export.write_tables` wrote it."""
        head, *rows = content.decode(CLEAN).removesuffix("\r\n").split("\r\n")
        return cls(table, head.split(";"), [Line(row.split(";")) for row in rows], f"{table.german}.csv")

    def at(self, name: str) -> int:
        """Position of one of our columns."""
        return self.table.names.index(name)

    def german(self, name: str) -> str:
        """A column's German header, as declared."""
        return self.table.column(name).german

    def text(self, line: Line, name: str) -> str:
        """One cell."""
        return line.cells[self.at(name)]

    def key(self, line: Line) -> str:
        """The id of a line's fact."""
        return line.cells[0]

    def columns(self) -> Iterator[Column]:
        """The declared columns."""
        return iter(self.table.columns)

    def add_column(self, head: str, texts: list[str], *, first: bool = False) -> None:
        """One more column in every line, as the last or as the first one written."""
        self.heads.append(head)
        for line, text in zip(self.lines, texts, strict=True):
            line.cells.append(text)
        new, order = len(self.heads) - 1, self.layout.order or list(range(len(self.heads) - 1))
        if first or self.layout.order:
            self.layout.order = [new, *order] if first else [*order, new]

    def render(self) -> tuple[dict[str, bytes], dict[Line, int]]:
        """The files in its place, and the physical line of each line."""
        layout = self.layout
        encoder = _ENCODERS.get(layout.encoding, layout.encoding)
        written = [title.encode(encoder) for title in layout.titles]
        number = len(written) + 1
        numbers = {}
        self.header.cells = self.heads
        for line in (self.header, *self.lines):
            text = self._row(line.cells)
            coded = text.encode(line.encoding or encoder)
            written.append(line.rewrite(coded) if line.rewrite else coded)
            numbers[line] = number
            number += 1 + text.count("\n")
        end = layout.line_end.encode(encoder)
        content = BOMS.get(layout.encoding, b"") + end.join(written) + (b"" if layout.cut_off else end)
        return (self.whole(content) if self.whole else {self.name: content}), numbers

    def _row(self, cells: list[str]) -> str:
        """One row as text."""
        mark = self.layout.delimiter
        order = self.layout.order
        ordered = [cells[i] for i in order if i < len(cells)] if order and cells else cells
        if not ordered:
            return ""
        special = (mark, '"', "\n")
        quoted = [
            '"' + cell.replace('"', '""') + '"'
            if self.layout.quoted or any(sign in cell for sign in special)
            else cell
            for cell in ordered
        ]
        return mark.join(quoted) + (mark if self.layout.trailing else "")
