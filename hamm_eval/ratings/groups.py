"""Groups that a random intercept is for: social workers, judges, persons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FEW_CLUSTERS, IntArray, labels_to_codes


def read_groups(group: ArrayLike, length: int) -> tuple[IntArray, NDArray[Any]]:
    """Codes and labels of the groups of the rows.

    Raises
    ------
    InputError
        Missing labels, another length.
    NotEstimable
        One group only, or none with two rows.
    """
    codes, labels = labels_to_codes(group, "group", length=length)
    if labels.size < 2:
        raise NotEstimable("There is one group only.", where="group")
    if labels.size == codes.size:
        raise NotEstimable("No group has two rows.", where="group")
    return codes, np.asarray(labels)


def few_groups_notes(groups: int) -> tuple[str, ...]:
    """What a reader of a variance between few groups has to know."""
    if groups >= FEW_CLUSTERS:
        return ()
    return (f"Only {groups} groups: the variance between them is known roughly, and tends to be too small.",)
