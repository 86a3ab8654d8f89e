"""Which notebooks a run executes: independent units, planned from params before anything starts."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hamm_eval.errors import ParamsError, Problem
from hamm_eval.params import Params

PARAMETERS = ("quarter", "params_file", "language")
"""The only names that go through papermill, which executes the *names* of parameters as code."""

_NAME = re.compile(r"[0-9]{2}_[a-z0-9_]+")
_SUMMARY = "00_"


@dataclass(frozen=True, slots=True)
class RunUnit:
    """One notebook of a run; it needs nothing of the run but the units in `after`.

    Parameters
    ----------
    notebook : str
        Name without suffix; its number gives its place on the page.
    path : Path
        The notebook's file.
    after : tuple of str
        Notebooks that must have run before: the summary reads what all others released.
    """

    notebook: str
    path: Path
    after: tuple[str, ...]


def plan_run(params: Params, params_path: Path, root: Path) -> tuple[RunUnit, ...]:
    """Units of the run that `params` asks for, in the order of the notebooks' numbers.

    Raises
    ------
    ParamsError
        Everything that is wrong with the list `run` or with the notebooks it names.
    """
    problems: list[Problem] = []
    for i, name in enumerate(params.run):
        place = f"{params_path}: run[{i}]"
        if not _NAME.fullmatch(name):
            problems.append(Problem("No name of a notebook.", place, "Names are as 02_time_to_integration."))
        elif name in params.run[:i]:
            problems.append(Problem("This notebook is named twice.", place, "Keep one."))
        else:
            problems += _check_notebook(root / params.notebooks / f"{name}.ipynb", place)
    if not params.run:
        problems.append(Problem("No notebook to run.", f"{params_path}: run", "Name at least one."))
    if problems:
        raise ParamsError.of(problems, "The run cannot be planned:")
    names = sorted(params.run)
    others = tuple(name for name in names if not name.startswith(_SUMMARY))
    return tuple(
        RunUnit(
            notebook=name,
            path=root / params.notebooks / f"{name}.ipynb",
            after=others if name.startswith(_SUMMARY) else (),
        )
        for name in names
    )


def _check_notebook(path: Path, place: str) -> Iterator[Problem]:
    """A notebook must be there and take exactly the parameters that it will be given."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except OSError:
        yield Problem("There is no such notebook.", place, f"Looked in {path.parent.name}/.")
        return
    except (ValueError, KeyError, TypeError):
        yield Problem(
            "This file is no notebook.", f"{place}: {path.name}", "Open it in JupyterLab and save it."
        )
        return
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        yield Problem(
            f"{len(tagged)} cells are tagged `parameters`.", f"{place}: {path.name}", "Tag exactly one."
        )
    elif set(PARAMETERS) != _assigned(tagged[0]):
        yield Problem(
            "The parameters cell does not assign exactly the parameters of a run.",
            f"{place}: {path.name}",
            f"Assign {', '.join(PARAMETERS)}, each a literal.",
        )


def _assigned(cell: dict[str, Any]) -> set[str]:
    """Names that a cell assigns a literal to; the empty set if it does anything else."""
    try:
        statements = ast.parse("".join(cell.get("source", ""))).body
    except SyntaxError:
        return set()
    names: set[str] = set()
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
                names.add(name)
            case _:
                return set()
    return names
