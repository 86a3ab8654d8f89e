"""Names, small counts and values hidden in workbooks and documents that somebody put beside a report."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import pytest
import xlsxwriter
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from hamm_eval.errors import Problem
from hamm_eval.release.files import pdf as pdf_reading
from hamm_eval.release.files import scan_files, words
from hamm_eval.release.files import xlsx as xlsx_reading
from hamm_eval.release.files.words import small_counts
from hamm_eval.release.policy import Policy

mpl.use("Agg")

SECRET = "Aziza Haddad"
ID = "H-000417"
HIDDEN = {"hidden": 1}


def scan(files: dict[str, bytes], *identifiers: str, policy: Policy | None = None) -> tuple[Problem, ...]:
    return scan_files(files, [], identifiers, policy=policy)


def workbook(change: Callable[[Any, Any], object] = lambda book, sheet: None) -> bytes:
    """Persons by household, as a researcher writes it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Personen")
    sheet.write_row(0, 0, ["Haushalt", "Personen", "Anteil"])
    sheet.write_row(1, 0, ["Alleinstehend", 120, 0.8])
    change(book, sheet)
    book.close()
    return target.getvalue()


def repacked(change: Callable[[dict[str, bytes]], object], comment: bytes = b"") -> bytes:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.comment = comment
    return target.getvalue()


def macros(book: Any, sheet: Any) -> None:
    """A project of macros, whatever it says."""
    book.vba_project = io.BytesIO(SECRET.encode())
    book.vba_project_is_stream = True


def chart(book: Any, sheet: Any) -> None:
    drawn = book.add_chart({"type": "column"})
    drawn.add_series({"values": "=Personen!$B$2:$B$2", "name": SECRET})
    sheet.insert_chart("D4", drawn)


def hidden_sheet(hide: str) -> bytes:
    def change(book: Any, sheet: Any) -> None:
        other = book.add_worksheet("x")
        other.write(0, 0, SECRET)
        getattr(other, hide)()

    return workbook(change)


def formatted(code: str) -> bytes:
    return workbook(lambda b, s: s.write(5, 0, 4711, b.add_format({"num_format": code})))


