"""Ways to break a sound export: one cell, one line, one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exports import path_of, sound, table_text

TOKEN = "Qzxv"
Edit = Callable[[Path], None]


def cell(table: str, row: int, column: str, text: str) -> Edit:
    """One cell changed; row 0 is line 2 of the file."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        rows[row][column] = text
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


def utf8_cell(table: str, row: int, column: str, text: str) -> Edit:
    """One cell changed to what Windows-1252 cannot write."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        rows[row][column] = text
        path_of(folder, table).write_text(table_text(table, rows), encoding="utf-8", newline="")

    return edit


def column_of(table: str, column: str, texts: list[str]) -> Edit:
    """The first cells of a column changed."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        for row, text in zip(rows, texts, strict=False):
            row[column] = text
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


def content(table: str, change: Callable[[bytes], bytes]) -> Edit:
    """The bytes of a file changed."""

    def edit(folder: Path) -> None:
        path = path_of(folder, table)
        path.write_bytes(change(path.read_bytes()))

    return edit


def replaced(table: str, old: str, new: str) -> Edit:
    """Text of a file changed, once."""

    def change(data: bytes) -> bytes:
        assert old.encode("cp1252") in data
        return data.replace(old.encode("cp1252"), new.encode("cp1252"), 1)

    return content(table, change)


def in_line(table: str, line: int, change: Callable[[bytes], bytes]) -> Edit:
    """One physical line changed."""

    def apply(data: bytes) -> bytes:
        lines = data.split(b"\r\n")
        lines[line - 1] = change(lines[line - 1])
        return b"\r\n".join(lines)

    return content(table, apply)


def added(table: str, row: dict[str, str], at: int = 0) -> Edit:
    """One more row: a copy of row `at` with changes."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        rows.append(rows[at] | row)
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


def extra(table: str, header: str) -> Edit:
    """A column nobody declared, a token in every row."""

    def edit(folder: Path) -> None:
        rows = [row | {header: TOKEN} for row in sound()[table]]
        text = table_text(table, rows, further=(header,))
        path_of(folder, table).write_bytes(text.encode("cp1252"))

    return edit


def both(*edits: Edit) -> Edit:
    """Several edits of different files."""

    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


def mojibake(data: bytes) -> bytes:
    return data.decode("cp1252").encode("utf-8").decode("cp1252").encode("utf-8")
