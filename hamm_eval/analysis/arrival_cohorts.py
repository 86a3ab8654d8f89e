"""Do later arrivals fare differently? Quarters of arrival compared for one composition of people."""

from __future__ import annotations

import numpy as np

from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.design_matrix import design_matrix
from hamm_eval.analysis.landmark_incidence import at_landmark, incidence_within
from hamm_eval.analysis.model_terms import term_of, too_small_in
from hamm_eval.cohort import Cohort
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import ArrivalComparison
from hamm_eval.params import Params
from hamm_eval.release.policy import policy_of
from hamm_eval.survival import case_mix

QUESTION = "arrival_cohorts"


def arrival_cohorts(cohort: Cohort, params: Params, key: str) -> ArrivalComparison:
    """Incidence by quarter of arrival, as observed and for the composition of all quarters together.

    Parameters
    ----------
    cohort : Cohort
        Of the endpoint that the question names.
    params : Params
    key : str
        Key of `params.arrival_cohorts`.

    Returns
    -------
    ArrivalComparison
        Of those under observation and without the goal at the landmark, who could be followed up to the
        horizon whatever happened to them. Quarters with fewer persons or events than a curve needs are left
        out, and counted in `left_out`.

    Raises
    ------
    NotEstimable
        Fewer than two quarters with enough persons; an export without the day of arrival.

    Notes
    -----
    Each person's pseudo-observation of the incidence is made within the quarter, so that how many cases are
    closed early may differ between quarters. Their regression on quarter and composition splits what is
    observed exactly: observed = for equal composition + part of composition (`survival.case_mix`).
    """
    asked = params.arrival_cohorts[key]
    policy = policy_of(params)
    where = f"arrival_cohorts.{key}"
    rows = cohort.episodes
    if "arrived_on" not in rows or rows["arrived_on"].isna().all():
        raise NotEstimable("The day of arrival is not in this export.", where="persons.arrived_on")
    landmark, horizon = asked.landmark_days, asked.landmark_days + asked.horizon_days
    rows = at_landmark(rows, landmark, horizon)
    observed = len(rows)
    rows = rows[rows["arrived_on"].notna()]
    quarter = rows["arrived_on"].dt.to_period("Q").astype(str).str.replace("Q", "-Q")
    rows = rows.assign(quarter=quarter)
    groups = {name: params.groups[name] for name in asked.case_mix}
    while True:
        # Who lacks a characteristic is left out, which can make a quarter too small.
        enough = rows.groupby("quarter")["event"].agg(["size", "sum"])
        enough = enough[(enough["size"] >= policy.curve_persons) & (enough["sum"] >= policy.curve_events)]
        compared = rows[rows["quarter"].isin(enough.index)].reset_index(drop=True)
        if len(enough) < 2:
            raise NotEstimable("Fewer than two quarters of arrival have enough persons.", where=where)
        matrix = design_matrix(compared, asked.case_mix, groups, too_small_in(compared, policy))
        if matrix.kept.all():
            break
        rows = compared[matrix.kept]
    if matrix.columns.empty:
        raise NotEstimable("No characteristic tells composition.", where=f"{where}.case_mix")
    values = incidence_within(compared, compared["quarter"], landmark, horizon, len(cohort.causes))
    fit = case_mix(
        values,
        compared["quarter"].to_numpy(dtype=str),
        matrix.columns,
        cluster=compared["household_id"].to_numpy(dtype=str),
        cluster_t=None,
    )
    return ArrivalComparison(
        definition=define(
            QUESTION,
            key,
            **endpoint_details(params, asked.endpoint),
            landmark_days=asked.landmark_days,
            horizon_days=asked.horizon_days,
            case_mix={name: group_details(params, name) for name in asked.case_mix},
        ),
        endpoint=asked.endpoint,
        landmark_days=asked.landmark_days,
        horizon_days=asked.horizon_days,
        case_mix=asked.case_mix,
        fit=fit,
        events=compared.groupby("quarter")["event"].sum().to_numpy(dtype=np.int64),
        terms=tuple(term_of(compared, matrix, *pair) for pair in (*matrix.terms, *matrix.references)),
        left_out=observed - len(compared),
    )