def condition(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": 1})
    rule = {"type": "cell", "criteria": "==", "value": f'"{SECRET}"', "format": bold}
    sheet.conditional_format("A1:A3", rule)


def more(part: str) -> bytes:
    """The workbook with one part more."""
    return repacked(lambda parts: parts.update({part: SECRET.encode()}))


def put(part: str, before: bytes, new: str) -> bytes:
    """The workbook with something more in a part's XML."""

    def change(parts: dict[str, bytes]) -> None:
        assert before in parts[part]
        parts[part] = parts[part].replace(before, new.encode() + before, 1)

    return repacked(change)


WORKBOOKS: dict[str, bytes] = {
    "hidden_sheet": hidden_sheet("hide"),
    "very_hidden_sheet": hidden_sheet("very_hidden"),
    "hidden_column": workbook(lambda b, s: (s.write("F2", SECRET), s.set_column("F:F", 9, None, HIDDEN))),
    "narrow_column": workbook(lambda b, s: (s.write(1, 5, SECRET), s.set_column(5, 5, 0))),
    "hidden_row": workbook(lambda b, s: (s.write(7, 0, SECRET), s.set_row(7, None, None, HIDDEN))),
    "comment": workbook(lambda b, s: s.write_comment("A1", SECRET)),
    "defined_name": workbook(lambda b, s: b.define_name("Personen!Haddad", f'="{SECRET}"')),
    "author": workbook(lambda b, s: b.set_properties({"author": SECRET})),
    "company": workbook(lambda b, s: b.set_properties({"company": SECRET})),
    "title": workbook(lambda b, s: b.set_properties({"title": SECRET})),
    "custom_property": workbook(lambda b, s: b.set_custom_property("Fall", SECRET)),
    "macros": workbook(macros),
    "embedded": more("xl/embeddings/oleObject1.bin"),
    "external_link": more("xl/externalLinks/externalLink1.xml"),
    "outside_link": workbook(lambda b, s: s.write_url("A9", f"https://example.org/{ID}", string="x")),
    "formula": workbook(lambda b, s: s.write_formula("A9", f'=IF(1=1,"x","{SECRET}")', None, "x")),
    "validation": workbook(lambda b, s: s.data_validation("A9", {"validate": "list", "source": [SECRET]})),
    "condition": workbook(condition),
    "header": workbook(lambda b, s: s.set_header(f"&C{SECRET}")),
    "format": formatted(f'"{SECRET}"'),
    "format_hides": formatted(";;;"),
    "chart": workbook(chart),
    "table": workbook(lambda b, s: s.add_table("E1:F3", {"name": "Haddad"})),
    "unused_text": put("xl/sharedStrings.xml", b"</sst>", f"<si><t>{SECRET}</t></si>"),
    "xml_comment": put("xl/worksheets/sheet1.xml", b"<sheetData>", f"<!-- {SECRET} -->"),
    "unknown_element": put("xl/worksheets/sheet1.xml", b"</worksheet>", f"<ext>{SECRET}</ext>"),
    "declaration": put("xl/styles.xml", b"<styleSheet", f'<!DOCTYPE x [<!ENTITY a "{SECRET}">]>'),
    "unknown_part": more("xl/notes.bin"),
    "pivot": more("xl/pivotCache/pivotCacheRecords1.xml"),
    "zip_comment": repacked(lambda parts: None, SECRET.encode()),
    "before_zip": SECRET.encode() + workbook(),
    "after_zip": workbook() + SECRET.encode(),
    "folder": workbook(lambda b, s: s.write(5, 0, r"C:\Benutzer\haddad\liste.xlsx")),
    "share": workbook(lambda b, s: s.write(5, 0, r"\\server\haddad")),
    "small_count": workbook(lambda b, s: s.write_row(5, 0, ["geduldet", 3])),
    "small_count_as_text": workbook(lambda b, s: s.write_string(5, 1, "3")),
    "encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "no_workbook": b"PK\x03\x04",
}  # fmt: skip


def contents(book: bytes) -> str:
    """All that a curious reader finds in a workbook."""
    found = [book.decode("latin-1")]
    try:
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            found += [archive.read(name).decode("latin-1") for name in archive.namelist()]
    except zipfile.BadZipFile:
        pass
    return " ".join(found)


def test_plain_values_are_published() -> None:
    assert scan({"table.xlsx": workbook()}, ID, "P12", "120") == ()
    # A time of making is nobody's name, and shares are no counts.
    assert "created" in contents(workbook())


@pytest.mark.parametrize("name", WORKBOOKS)
def test_what_a_workbook_hides_stops_it(name: str) -> None:
    book = WORKBOOKS[name]
    secrets = {
        "outside_link": ID,
        "defined_name": SECRET,
        "table": "Haddad",
        "folder": "haddad",
        "share": "haddad",
    }
    none = ("format_hides", "small_count", "small_count_as_text", "encrypted", "no_workbook")
    # Without the scan it is found by whoever opens the file's parts.
    assert name in none or secrets.get(name, SECRET) in contents(book)
    problems = scan({"table.xlsx": book})
    assert problems
    assert not any(part in str(problem) for problem in problems for part in ("Aziza", "haddad", "Haddad", ID))


@pytest.mark.parametrize("policy", [Policy.strict(), Policy.internal()], ids=lambda policy: policy.name)
def test_a_small_count_in_a_workbook_is_one_by_the_policy(policy: Policy) -> None:
    for count in range(1, 12):
        book = workbook(lambda b, s, count=count: s.write(5, 1, count))
        assert bool(scan({"t.xlsx": book}, policy=policy)) == (count <= policy.largest_hidden_count)
    nothing = workbook(lambda b, s: s.write(5, 1, 0))
    assert not scan({"t.xlsx": nothing}, policy=policy)
    assert scan({"t.xlsx": nothing}, policy=policy.model_copy(update={"sensitive_throughout": True}))


def rich(book: Any, sheet: Any) -> None:
    """An identifier whose letters are of two formats."""
    bold = book.add_format({"bold": 1})
    sheet.write_rich_string(6, 0, "H-00", bold, "0417")


@pytest.mark.parametrize(
    "change",
    [
        lambda b, s: s.write(6, 0, ID),
        lambda b, s: b.add_worksheet(ID),
        rich,
        lambda b, s: s.write(6, 0, "H-0004\u00ad17"),
    ],
)
def test_an_identifier_stops_the_workbook(change: Callable[[Any, Any], object]) -> None:
    assert scan({"t.xlsx": workbook(change)}) == ()
    (problem,) = scan({"t.xlsx": workbook(change)}, ID, "H-000418")
    assert problem.what == "1 identifiers of the data occur in this file."
    assert scan({"t.xlsx": workbook(lambda b, s: s.write(6, 0, "P12"))}, "P12")


def test_a_workbook_that_unpacks_to_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_reading, "MOST_BYTES", 1000)
    (problem,) = scan({"t.xlsx": workbook()})
    assert "too large" in problem.what


