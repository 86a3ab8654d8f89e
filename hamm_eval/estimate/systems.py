"""Access to mainstream systems."""

from __future__ import annotations

from dataclasses import dataclass

from hamm_eval.estimate.base import Estimate
from hamm_eval.estimate.curves import Curves


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SystemAccess(Estimate):
    """Access to several systems beside each other.

    Parameters
    ----------
    key : str
        Of the question in params.
    curves : Curves
        One group a system; each has its own persons at risk, whoever is at risk of several is in several.
    while_open : Curves
        Of the very same persons, with the closing of the case as a competing end besides: the share that is
        documented as entered while the case was open, a lower bound.
    prevalent : tuple of int
        By system, persons who had entered before observation began: in no curve.
    """

    key: str
    curves: Curves
    while_open: Curves
    prevalent: tuple[int, ...]
