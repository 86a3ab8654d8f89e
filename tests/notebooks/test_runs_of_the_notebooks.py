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


# Of a small project this is seen in every run of the tests; of effects, below.
@pytest.mark.slow
def test_two_runs_of_the_same_inputs_are_byte_identical(quarter_report: Published, tmp_path: Path) -> None:
    second = run_report(PARAMS, out=tmp_path)

    assert quarter_report.run_id == second.run_id
    assert published_bytes(quarter_report.path) == published_bytes(second.path)


def test_the_page_is_whole_and_loads_nothing(quarter_report: Published) -> None:
    page = quarter_report.page.read_text(encoding="utf-8")
    assert_whole(quarter_report.path)

    for unit in load_params(PARAMS).run:
        assert f'id="{unit}-1"' in page
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!data:|#)""", page.split("<body")[1])
    assert not re.search(r"<script|<link|<iframe|@import|url\((?!data:)", page)
    assert "In [" not in page
    assert "open_study" not in page
    assert str(ROOT) not in page


def test_no_path_of_the_machine_stands_in_any_file(quarter_report: Published) -> None:
    for content in published_bytes(quarter_report.path).values():
        assert str(ROOT).encode() not in content
        assert str(Path.home()).encode() + b"/" not in content
        assert b"/tmp/" not in content


def test_results_hold_every_release_of_every_notebook(quarter_report: Published) -> None:
    path = quarter_report.path
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


# A second run of what draws random numbers. How a figure is shown without a run is alike for all notebooks;
# that each runs, nbval sees.
@pytest.mark.parametrize("name", ["04_measure_effectiveness"])
def test_jupyterlab_shows_the_same_releases(
    quarter_report: Published, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HAMM_EVAL_RUN", "HAMM_EVAL_NOTEBOOK"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    node = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}

    NotebookClient(node, timeout=600, kernel_name="python3", resources=resources).execute()

    published = nbformat.read(quarter_report.path / f"{name}.ipynb", as_version=4)
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