TEXT = b"BT /F1 12 Tf 72 700 Td (Alleinstehend 120) Tj ET"


def document(
    body: bytes = TEXT, change: Callable[[PdfWriter, Any], object] = lambda writer, page: None
) -> bytes:
    """One page with a line of text."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = {
        "/Type": "/Font",
        "/Subtype": "/Type1",
        "/BaseFont": "/Helvetica",
        "/Encoding": "/WinAnsiEncoding",
    }
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(named)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(body)
    page[NameObject("/Contents")] = writer._add_object(stream)
    change(writer, page)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def entry(name: str, value: object) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value})


def script(writer: PdfWriter, page: Any) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(SECRET)}
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def note(writer: PdfWriter, page: Any) -> None:
    annotation = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Text"), NameObject("/Contents"): TextStringObject(SECRET)}
    )
    page[NameObject("/Annots")] = writer._add_object(annotation)


def alone(writer: PdfWriter, page: Any) -> None:
    """An object that nothing refers to."""
    writer._add_object(TextStringObject(SECRET))


def picture(data: bytes, filters: str | None = None) -> Callable[[PdfWriter, Any], object]:
    """An image of one grey pixel."""

    def change(writer: PdfWriter, page: Any) -> None:
        stream = DecodedStreamObject()
        stream.set_data(data)
        for key, value in {"/Width": 1, "/Height": 1, "/BitsPerComponent": 8}.items():
            stream[NameObject(key)] = NumberObject(value)
        stream[NameObject("/Subtype")] = NameObject("/Image")
        stream[NameObject("/ColorSpace")] = NameObject("/DeviceGray")
        if filters:
            stream[NameObject("/Filter")] = NameObject(filters)
        page["/Resources"][NameObject("/XObject")] = entry("/Im1", writer._add_object(stream))

    return change


def own_letters(writer: PdfWriter, page: Any) -> None:
    """A font whose letters only the eye can read."""
    font = page["/Resources"]["/Font"]["/F1"].get_object()
    font[NameObject("/Subtype")] = NameObject("/Type3")


def figure() -> bytes:
    """A step curve as Matplotlib writes it."""
    from matplotlib import pyplot as plt

    drawn, axes = plt.subplots()
    axes.step([0, 117, 203, 365], [0, 0.1, 0.2, 0.3], where="post")
    target = io.BytesIO()
    drawn.savefig(target, format="pdf")
    plt.close(drawn)
    return target.getvalue()


DOCUMENTS: dict[str, bytes] = {
    "script": document(change=script),
    "attachment": document(change=lambda w, p: w.add_attachment("liste.csv", SECRET.encode())),
    "encrypted": document(change=lambda w, p: w.encrypt("", algorithm="RC4-128")),
    "author": document(change=lambda w, p: w.add_metadata({"/Author": SECRET})),
    "producer": document(change=lambda w, p: w.add_metadata({"/Producer": SECRET})),
    "other_property": document(change=lambda w, p: w.add_metadata({"/Fall": SECRET})),
    "note": document(change=note),
    "unseen_object": document(change=alone),
    "unseen_text": document(TEXT + b" BT /F1 12 Tf 3 Tr 72 600 Td (Aziza Haddad) Tj ET"),
    "own_letters": document(change=own_letters),
    "photograph": document(change=picture(b"\xff\xd8" + SECRET.encode(), "/DCTDecode")),
    "behind_pixels": document(change=picture(b"\x80" + SECRET.encode())),
    "appended": document() + SECRET.encode(),
    "earlier_version": document() + document(),
    "folder": document(b"BT /F1 12 Tf 72 700 Td (file:///home/haddad/x) Tj ET"),
    "small_count": document(b"BT /F1 12 Tf 72 700 Td (geduldet 3) Tj ET"),
    "figure": figure(),
    "steps": document(b"10 10 m 20 10 l 20 15 l 31 15 l S"),
    "steps_apart": document(b"10 10 m 20 10 l S 20 10 m 20 15 l S 20 15 m 31 15 l S"),
    "aslant": document(b"10 10 m 20 13 l S"),
    "curve": document(b"10 10 m 20 13 30 20 40 20 c S"),
    "bars": document(b"10 10 5 40 re f 20 10 5 61 re f"),
    "bars_scaled": document(b"q 5 0 0 40 10 10 cm 0 0 1 1 re f Q q 5 0 0 61 20 10 cm 0 0 1 1 re f Q"),
    "no_document": b"%PDF-1.7 nothing\n%%EOF",
}  # fmt: skip


def test_text_rules_and_pixels_are_published() -> None:
    frame = b" 50 690 300 20 re S 50 710 m 350 710 l S 50 650 m 350 650 l S"
    page = document(TEXT + frame, picture(b"\x80"))
    assert scan({"note.pdf": page}, ID, "P12") == ()
    assert "Alleinstehend 120" in PdfReader(io.BytesIO(page)).pages[0].extract_text()
    # Numbers of pages and quarters, percentages and rounded symbols are no counts.
    words = b"BT /F1 12 Tf 72 700 Td (Quartal 2017-Q2, Seite 3 von 7, 5 %, \\(<7\\), 1.5) Tj ET"
    assert scan({"note.pdf": document(words)}) == ()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_hides_stops_it(name: str) -> None:
    problems = scan({"note.pdf": DOCUMENTS[name]})
    assert problems
    assert not any(part in str(problem) for problem in problems for part in ("Aziza", "haddad"))


def test_an_identifier_stops_the_document() -> None:
    for text in (b"(von H-000417)", b"(H-00) Tj (0417)", b"(H-00) Tj 0 -14 Td (0417)"):
        page = document(b"BT /F1 12 Tf 72 700 Td " + text + b" Tj ET")
        assert scan({"note.pdf": page}) == ()
        (problem,) = scan({"note.pdf": page}, ID)
        assert problem.what == "1 identifiers of the data occur in this file."
    assert scan({"note.pdf": document(b"BT /F1 12 Tf 72 700 Td (zu P12 im) Tj ET")}, "P12")


def test_each_rule_is_what_stops_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken out, the file passes: no other rule stands in for it."""
    monkeypatch.setattr(pdf_reading, "_REFUSED", {})
    monkeypatch.setattr(pdf_reading, "_NO_TEXT_OBJECT", ())
    assert scan({"x.pdf": DOCUMENTS["script"]}) == scan({"x.pdf": DOCUMENTS["note"]}) == ()
    monkeypatch.setattr(pdf_reading._Drawing, "take", lambda self, operator, operands: None)
    assert all(scan({"x.pdf": DOCUMENTS[name]}) == () for name in ("steps", "aslant", "curve", "bars"))
    for module in (pdf_reading, xlsx_reading):
        monkeypatch.setattr(module, "small_counts", lambda numbers, policy: 0)
    monkeypatch.setattr(words, "holds_path", lambda text: False)
    assert scan({"x.pdf": DOCUMENTS["small_count"]}) == scan({"x.pdf": DOCUMENTS["folder"]}) == ()
    assert scan({"x.xlsx": WORKBOOKS["small_count"]}) == scan({"x.xlsx": WORKBOOKS["folder"]}) == ()
    monkeypatch.setattr(xlsx_reading, "_PEOPLE", frozenset())
    monkeypatch.setattr(xlsx_reading, "_true", lambda value: False)
    monkeypatch.setattr(xlsx_reading, "_SHEET_ELEMENTS", xlsx_reading._SHEET_ELEMENTS | {"f"})
    assert all(scan({"x.xlsx": WORKBOOKS[name]}) == () for name in ("author", "hidden_row", "formula"))
    assert small_counts([3], Policy.strict()) == 1
