"""Parquet holds what CSV holds, typed; row groups are the blocks."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.tables import BY_NAME, TABLES
from hamm_eval.synthetic.columns import as_exported
from hamm_eval.synthetic.csv_files import csv_rows
from hamm_eval.synthetic.export import write_city
from hamm_eval.synthetic.tables import CITY_WIDE

EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
BLOCKS = 3
OF_KIND = {
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int32(),
    Kind.DECIMAL: pa.float64(),
    Kind.YES_NO: pa.bool_(),
    Kind.CATEGORY: pa.dictionary(pa.int8(), pa.string()),
}


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One city of three blocks as CSV and as Parquet."""
    folder = tmp_path_factory.mktemp("cities")
    found = (
        write_city(folder / name, seed=4, scale=0.75, block_scale=0.25, format=name, truth=False)  # type: ignore[arg-type]
        for name in ("csv", "parquet")
    )
    return next(found), next(found)


def as_read(kind: Kind, text: str) -> Any:
    """What the text of a CSV field says."""
    if not text:
        return None
    if kind is Kind.DATE:
        return dt.datetime.strptime(text, "%d.%m.%Y").date()
    if kind is Kind.INTEGER:
        return int(text)
    if kind is Kind.DECIMAL:
        return float(text.replace(",", "."))
    if kind is Kind.YES_NO:
        return {"ja": True, "nein": False}[text]
    return text


@EACH
def test_the_same_content_cell_by_cell(cities: tuple[Path, Path], table: Table) -> None:
    with (cities[0] / f"{table.german}.csv").open(encoding="cp1252", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";", quoting=csv.QUOTE_NONE)
    content = pq.read_table(cities[1] / f"{table.german}.parquet")
    assert content.column_names == header == [column.german for column in table.columns]
    assert content.num_rows == len(rows) > 0
    for place, column in enumerate(table.columns):
        expected = [as_read(column.kind, row[place]) for row in rows]
        assert content.column(place).to_pylist() == expected, column.name
        if column.required:
            assert None not in expected, column.name


@EACH
def test_types_and_row_groups(cities: tuple[Path, Path], table: Table) -> None:
    file = pq.ParquetFile(cities[1] / f"{table.german}.parquet")
    for column in table.columns:
        expected = OF_KIND.get(column.kind, pa.string())
        assert file.schema_arrow.field(column.german).type == expected, column.name
    assert file.metadata.num_row_groups == (1 if table.name in CITY_WIDE else BLOCKS)


def test_a_block_keeps_its_rows_in_its_row_group(cities: tuple[Path, Path]) -> None:
    file = pq.ParquetFile(cities[1] / "faelle.parquet")
    for number in range(BLOCKS):
        for name in ("Fall-Nr", "Personen-Nr", "Sozialbetreuer"):
            ids = pd.Series(file.read_row_group(number).column(name).to_pylist())
            assert set(ids.str.extract(r"-(\d{3})\d{6}$", expand=False)) == {f"{number + 1:03d}"}


def test_other_libraries_read_it(cities: tuple[Path, Path]) -> None:
    path = cities[1] / "personen.parquet"
    of_polars, of_pandas = pl.read_parquet(path), pd.read_parquet(path)
    assert of_polars.schema["Erfasst am"] == pl.Date
    assert isinstance(of_pandas["Geschlecht"].dtype, pd.CategoricalDtype)
    for column in of_polars.columns:
        ours = pq.read_table(path).column(column).to_pylist()
        assert of_polars[column].to_list() == ours
        assert [None if pd.isna(value) else value for value in of_pandas[column]] == ours


def test_every_block_has_the_same_words_in_the_same_order(cities: tuple[Path, Path]) -> None:
    ending = BY_NAME["participations"].column("ending")
    file = pq.ParquetFile(cities[1] / "teilnahmen.parquet")
    for number in range(BLOCKS):
        words = file.read_row_group(number).column(ending.german).combine_chunks().dictionary
        assert words.to_pylist() == list(ending.categories.values())


@EACH
def test_a_table_without_rows(table: Table) -> None:
    none = {column.name: np.array([], dtype="<U5") for column in table.columns}
    for column in table.columns:
        if column.kind in (Kind.DATE, Kind.INTEGER):
            none[column.name] = np.array([], dtype=np.int64)
        elif column.kind is Kind.YES_NO:
            none[column.name] = np.array([], dtype=bool)
        elif column.kind is Kind.DECIMAL:
            none[column.name] = np.array([], dtype=float)
    content = as_exported(table, none)
    assert content.num_rows == 0
    assert csv_rows(content) == b""


def test_a_word_that_the_vocabulary_lacks_is_an_error(cities: tuple[Path, Path]) -> None:
    rows = {"household_id": np.array(["H-000001"]), "recorded_on": np.array([17_000])}
    for kind, fine in (("single", True), ("sinlge", False)):
        given = {**rows, "household_type": np.array([kind])}
        if fine:
            assert as_exported(BY_NAME["households"], given).num_rows == 1
        else:
            with pytest.raises(KeyError):
                as_exported(BY_NAME["households"], given)


def test_text_of_any_length_and_letters_is_kept() -> None:
    measures = BY_NAME["measures"]
    n = 3
    rows = {
        "measure_id": np.array(["kurz", "länger", "ab"]),
        "domain": np.full(n, "language"),
        "provider": np.full(n, ""),
        "available_from": np.full(n, 17_000),
        "available_until": np.full(n, 2_000_000),
        "cost_per_participant": np.array([1.005, 2.0, 2499.994]),
        "recorded_on": np.full(n, 17_000),
    }
    content = as_exported(measures, rows)
    assert content.column(0).to_pylist() == ["kurz", "länger", "ab"]
    assert content.column("Angeboten bis").null_count == content.column("Träger").null_count == n
    assert (
        csv_rows(content).decode("cp1252").split("\r\n")[1].startswith("länger;sprachlich;;18.07.2016;;2,00;")
    )
