"""A report from each kind of source, and what is said in its language when the source cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from postgresql_server import VARIABLE, database, schema
from small_project import ROOT, assert_whole, shows

from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import IntakeRefused, ParamsError, UsageError
from hamm_eval.pipeline import run_report
from hamm_eval.synthetic.export import write_city

sys.path.insert(0, str(ROOT / "tests" / "unit" / "casefile"))  # what writes the formats

__all__ = ["database", "schema"]
Project = Callable[..., Path]
COUNTED = {"01_who": shows("language_b1", 120)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The tables of a city of 150 persons, typed."""
    import pyarrow.parquet as pq

    folder = write_city(tmp_path_factory.mktemp("city"), seed=1, persons=150, truth=False, format="parquet")
    return {table.name: pq.read_table(folder / f"{table.german}.parquet") for table in TABLES}


def test_a_report_of_a_workbook(project: Project, tables, tmp_path: Path) -> None:
    from formats import write_workbook

    params = project(COUNTED, source={"workbook": "stadt.xlsx"})
    with pytest.raises(ParamsError, match=r"no workbook stadt\.xlsx"):
        run_report(params)
    write_workbook(tmp_path / "stadt.xlsx", tables)
    published = run_report(params)
    assert_whole(published.path)
    write_workbook(tmp_path / "stadt.xlsx", tables | {"goals": tables["goals"].slice(1)})
    with pytest.raises(IntakeRefused):  # a review of the goal that is gone
        run_report(params)


def test_a_report_of_a_database(project: Project, tables, schema) -> None:
    """What the database holds is an input of the run, as files are."""
    from formats import write_database

    connection, name = schema
    write_database(connection, name, tables)
    source = {"postgresql": {"url_from": VARIABLE, "schema": name}}
    params = project(COUNTED, source=source)
    first = run_report(params)
    assert_whole(first.path)
    assert run_report(params).run_id == first.run_id
    connection.execute(f"UPDATE {name}.massnahmen SET \"Träger\" = 'Caritasverband'")
    assert run_report(params).run_id != first.run_id


def test_an_address_that_is_not_set_ends_the_run_before_anything_is_published(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    params = project(COUNTED, source={"postgresql": {"url_from": VARIABLE, "schema": "export"}})
    with pytest.raises(UsageError, match="not set"):
        run_report(params)
    assert not (params.parents[1] / "reports" / "2017-Q2").exists()


@pytest.mark.parametrize(
    ("language", "heading", "said"),
    [
        ("de", "Der Export ist nicht verwendbar (1):", "Die Datei ist leer."),
        ("en", "The export cannot be used (1):", "The file is empty."),
    ],
)
def test_what_is_wrong_with_an_export_is_told_in_the_language_of_the_report(
    project: Project, language: str, heading: str, said: str
) -> None:
    params = project(COUNTED)
    data = params.parents[1] / "data"
    (data / "ziele.csv").write_bytes(b"")
    with pytest.raises(IntakeRefused) as raised:
        run_report(params, language=language)
    assert heading in str(raised.value)
    assert said in str(raised.value)
