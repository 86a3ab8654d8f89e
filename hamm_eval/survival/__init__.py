"""Time to event: who is at risk, how many reach a goal by when, and what goes with it.

Array functions with R `survival`'s conventions: rows are ``(entry, time]``, an event at t precedes a
censoring at t, who enters at t is not yet at risk at t.
"""

from hamm_eval.survival.aalen_johansen import AalenJohansen, IncidenceAt, aalen_johansen
from hamm_eval.survival.contrasts import (
    IncidenceDifference,
    MeanDifference,
    incidence_difference,
    rmst_difference,
)
from hamm_eval.survival.cox import cox
from hamm_eval.survival.cox_baseline import Baseline
from hamm_eval.survival.cox_model import Cox
from hamm_eval.survival.kaplan_meier import KaplanMeier, kaplan_meier
from hamm_eval.survival.logrank import LogRank, logrank
from hamm_eval.survival.proportionality import ProportionalityTest

__all__ = [
    "AalenJohansen",
    "Baseline",
    "Cox",
    "IncidenceAt",
    "IncidenceDifference",
    "KaplanMeier",
    "LogRank",
    "MeanDifference",
    "ProportionalityTest",
    "aalen_johansen",
    "cox",
    "incidence_difference",
    "kaplan_meier",
    "logrank",
    "rmst_difference",
]
