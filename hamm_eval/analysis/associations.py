"""What goes with a faster path? A Cox model of the cause-specific hazard of an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from hamm_eval.analysis.call_check import check_call
from hamm_eval.analysis.definitions import define, endpoint_details
from hamm_eval.analysis.design_matrix import design_matrix
from hamm_eval.analysis.formula import formula_columns
from hamm_eval.analysis.interactions import interaction_columns
from hamm_eval.analysis.model_terms import (
    asked_formula,
    cause_code,
    details_of,
    lost_from,
    product_term,
    term_of,
    too_small_in,
)
from hamm_eval.analysis.time_to_integration import start_of_cohort
from hamm_eval.cohort import Caseload, Cohort, TimeVarying, split_at, split_by_columns
from hamm_eval.cohort.event_source import tables_given
from hamm_eval.cohort.grouping import levels_of
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import Model
from hamm_eval.inference import IntArray
from hamm_eval.params import Group, Label, Params
from hamm_eval.release.policy import policy_of
from hamm_eval.survival import check_rows, cox

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "associations"


def associations(
    cohort: Cohort,
    params: Params,
    covariates: Sequence[str] | str,
    *,
    key: str | None = None,
    of: str | None = None,
    case_file: CaseFile | None = None,
    strata: Sequence[str] = (),
    time_varying: Mapping[str, TimeVarying | Caseload] | None = None,
    time_interactions: Sequence[str] = (),
    split_every: int | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    since: int | None = None,
    cluster: Literal["household_id", "social_worker"] = "household_id",
) -> Model:
    """Hazard ratios of an endpoint; what competes is censored, so alone they say nothing on incidence.

    Parameters
    ----------
    cohort : Cohort
    params : Params
    covariates : sequence of str, or str
        Keys of `params.groups`, known at the origin; or a formula of these and of columns of the cohort, as
        ``"~ age_group * sex + C(origin)"`` (`analysis.formula.read_formula`). Levels of fewer persons, events
        or persons without an event than the release policy asks are merged in the order of params; if that
        does not help their persons are left out.
    key : str, optional
        Name of the question; the endpoint by default.
    of : str, optional
        Cause whose hazard is modelled; the endpoint by default. Levels are merged by the endpoint's events
        in any case, so that models of several causes have the same rows and coefficients.
    case_file : CaseFile, optional
        Where the spells of `time_varying` are.
    strata : sequence of str
        Groups with a baseline hazard each and no coefficient.
    time_varying : mapping of str to TimeVarying or Caseload, optional
        Characteristics that change after day 0, under names of their own; never a level of one that is known
        only later.
    time_interactions : sequence of str
        Numeric or yes/no covariates whose product with time (days) enters besides, as ``name:time``. Time is
        the end of each row, so that `split_every` is needed besides.
    split_every : int, optional
        Days at which all rows are split.
    ties : "efron" or "breslow"
    since : int, optional
        Days since the origin from which on persons are at risk: those who end earlier drop out. By default
        the day on which the incidence curve of all persons begins (`start_of_curve`), 0 without late entry.
    cluster : "household_id" or "social_worker"
        Whose persons are not independent of each other; the worker where a covariate is the worker's.

    Returns
    -------
    Model
        With standard errors robust by cluster, and the exact score test of proportional hazards per term.

    Raises
    ------
    UsageError
        A group that params do not name, a column that the cohort lacks, a name of `time_varying` that stands
        for something else already, a time interaction of what is no number and no yes/no or without
        `split_every`, a `split_every` below 1.
    NotEstimable
        No event, or a table that lacks.

    References
    ----------
    Cox, D. R. (1972). Regression models and life-tables. J. Royal Statistical Society B 34, 187-202.
    Lin, D. Y. and Wei, L. J. (1989). The robust inference for the Cox proportional hazards model. J. American
    Statistical Association 84, 1074-1078.
    """
    formula = asked_formula(covariates, cohort, params)
    rows, asked_groups = formula_columns(cohort.rows(), formula, params.groups)
    time_interactions = tuple(dict.fromkeys(time_interactions))
    check_call(
        params,
        cohort.endpoint,
        formula,
        [*rows.columns, "event"],
        strata=strata,
        time_varying=time_varying or {},
        time_interactions=time_interactions,
        split_every=split_every,
    )
    begin = start_of_cohort(cohort, params) if since is None else since
    rows = rows[rows["stop"] > begin].assign(start=lambda r: r["start"].clip(lower=begin))
    if time_varying:
        if case_file is None:
            raise NotEstimable("Time-varying covariates need the case file.", where="case_file")
        tables = tables_given(case_file)
        rows = split_by_columns(rows, {name: what.column(tables) for name, what in time_varying.items()})
        levels = [name for name, what in time_varying.items() if getattr(what, "yes_no", False)]
        rows = rows.assign(**{name: rows[name].map({0: "no", 1: "yes"}).astype(object) for name in levels})
    if split_every is not None and len(rows):
        rows = split_at(rows, range(split_every, int(rows["stop"].max()) + 1, split_every))
    check_rows(*(rows[name].to_numpy() for name in ("person_id", "start", "stop")))
    code = cause_code(cohort, of)
    rows = rows.reset_index(drop=True).assign(event=lambda r: (r["cause"] == 1).astype("int64"))
    groups = {**asked_groups, **_groups_of(time_varying or {})}
    too_small = too_small_in(rows, policy_of(params))
    matrix = design_matrix(rows, [*formula.covariates, *(time_varying or {})], groups, too_small)
    products = interaction_columns(matrix, formula.interactions, too_small)
    columns = matrix.columns.assign(**products)
    for name in time_interactions:
        product = columns[_number(name, columns)]
        columns = columns.assign(**{f"{name}:time": product * rows.loc[matrix.kept, "stop"]})
    missing, left_out = lost_from(rows, matrix, rows["cause"] == code)
    used = rows[matrix.kept].assign(event=lambda r: (r["cause"] == code).astype("int64"))
    if not used["event"].any() or columns.empty:
        raise NotEstimable("No event among those with all covariates.", where=f"endpoints.{cohort.endpoint}")
    fit = cox(
        used["stop"].to_numpy(dtype=np.float64),
        used["event"].to_numpy(),
        columns,
        start=used["start"].to_numpy(dtype=np.float64),
        strata=_strata(used, strata, params.groups),
        cluster=used[cluster].to_numpy(dtype=str),
        cluster_t=None,
        ties=ties,
    )
    asked = {name: details_of(params, asked_groups, name) for name in (*formula.covariates, *strata)}
    return Model(
        definition=define(
            QUESTION,
            key or cohort.endpoint,
            **endpoint_details(params, cohort.endpoint),
            covariates=asked,
            **({"interactions": list(map(list, formula.interactions))} if formula.interactions else {}),
            strata=list(strata),
            time_varying={name: repr(value) for name, value in (time_varying or {}).items()},
            time_interactions=list(time_interactions),
            split_every=split_every,
            ties=ties,
            since="curve" if since is None else since,
            **({"of": of} if of else {}),
            **({"cluster": cluster} if cluster != "household_id" else {}),
        ),
        endpoint=cohort.endpoint,
        terms=tuple(term_of(used, matrix, *pair) for pair in matrix.terms)
        + tuple(product_term(used, values, name) for name, values in products.items())
        + tuple(term_of(used, matrix, f"{name}:time", "") for name in time_interactions),
        references=tuple(term_of(used, matrix, *pair) for pair in matrix.references),
        fit=fit,
        persons=int(used["person_id"].nunique()),
        events=int(used["event"].sum()),
        proportionality=_proportionality(fit),
        merged=matrix.merged,
        of=cohort.causes[code - 1],
        missing=missing,
        left_out=left_out,
        since=begin,
    )


def _number(name: str, columns: pd.DataFrame) -> str:
    """The one column of a covariate that is a number or yes/no."""
    for column in (name, f"{name}=yes"):
        if column in columns:
            return column
    known = [str(column).removesuffix("=yes") for column in columns]
    numbers = [column for column in known if "=" not in column and ":" not in column]
    raise UsageError(
        "No number and no yes/no among the covariates has this name.",
        where="time_interactions",
        todo=f"Known: {', '.join(numbers) or 'none'}.",
    )


def _groups_of(time_varying: Mapping[str, TimeVarying | Caseload]) -> dict[str, Group]:
    """Time-varying columns as groups: they are factors (value) or 0/1 numbers."""
    return {name: Group(label=Label(de=name, en=name), column=name) for name in time_varying}


def _strata(rows: pd.DataFrame, strata: Sequence[str], groups: Mapping[str, Group]) -> IntArray | None:
    """One code per combination of levels."""
    if not strata:
        return None
    levels = pd.DataFrame({key: levels_of(rows, groups[key], key) for key in strata})
    if levels.isna().any(axis=None):
        raise NotEstimable("A stratum is missing for some persons.", where="strata")
    return np.asarray(levels.groupby(list(strata), sort=True).ngroup(), dtype=np.int64)


def _proportionality(fit: Any) -> tuple[float, ...]:
    """p-values per term, then the global one."""
    test = fit.proportionality_test()
    return (*(float(p) for p in test.p_value), float(test.global_p_value))
