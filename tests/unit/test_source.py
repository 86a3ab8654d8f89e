"""The paragraph ``source`` of params: exactly one place, and no address in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from small_project import ROOT

from hamm_eval.errors import ParamsError
from hamm_eval.params import load_params
from hamm_eval.source import Postgresql, Source

PARAMS = ROOT / "params" / "2017-Q2.yaml"


def with_source(tmp_path: Path, source: dict[str, Any]) -> Path:
    """The quarter's params with another source, written last."""
    content = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    del content["source"]
    path = tmp_path / "2017-Q2.yaml"
    text = yaml.safe_dump(content, allow_unicode=True) + yaml.safe_dump({"source": source}, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.strip().startswith(text))


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ({"folder": "data"}, Path("/root/data")),
        ({"workbook": "data/stadt.xlsx"}, Path("/root/data/stadt.xlsx")),
        (
            {"postgresql": {"url_from": "HAMM_EVAL_DATABASE", "schema": "export"}},
            Postgresql(url_from="HAMM_EVAL_DATABASE", schema="export"),
        ),
    ],
)
def test_a_place_is_read_from_params(tmp_path, source, place):
    found = load_params(with_source(tmp_path, source)).source
    assert found.place(Path("/root")) == place


@pytest.mark.parametrize("source", [{}, {"folder": "a", "workbook": "b.xlsx"}, {"mapping": "m.yaml"}])
def test_no_place_or_two_are_refused_with_the_line(tmp_path, source):
    path = with_source(tmp_path, source)
    with pytest.raises(ParamsError) as raised:
        load_params(path)
    (problem,) = raised.value.problems
    assert problem.where == f"{path}:{line_of(path, 'source:')}: source"
    assert "exactly one of folder, workbook and postgresql" in problem.what


@pytest.mark.parametrize(
    ("source", "place", "said"),
    [
        ({"folders": "a"}, "source.folders", "unknown"),
        ({"postgresql": {"url_from": "A", "tables": 1}}, "source.postgresql.tables", "unknown"),
        ({"postgresql": {"schema": "a"}}, "source.postgresql.url_from", "missing"),
        ({"workbook": "/data/a.xlsx"}, "source.workbook", "relative"),
    ],
)
def test_unknown_and_missing_keys_are_named_with_their_path(tmp_path, source, place, said):
    path = with_source(tmp_path, source)
    with pytest.raises(ParamsError) as raised:
        load_params(path)
    places = {problem.where.rsplit(": ", 1)[1]: problem.what for problem in raised.value.problems}
    assert said in places[place]


def test_an_address_in_params_is_refused_and_not_repeated(tmp_path):
    secret = "postgresql://evaluation:Zx9Secret@server/city"
    path = with_source(tmp_path, {"postgresql": {"url_from": secret}})
    with pytest.raises(ParamsError) as raised:
        load_params(path)
    assert "source.postgresql.url_from" in str(raised.value)
    assert "Name the environment variable" in str(raised.value)
    assert "Zx9Secret" not in str(raised.value)


def test_the_folder_of_a_source_is_where_its_truth_lies():
    assert Source(folder="data").folder_of(Path("/root")) == Path("/root/data")
    assert Source(workbook="data/stadt.xlsx").folder_of(Path("/root")) == Path("/root/data")
    assert Source(postgresql={"url_from": "A"}).folder_of(Path("/root")) is None
