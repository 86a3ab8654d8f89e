"""XLSX workbooks: an allow-list of parts and of elements. Values that are seen, and nothing besides."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from hamm_eval.release.files.words import PATH, FileReading, small_count_fault, small_counts
from hamm_eval.release.policy import Policy

MOST_BYTES = 50_000_000
"""A workbook that unpacks to more is not looked through."""

_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGED = "The workbook is damaged."
_SHEET = re.compile(r"xl/worksheets/sheet[0-9]+\.xml")
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app)\.xml|xl/(workbook|styles|sharedStrings)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet[0-9]+\.xml|xl/worksheets/_rels/sheet[0-9]+\.xml\.rels"
    r"|xl/theme/theme[0-9]+\.xml|xl/metadata\.xml"
)
# What else office programs put into a workbook, by the words that a message may carry.
_KINDS = (
    ("macros", re.compile(r"vba|macro|activeX|ctrlProps|customUI", re.IGNORECASE)),
    ("embedded objects", re.compile(r"embeddings|oleObject", re.IGNORECASE)),
    ("links to other files", re.compile(r"externalLink|connections|queryTable", re.IGNORECASE)),
    ("comments", re.compile(r"comment|person|vmlDrawing", re.IGNORECASE)),
    ("pictures or charts", re.compile(r"drawing|media|chart", re.IGNORECASE)),
    ("pivot tables, which hold all rows behind them", re.compile(r"pivot|slicer", re.IGNORECASE)),
    ("custom properties", re.compile(r"custom", re.IGNORECASE)),
)
_SHEET_ELEMENTS = frozenset({
    "worksheet", "sheetPr", "tabColor", "outlinePr", "pageSetUpPr", "dimension", "sheetViews", "sheetView",
    "pane", "selection", "sheetFormatPr", "cols", "col", "sheetData", "row", "c", "v", "is", "t", "r", "rPr",
    "b", "i", "u", "sz", "color", "rFont", "family", "charset", "scheme", "vertAlign", "mergeCells",
    "mergeCell", "printOptions", "pageMargins", "pageSetup", "ignoredErrors", "ignoredError", "autoFilter",
    "sheetCalcPr", "phoneticPr",
})  # fmt: skip
_TOLD = {
    "f": "formulas, which hold more than is seen",
    "dataValidations": "lists of allowed entries, which nobody sees",
    "conditionalFormatting": "conditions, which nobody sees",
    "hyperlinks": "links",
    "legacyDrawing": "comments",
    "drawing": "pictures or charts",
    "oleObjects": "embedded objects",
    "controls": "embedded objects",
    "headerFooter": "headers or footers, which the screen does not show",
    "tableParts": "tables with names of their own",
    "protectedRanges": "protected ranges",
    "scenarios": "scenarios, which nobody sees",
}
_PEOPLE = frozenset({
    "creator", "lastModifiedBy", "title", "subject", "description", "keywords", "category", "contentStatus",
    "identifier", "Company", "Manager", "HyperlinkBase", "Template",
})  # fmt: skip
_TEXTS = frozenset({"s", "inlineStr", "str", "b", "e", "d"})


@dataclass(slots=True)
class XlsxReading(FileReading):
    """One reading of a workbook; its texts are those of elements and attributes.

    Attributes
    ----------
    numbers : list of float
        Numbers in cells.
    """

    numbers: list[float] = field(default_factory=list)


def read_xlsx(content: bytes, policy: Policy) -> XlsxReading:
    """A workbook, read.

    Parameters
    ----------
    content : bytes
    policy : Policy
        Says which counts are too small to be shown.

    Examples
    --------
    >>> read_xlsx(b"no workbook", Policy.strict()).faults
    {'The workbook is damaged.'}
    """
    found = XlsxReading()
    parts = _unpacked(content, found)
    strings: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        strings = ["".join(_own_text(one)) for one in parts["xl/sharedStrings.xml"]]
    used: set[int] = set()
    for name, root in sorted(parts.items()):
        for element in root.iter():
            found.texts += [*element.attrib.values(), *(t for t in (element.text, element.tail) if t)]
        if name.endswith(".rels"):
            _links(root, found)
        elif name == "xl/workbook.xml":
            _workbook(root, found)
        elif name.startswith("docProps/"):
            _properties(root, found)
        elif name == "xl/styles.xml":
            _styles(root, found)
        elif _SHEET.fullmatch(name):
            used |= _sheet(root, strings, found)
    found.texts += found.cells  # letters of several formats stand in several elements
    if strings and used != set(range(len(strings))):
        found.faults.add("It holds texts that stand in no cell.")
    found.judge_paths()
    if small := small_counts(found.numbers, policy):
        found.faults.add(small_count_fault(small, policy))
    return found


def _unpacked(content: bytes, found: XlsxReading) -> dict[str, ElementTree.Element]:
    """The parts of the workbook that are looked through; the others are faults."""
    if content.startswith(_ENCRYPTED):
        found.faults.add("The workbook is encrypted, or of an old kind: it cannot be looked through.")
        return {}
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        packed = sum(len(e.orig_filename.encode()) + e.compress_size for e in entries)
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            found.faults.add("The workbook is too large to be looked through.")
            return {}
        if any(entry.flag_bits & 0x1 for entry in entries):
            found.faults.add("The workbook is encrypted, or of an old kind: it cannot be looked through.")
            return {}
        raw = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, RuntimeError, EOFError):
        found.faults.add(_DAMAGED)
        return {}
    named = Counter(entry.filename for entry in entries)
    if max(named.values(), default=0) > 1 or _hides_bytes(content, archive, entries, packed):
        found.faults.add("Something is hidden between the parts of the workbook.")
    if "xl/workbook.xml" not in raw:
        found.faults.add(_DAMAGED)
    parts = {}
    for name, part in raw.items():
        if not _PARTS.fullmatch(name):
            kind = next(
                (kind for kind, pattern in _KINDS if pattern.search(name)), "parts of an unknown kind"
            )
            found.faults.add(f"It holds {kind}.")
        elif (root := _parsed(part, found)) is not None:
            parts[name] = root
    return parts


def _hides_bytes(
    content: bytes, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], packed: int
) -> bool:
    """Whether the archive holds more than its entries: comments, extra fields, bytes that belong to none."""
    # Beside names and contents: 30 bytes before each entry, 46 and the name again in the directory, 22 at the
    # end, and up to 16 behind an entry whose size was not known beforehand.
    names = sum(len(entry.orig_filename.encode()) for entry in entries)
    least = packed + names + 76 * len(entries) + 22
    more = sum(16 for entry in entries if entry.flag_bits & 0x8)
    extra = any(entry.comment or entry.extra for entry in entries)
    return bool(archive.comment) or extra or not least <= len(content) <= least + more


def _parsed(part: bytes, found: XlsxReading) -> ElementTree.Element | None:
    """A part's XML: no declaration that could hold or load anything, no comment."""
    try:
        text = part.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.faults.add(_DAMAGED)
        return None
    body = re.sub(r"^\s*<\?xml [^?>]*\?>", "", text)
    if "<!" in body or "<?" in body:
        found.faults.add("There is a comment or a declaration in its XML, which nobody sees.")
        return None
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        found.faults.add(_DAMAGED)
        return None


