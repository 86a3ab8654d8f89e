"""Time to event: who is at risk, how many reach a goal by when, and what goes with it.

Array functions with R `survival`'s conventions: rows are ``(entry, time]``, an event at t precedes a
censoring at t, who enters at t is not yet at risk at t.
"""

from hamm_eval.survival.aalen_johansen import AalenJohansen, IncidenceAt, aalen_johansen
from hamm_eval.survival.case_mix import CaseMix, case_mix
from hamm_eval.survival.contrasts import (
    IncidenceDifference,
    MeanDifference,
    TimeInStatesDifference,
    incidence_difference,
    rmst_difference,
    time_in_states_difference,
)
from hamm_eval.survival.cox import cox
from hamm_eval.survival.cox_baseline import Baseline
from hamm_eval.survival.cox_model import Cox
from hamm_eval.survival.fine_gray import fine_gray
from hamm_eval.survival.funnel import Heterogeneity, binomial_limits, funnel_limits, funnel_test
from hamm_eval.survival.gray_test import GrayTest, gray_test
from hamm_eval.survival.indirect import IndirectStandardisation, indirect_standardisation
from hamm_eval.survival.kaplan_meier import KaplanMeier, kaplan_meier
from hamm_eval.survival.landmark import Landmark, landmark
from hamm_eval.survival.logrank import LogRank, logrank
from hamm_eval.survival.parametric import Parametric, parametric
from hamm_eval.survival.piecewise_exponential import PiecewiseExponential, piecewise_exponential
from hamm_eval.survival.proportionality import ProportionalityTest
from hamm_eval.survival.pseudo_observations import pseudo_observations
from hamm_eval.survival.row_check import check_rows
from hamm_eval.survival.state_occupation import (
    ProbabilityAt,
    StateOccupation,
    TimeInStates,
    state_occupation,
)
from hamm_eval.survival.turnbull import Turnbull, turnbull

__all__ = [
    "AalenJohansen",
    "Baseline",
    "CaseMix",
    "Cox",
    "GrayTest",
    "Heterogeneity",
    "IncidenceAt",
    "IncidenceDifference",
    "IndirectStandardisation",
    "KaplanMeier",
    "Landmark",
    "LogRank",
    "MeanDifference",
    "Parametric",
    "PiecewiseExponential",
    "ProbabilityAt",
    "ProportionalityTest",
    "StateOccupation",
    "TimeInStates",
    "TimeInStatesDifference",
    "Turnbull",
    "aalen_johansen",
    "binomial_limits",
    "case_mix",
    "check_rows",
    "cox",
    "fine_gray",
    "funnel_limits",
    "funnel_test",
    "gray_test",
    "incidence_difference",
    "indirect_standardisation",
    "kaplan_meier",
    "landmark",
    "logrank",
    "parametric",
    "piecewise_exponential",
    "pseudo_observations",
    "rmst_difference",
    "state_occupation",
    "time_in_states_difference",
    "turnbull",
]


def __dir__() -> list[str]:
    """Public names for tab completion; the files they live in are no part of the room's face."""
    return sorted(__all__)
