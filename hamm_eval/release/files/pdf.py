"""PDF documents: text that can be read and searched, rules of tables, plain pixels, and nothing besides."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hamm_eval.release.files.words import FileReading, small_count_fault, small_counts
from hamm_eval.release.policy import Policy

_DAMAGED = "The document is damaged."
_HIDDEN = "It holds objects that no page shows."
_DAYS = frozenset({"/CreationDate", "/ModDate"})
# Words of programs that write documents: any other could be somebody's name.
_PROGRAMS = frozenset({
    "acrobat", "adobe", "backend", "cairo", "chromium", "context", "distiller", "excel", "for", "ghostscript",
    "google", "headlesschrome", "https", "impress", "calc", "latex", "library", "libreoffice", "linux", "mac",
    "macos", "matplotlib", "microsoft", "mozilla", "net", "office", "openoffice", "org", "pdf", "pdftex",
    "powerpoint", "print", "pypdf", "python", "qpdf", "quartz", "reportlab", "skia", "tex", "weasyprint",
    "windows", "with", "word", "writer", "www", "xelatex", "xetex",
})  # fmt: skip
# What a document may do or hold besides pages, by the words that a message may carry.
_REFUSED = {
    "/JavaScript": "script",
    "/JS": "script",
    "/OpenAction": "actions",
    "/AA": "actions",
    "/A": "links or actions",
    "/EmbeddedFiles": "attachments",
    "/EF": "attachments",
    "/AF": "attachments",
    "/AcroForm": "a form",
    "/XFA": "a form",
    "/Annots": "comments or links",
    "/OCProperties": "layers that can be hidden",
    "/OC": "layers that can be hidden",
    "/Metadata": "metadata in XML",
    "/PieceInfo": "data of the program that made it",
    "/Collection": "attachments",
    "/Thumb": "previews of pages",
    "/StructTreeRoot": "descriptions that nobody sees",
    "/ActualText": "descriptions that nobody sees",
    "/Alt": "descriptions that nobody sees",
    "/Perms": "signatures",
}
_NO_TEXT_OBJECT = (
    "/JavaScript",
    "/Launch",
    "/URI",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
    "/Filespec",
)
_PLAIN_FILTERS = frozenset(
    {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"}
)
_NAMED_ENCODINGS = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding"})
# A number of its own after these is a page, a table, a quarter.
_COUNTED_ELSEWHERE = re.compile(
    r"(seite|page|tabelle|table|abbildung|figure|abschnitt|section|kapitel|chapter|von|of|[≤<>=±–-])\s*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,:/≤-])\d+(?![\w.,:/%-]|\s*%)")

_RULE = 2.0
"""Points: what is thinner is a rule of a table."""

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


def read_pdf(content: bytes, policy: Policy) -> FileReading:
    """A document, read.

    Parameters
    ----------
    content : bytes
    policy : Policy
        Says which counts are too small to be shown.

    Examples
    --------
    >>> read_pdf(b"no document", Policy.strict()).faults
    {'The document is damaged.'}
    """
    from pypdf import PdfReader

    found = FileReading()
    if not content.startswith(b"%PDF-"):
        found.faults.add(_DAMAGED)
        return found
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip() or content.count(b"%%EOF") > 1:
        found.faults.add("It holds an earlier version of itself, or something is appended to it.")
    try:
        reader = PdfReader(io.BytesIO(content), strict=True)
        if reader.is_encrypted:
            found.faults.add("The document is encrypted: it cannot be looked through.")
            return found
        _objects(reader, found)
        _properties(reader, found)
        for page in reader.pages:
            _page(page, reader, found, policy)
    except Exception:
        # Whatever a damaged or a forged document does to the reader: it is not looked through to its end.
        found.faults.add(_DAMAGED)
    found.judge_paths()
    return found


def _objects(reader: Any, found: FileReading) -> None:
    """Everything that the document holds: reached from its pages, of a kind that pages need."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, TextStringObject

    reached: set[int] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in reached:
                continue
            reached.add(item.idnum)
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            for key, value in item.items():
                if key in _REFUSED:
                    found.faults.add(f"It holds {_REFUSED[key]}.")
                if key in ("/S", "/Type") and str(value) in _NO_TEXT_OBJECT:
                    found.faults.add("It holds links or actions.")
                waiting.append(item.raw_get(key))
            if str(item.get("/Subtype")) == "/Image":
                _image(item, found)
        elif isinstance(item, ArrayObject):
            waiting += list(item)
        elif isinstance(item, TextStringObject):
            found.texts.append(str(item))
        elif isinstance(item, bytes):
            found.texts.append(item.decode("latin-1"))
    known = {number for numbers in reader.xref.values() for number in numbers} | set(reader.xref_objStm)
    # Streams that hold objects, and the table of all, are reached by no page.
    beside = {number for number, (stream, _) in reader.xref_objStm.items()}
    holders = {stream for stream, _ in reader.xref_objStm.values()}
    tables = {number for number in known - reached - beside - holders if _is_table(reader, number)}
    if known - reached - holders - tables - {0}:
        found.faults.add(_HIDDEN)


