"""How many attain what was agreed? Attainment as documented at reviews, and at the earliest possible."""

from __future__ import annotations

import numpy as np

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.time_to_integration import DAYS_PER_MONTH, incidence_of
from hamm_eval.cohort import GoalCohort
from hamm_eval.cohort.goals import CAUSES
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import CurveGroup, Curves, GoalAttainment
from hamm_eval.inference import labels_to_codes
from hamm_eval.params import Params

QUESTION = "goals_at_reviews"
DOCUMENTED, EARLIEST = "first_met", "last_unmet"


def goals_at_reviews(cohort: GoalCohort, params: Params) -> GoalAttainment:
    """Cumulative incidence of documented attainment, and its bound from above.

    Parameters
    ----------
    cohort : GoalCohort
        `cohort.build_goals`.
    params : Params

    Returns
    -------
    GoalAttainment
        Two curves of the same persons, leaving and dropping the goal competing: attainment when a review
        first found it, and the day after the last review that still found it unmet. A goal that is
        documented as attained was attained between the two; of one that never is, nothing is known.

    Raises
    ------
    NotEstimable
        Nobody has a goal in this domain.

    Notes
    -----
    Turnbull's estimate would fill the gap between reviews, but knows no departure (`survival.turnbull`).

    References
    ----------
    Lindsey, J. C. and Ryan, L. M. (1998). Methods for interval-censored data. Statistics in Medicine 17,
    219-238. Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov
    chains based on censored observations. Scandinavian J. of Statistics 5, 141-150.
    """
    rows = cohort.rows
    asked = params.goals_at_reviews[cohort.key]
    if rows.empty:
        raise NotEstimable("Nobody has a goal in this domain.", where=f"goals_at_reviews.{cohort.key}")
    clusters, _ = labels_to_codes(rows["household_id"].to_numpy(dtype=str), "household_id")
    time, cause = rows["time"].to_numpy(dtype=np.int64), rows["cause"].to_numpy(dtype=np.int64)
    # The review that found it unmet was over: at the earliest it was attained on the day after.
    earliest = np.where(cause == 1, np.minimum(rows["last_unmet"].to_numpy(dtype=np.int64) + 1, time), time)
    groups = tuple(
        CurveGroup(
            level=level,
            entry=np.zeros(time.size, dtype=np.int64),
            time=days,
            cause=cause,
            cluster=clusters,
            start_at=0.0,
        )
        for level, days in ((DOCUMENTED, time), (EARLIEST, earliest))
    )
    definition = define(
        QUESTION,
        cohort.key,
        goals=asked.model_dump(mode="json", exclude={"reporting_delay_days"}),
        cohort=cohort_details(params),
    )
    return GoalAttainment(
        definition=definition,
        domain=asked.domain.value,
        adapted=int((rows["adapted"] > 0).sum()),
        attained_adapted=int(((rows["adapted"] > 0) & (cause == 1)).sum()),
        curves=Curves(
            definition=definition,
            endpoint=f"goal_{asked.domain.value}",
            dimension="seen_at",
            groups=groups,
            causes=CAUSES,
            estimates=tuple(incidence_of(group, len(CAUSES)) for group in groups),
            horizons=tuple(round(months * DAYS_PER_MONTH) for months in asked.horizons_months),
            parts=False,
        ),
    )
