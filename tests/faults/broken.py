"""What tests of broken exports share: a small city as files, checking it, and the search for values."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

from hamm_eval.casefile import check_export
from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.export import write_city

TOKEN = "Wq7Yk"
BY_FILE = {f"{table.german}.csv": table for table in TABLES}
# The same draws every time: a test that fails by chance is no test of a change.
FEW = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Export(dict[str, bytes]):
    """Files by name; a failing example must not print a whole city."""

    def __repr__(self) -> str:
        return f"Export({len(self)} files)"


def checked(files: dict[str, bytes]):
    """Check an export that lies in a folder for as long as it takes."""
    with tempfile.TemporaryDirectory() as name:
        for file, data in files.items():
            (Path(name) / file).write_bytes(data)
        return check_export(Path(name))


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("cp1252"), newline=""), delimiter=";"))


CATEGORY_WORDS = {
    word
    for table in TABLES
    for column in table.columns
    for pair in column.categories.items()
    for word in pair
}
HEADERS = {name for table in TABLES for column in table.columns for name in (column.german, column.name)}


def values_of(files: dict[str, bytes]) -> set[str]:
    """Texts that stand in cells and cannot be part of a message by chance."""
    cells = {cell for data in files.values() for row in rows_of(data)[1:] for cell in row}
    return {cell for cell in cells - CATEGORY_WORDS - HEADERS if len(cell) >= 6}


def assert_no_values(findings, values: set[str]) -> None:
    said = "\n".join(f"{f.text_de}\n{f.text_en}\n{f.column}\n{f.file}" for f in findings)
    assert TOKEN not in said
    # A value may be glued to something else; the two placeholders are told in texts of rules.
    assert not {value for value in values if value in said} - {"01.01.1900", "31.12.9999"}
    for name in {f.column for f in findings} - HEADERS:
        assert re.fullmatch(r"#\d+|\D*", name)
        assert name.lower() not in {word.lower() for word in CATEGORY_WORDS}


def small_city(folder: Path) -> Export:
    """Thirty persons: a city cannot be smaller."""
    write_city(folder, seed=9, persons=30, truth=False)
    return Export({path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))})
