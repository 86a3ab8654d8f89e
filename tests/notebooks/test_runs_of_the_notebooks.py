"""The project's own notebooks on the committed city: they run, twice alike, and alike in JupyterLab."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from small_project import ROOT, assert_whole, published_bytes

from hamm_eval.params import load_params
from hamm_eval.pipeline import Published, run_report

PARAMS = ROOT / "params/2017-Q2.yaml"
NUMBER = re.compile(r'<span class="he-number"[^>]*>[^<]*</span>')
# A place too: the page fills it.
HINT = re.compile(r'<p class="he-hint"[^>]*>[^<]*</p>')
STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)


@pytest.fixture(scope="module")
def reports(
    quarter_report: Published, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Published, Published]:
    """The quarter's report, made twice."""
    return quarter_report, run_report(PARAMS, out=tmp_path_factory.mktemp("reports"))


def test_two_runs_of_the_same_inputs_are_byte_identical(reports: tuple[Published, Published]) -> None:
    first, second = reports

    assert first.run_id == second.run_id
    assert published_bytes(first.path) == published_bytes(second.path)
    assert_whole(first.path)


def test_the_page_is_whole_and_loads_nothing(reports: tuple[Published, Published]) -> None:
    page = reports[0].page.read_text(encoding="utf-8")

    for unit in load_params(PARAMS).run:
        assert f'id="{unit}-1"' in page
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!data:|#)""", page.split("<body")[1])
    assert not re.search(r"<script|<link|<iframe|@import|url\((?!data:)", page)
    assert "In [" not in page
    assert "open_study" not in page
    assert str(ROOT) not in page


def test_no_path_of_the_machine_stands_in_any_file(reports: tuple[Published, Published]) -> None:
    for content in published_bytes(reports[0].path).values():
        assert str(ROOT).encode() not in content
        assert str(Path.home()).encode() + b"/" not in content
        assert b"/tmp/" not in content


def test_results_hold_every_release_of_every_notebook(reports: tuple[Published, Published]) -> None:
    path = reports[0].path
    results = json.loads((path / "results.json").read_text(encoding="utf-8"))["releases"]
    marked = {
        (file.stem, output["metadata"]["hamm_eval"]["release"])
        for file in path.glob("*.ipynb")
        for output in _outputs(nbformat.read(file, as_version=4))
    }
    assert marked == {(entry["notebook"], entry["id"]) for entry in results}
    kinds = {entry["release"]["kind"] for entry in results}
    assert {
        "table",
        "curves",
        "model",
        "side_by_side",
        "states",
        "goals",
        "goal_scores",
        "attainment_model",
        "worker_share",
        "distribution",
        "arrivals",
        "effect",
        "quantiles",
        "truth",
    } <= kinds


# How a figure is shown without a run is alike for all notebooks; that each runs, nbval sees.
@pytest.mark.parametrize("name", ["07_providers_and_caseload"])
def test_jupyterlab_shows_the_same_releases(
    reports: tuple[Published, Published], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HAMM_EVAL_RUN", "HAMM_EVAL_NOTEBOOK"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    node = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}

    NotebookClient(node, timeout=600, kernel_name="python3", resources=resources).execute()

    published = nbformat.read(reports[0].path / f"{name}.ipynb", as_version=4)
    assert [*_shown(node)] == [*_shown(published)]


def test_notebooks_run_under_nbval() -> None:
    """nbval compares nothing where no outputs are stored: it is the smoke run of a researcher's desk."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-x", "-q", "-p", "no:cacheprovider", "notebooks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_notebook_holds_outputs_or_more_than_literals_and_calls() -> None:
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        node = nbformat.read(file, as_version=4)
        code = [cell for cell in node.cells if cell.cell_type == "code"]
        assert not any(cell.outputs or cell.execution_count for cell in code), file.name
        assert not any(re.search(r"^\s*(def|for|while|class) ", cell.source, re.MULTILINE) for cell in code)
        assert code[-1].source.strip() == "study.finish()", file.name


def _outputs(node: nbformat.NotebookNode) -> Iterator[nbformat.NotebookNode]:
    for cell in node.cells:
        yield from (output for output in cell.get("outputs", []) if output.output_type == "display_data")


def _shown(node: nbformat.NotebookNode) -> Iterator[tuple[str, str]]:
    """Id and fragment of what is shown, without the style and the numbers that JupyterLab adds."""
    for output in _outputs(node):
        html = STYLE.sub("", "".join(output.data["text/html"]))
        yield output.metadata["hamm_eval"]["release"], HINT.sub("", NUMBER.sub("<number>", html))
