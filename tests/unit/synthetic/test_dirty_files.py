"""Defects of whole files and other dialects, read back from the bytes."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dirty_cities import KEYS, Files, clean_city, line_at, lines_of, planted_alone, text_of

from hamm_eval.casefile.names import folded
from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.dirty.catalogue import KINDS
from hamm_eval.synthetic.dirty.defect import Defect, Family

HEADS = {f"{t.german}.csv": [column.german for column in t.columns] for t in TABLES}
ENGLISH = {f"{t.german}.csv": f"{t.name}.csv" for t in TABLES}
Is = Callable[[Files, Defect], bool]


def header(files: Files, defect: Defect) -> list[str]:
    return lines_of(files[defect.file])[0].split(";")


def widths(files: Files, defect: Defect) -> set[int]:
    return {line.count(";") + 1 for line in lines_of(files[defect.file])}


def width_at(files: Files, defect: Defect) -> int:
    """Fields of the defect's line against those of the header."""
    return line_at(files, defect).count(";") + 1 - len(HEADS[defect.file])


def mixed(files: Files, defect: Defect) -> bool:
    """Windows-1252 above the line, and UTF-8 from it on, with letters that tell."""
    rows = files[defect.file].split(b"\r\n")
    above, below = b"".join(rows[: defect.line - 1]), b"".join(rows[defect.line - 1 :])
    try:
        above.decode("utf-8")
    except UnicodeDecodeError:
        return below.decode("utf-8") != below.decode("ascii", errors="replace")
    return False


def gone(files: Files, name: str) -> bool:
    return name not in files and name in clean_city()


def part(files: Files, defect: Defect, name: str = "xl/worksheets/sheet1.xml") -> str:
    """A part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(files[defect.file])) as book:
        return book.read(name).decode()


def cell(files: Files, defect: Defect, column: str) -> str:
    """A cell of the defect's row as it is stored; empty where there is none."""
    return "".join(re.findall(rf'<c r="{column}{defect.line}".*?</c>', part(files, defect)))


def last_column(defect: Defect, beyond: int = 0) -> str:
    heads = HEADS[f"{defect.file.partition('.')[0]}.csv"]
    return chr(ord("A") + len(heads) - 1 + beyond)


def breaks_off(files: Files, defect: Defect) -> bool:
    return files[defect.file].startswith(b"PK") and not zipfile.is_zipfile(io.BytesIO(files[defect.file]))


def has_lists(files: Files, defect: Defect) -> bool:
    kinds = [field.type for field in pq.read_schema(io.BytesIO(files[defect.file]))]
    return pa.types.is_list(kinds[0]) and not any(map(pa.types.is_list, kinds[1:]))


