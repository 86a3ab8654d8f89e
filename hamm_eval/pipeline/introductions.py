"""Introductions to results of which nothing can be told: one sentence stands in their place."""

from __future__ import annotations

import re
from collections.abc import Collection

from nbformat import NotebookNode

from hamm_eval.release.record import MARK

_HEADING = re.compile(r"(#{1,6})\s.*")


def without_idle_introductions(node: NotebookNode, untold: Collection[str], sentence: str) -> NotebookNode:
    """The notebook as a page shows it: headings stay, what introduces nothing goes.

    Parameters
    ----------
    node : NotebookNode
        Scanned, with the prose of one language. A heading begins its cell, and holds until the next of its
        level or above.
    untold : collection of str
        Ids of releases that leave their question without an answer.
    sentence : str
        Said beneath a heading under which there are such releases only; once, where others stand beneath it.

    Returns
    -------
    NotebookNode
        `node` is not changed.
    """
    cells = list(node.cells)
    end_of_idle = 0
    for i, cell in enumerate(cells):
        level = _level(cell)
        if not level:
            if i < end_of_idle and cell.cell_type == "markdown":
                cells[i] = NotebookNode({**cell, "source": ""})
            continue
        end = next((j for j in range(i + 1, len(cells)) if 0 < _level(cells[j]) <= level), len(cells))
        shown = [name for below in cells[i + 1 : end] for name in _shown(below)]
        if not shown or not set(shown) <= set(untold):
            continue
        said = "" if i < end_of_idle else f"\n\n{sentence}"
        cells[i] = NotebookNode({**cell, "source": f"{cell.source.splitlines()[0]}{said}"})
        end_of_idle = max(end_of_idle, end)
    return NotebookNode(
        {**node, "cells": [cell for cell in cells if cell.source or cell.cell_type == "code"]}
    )


def _level(cell: NotebookNode) -> int:
    """Of the heading that a cell begins with; 0 where it begins with none."""
    found = _HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return len(found[1]) if found else 0


def _shown(cell: NotebookNode) -> list[str]:
    """Ids of the releases that a cell shows."""
    return [output.metadata[MARK]["release"] for output in cell.get("outputs", ())]
