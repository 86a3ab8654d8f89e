"""Rule 8: the private register of all that was published, quarter by quarter, and what it forbids."""

from __future__ import annotations

from hamm_eval.release.register.check import check_series, refuse_changes
from hamm_eval.release.register.curves import curves_told, quarter_before, recovering_curves
from hamm_eval.release.register.series import Series, series_system
from hamm_eval.release.register.store import Outcome, Publication, Register

__all__ = [
    "Outcome",
    "Publication",
    "Register",
    "Series",
    "check_series",
    "curves_told",
    "quarter_before",
    "recovering_curves",
    "refuse_changes",
    "series_system",
]