FILES: dict[str, Is] = {
    "workbook_sheets": lambda f, d: "Deckblatt" in part(f, d, "xl/workbook.xml"),
    "workbook_merged": lambda f, d: f'<mergeCell ref="A{d.line}:A{d.line + 1}"/>' in part(f, d),
    "workbook_beside": lambda f, d: (
        cell(f, d, last_column(d, beyond=1)) != "" and not re.search(last_column(d, 1) + r'1"', part(f, d))
    ),
    "workbook_formula": lambda f, d: "<f>" in cell(f, d, "A") and "<v></v>" in cell(f, d, "A"),
    "workbook_error": lambda f, d: "<v>#DIV/0!</v>" in cell(f, d, last_column(d)),
    "workbook_number": lambda f, d: "<v>4711</v>" in cell(f, d, "A") and 't="s"' not in cell(f, d, "A"),
    "workbook_damaged": breaks_off,
    "workbook_locked": lambda f, d: (
        f[d.file].startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in f[d.file]
    ),
    "parquet_lists": has_lists,
    "mojibake": lambda f, d: "Ã" in line_at(f, d).split(";")[HEADS[d.file].index(d.column)],
    "encoding_mixed": mixed,
    "byte_undefined": lambda f, d: b"\x81" in f[d.file].split(b"\r\n")[d.line - 1],
    "nul_byte": lambda f, d: (
        b"\x00" in f[d.file].split(b"\r\n")[d.line - 1] and f[d.file].count(b"\x00") == 1
    ),
    "quote_open": lambda f, d: line_at(f, d)[0] == '"' and f[d.file].count(b'"') == 1,
    "delimiter_ambiguous": lambda f, d: {",", ";"} < set("".join(lines_of(f[d.file])[0])) and d.line == 1,
    "file_empty": lambda f, d: f[d.file] == b"",
    "header_only": lambda f, d: lines_of(f[d.file]) == [";".join(HEADS[d.file])],
    "header_missing": lambda f, d: lines_of(f[d.file]) == lines_of(clean_city()[d.file])[1:],
    "header_runs_on": lambda f, d: (
        "".join(lines_of(f[d.file])[:1]) == "".join(lines_of(clean_city()[d.file])[:2])
    ),
    "html_renamed": lambda f, d: f[d.file].startswith(b"<table>") and b";" not in f[d.file],
    "file_absent": lambda f, d: gone(f, d.file),
    "column_double": lambda f, d: header(f, d).count(d.column) == 2 and len(widths(f, d)) == 1,
    "column_missing": lambda f, d: d.column not in header(f, d) and d.column in HEADS[d.file],
    "column_name": lambda f, d: header(f, d)[-1] == d.column == "Nachname" and len(widths(f, d)) == 1,
    "column_health": lambda f, d: header(f, d)[-1] == d.column == "Diagnose" and len(widths(f, d)) == 1,
    "column_free_text": lambda f, d: header(f, d)[-1] == d.column == "Bemerkung" and len(widths(f, d)) == 1,
    "column_unnamed": lambda f, d: header(f, d) == ["", *HEADS[d.file]] and len(widths(f, d)) == 1,
    "file_renamed": lambda f, d: (
        gone(f, d.file.replace("_2018-12-31", ""))
        and f[d.file] == clean_city()[d.file.replace("_2018-12-31", "")]
    ),
    "file_twice": lambda f, d: f[d.file] == f[ENGLISH[d.file]] == clean_city()[d.file],
    "file_as_ods": lambda f, d: gone(f, d.file.replace(".ods", ".csv")) and d.file in f,
    "line_ends_gone": lambda f, d: b"\n" not in f[d.file] and len(f[d.file]) > 100_000,
    "file_as_workbook": lambda f, d: gone(f, d.file.replace(".xlsx", ".csv")) and d.file in f,
    "row_truncated": lambda f, d: (
        width_at(f, d) < 0 and not f[d.file].endswith(b"\n") and d.line == len(lines_of(f[d.file]))
    ),
    "row_short": lambda f, d: width_at(f, d) == -1,
    "row_long": lambda f, d: width_at(f, d) == 1,
    "footer": lambda f, d: line_at(f, d).endswith("Datensätze") and d.line == len(lines_of(f[d.file])),
    "numbers_ambiguous": lambda f, d: (
        not any("," in line for line in lines_of(f[d.file]))
        and "." in line_at(f, d).split(";")[HEADS[d.file].index(d.column)]
    ),
}


def records(content: bytes, delimiter: str) -> list[list[str]]:
    """Rows as a CSV reader has them, blank ones left out."""
    rows = csv.reader(io.StringIO(text_of(content), newline=""), delimiter=delimiter)
    return [row for row in rows if any(row)]


def same(files: Files, defect: Defect, delimiter: str = ";", extra: int = 0, above: int = 0) -> bool:
    """Whether the file holds the clean city's cells, and beside them `extra` columns, `above` rows on top."""
    clean = records(clean_city()[defect.file], ";")
    rows = [row[: len(row) - extra] for row in records(files[defect.file], delimiter)[above:]]
    return rows == clean and files[defect.file] != clean_city()[defect.file]


def same_below_the_header(files: Files, defect: Defect) -> bool:
    """Whether all rows but the header are the clean city's, and the header differs in the column alone."""
    (head, *rows), (clean_head, *clean) = (
        records(content[defect.file], ";") for content in (files, clean_city())
    )
    differ = [i for i, (new, old) in enumerate(zip(head, clean_head, strict=True)) if new != old]
    at = HEADS[defect.file].index(defect.column or "")
    return rows == clean and differ == [at] and folded(head[at]) == folded(clean_head[at])


