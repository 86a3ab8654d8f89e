"""What a sheet's XML says and its values do not: formulas without a result, error values, merged cells.

The library that reads workbooks gives an empty cell for the first two; both would be missing values.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class SheetScan:
    """Cells by (row, column), counted from 0, and merged ranges by first and last cell."""

    uncached: tuple[tuple[int, int], ...]
    errors: tuple[tuple[int, int], ...]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def cell_name(row: int, column: int) -> str:
    """A cell as a spreadsheet calls it.

    Examples
    --------
    >>> cell_name(4, 1), cell_name(0, 27)
    ('B5', 'AB1')
    """
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def scan_sheet(archive: zipfile.ZipFile, name: str) -> SheetScan:
    """Look through the XML of one sheet.

    Raises
    ------
    KeyError, zipfile.BadZipFile, xml.etree.ElementTree.ParseError
        The workbook is damaged.
    """
    uncached, errors, merged = [], [], []
    row = column = -1
    with archive.open(_part_of(archive, name)) as part:
        for event, element in ElementTree.iterparse(part, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                if tag == "row":
                    row, column = int(element.get("r", row + 2)) - 1, -1
                elif tag == "c":
                    place = _place(element.get("r", ""))
                    row, column = place if place else (row, column + 1)
                continue
            if tag == "c":
                children = {child.tag.rpartition("}")[2]: child for child in element}
                kind = element.get("t")
                if kind == "e":
                    errors.append((row, column))
                elif "f" in children and kind != "str" and not _text(children.get("v")):
                    uncached.append((row, column))
            elif tag == "mergeCell":
                first, _, last = element.get("ref", "").partition(":")
                ends = _place(first), _place(last or first)
                if ends[0] and ends[1]:
                    merged.append((ends[0], ends[1]))
            if tag in ("row", "mergeCell"):
                element.clear()
    return SheetScan(tuple(uncached), tuple(errors), tuple(merged))


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """The part of the archive that holds a sheet."""
    relations = ElementTree.parse(archive.open(_RELATIONS)).iter()
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in _sheets(archive):
        if sheet.get("name") == name:
            identifier = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
            target = targets[identifier]
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    raise KeyError("sheet")


def _sheets(archive: zipfile.ZipFile) -> Iterator[ElementTree.Element]:
    """The sheets that the workbook lists."""
    for element in ElementTree.parse(archive.open(_WORKBOOK)).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            yield element


def _place(reference: str) -> tuple[int, int] | None:
    """Row and column of a reference such as B5."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _text(element: ElementTree.Element | None) -> str:
    """An element's text."""
    return "" if element is None else element.text or ""
