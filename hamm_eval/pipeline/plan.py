"""Which notebooks a run executes: independent units, planned from params before anything starts."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hamm_eval.errors import ParamsError, Problem
from hamm_eval.nearest import did_you_mean
from hamm_eval.params import Params

PARAMETERS = ("quarter", "params_file", "language")
GROUP_PARAMETER = "target_group"
"""With the former the only names that go through papermill, which executes *names* of parameters as code."""

_NAME = re.compile(r"[0-9]{2}_[a-z0-9_]+")
_SUMMARY = "00_"


@dataclass(frozen=True, slots=True)
class RunUnit:
    """One notebook of a run, for the cohort or a target group; it needs nothing but the units in `after`.

    Parameters
    ----------
    notebook : str
        Name without suffix; its number gives its place on the page.
    path : Path
        The notebook's file.
    after : tuple of str
        Names of units that must have run before: the summary reads what all others released.
    target_group : str
        Whom the notebook is asked of; "" for the cohort of the report.
    takes_group : bool
        Whether the notebook has the parameter `target_group`.
    """

    notebook: str
    path: Path
    after: tuple[str, ...]
    target_group: str = ""
    takes_group: bool = False

    @property
    def name(self) -> str:
        """Name within the run, of files and anchors too: two runs of one notebook never share one."""
        return f"{self.notebook}-{self.target_group}" if self.target_group else self.notebook


def plan_run(params: Params, params_path: Path, root: Path) -> tuple[RunUnit, ...]:
    """Units of the run that `params` asks for: those of the cohort by their numbers, then group after group.

    Raises
    ------
    ParamsError
        Everything that is wrong with the lists `run` and `run_for_groups`, or with the notebooks they name.
    """
    folder = root / params.notebooks
    problems = [*_check_list(params.run, folder, f"{params_path}: run")]
    for group, notebooks in params.run_for_groups.items():
        problems += _check_list(notebooks, folder, f"{params_path}: run_for_groups.{group}", group)
    if problems:
        raise ParamsError.of(problems, "The run cannot be planned:")
    asked = [(name, "") for name in sorted(params.run)]
    asked += [
        (name, group)
        for group in params.target_groups
        for name in sorted(params.run_for_groups.get(group, ()))
    ]
    units = [
        RunUnit(name, path, (), group, GROUP_PARAMETER in _parameters(path))
        for name, group in asked
        for path in [folder / f"{name}.ipynb"]
    ]
    others = tuple(unit.name for unit in units if not unit.notebook.startswith(_SUMMARY))
    return tuple(
        RunUnit(unit.notebook, unit.path, others, takes_group=unit.takes_group)
        if unit.notebook.startswith(_SUMMARY)
        else unit
        for unit in units
    )


def _check_list(names: Sequence[str], folder: Path, place: str, group: str = "") -> Iterator[Problem]:
    """Every name is that of a notebook that takes what it will be given, and stands once."""
    for i, name in enumerate(names):
        here = f"{place}[{i}]"
        if not _NAME.fullmatch(name):
            yield Problem("No name of a notebook.", here, "Names are as 02_time_to_integration.")
        elif name in names[:i]:
            yield Problem("This notebook is named twice.", here, "Keep one.")
        elif group and name.startswith(_SUMMARY):
            yield Problem(
                "The quarter at a glance is that of the cohort.", here, "Leave it out: it counts no group."
            )
        else:
            yield from _check_notebook(folder / f"{name}.ipynb", here, group)
    if not names:
        yield Problem("No notebook to run.", place, "Name at least one.")


def _check_notebook(path: Path, place: str, group: str) -> Iterator[Problem]:
    """A notebook must be there and take exactly the parameters that it will be given."""
    try:
        tagged = _tagged(path)
    except OSError:
        there = sorted(file.stem for file in path.parent.glob("*.ipynb"))
        advice = did_you_mean(path.stem, there, known="There are")
        yield Problem("There is no such notebook.", place, f"Looked in {path.parent.name}/. {advice}")
        return
    except (ValueError, KeyError, TypeError):
        yield Problem(
            "This file is no notebook.", f"{place}: {path.name}", "Open it in JupyterLab and save it."
        )
        return
    if len(tagged) != 1:
        yield Problem(
            f"{len(tagged)} cells are tagged `parameters`.", f"{place}: {path.name}", "Tag exactly one."
        )
        return
    assigned = _assigned(tagged[0])
    if set(PARAMETERS) != assigned - {GROUP_PARAMETER}:
        yield Problem(
            "The parameters cell does not assign exactly the parameters of a run.",
            f"{place}: {path.name}",
            f"Assign {', '.join(PARAMETERS)}, each a literal; {GROUP_PARAMETER} may be added.",
        )
    elif group and GROUP_PARAMETER not in assigned:
        yield Problem(
            "This notebook is not asked of target groups.",
            f"{place}: {path.name}",
            f'Leave it out, or add {GROUP_PARAMETER} = "" to its parameters cell and give it to open_study.',
        )


def _tagged(path: Path) -> list[dict[str, Any]]:
    """Cells that are tagged `parameters`."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]


def _parameters(path: Path) -> set[str]:
    """Names of the parameters of a notebook that was checked before."""
    return _assigned(_tagged(path)[0])


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