def reordered(files: Files, defect: Defect) -> bool:
    rows, clean = (records(content[defect.file], ";") for content in (files, clean_city()))
    back = [rows[0].index(head) for head in clean[0]]
    return [[row[i] for i in back] for row in rows] == clean and rows[0] != clean[0]


DIALECTS: dict[str, Is] = {
    "head_decomposed": lambda f, d: (
        same_below_the_header(f, d) and unicodedata.normalize("NFC", text_of(f[d.file])) != text_of(f[d.file])
    ),
    "head_nbsp": lambda f, d: same_below_the_header(f, d) and "\u00a0" in lines_of(f[d.file])[0],
    "head_case": same_below_the_header,
    "utf8": lambda f, d: same(f, d) and f[d.file].decode("utf-8") == text_of(f[d.file]),
    "utf8_bom": lambda f, d: same(f, d) and f[d.file].startswith(b"\xef\xbb\xbf"),
    "utf16": lambda f, d: same(f, d) and f[d.file].startswith(b"\xff\xfe"),
    "comma": lambda f, d: same(f, d, ","),
    "tab": lambda f, d: same(f, d, "\t"),
    "line_feeds": lambda f, d: same(f, d) and b"\r" not in f[d.file],
    "trailing": lambda f, d: same(f, d, extra=1) and all(line.endswith(";") for line in lines_of(f[d.file])),
    "quoted": lambda f, d: same(f, d) and all(line[0] == line[-1] == '"' for line in lines_of(f[d.file])),
    "titles": lambda f, d: (
        any(same(f, d, above=n) for n in (1, 2)) and text_of(f[d.file]).startswith("Auswertung")
    ),
    "sep_line": lambda f, d: same(f, d, above=1) and lines_of(f[d.file])[0] == "sep=;",
    "reordered": reordered,
    "extra_column": lambda f, d: same(f, d, extra=1) and header(f, d)[-1] == d.column,
    "line_break": lambda f, d: (
        same(f, d, extra=1) and len(lines_of(f[d.file])) == len(lines_of(clean_city()[d.file])) + 1
    ),
    "blank_line": lambda f, d: same(f, d) and line_at(f, d) == "",
}


def test_every_kind_of_file_is_looked_at() -> None:
    assert set(FILES) == {kind.name for kind in KINDS if kind.family is Family.FILES}
    assert set(DIALECTS) == {kind.name for kind in KINDS if kind.family is Family.DIALECTS}


@pytest.mark.parametrize("kind", [*FILES, *DIALECTS])
def test_a_file_is_what_its_kind_says(kind: str) -> None:
    files, listed = planted_alone(kind)
    (defect,) = listed.defects
    assert {**FILES, **DIALECTS}[kind](files, defect)


@pytest.mark.parametrize("kind", [*FILES, *DIALECTS])
def test_other_files_are_the_clean_ones(kind: str) -> None:
    files, listed = planted_alone(kind)
    (defect,) = listed.defects
    table = defect.file.rpartition(".")[0].removesuffix("_2018-12-31")
    touched = {f"{table}.csv", f"{table}.xlsx", f"{table}.ods", defect.file, ENGLISH[f"{table}.csv"]}
    assert f"{table}.csv" in KEYS
    assert {name: files.get(name) for name in clean_city() if name not in touched} == {
        name: content for name, content in clean_city().items() if name not in touched
    }
    assert set(files) <= set(clean_city()) | touched


@pytest.mark.parametrize("kind", [*FILES, *DIALECTS])
def test_a_file_that_is_damaged_is_listed_as_unreadable(kind: str) -> None:
    files, listed = planted_alone(kind)
    unreadable = {file.name for file in listed.files if not file.readable}
    (defect,) = listed.defects
    whole = kind in FILES and kind not in ("file_absent", "numbers_ambiguous")
    assert unreadable == ({defect.file, *(set(files) - set(clean_city()))} if whole else set())
