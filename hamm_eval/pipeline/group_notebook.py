"""A notebook as it is asked of one target group: the group in its parameters, and no cell of the cohort."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from hamm_eval.pipeline.plan import GROUP_PARAMETER

COHORT = "cohort"
"""Tag of cells that are told of the cohort or of the export as a whole, never of a target group."""

_LEFT_OUT = "raw"
_ASSIGNED = re.compile(rf"^{GROUP_PARAMETER}\s*=.*$", re.MULTILINE)


def for_group(node: NotebookNode, group: str) -> NotebookNode:
    """The notebook with the group as a literal in its parameters cell; cells of the cohort do not run.

    They keep their places until `without_left_out`, so that messages give every cell the number that it has
    in the notebook as written.

    Parameters
    ----------
    node : NotebookNode
        As written.
    group : str
        A key of params; "" leaves the notebook as it is.
    """
    if not group:
        return node
    cells = []
    for cell in node.cells:
        tags = cell.metadata.get("tags", [])
        if COHORT in tags:
            # No output, no count: a raw cell is never executed.
            kept = {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
            cell = NotebookNode({**kept, "cell_type": _LEFT_OUT})
        elif "parameters" in tags:
            cell = NotebookNode(
                {**cell, "source": _ASSIGNED.sub(f'{GROUP_PARAMETER} = "{group}"', cell.source)}
            )
        cells.append(cell)
    return NotebookNode({**node, "cells": cells})


def without_left_out(node: NotebookNode) -> NotebookNode:
    """The notebook without the places of the cells that `for_group` left out."""
    kept = [
        cell
        for cell in node.cells
        if cell.cell_type != _LEFT_OUT or COHORT not in cell.metadata.get("tags", [])
    ]
    return NotebookNode({**node, "cells": kept})
