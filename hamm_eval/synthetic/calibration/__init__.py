"""The calibration of the synthetic city: published figures beside its own."""

from __future__ import annotations

from hamm_eval.synthetic.calibration.figures import MOST_DISTANT, UNUSABLE_COUNTS, Figure, distance, figures
from hamm_eval.synthetic.calibration.page import PAGE, SEEDS, calibration_page
from hamm_eval.synthetic.calibration.planted import MODEL_PAGE, planted_tables

__all__ = [
    "MODEL_PAGE",
    "MOST_DISTANT",
    "PAGE",
    "SEEDS",
    "UNUSABLE_COUNTS",
    "Figure",
    "calibration_page",
    "distance",
    "figures",
    "planted_tables",
]
