"""What follows when a person leaves a mainstream system: another one, none, or departure?"""

from __future__ import annotations

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.states_over_time import shares_of
from hamm_eval.cohort import StateCohort
from hamm_eval.estimate import StateShares
from hamm_eval.params import Params

QUESTION = "transitions_between_systems"


def transitions_between_systems(cohort: StateCohort, params: Params) -> StateShares:
    """Shares that an exit has led to by a day since: each next system (bridges), none (the break), departure.

    Parameters
    ----------
    cohort : StateCohort
        `cohort.build_transitions`.
    params : Params

    Returns
    -------
    StateShares
        Cumulative incidences from the day of the exit on, the systems that follow and departure competing;
        the share in "none" is what is left: a break so far.

    Notes
    -----
    Every state but the first is final, so that each share is a cumulative incidence of Aalen and Johansen and
    they add up to everybody. The closing of a case while the person stays ends what is known: of someone
    whose case closes because of an entry the entry counts, as it comes first.
    """
    asked = params.transitions_between_systems[cohort.path]
    return shares_of(
        cohort,
        asked.horizons_months,
        define(
            QUESTION,
            cohort.path,
            transitions=asked.model_dump(
                mode="json",
                exclude={
                    "label": True,
                    "origin": True,
                    "none": True,
                    "reporting_delay_days": True,
                    "into": {"__all__": {"label"}},
                },
            ),
            cohort=cohort_details(params),
        ),
    )
