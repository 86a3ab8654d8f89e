"""Notebooks as they are committed: one question each, thin cells, both languages, nothing stored."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("examples/*/notebooks/*.ipynb")])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_format_ids_and_kernel(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


def test_nothing_is_stored(notebook: nbformat.NotebookNode) -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(notebook))
    assert not any("attachments" in cell for cell in notebook.cells)


def test_scalars_are_the_parameters(notebook: nbformat.NotebookNode) -> None:
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assigned = {node.targets[0].id: node.value.value for node in ast.parse(tagged[0].source).body}
    # In the file a notebook is that of the cohort.
    assert assigned.pop("target_group", "") == ""
    assert list(assigned) == ["quarter", "params_file", "language"]
    assert all(isinstance(value, str) for value in assigned.values())
    given = ", target_group=target_group" in code(notebook)[1].source
    assert given == ("target_group" in tagged[0].source)


def test_cells_are_thin_and_the_last_one_finishes(notebook: nbformat.NotebookNode) -> None:
    _, opening, *rest = code(notebook)
    assert opening.source.splitlines()[-1].startswith("study = hamm_eval.open_study(params_file")
    assert rest[-1].source == "study.finish()"
    assert all(len(cell.source.splitlines()) == 1 for cell in rest)
    assert all(cell.source.startswith("study.show.") for cell in rest[:-1])


def test_prose_stands_in_both_languages_side_by_side(notebook: nbformat.NotebookNode) -> None:
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    spoken = [cell.metadata.tags[0] for cell in prose]
    assert spoken == ["lang-de", "lang-en"] * (len(prose) // 2)
    assert {tag for cell in prose for tag in cell.metadata.tags[1:]} <= {"cohort"}
    for german, english in zip(prose[::2], prose[1::2], strict=True):
        assert german.metadata.tags[1:] == english.metadata.tags[1:]
        first, second = (cell.source.splitlines()[0] for cell in (german, english))
        assert first.split()[0] == second.split()[0]  # same level of heading
        assert first.endswith("?")
        assert second.endswith("?")


@pytest.mark.parametrize(
    ("language", "said"), [("de", "hat die Prüfungen bestanden"), ("en", "has passed the checks")]
)
def test_the_overview_of_effects_says_that_checks_come_first(language: str, said: str) -> None:
    effects = nbformat.read(ROOT / "notebooks" / "04_measure_effectiveness.ipynb", as_version=4)
    at = next(i for i, cell in enumerate(effects.cells) if "effect_overview()" in cell.source)
    (before,) = (
        cell.source for cell in effects.cells[at - 2 : at] if f"lang-{language}" in cell.metadata["tags"]
    )
    assert said in before
