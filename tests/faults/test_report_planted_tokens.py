"""A token in every identifying and every free-text column, through a whole run of the real notebooks.

Once the columns are not declared: the export is refused. Once the free text is declared: the report comes,
and nothing of any token is in what is published, logged, printed or left behind.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import ROOT

from hamm_eval.casefile.schema import Kind, Sensitivity
from hamm_eval.casefile.tables import TABLES

TOKEN = "Zx9Token"
FREE_TEXT = ("Bemerkung", "Gesprächsnotiz")
IDENTIFYING = ("Nachname", "Anschrift", "Telefon", "E-Mail", "Aktenzeichen")
NOTEBOOKS = (
    "00_quarterly_summary",
    "01_cohort_and_data_quality",
    "02_time_to_integration",
    "03_phases_and_regelsysteme",
    "04_measure_effectiveness",
    "05_goal_attainment",
    "06_two_perspectives",
    "07_providers_and_caseload",
    "08_costs_and_funding",
)


@pytest.fixture
def planted(project: Callable[..., Path]) -> Callable[..., Path]:
    """Makes a project of the real notebooks whose export bears tokens; returns its params file."""

    def make(headers: tuple[str, ...], free_text: list[str]) -> Path:
        notebooks = {
            name: (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8") for name in NOTEBOOKS
        }
        source = {"folder": "data", "synthetic": True, "free_text": free_text}
        params = project(notebooks, source=source)
        for table in TABLES:
            _plant(params.parents[1] / "data" / f"{table.german}.csv", headers, _identifying(table.name))
        return params

    return make


def _identifying(name: str) -> set[str]:
    """German headers of a table's identifying columns."""
    (table,) = (table for table in TABLES if table.name == name)
    return {
        column.german
        for column in table.columns
        if column.sensitivity is Sensitivity.IDENTIFYING and column.kind is Kind.ID
    }


def _plant(path: Path, headers: tuple[str, ...], identifying: set[str]) -> None:
    """The token before every identifier, and in a further column per header."""
    with path.open(encoding="cp1252", newline="") as file:
        first, *rows = csv.reader(file, delimiter=";")
    marked = [name in identifying for name in first]
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([*first, *headers])
        for number, row in enumerate(rows):
            known = [TOKEN + cell if mark and cell else cell for mark, cell in zip(marked, row, strict=True)]
            writer.writerow([*known, *(f"{TOKEN} {name} {number}" for name in headers)])


def run(params: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """`hamm-eval report` as a user runs it, with a folder for temporary files of its own."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return subprocess.run(
        [sys.executable, "-c", "from hamm_eval.cli import main; main()", "report", str(params)],
        cwd=params.parents[1],
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def files_with_the_token(folder: Path) -> list[str]:
    """Every file below a folder that holds the token, the export itself apart."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        and "data" not in path.relative_to(folder).parts[:1]
        and TOKEN.encode() in path.read_bytes()
    ]


def test_undeclared_columns_are_refused_and_no_token_is_told(
    planted: Callable[..., Path], tmp_path: Path
) -> None:
    params = planted(IDENTIFYING + FREE_TEXT, [])
    done = run(params, tmp_path)
    assert done.returncode == 3, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    for name in IDENTIFYING:
        assert name in done.stdout + done.stderr
    assert files_with_the_token(params.parents[1]) == []
    assert not (params.parents[1] / "reports" / "2017-Q2").exists()


def test_with_declared_free_text_the_report_comes_and_holds_no_token(
    planted: Callable[..., Path], tmp_path: Path
) -> None:
    params = planted(FREE_TEXT, list(FREE_TEXT))
    done = run(params, tmp_path)
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    root = params.parents[1]
    assert (root / "reports" / "2017-Q2" / "index.html").exists()
    # The search itself finds tokens: they are in the export.
    shutil.copytree(root / "data", root / "copy")
    assert len(files_with_the_token(root)) >= len(TABLES) - 1
    shutil.rmtree(root / "copy")
    assert files_with_the_token(root) == []
