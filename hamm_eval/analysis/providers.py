"""Do providers or social spaces reach more or fewer than their composition lets expect?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.design_matrix import DesignMatrix, design_matrix
from hamm_eval.analysis.landmark_incidence import at_landmark, incidence_within
from hamm_eval.analysis.model_terms import term_of, too_small_in
from hamm_eval.analysis.nesting import cramers_v, nested_in
from hamm_eval.cohort import Cohort
from hamm_eval.cohort.grouping import levels_of
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import FloatArray, Funnel, FunnelGroup
from hamm_eval.params import Params
from hamm_eval.params.providers import COMPARED
from hamm_eval.release.policy import policy_of
from hamm_eval.release.providers import group_refusal
from hamm_eval.survival import IndirectStandardisation, indirect_standardisation

QUESTION = "providers"
# Cramer's V from which on two groupings count as nearly one, or as partly one.
STRONGLY, PARTLY = 0.5, 0.25


def providers(cohort: Cohort, params: Params, key: str, by: str) -> Funnel:
    """Persons with the goal by the horizon in each group, beside what its composition lets expect.

    Parameters
    ----------
    cohort : Cohort
        Of the endpoint that the question names.
    params : Params
    key : str
        Key of `params.providers`.
    by : str
        One of the groups that the question compares.

    Returns
    -------
    Funnel
        Of those under observation and without the goal at the landmark, who could be followed up to the
        horizon whatever happened to them. Observed is a group's persons times its cumulative incidence,
        departures competing; expected is what a regression of all persons' pseudo-observations on the
        composition predicts, without the groups. Groups of too few persons, or carried by one social worker,
        are left out before anything is estimated.

    Raises
    ------
    UsageError
        A grouping that the question does not compare.
    NotEstimable
        Nobody is left; no characteristic tells composition.

    Notes
    -----
    Members of a household count together in the test and in the dispersion. Social workers do not: a group
    whose workers all do well does well, and single workers are never told apart.

    The closing of a case censors within each group: whoever's file was closed is taken to fare as those of
    the same group whose files stayed open. That is informative where files are closed for what was attained
    or lost, so the same comparison with the closing as an end without the goal stands beside it
    (`while_open`).

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine
    24, 1185-1202.
    """
    asked = params.providers[key]
    if by not in asked.by:
        raise UsageError(
            "The question does not compare by this.", where="by", todo=f"Known: {', '.join(asked.by)}."
        )
    policy = policy_of(params)
    landmark, horizon = asked.landmark_days, asked.landmark_days + asked.horizon_days
    rows = at_landmark(cohort.episodes, landmark, horizon)
    at_start = len(rows)
    rows = rows.assign(group=levels_of(rows, params.groups[by], by))
    rows = rows[rows["group"].notna()]
    if rows.empty:
        raise NotEstimable("Nobody is under observation at the landmark.", where=f"providers.{key}")
    small: dict[str, FunnelGroup] = {}
    matrix: DesignMatrix | None = None
    groups = {name: params.groups[name] for name in asked.case_mix}
    while len(rows):
        # Who lacks a characteristic is left out, which can make a group too small.
        refused = {g.level: g for g in _groups(rows) if group_refusal(g, policy)}
        small |= refused
        rows = rows[~rows["group"].isin(list(refused))].reset_index(drop=True)
        matrix = (
            design_matrix(rows, asked.case_mix, groups, too_small_in(rows, policy)) if len(rows) else None
        )
        if matrix is None or (matrix.kept.all() and not refused):
            break
        rows = rows[matrix.kept].reset_index(drop=True)
    if matrix is not None and matrix.columns.empty:
        raise NotEstimable("No characteristic tells composition.", where=f"providers.{key}.case_mix")
    compared = _groups(rows)
    fit = while_open = None
    if matrix is not None and len(compared) >= 2:

        def standardised(values: FloatArray) -> IndirectStandardisation:
            return indirect_standardisation(
                values,
                rows["group"].to_numpy(dtype=str),
                matrix.columns,
                cluster=rows["household_id"].to_numpy(dtype=str),
            )

        fit = standardised(incidence_within(rows, rows["group"], landmark, horizon, len(cohort.causes)))
        if ((rows["cause"] == 0) & (rows["time"] < horizon)).any():
            # Everybody could be followed to the horizon: with the closing as an end nobody's outcome is open.
            while_open = standardised(rows["event"].to_numpy(dtype=np.float64))
    other = next((name for name in COMPARED if name != params.groups[by].column and name in rows), "")
    return Funnel(
        definition=define(
            QUESTION,
            f"{key}/{by}",
            **endpoint_details(params, asked.endpoint),
            by=group_details(params, by),
            landmark_days=asked.landmark_days,
            horizon_days=asked.horizon_days,
            case_mix={name: group_details(params, name) for name in asked.case_mix},
        ),
        endpoint=asked.endpoint,
        dimension=by,
        column=params.groups[by].column,
        landmark_days=asked.landmark_days,
        horizon_days=asked.horizon_days,
        case_mix=asked.case_mix,
        fit=fit,
        compared=compared,
        too_small=tuple(sorted(small.values(), key=lambda group: group.level)),
        terms=()
        if matrix is None
        else tuple(term_of(rows, matrix, *pair) for pair in (*matrix.terms, *matrix.references)),
        left_out=at_start - len(rows),
        one_place_a_worker=nested_in(rows["social_worker"], rows["group"]),
        other=other,
        tied=_tied(rows, other),
        while_open=while_open,
    )


def _groups(rows: pd.DataFrame) -> tuple[FunnelGroup, ...]:
    """Who stands behind each group; persons without a recorded worker count as one worker's."""
    found = []
    for level, here in rows.groupby("group", sort=True):
        of_each = here["social_worker"].astype(object).fillna("").value_counts()
        found.append(
            FunnelGroup(
                level=str(level),
                persons=len(here),
                events=int(here["event"].sum()),
                workers=len(of_each),
                beside_largest=len(here) - int(of_each.iloc[0]),
            )
        )
    return tuple(found)


def _tied(rows: pd.DataFrame, other: str) -> Literal["strongly", "partly", "hardly", "unknown"]:
    """How far the other grouping of work is the same grouping of these persons."""
    v = cramers_v(rows["group"], rows[other].astype(object)) if other else float("nan")
    if np.isnan(v):
        return "unknown"
    return "strongly" if v >= STRONGLY else "partly" if v >= PARTLY else "hardly"