def _is_table(reader: Any, number: int) -> bool:
    """Whether an object is the table of all objects."""
    from pypdf.generic import IndirectObject

    item = IndirectObject(number, 0, reader).get_object()
    return item is None or str(getattr(item, "get", lambda _: "")("/Type")) == "/XRef"


def _image(item: Any, found: FileReading) -> None:
    """Pixels packed without a format of their own, which could hold a camera's or a program's data."""
    filters = item.get("/Filter", [])
    names = {str(name) for name in filters} if isinstance(filters, list) else {str(filters)}
    if not names <= _PLAIN_FILTERS:
        found.faults.add("An image is packed as a photograph, which holds more than its pixels.")
        return
    colours = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}.get(str(item.get("/ColorSpace")), 1)
    if isinstance(item.get("/ColorSpace"), list) and str(item["/ColorSpace"][0]) == "/ICCBased":
        colours = int(item["/ColorSpace"][1].get_object().get("/N", 3))
    bits = 1 if item.get("/ImageMask") else int(item.get("/BitsPerComponent", 8))
    wanted = int(item["/Height"]) * ((int(item["/Width"]) * colours * bits + 7) // 8)
    if len(item.get_data()) > wanted + 2:
        found.faults.add("An image holds more than its pixels.")


def _properties(reader: Any, found: FileReading) -> None:
    """Days and programs stay; an author, a title and the like name people or say something in words."""
    info = reader.trailer.get("/Info")
    properties = {} if info is None else info.get_object()
    for name, value in properties.items():
        words = set(re.findall(r"[^\W\d_]{3,}", str(value).casefold()))
        program = name in ("/Producer", "/Creator") and words <= _PROGRAMS
        if str(value).strip() and not (program or (name in _DAYS and len(words) == 0)):
            found.faults.add("Its properties name an author, a title, a subject or the like.")


def _page(page: Any, reader: Any, found: FileReading, policy: Policy) -> None:
    """What stands on a page."""
    from pypdf.generic import ContentStream

    fonts = _Fonts()
    contents = page.get_contents()
    if contents is not None:
        _drawn(contents, page.get("/Resources"), reader, found, fonts, ContentStream, depth=0)
    if fonts.unread:
        found.faults.add("Its text cannot be read by a program, and so not be searched.")
    text = page.extract_text()
    found.texts.append(text)
    found.cells += text.split()
    if small := small_counts(_numbers(text), policy):
        found.faults.add(small_count_fault(small, policy))


@dataclass(slots=True)
class _Fonts:
    """Whether a font was met whose text a program cannot read."""

    unread: bool = False


def _drawn(
    stream: Any,
    resources: Any,
    reader: Any,
    found: FileReading,
    fonts: _Fonts,
    parse: Any,
    *,
    depth: int,
    matrix: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
) -> None:
    """Text that is seen, straight lines and boxes; pixels; and what is drawn as a part."""
    if depth > 5:
        found.faults.add(_DAMAGED)
        return
    resources = {} if resources is None else resources.get_object()
    for font in resources.get("/Font", {}).get_object().values() if "/Font" in resources else ():
        fonts.unread |= not _is_readable(font.get_object())
    operations = stream.operations if hasattr(stream, "operations") else parse(stream, reader).operations
    drawing = _Drawing(matrix)
    for operands, operator in operations:
        drawing.take(operator, operands)
        if operator == b"Tr" and int(operands[0]) not in (0, 1, 2):
            found.faults.add("It holds text that is not seen.")
        elif operator in (b"INLINE IMAGE", b"BI"):
            found.faults.add("An image is no object of its own.")
        elif operator in (b"BDC", b"DP"):
            found.texts += [str(value) for value in operands]
    if drawing.tells:
        found.faults.add("A figure is drawn in lines, which give every value back: use a picture in PNG.")
    for part in resources.get("/XObject", {}).get_object().values() if "/XObject" in resources else ():
        part = part.get_object()
        if str(part.get("/Subtype")) == "/Form":
            inner = part.get("/Resources", resources)
            own = tuple(map(float, part.get("/Matrix", matrix)))
            _drawn(part, inner, reader, found, fonts, parse, depth=depth + 1, matrix=own)  # type: ignore[arg-type]


class _Drawing:
    """What the lines and boxes of one stream are: rules and frames, or a figure that tells its values.

    `tells` says so: a curve, a line aslant, a line that turns, bars of different length.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.tells = False
        self._matrix = matrix
        self._kept: list[Matrix] = []
        self._line: list[Point] = []
        self._boxes: list[tuple[Point, Point]] = []

    def take(self, operator: bytes, operands: Any) -> None:
        """One operation."""
        match operator:
            case b"q":
                self._kept.append(self._matrix)
            case b"Q" if self._kept:
                self._matrix = self._kept.pop()
            case b"cm":
                self._matrix = _times(tuple(map(float, operands)), self._matrix)
            case b"m":
                self._begin(self._at(*map(float, operands)))
            case b"l":
                self._line.append(self._at(*map(float, operands)))
                self.tells |= not _is_rule(self._line)
            case b"re":
                x, y, width, height = map(float, operands)
                self._box(self._at(x, y), self._at(x + width, y + height))
            case b"c" | b"v" | b"y" | b"sh":
                self.tells = True

    def _at(self, x: float, y: float) -> Point:
        """Where a point lies on the page."""
        a, b, c, d, e, f = self._matrix
        return a * x + c * y + e, b * x + d * y + f

    def _begin(self, point: Point) -> None:
        """A line begins; where the former one ended it goes on."""
        goes_on = (
            len(self._line) > 1 and max(abs(a - b) for a, b in zip(point, self._line[-1], strict=True)) < 0.05
        )
        if not goes_on:
            self._line = [point]

    def _box(self, one: Point, other: Point) -> None:
        """A box; of bars that stand on one line, as wide as each other, the length is a value."""
        low = (min(one[0], other[0]), min(one[1], other[1]))
        size = (abs(one[0] - other[0]), abs(one[1] - other[1]))
        for start, extent in self._boxes:
            for along, across in ((0, 1), (1, 0)):
                same = abs(start[along] - low[along]) < 0.1 and abs(extent[across] - size[across]) < 0.1
                self.tells |= same and abs(extent[along] - size[along]) > 0.5 and min(*size, *extent) > _RULE
        self._boxes.append((low, size))


def _times(first: Any, then: Matrix) -> Matrix:
    """One matrix of the page after the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def _is_rule(points: list[Point]) -> bool:
    """Whether lines are a rule of a table or a box: straight along the page, on the corners of one box."""
    along = all(abs(a[0] - b[0]) < 0.01 or abs(a[1] - b[1]) < 0.01 for a, b in pairwise(points))
    across, down = ({round(point[axis], 1) for point in points} for axis in (0, 1))
    return along and len(across) <= 2 and len(down) <= 2


def _is_readable(font: Any) -> bool:
    """Whether a program can tell the letters of a font."""
    if "/ToUnicode" in font:
        return True
    encoding = font.get("/Encoding")
    named = str(encoding) in _NAMED_ENCODINGS
    if isinstance(encoding, dict):
        named = str(encoding.get("/BaseEncoding")) in _NAMED_ENCODINGS and "/Differences" not in encoding
    standard = encoding is None and "/FontDescriptor" not in font
    return str(font.get("/Subtype")) in ("/Type1", "/TrueType") and (named or standard)


def _numbers(text: str) -> Iterator[float]:
    """Whole numbers of their own within a line, as counts of a table are; not those of pages and headings."""
    for line in text.splitlines():
        for match in _NUMBER.finditer(line):
            before = line[: match.start()]
            if before.strip() and not _COUNTED_ELSEWHERE.search(before):
                yield float(match[0])
