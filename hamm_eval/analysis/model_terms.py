"""What models of a cohort share: covariates as asked for, too small levels, people behind coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hamm_eval.analysis.definitions import group_details
from hamm_eval.analysis.design_matrix import DesignMatrix, TooSmall
from hamm_eval.analysis.formula import Factor, ModelFormula, names_in, read_formula
from hamm_eval.analysis.immortal_time import refuse_later_exposures
from hamm_eval.cohort import Cohort
from hamm_eval.cohort.grouping import no_baseline
from hamm_eval.errors import UsageError
from hamm_eval.estimate import Lost, Term
from hamm_eval.params import Group, Params
from hamm_eval.release.policy import Policy


def asked_formula(covariates: Sequence[str] | str, cohort: Cohort, params: Params) -> ModelFormula:
    """What was asked for, as a formula; a list of names is one without transforms and products."""
    if isinstance(covariates, str):
        known = {*params.groups, *_describing(cohort)}
        refuse_later_exposures(names_in(covariates) - known, params, cohort.endpoint, "formula")
        return read_formula(covariates, known)
    refuse_later_exposures(set(covariates) - set(params.groups), params, cohort.endpoint, "covariates")
    if unknown := [name for name in covariates if name not in params.groups]:
        raise UsageError(
            f"Params name no group {', '.join(unknown)}.",
            where="covariates",
            todo=f"Known: {', '.join(params.groups) or 'none'}.",
        )
    return ModelFormula(tuple(map(Factor, dict.fromkeys(covariates))), ())


def _describing(cohort: Cohort) -> list[str]:
    """Columns of a cohort that describe persons at the origin: no dates, nothing of the follow-up.

    No ids either, that of the social worker included: single workers are never compared.
    """
    rows = cohort.episodes
    ids = {"person_id", "household_id", "social_worker"}
    dates = {name for name in rows if pd.api.types.is_datetime64_any_dtype(rows[name].dtype)}
    return [str(name) for name in rows if name not in ids | dates and no_baseline(str(name)) is None]


def details_of(params: Params, groups: Mapping[str, Group], key: str) -> dict[str, Any]:
    """A covariate in the definition: a group of params, or a column that a formula names."""
    if key in params.groups:
        return group_details(params, key)
    return groups[key].model_dump(mode="json", exclude={"label", "levels"})


def too_small_in(rows: pd.DataFrame, policy: Policy) -> TooSmall:
    """Whether a level has too few persons, events or persons without an event (rule 6)."""

    def judge(values: pd.Series) -> pd.Series:
        here = rows.loc[values.index]
        persons = here["person_id"].groupby(values).nunique()
        events = here["event"].groupby(values).sum()
        return (
            (persons < policy.level_persons)
            | (events < policy.level_events)
            | (persons - events < policy.level_non_events)
        )

    return judge


def term_of(rows: pd.DataFrame, matrix: DesignMatrix, factor: str, level: str) -> Term:
    """Persons and events behind one coefficient or reference level."""
    here = rows if not level else rows[matrix.factors[factor] == level]
    persons, events = int(here["person_id"].nunique()), int(here["event"].sum())
    return Term(factor=factor, level=level, persons=persons, events=events, non_events=persons - events)


def product_term(rows: pd.DataFrame, values: pd.Series, name: str) -> Term:
    """Persons and events behind the product of two levels: those who have both."""
    here = rows[values != 0]
    persons, events = int(here["person_id"].nunique()), int(here["event"].sum())
    factors, _, levels = name.partition("=")
    return Term(factor=factors, level=levels, persons=persons, events=events, non_events=persons - events)


def lost_from(
    rows: pd.DataFrame, matrix: DesignMatrix, events: pd.Series
) -> tuple[tuple[Lost, ...], tuple[Lost, ...]]:
    """Who is not in a model for lack of an entry, and who for a level left out.

    Parameters
    ----------
    rows : DataFrame
        All rows at risk, with `person_id`.
    matrix : DesignMatrix
        Of these rows.
    events : Series of bool
        Whether a row ends with an event of the cause modelled.
    """
    reasons = matrix.reasons
    gone = rows.loc[reasons.index, "person_id"]
    # Whoever is in the model with other rows is not lost.
    persons = gone[~gone.isin(rows.loc[matrix.kept, "person_id"])].drop_duplicates().index
    found = [
        Lost(
            factor=factor,
            level=level,
            persons=int(which[persons].sum()),
            events=int(events[reasons.index][which].sum()),
        )
        for factor, level in reasons.drop_duplicates().itertuples(index=False, name=None)
        for which in [(reasons["factor"] == factor) & (reasons["level"] == level)]
    ]
    found.sort(key=lambda lost: (lost.factor, lost.level))
    return tuple(lost for lost in found if not lost.level), tuple(lost for lost in found if lost.level)


def cause_code(cohort: Cohort, of: str | None) -> int:
    """Code of a cause by its name; 1, the endpoint, without one."""
    if of is None:
        return 1
    if of not in cohort.causes:
        raise UsageError("There is no such cause.", where="of", todo=f"Known: {', '.join(cohort.causes)}.")
    return cohort.causes.index(of) + 1
