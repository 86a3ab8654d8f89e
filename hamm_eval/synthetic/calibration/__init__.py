"""The calibration of the synthetic city: published figures beside its own."""

from __future__ import annotations

from hamm_eval.synthetic.calibration.figures import MOST_DISTANT, UNUSABLE_COUNTS, Figure, distance, figures
from hamm_eval.synthetic.calibration.page import PAGE, SEEDS, calibration_page, write_page

__all__ = [
    "MOST_DISTANT",
    "PAGE",
    "SEEDS",
    "UNUSABLE_COUNTS",
    "Figure",
    "calibration_page",
    "distance",
    "figures",
    "write_page",
]
