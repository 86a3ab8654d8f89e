"""How fast does integration succeed? Cumulative incidence of an endpoint, departures competing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.immortal_time import refuse_later_exposures
from hamm_eval.cohort import Cohort
from hamm_eval.cohort.grouping import Levels, is_number, levels_in_order, levels_of, merge_small
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import CurveGroup, Curves
from hamm_eval.inference import IntArray, labels_to_codes
from hamm_eval.params import Params
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.survival import AalenJohansen, aalen_johansen

QUESTION = "time_to_integration"
DAYS_PER_MONTH = 30.4375
LEAST_AT_RISK = 30


def time_to_integration(cohort: Cohort, params: Params, by: str | None = None) -> Curves:
    """Cumulative incidence of an endpoint by group (Aalen-Johansen), departures competing.

    Parameters
    ----------
    cohort : Cohort
    params : Params
    by : str, optional
        Key of `params.groups`. Groups of fewer persons or events than a curve needs by the release policy
        are merged in the order that params declare; what stays smaller is for the release gate to
        withhold. Persons whose group is missing are in no curve, and counted in `ungrouped`.

    Returns
    -------
    Curves
        Times in days since the origin. With late entry the first risk sets are thin: incidences are
        conditional on being event-free at the first time at which every group shown has 30 persons at risk.

    Raises
    ------
    UsageError
        No such group in params; a column that the cohort lacks; a number without cuts.
    NotEstimable
        No person at risk at all; a table that a column comes from lacks.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations. Scandinavian Journal of Statistics 5, 141-150.
    """
    if cohort.persons == 0:
        raise NotEstimable("Nobody is at risk of this endpoint.", where=f"endpoints.{cohort.endpoint}")
    levels = _levels(cohort, params, by)
    clusters, _ = labels_to_codes(cohort.episodes["household_id"].to_numpy(dtype=str), "household_id")
    entry, time, cause = cohort.column("entry"), cohort.column("time"), cohort.column("cause")
    order = levels_in_order(levels.values, params.groups[by]) if by else ["all"]
    members = {level: (levels.values == level).to_numpy() for level in order}
    policy = policy_of(params)
    large = [
        rows
        for rows in members.values()
        if rows.sum() >= policy.curve_persons and (cause[rows] == 1).sum() >= policy.curve_events
    ]
    start_at = max((start_of_curve(entry[rows], time[rows], policy) for rows in large), default=0)
    ungrouped = levels.values.isna().to_numpy() & (time > np.maximum(entry, start_at))
    groups = tuple(
        CurveGroup(
            level=level,
            entry=entry[rows],
            time=time[rows],
            cause=cause[rows],
            cluster=clusters[rows],
            start_at=float(start_at),
            merged=levels.merged.get(level, ()),
        )
        for level, rows in members.items()
    )
    return Curves(
        definition=define(
            QUESTION,
            f"{cohort.endpoint}/{by}" if by else cohort.endpoint,
            **endpoint_details(params, cohort.endpoint),
            by=group_details(params, by) if by else None,
        ),
        endpoint=cohort.endpoint,
        dimension=by or "",
        groups=groups,
        causes=cohort.causes,
        estimates=tuple(incidence_of(group, len(cohort.causes)) for group in groups),
        horizons=tuple(
            round(months * DAYS_PER_MONTH) for months in params.endpoints[cohort.endpoint].horizons_months
        ),
        sensitive=params.groups[by].sensitive if by else False,
        ungrouped=int(ungrouped.sum()),
        ungrouped_events=int((cause[ungrouped] == 1).sum()),
    )


def start_of_cohort(cohort: Cohort, params: Params) -> int:
    """Day on which the curve of all persons of a cohort begins."""
    return start_of_curve(cohort.column("entry"), cohort.column("time"), policy_of(params))


def start_of_curve(entry: IntArray, time: IntArray, policy: Policy) -> int:
    """Day on which a curve of these persons begins: the first with 30 at risk, on the grid of the steps.

    Not the very day on which one person entered, but the next day that may bear a step.
    """
    first = first_time_with_at_risk(entry, time)
    return math.ceil(first / policy.curve_grid_days) * policy.curve_grid_days


def first_time_with_at_risk(entry: IntArray, time: IntArray, least: int = LEAST_AT_RISK) -> int:
    """First time from which on at least so many are at risk; that of the largest risk set if there is none.

    Examples
    --------
    >>> first_time_with_at_risk(np.array([0, 5, 9]), np.array([20, 20, 20]), least=2)
    5
    """
    starts = np.unique(entry)
    # At risk just after s: entered by s and still followed after it.
    entered = np.searchsorted(np.sort(entry), starts, side="right")
    left = np.searchsorted(np.sort(time), starts, side="right")
    at_risk = entered - left
    enough = at_risk >= min(least, int(at_risk.max(initial=0)))
    return int(starts[enough][0]) if starts.size else 0


def incidence_of(group: CurveGroup, causes: int) -> AalenJohansen:
    """The exact estimate behind a curve, its errors by household.

    Of a group of one household, which the release gate withholds, it has no error: nothing tells how
    households differ.
    """
    several = np.unique(group.cluster[group.time > group.start_at]).size > 1
    fit = aalen_johansen(
        group.time,
        group.cause,
        # Where nobody enters late everybody is at risk from the beginning, day 0 included.
        entry=group.entry if group.entry.any() else None,
        cluster=group.cluster if several else None,
        cluster_t=None,
        start_at=group.start_at or None,
        causes=causes,
    )
    if several:
        return fit
    unknown = np.full_like(fit.incidence, np.nan)
    return replace(
        fit,
        std_error=unknown,
        lower=unknown,
        upper=unknown,
        notes=("All are of one household: no standard error can be estimated.",),
    )


def _levels(cohort: Cohort, params: Params, by: str | None) -> Levels:
    """Level of every person, small levels merged."""
    rows = cohort.episodes
    if by is None:
        return Levels(pd.Series("all", index=rows.index, dtype=object), {})
    if by not in params.groups:
        refuse_later_exposures({by}, params, cohort.endpoint, "by")
        raise UsageError(
            "There is no such group in params.", where="by", todo=f"Known: {', '.join(params.groups)}."
        )
    group = params.groups[by]
    if is_number(rows, group, by):
        raise UsageError(
            "A curve for each number is no grouping.",
            where=f"groups.{by}",
            todo="Give the group cuts, or name one that has them.",
        )
    event = (rows["cause"] == 1).astype("int64")
    policy = policy_of(params)

    def too_small(values: pd.Series) -> pd.Series:
        count = event.groupby(values).agg(["size", "sum"])
        return (count["size"] < policy.curve_persons) | (count["sum"] < policy.curve_events)

    return merge_small(levels_of(rows, group, by), group.merge, too_small)
