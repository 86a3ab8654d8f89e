"""A kind of defect: what it is called, what intake ought to say of it, and how it is planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.dirty.city import City, Mark
from hamm_eval.synthetic.dirty.defect import Expected, Family

Planter = Callable[[City, np.random.Generator], Mark | None]


@dataclass(frozen=True, slots=True)
class DefectKind:
    """One kind.

    Parameters
    ----------
    name : str
    family : Family
    case : int or None
        Its number in the list of bad inputs.
    rule : str or None
        The intake rule that ought to say it; None where there is none.
    expected : Expected
    meaning : str
        A few words for the documentation.
    plant : callable
        Plants it once and says where; None where the city has no room for it.
    detectable : bool
        Whether somebody who has only the export can tell, in principle.
    times : int or None
        How often at most; None: as often as the plan says.
    """

    name: str
    family: Family
    case: int | None
    rule: str | None
    expected: Expected
    meaning: str
    plant: Planter
    detectable: bool = True
    times: int | None = None
