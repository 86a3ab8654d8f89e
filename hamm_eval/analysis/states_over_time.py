"""Where do people stand, month by month? Probability of being in each state of a path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.time_to_integration import DAYS_PER_MONTH
from hamm_eval.cohort import StateCohort
from hamm_eval.estimate import Definition, StateShares
from hamm_eval.params import Params
from hamm_eval.survival import state_occupation

QUESTION = "states_over_time"


def states_over_time(cohort: StateCohort, params: Params) -> StateShares:
    """Shares of people in each state, since their case file was opened (multi-state Aalen-Johansen).

    Parameters
    ----------
    cohort : StateCohort
        Of a path of `params.states_over_time` (`cohort.build_states`).
    params : Params

    Returns
    -------
    StateShares
        Every month and at the horizons of params, as long as the state of anybody is known; standard
        errors by household. Nobody enters late: time begins with the case file.

    Raises
    ------
    InputError
        Rows that overlap, jump or teleport.

    Notes
    -----
    Shares of states need no Markov assumption, as long as the end of what is known does not depend on the
    state (Datta and Satten). Where the closing of a case is no state it may: a path that is about to fail is
    closed more often. Then the shares are those of people whose cases stay open alike.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations. Scandinavian J. of Statistics 5, 141-150. Datta, S. and Satten, G. A.
    (2001). Validity of the Aalen-Johansen estimators of stage occupation probabilities and Nelson-Aalen
    estimators of integrated transition hazards for non-Markov models. Statistics and Probability Letters 55,
    403-411.
    """
    path = params.states_over_time[cohort.path]
    return shares_of(
        cohort,
        path.horizons_months,
        define(
            QUESTION,
            cohort.path,
            path=path.model_dump(mode="json", exclude={"label", "states", "reporting_delay_days"}),
            states={
                key: params.endpoints[state.endpoint].event.model_dump(mode="json")
                if state.endpoint
                else state.model_dump(mode="json", exclude={"label"})
                for key, state in path.states.items()
            },
            cohort=cohort_details(params),
        ),
    )


def shares_of(cohort: StateCohort, horizons_months: Sequence[int], definition: Definition) -> StateShares:
    """Shares of people in each state every month and at the horizons, as long as anybody's is known."""
    rows = cohort.rows
    fit = state_occupation(
        rows["person_id"].to_numpy(dtype=str),
        rows["start"].to_numpy(dtype=np.float64),
        rows["stop"].to_numpy(dtype=np.float64),
        rows["from_state"].to_numpy(dtype=object),
        rows["to_state"].to_numpy(dtype=object),
        states=cohort.states,
        cluster=rows["household_id"].to_numpy(dtype=str),
        cluster_t=None,
    )
    horizons = tuple(round(months * DAYS_PER_MONTH) for months in horizons_months)
    grid = (round(months * DAYS_PER_MONTH) for months in range(max(horizons_months) + 1))
    known = {day: int((cohort.followed_until >= day).sum()) for day in sorted({*grid, *horizons})}
    times = tuple(day for day, persons in known.items() if persons)
    return StateShares(
        definition=definition,
        path=cohort.path,
        states=cohort.states,
        times=times,
        horizons=tuple(day for day in horizons if day in times),
        persons=cohort.persons,
        known=np.array([known[day] for day in times], dtype=np.int64),
        fit=fit,
    )
