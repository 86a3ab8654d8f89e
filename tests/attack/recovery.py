"""What an attacker can find of a table's cells by integer programming (SciPy's HiGHS)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from hamm_eval.estimate import IntArray

Range = tuple[int, int]
ANY: Range = (0, 10**6)


def feasible(
    ranges: Sequence[Sequence[Range]],
    rows: Sequence[Range],
    columns: Sequence[Range],
    total: Range,
    wanted: Sequence[tuple[int, int]],
) -> IntArray:
    """How many values each wanted cell can have, given the range of each cell and of each margin."""
    low, high = (np.array([[ends[e] for ends in row] for row in ranges], dtype=np.float64) for e in (0, 1))
    height, width = low.shape
    at = np.arange(low.size)
    sums = [at // width == i for i in range(height)] + [at % width == j for j in range(width)] + [at >= 0]
    least, most = zip(*rows, *columns, total, strict=True)
    known = LinearConstraint(np.array(sums, dtype=np.float64), least, most)
    found = []
    for i, j in wanted:
        goal = np.zeros(low.size)
        goal[i * width + j] = 1.0
        ends = [
            milp(
                sign * goal,
                constraints=known,
                integrality=np.ones(low.size),
                bounds=Bounds(low.ravel(), high.ravel()),
            )
            for sign in (1, -1)
        ]
        assert all(end.success for end in ends), "what is published contradicts itself"
        found.append(round(-ends[1].fun - ends[0].fun) + 1)
    return np.array(found, dtype=np.int64)