def _links(root: ElementTree.Element, found: XlsxReading) -> None:
    """Parts are bound to each other, never to what lies outside."""
    if any(link.get("TargetMode", "").casefold() == "external" for link in root):
        found.faults.add("It holds links to other files.")


def _workbook(root: ElementTree.Element, found: XlsxReading) -> None:
    """Sheets are seen; there are no names for ranges, and no path of the file."""
    for element in root.iter():
        tag = _tag(element)
        if tag == "sheet":
            found.cells.append(element.get("name", ""))
            if element.get("state", "visible") != "visible":
                found.faults.add("A sheet is hidden.")
        elif tag == "definedName" and not element.get("name", "").startswith("_xlnm.Print_"):
            found.faults.add("It holds names of ranges, which nobody sees.")
        elif tag == "absPath":
            found.faults.add(PATH)
        elif tag == "externalReference":
            found.faults.add("It holds links to other files.")


def _properties(root: ElementTree.Element, found: XlsxReading) -> None:
    """Properties name no people and say nothing in words; days and programs stay."""
    if any(_tag(element) in _PEOPLE and (element.text or "").strip() for element in root.iter()):
        found.faults.add("Its properties name an author, a title, a company or the like.")


def _styles(root: ElementTree.Element, found: XlsxReading) -> None:
    """A number format shows a number as the number that it is."""
    for element in root.iter():
        code = element.get("formatCode", "")
        if _tag(element) == "numFmt" and (not code.strip("; ") or '"' in code):
            found.faults.add("A number format hides numbers or shows other words instead.")


def _sheet(root: ElementTree.Element, strings: list[str], found: XlsxReading) -> set[int]:
    """Cells as they are read; which of the shared texts they hold."""
    used: set[int] = set()
    for element in root.iter():
        tag = _tag(element)
        if tag not in _SHEET_ELEMENTS:
            found.faults.add(f"A sheet holds {_TOLD.get(tag, 'elements of an unknown kind')}.")
        size = element.get("width" if tag == "col" else "ht", "")
        if tag in ("col", "row") and (_true(element.get("hidden")) or _number(size) == 0):
            found.faults.add("A row or a column is hidden.")
        if tag == "sheetFormatPr" and _true(element.get("zeroHeight")):
            found.faults.add("A row or a column is hidden.")
        if tag == "c":
            used |= _cell(element, strings, found)
    return used


def _cell(element: ElementTree.Element, strings: list[str], found: XlsxReading) -> set[int]:
    """One cell's text or number."""
    kind = element.get("t", "n")
    value = next((child.text or "" for child in element if _tag(child) == "v"), "")
    used: set[int] = set()
    if kind == "s":
        if not (value.isdecimal() and int(value) < len(strings)):
            found.faults.add(_DAMAGED)
            return used
        used, value = {int(value)}, strings[int(value)]
    elif kind == "inlineStr":
        value = "".join(_own_text(element))
    # A number written as text is read as a number all the same; a truth is none.
    number = None if kind == "b" else _number(value)
    if number is not None:
        found.numbers.append(number)
    elif value and kind not in _TEXTS:
        found.faults.add(_DAMAGED)
    if kind in _TEXTS:
        found.cells.append(value)
    return used


def _own_text(element: ElementTree.Element) -> Iterator[str]:
    """The text of a string and its runs."""
    return (part.text or "" for part in element.iter() if _tag(part) == "t")


def _tag(element: ElementTree.Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _true(value: str | None) -> bool:
    """Whether an attribute says yes."""
    return value in ("1", "true", "on")


def _number(text: str) -> float | None:
    """A number; None where the text is none."""
    try:
        number = float(text)
        return number if number - number == 0 else None
    except ValueError:
        return None
