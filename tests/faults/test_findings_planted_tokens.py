"""A unique token in every column and in added ones: no form of the findings report shows it, ever."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.casefile.tables import TABLES
from hamm_eval.cli import app
from hamm_eval.synthetic.export import write_city

TOKEN = "Zx9Token"
ADDED = ("Name", "Telefon", "Diagnose", "Bemerkung", "Sachgebiet")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write_city(folder, seed=5, persons=40, truth=False)
    return folder


def rewritten(city: Path, folder: Path, change) -> Path:
    """The city's export with the rows of every table changed, the header first."""
    folder.mkdir()
    for table in TABLES:
        with (city / f"{table.german}.csv").open(encoding="cp1252", newline="") as file:
            rows = change(list(csv.reader(file, delimiter=";")), table.columns)
        with (folder / f"{table.german}.csv").open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows)
    return folder


def in_cells(rows: list[list[str]], columns: tuple[Column, ...]) -> list[list[str]]:
    """A remark typed into every declared column, one row a column; a copy of a row."""
    for i, column in enumerate(columns):
        row = rows[1 + i % (len(rows) - 1)]
        row[i] = f"{TOKEN}{i}, Anna" if column.kind is Kind.ID else f"{TOKEN}{i} Müller"
    return [*rows, rows[-1]]


def in_added_columns(rows: list[list[str]], columns: tuple[Column, ...]) -> list[list[str]]:
    """Columns that nobody declared, with a token in every cell."""
    return [[*row, *(ADDED if i == 0 else [f"{TOKEN}{i}"] * len(ADDED))] for i, row in enumerate(rows)]


def without_header(rows: list[list[str]], columns: tuple[Column, ...]) -> list[list[str]]:
    """Data where the header should be, and a row that is too long."""
    return [[f"{TOKEN}{i} Anna" for i in range(len(columns))], *rows[1:], [*rows[1], TOKEN]]


def in_the_header(rows: list[list[str]], columns: tuple[Column, ...]) -> list[list[str]]:
    """A header that runs on into the first record."""
    return [[*rows[0], f"{TOKEN} Anna", "01.02.2017"], *rows[1:]]


def told(folder: Path, out: Path, language: str = "de") -> dict[str, str]:
    """What each form of the report says, by form."""
    html, xlsx = out / "a.html", out / "a.xlsx"
    files = ["--html", str(html), "--xlsx", str(xlsx), "--private-findings", str(out / "private.csv")]
    done = CliRunner().invoke(app, ["check", str(folder), *files, "--language", language])
    assert done.exit_code == 3, done.output
    parts = zipfile.ZipFile(io.BytesIO(xlsx.read_bytes()))
    said = {name: parts.read(name).decode() for name in parts.namelist()}
    return said | {"console": done.output, "page": html.read_text(encoding="utf-8")}


def leaking(said: dict[str, str]) -> set[str]:
    """The forms that show a value."""
    return {name for name, text in said.items() if TOKEN in text or "Müller" in text or "Anna" in text}


@pytest.mark.parametrize("change", [in_cells, in_added_columns, without_header, in_the_header])
@pytest.mark.parametrize("language", ["de", "en"])
def test_no_form_of_the_report_shows_a_value(city: Path, tmp_path: Path, change, language: str) -> None:
    said = told(rewritten(city, tmp_path / "export", change), tmp_path, language)
    assert leaking(said) == set()
    # Each form tells of the findings, so that the search is no search of nothing.
    tables = {table.german for table in TABLES}
    for text in (said["console"], said["page"], said["xl/sharedStrings.xml"]):
        assert {name for name in tables if f"{name}.csv" in text} == tables
    if change is in_cells:
        private = (tmp_path / "private.csv").read_text(encoding="utf-8-sig")
        assert TOKEN in private, "what is wrong is told in private"
    written = {path.name for path in tmp_path.iterdir()}
    assert {name for name in written if not name.startswith("private")} == {"export", "a.html", "a.xlsx"}


def test_the_search_finds_a_leak(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collector that names the value beside the column is caught in all three forms."""
    add = Collector.add

    def careless(self: Collector, rule: str, *, column: str = "", values=None, **what: object) -> None:
        seen = None if values is None else list(values)
        add(self, rule, column=f"{column} {seen[0]}" if seen else column, values=seen, **what)

    monkeypatch.setattr(Collector, "add", careless)
    said = told(rewritten(city, tmp_path / "export", in_cells), tmp_path)
    assert leaking(said) == {"console", "page", "xl/sharedStrings.xml"}
