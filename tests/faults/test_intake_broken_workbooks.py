"""Workbooks and Parquet files broken at random: a finding of that file, never a value, never a crash."""

from __future__ import annotations

import datetime as dt
import io
import math

import polars as pl
import pytest
import xlsxwriter
from broken import BY_FILE, FEW, TOKEN, Export, assert_no_values, checked, rows_of, small_city, values_of
from hypothesis import given
from hypothesis import strategies as st

from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.schema import Kind

PARTS = ["used", "quarantined", "not_yet_known", "superseded", "excluded"]
SMALL = sorted(name for name in BY_FILE if name != "arbeitslast.csv")


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Export:
    return small_city(tmp_path_factory.mktemp("city"))


def as_workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                elif isinstance(value, float) and not math.isfinite(value):
                    page.write_formula(number, column, "=1/0", None, "#DIV/0!")
                else:
                    page.write(number, column, value)
    return buffer.getvalue()


def as_parquet(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    columns = {str(name): list(values) for name, *values in zip(*rows, strict=True)}
    pl.DataFrame(
        {name: pl.Series(values, dtype=pl.String, strict=False) for name, values in columns.items()}
    ).write_parquet(buffer)
    return buffer.getvalue()


WRITERS = {"xlsx": as_workbook, "parquet": as_parquet}


def instead(city: Export, file: str, kind: str, content: bytes) -> tuple[str, dict[str, bytes]]:
    """The export with one table in another format."""
    name = file.replace(".csv", f".{kind}")
    return name, {other: data for other, data in city.items() if other != file} | {name: content}


@pytest.mark.parametrize("kind", WRITERS)
def test_sound_tables_are_used_whatever_their_format(city, kind):
    """The control: what follows is not refused for its format alone."""
    files = {file.replace(".csv", f".{kind}"): WRITERS[kind](rows_of(data)) for file, data in city.items()}
    result = checked(files)
    assert result.usable
    assert result.case_file.reconciliation.equals(checked(city).case_file.reconciliation)


@FEW
@given(data=st.data())
def test_a_foreign_cell_of_a_workbook_is_named_with_row_and_column(city, data):
    file = data.draw(st.sampled_from(SMALL))
    table = BY_FILE[file]
    rows: list[list[object]] = [list(row) for row in rows_of(city[file])]
    line = data.draw(st.integers(1, len(rows) - 1))
    kinds = {Kind.DATE, Kind.CATEGORY, Kind.YES_NO}
    index = data.draw(st.sampled_from([i for i, c in enumerate(table.columns) if c.kind in kinds]))
    rows[line][index] = data.draw(
        st.sampled_from(
            ["31.02.2016", "3.4.17", "1e5", "2016/13/40", 1e300, -1e9, 17.25, math.nan, dt.time(12, 30)]
        )
        | st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=12).map(
            lambda t: TOKEN + t
        )
    )
    name, files = instead(city, file, "xlsx", as_workbook(rows))
    result = checked(files)
    places = {(f.file, f.line, f.column) for f in result.findings if f.severity is Severity.REFUSE}
    assert (name, line + 1, table.columns[index].german) in places
    assert_no_values(result.findings, values_of(city))


@FEW
@given(
    file=st.sampled_from(SMALL),
    kind=st.sampled_from(sorted(WRITERS)),
    breaks=st.lists(
        st.tuples(
            st.integers(0, 300) | st.integers(0, 20_000),
            st.sampled_from(["delete", "insert", "replace", "cut"]),
            st.binary(min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_broken_bytes_are_a_finding_of_that_file_and_never_a_crash(city, file, kind, breaks):
    content = bytearray(WRITERS[kind](rows_of(city[file])))
    for position, how, new in breaks:
        position %= len(content) + 1
        if how == "delete":
            del content[position : position + len(new)]
        elif how == "insert":
            content[position:position] = new
        elif how == "replace":
            content[position : position + len(new)] = new
        else:
            del content[position + 1 :]
    _, files = instead(city, file, kind, bytes(content))
    result = checked(files)
    refusing = [f for f in result.findings if f.severity is Severity.REFUSE]
    assert result.usable is not bool(refusing)
    assert all(f.file in files for f in refusing)
    if result.case_file is not None:
        frame = result.case_file.reconciliation
        assert (frame["read"] == frame[PARTS].sum(axis=1)).all()
    assert_no_values(result.findings, values_of(city))
