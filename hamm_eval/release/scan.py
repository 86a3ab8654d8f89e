"""The scan of executed notebooks: an allow-list. What bears no mark of the run record does not travel.

A scanned notebook is built anew from the parts that may travel; nothing of an output
is copied, marked or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hamm_eval.errors import Problem
from hamm_eval.release.record import MARK, Entry

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TAG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""Constants: what a kernel or papermill wrote there (paths, parameters, times) stays behind."""

_INJECTED = "injected-parameters"
_SHOW = "Show results with study.show, which passes them through the release gate; remove every other output."


@dataclass(frozen=True, slots=True)
class Scanned:
    """A notebook that holds released outputs only.

    Parameters
    ----------
    notebook : NotebookNode
    problems : tuple of Problem
        Every output that is not a release, by notebook and cell; never its content.
    private_log : tuple of str
        What went to stderr: for the private log, dropped from the notebook.
    shown : tuple of str
        Ids of the releases shown, in order.
    """

    notebook: NotebookNode
    problems: tuple[Problem, ...]
    private_log: tuple[str, ...]
    shown: tuple[str, ...]


def scan_notebook(nb: Mapping[str, Any], entries: Iterable[Entry], *, notebook: str = "") -> Scanned:
    """Replace every marked output by the record's own payload and report all others.

    Parameters
    ----------
    nb : NotebookNode
        As executed; not changed.
    entries : iterable of Entry
        What the run record holds for this notebook.
    notebook : str, optional
        Its name in messages; that of the entries where not given.

    Returns
    -------
    Scanned
        Nothing may be published where `problems` is not empty.
    """
    import nbformat

    known = {entry.id: entry for entry in entries}
    name = notebook or next((entry.notebook for entry in known.values()), "notebook")
    problems: list[Problem] = []
    log: list[str] = []
    shown: list[str] = []
    cells: list[dict[str, Any]] = []
    number = 0
    for cell in nb["cells"]:
        # A cell that papermill put in is not counted: the author's notebook does not have it.
        number += _INJECTED not in _tags(cell)
        where = f"{name}, cell {number}"
        cells.append(_cell(cell, known, where, problems, log, shown))
    if nb.get("metadata", {}).get("widgets"):
        problems.append(Problem("The notebook holds the state of a widget.", name, _SHOW))
    scanned = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": METADATA,
            "cells": cells,
        }
    )
    return Scanned(scanned, tuple(problems), tuple(log), tuple(shown))


def _tags(cell: Mapping[str, Any]) -> list[str]:
    """The cell's tags, as far as they are plain words."""
    tags = cell.get("metadata", {}).get("tags", [])
    return [tag for tag in tags if isinstance(tag, str) and _TAG.fullmatch(tag)]


def _cell(
    cell: Mapping[str, Any],
    known: Mapping[str, Entry],
    where: str,
    problems: list[Problem],
    log: list[str],
    shown: list[str],
) -> dict[str, Any]:
    """The parts of one cell that may travel."""
    kind = cell["cell_type"]
    tags = _tags(cell)
    clean: dict[str, Any] = {
        "cell_type": kind,
        "metadata": {"tags": tags} if tags else {},
        "source": _text(cell["source"]),
    }
    if _CELL_ID.fullmatch(str(cell.get("id", ""))):
        clean["id"] = cell["id"]
    if cell.get("attachments"):
        problems.append(Problem("This cell has an attachment.", where, "Remove it."))
    if kind == "code":
        count = cell.get("execution_count")
        clean["execution_count"] = count if isinstance(count, int) else None
        clean["outputs"] = []
        for output in cell.get("outputs", []):
            released = _output(output, known, where, problems, log)
            if released is not None:
                clean["outputs"].append(released)
                shown.append(released["metadata"][MARK]["release"])
    elif kind not in ("markdown", "raw"):
        problems.append(Problem("A cell of unknown type.", where, "Use code and Markdown cells."))
        clean |= {"cell_type": "markdown", "source": ""}
    return clean


def _output(
    output: Mapping[str, Any],
    known: Mapping[str, Entry],
    where: str,
    problems: list[Problem],
    log: list[str],
) -> dict[str, Any] | None:
    """The record's payload for a marked output; None, and a problem, for any other."""
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") == "stderr":
        log.append(_text(output.get("text", "")))
        return None
    if kind == "stream":
        problems.append(Problem("This cell prints text.", where, _SHOW))
        return None
    if kind == "error":
        problems.append(Problem("This cell ended in an error.", where, "The private log has the traceback."))
        return None
    mark = _mark(output)
    entry = known.get(mark) if mark is not None else None
    if kind == "display_data" and entry is not None:
        return {
            "output_type": "display_data",
            "data": {"text/html": entry.html, "text/plain": entry.id},
            "metadata": {MARK: {"release": entry.id}},
        }
    if mark is not None:
        problems.append(
            Problem("This output bears a mark that is not in the run record.", where, "Run the report again.")
        )
    else:
        problems.append(Problem("This output has not passed the release gate.", where, _SHOW))
    return None


def _mark(output: Mapping[str, Any]) -> str | None:
    """The release's id that an output claims."""
    metadata = output.get("metadata")
    mark = metadata.get(MARK) if isinstance(metadata, Mapping) else None
    claimed = mark.get("release") if isinstance(mark, Mapping) else None
    return claimed if isinstance(claimed, str) else None


def _text(text: object) -> str:
    """A multi-line string of the notebook format."""
    return "".join(map(str, text)) if isinstance(text, list | tuple) else str(text)
