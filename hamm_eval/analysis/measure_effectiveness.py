"""Does a measure help to reach an endpoint? Landmark comparison, AIPW, departures competing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hamm_eval.analysis.arms import estimate_by_worker, persons_by_arm, small_arms
from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.design_matrix import TooSmall
from hamm_eval.analysis.effect_sensitivity import Sensitivity, analyse_sensitivity
from hamm_eval.analysis.groundwork import Groundwork
from hamm_eval.analysis.missing_covariates import TrialCovariates, covariates_of
from hamm_eval.cohort import LandmarkTrial, landmark_trial
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.effects import (
    DesignFailure,
    DesignVerdict,
    HorizonEffect,
    PerArm,
    assess_design,
    minimum_detectable_effect,
    planned_std_error,
    summarise_design,
)
from hamm_eval.effects.departure_tipping import tipping_point_of
from hamm_eval.effects.horizon import effect_of
from hamm_eval.effects.horizon_comparison import HorizonComparison, compare_to_horizon
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import LEAST_IN_ARM, CountTable, Definition, Effect
from hamm_eval.inference import sum_by
from hamm_eval.params import EffectQuestion, Params
from hamm_eval.release.policy import Policy, policy_of

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "measure_effectiveness"


def measure_effectiveness(
    case_file: CaseFile, params: Params, key: str, *, ground: Groundwork | None = None
) -> Effect:
    """Effect of a measure on the incidence of an endpoint, by comparison from a landmark on.

    Persons under observation at the landmark, still in Hamm and without the goal: those who had begun the
    measure by then are compared with those who had not (and may begin later). Only who could be followed to
    the horizon is compared; a departure before it is no event; a file closed before it is a censoring,
    answered by inverse-probability-of-censoring weights. What is not recorded of a person is imputed several
    times and the estimates are pooled (`covariates_of`), unless params ask for complete cases.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.measure_effectiveness`.
    ground : Groundwork, optional
        Of the same case file and params, where other questions have some of the work done already.

    Returns
    -------
    Effect
        Augmented inverse-probability weighting (propensity model, one outcome model for both arms) with a
        household-clustered variance, the same with a worker-clustered one, the effect on departure, the
        negative control, what of the design fails, and how robust an effect is whose design does not.

    Raises
    ------
    UsageError
        No such question in params.
    NotEstimable
        A table that the question needs is not in the export.

    References
    ----------
    Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of regression coefficients when some
    regressors are not always observed. J. American Statistical Association 89, 846-866.
    Hernán, M. A. and Robins, J. M. (2016). Using big data to emulate a target trial when a randomized trial
    is not available. American Journal of Epidemiology 183, 758-764.
    """
    if key not in params.measure_effectiveness:
        raise UsageError(
            "There is no such question in params.",
            where="measure_effectiveness",
            todo=f"Known: {', '.join(params.measure_effectiveness) or 'none'}.",
        )
    ground = ground or Groundwork(case_file, params)
    question = params.measure_effectiveness[key]
    definition = definition_of(params, key, question)
    params = ground.params
    trial = trial_of(ground.case_file, params, question, question.endpoint, ground=ground)
    found = _compared(trial, question, lambda: compared_for(ground, key)[1])
    control = question.negative_control
    by_worker, missing = None, ""
    robust = Sensitivity(None, None, None)
    if found.fit is not None and found.matrix is not None:
        rows, matrix = found.rows, found.matrix
        worker = rows["social_worker"]
        by_worker, missing = estimate_by_worker(
            worker,
            lambda: matrix.pool(
                [effect_of(each.clustered_by(worker.to_numpy(dtype=str))) for each in found.comparisons]
            ),
        )
        if not found.failures:
            robust = _sensitivity(found.fit, found.comparisons, rows, matrix, trial, question)
    return _answer(
        definition,
        question,
        trial,
        found,
        endpoint=question.endpoint,
        by_worker=by_worker,
        by_worker_missing=missing,
        departure=None if found.fit is None else found.fit.competing,
        negative_control=_negative_control(ground, question, definition, control.endpoint)
        if control
        else None,
        negative_control_endpoint=control.endpoint if control else "",
        e_value=robust.e_value,
        tipping=robust.tipping,
        leave_one_out=robust.leave_one_out,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Who is compared, how they came to be, and the estimate; no `matrix` without a comparison."""

    rows: pd.DataFrame
    flow: tuple[tuple[str, int], ...]
    matrix: TrialCovariates | None
    comparisons: tuple[HorizonComparison, ...]
    fit: Any
    verdict: DesignVerdict | None
    failures: tuple[DesignFailure, ...]

    def __repr__(self) -> str:
        return "<Compared: internal, not released>"


def _compared(
    trial: LandmarkTrial, question: EffectQuestion, covariates: Callable[[], TrialCovariates]
) -> Compared:
    """The comparison of a trial; where there is none, the arms are told as they are without covariates."""

    def nobody(failures: tuple[DesignFailure, ...]) -> Compared:
        return Compared(trial.rows, trial.flow, None, (), None, None, failures)

    # Judged before the covariates: every level of a small arm is small, and nobody would be left to count.
    if small := small_arms(_sizes(trial.rows, trial)):
        return nobody(small)
    matrix = covariates()
    rows = trial.rows[matrix.kept]
    if matrix.matrices[0].left_out and small_arms(_sizes(rows, trial)):
        # It is not the arms that are small, but levels that were left out with their persons.
        return nobody((DesignFailure("level_too_small", 0.0, 0.0),))
    flow = (*trial.flow, *matrix.flow)
    return Compared(rows, flow, matrix, *_compare_and_judge(rows, matrix, trial, question))


def _sizes(rows: pd.DataFrame, trial: LandmarkTrial) -> dict[str, Any]:
    """Persons, events and departures of both arms."""
    return persons_by_arm(rows, rows["treated"] == 1, _end(trial))


def _answer(
    definition: Definition, question: EffectQuestion, trial: LandmarkTrial, found: Compared, **beside: Any
) -> Effect:
    """A comparison with its counts and its design."""
    sizes = _sizes(found.rows, trial)
    persons, matrix = max(len(found.rows), 1), found.matrix
    return Effect(
        definition=definition,
        measure=question.measure,
        landmark_days=question.landmark_days,
        horizon_days=question.horizon_days,
        flow=flow_table(definition, found.flow, sizes["treated"], sizes["controls"]),
        fit=found.fit,
        **sizes,
        parameters=1 if matrix is None else 1 + len(matrix.columns.columns),
        detectable=detectable(found.fit, (sizes["events_treated"] + sizes["events_controls"]) / persons),
        balance_limit=0.1 if found.verdict is None else found.verdict.balance_limit,
        failures=found.failures,
        checks=()
        if found.fit is None or matrix is None
        else summarise_design(found.fit, treated=found.rows["treated"], strata=matrix.matrices[0].factors),
        merged={} if matrix is None else matrix.matrices[0].merged,
        left_out=() if matrix is None else matrix.matrices[0].left_out,
        **beside,
    )


def definition_of(params: Params, key: str, question: EffectQuestion) -> Definition:
    """The question without its names."""
    details = question.model_dump(
        mode="json",
        exclude={
            "estimand",
            "adjust_for",
            "left_out",
            "negative_control",
            "primary",
            "by_groups",
            "horizons_days",
        },
    )
    control = question.negative_control
    return define(
        QUESTION,
        key,
        **endpoint_details(params, question.endpoint),
        trial=details,
        estimand=question.estimand,
        adjust_for={name: group_details(params, name) for name in question.adjust_for},
        negative_control=control.endpoint if control else None,
    )


def compared_for(ground: Groundwork, key: str) -> tuple[LandmarkTrial, TrialCovariates]:
    """Who is compared for a question of params, and their covariates: the same wherever it is asked."""

    def compare() -> tuple[LandmarkTrial, TrialCovariates]:
        params = ground.params
        question = params.measure_effectiveness[key]
        trial = trial_of(ground.case_file, params, question, question.endpoint, ground=ground)
        small = level_judge(trial, policy_of(params))
        return trial, covariates_of(
            trial, question, params.groups, small, definition_of(params, key, question)
        )

    return ground.once(("compared", key), compare)


def trial_of(
    case_file: CaseFile,
    params: Params,
    question: EffectQuestion,
    endpoint: str,
    *,
    ground: Groundwork | None = None,
) -> LandmarkTrial:
    """Who is compared for an endpoint."""
    return landmark_trial(
        (ground or Groundwork(case_file, params)).cohort(endpoint),
        starts_of(case_file, question.measure),
        landmark_days=question.landmark_days,
        horizon_days=question.horizon_days,
    )


def starts_of(case_file: CaseFile, measure: str) -> pd.DataFrame:
    """Participations in a measure that have begun."""
    rows = require_table(tables_given(case_file), "participations")
    return rows[(rows["measure_id"].astype(object) == measure) & rows["started_on"].notna()]


def _end(trial: LandmarkTrial) -> int:
    """The horizon on the clock of the origin."""
    return trial.landmark_days + trial.horizon_days


def level_judge(trial: LandmarkTrial, policy: Policy) -> TooSmall:
    """The rule for the levels of a trial."""
    rows = trial.rows
    reached = (rows["cause"] == 1) & (rows["time"] <= _end(trial))
    return too_small_levels(rows["treated"], reached.astype("int64"), policy)


def too_small_levels(treated: pd.Series, reached: pd.Series, policy: Policy) -> TooSmall:
    """Whether a level has too few persons, with or without the event (rule 6), or under 5 in an arm."""
    counts = np.column_stack([np.ones(len(treated)), treated, reached]).astype(np.float64)

    def judge(values: pd.Series) -> pd.Series:
        # Asked for every factor, merging and imputed table: grouping by pandas takes several times as long.
        codes, levels = pd.factorize(values, sort=True)
        known = codes >= 0
        rows = counts[treated.index.get_indexer(values.index)[known]]
        persons, in_treated, events = sum_by(codes[known].astype(np.int64), rows, len(levels)).T
        small = (
            (persons < policy.level_persons)
            | (in_treated < LEAST_IN_ARM)
            | (persons - in_treated < LEAST_IN_ARM)
            | (events < policy.level_events)
            | (persons - events < policy.level_non_events)
        )
        return pd.Series(small, index=levels)

    return judge


def _compare(
    rows: pd.DataFrame, columns: pd.DataFrame, trial: LandmarkTrial, question: EffectQuestion
) -> HorizonComparison:
    """The comparison that effects are read off from; departures by the horizon count as no event."""
    return compare_to_horizon(
        rows["time"].to_numpy(dtype=np.float64),
        rows["cause"].to_numpy(dtype=np.int64),
        rows["treated"].to_numpy(dtype=np.int64),
        columns,
        horizon=_end(trial),
        entry=np.full(len(rows), trial.landmark_days, dtype=np.float64),
        cluster=rows["household_id"].to_numpy(dtype=str),
        estimand=question.estimand,
        # One outcome model for both arms: with arms of this size a model of the controls alone would rest on
        # fewer than five events a parameter. A wrong one is answered by the propensity model.
        interactions="none",
        # The plain sandwich covers 94 % with the few hundred households of a city of this size.
        small_sample=True,
    )


def _sensitivity(
    fit: Any,
    comparisons: Sequence[HorizonComparison],
    rows: pd.DataFrame,
    matrix: TrialCovariates,
    trial: LandmarkTrial,
    question: EffectQuestion,
) -> Sensitivity:
    """How robust the estimate is; the grid of the tipping point is that of the first imputation."""

    def value_with(chosen: pd.DataFrame) -> float:
        names = list(chosen.columns)
        found = matrix.each(lambda columns: _compare(rows, columns[names], trial, question).value)
        # By Rubin's rules.
        return float(np.mean(found))

    return analyse_sensitivity(
        fit,
        matrix.columns,
        matrix.matrices[0].terms,
        value_with=value_with,
        ratio=lambda: matrix.pool([effect_of(found.asking("risk_ratio")) for found in comparisons]),
        tip=lambda: tipping_point_of(comparisons[0]),
    )


def fit_and_judge(
    rows: pd.DataFrame, matrix: TrialCovariates, trial: LandmarkTrial, question: EffectQuestion
) -> tuple[Any, DesignVerdict | None, tuple[DesignFailure, ...]]:
    """The estimate, the verdict on its design and what fails; no estimate where the data cannot carry one."""
    return _compare_and_judge(rows, matrix, trial, question)[1:]


def _compare_and_judge(
    rows: pd.DataFrame, matrix: TrialCovariates, trial: LandmarkTrial, question: EffectQuestion
) -> tuple[
    tuple[HorizonComparison, ...], HorizonEffect | None, DesignVerdict | None, tuple[DesignFailure, ...]
]:
    """`fit_and_judge`, and before it the comparison with the columns of each imputation."""
    if small := small_arms(_sizes(rows, trial)):
        return (), None, None, small
    try:
        comparisons = matrix.each(lambda columns: _compare(rows, columns, trial, question))
        fit = matrix.pool([effect_of(found) for found in comparisons])
    except NotEstimable:
        return (), None, None, (DesignFailure("not_estimable", 0.0, 0.0),)
    verdict = assess_design(fit)
    return comparisons, fit, verdict, verdict.reasons


def _negative_control(
    ground: Groundwork, question: EffectQuestion, definition: Definition, endpoint: str
) -> Effect:
    """The same comparison for an endpoint that the measure cannot affect, with a design of its own."""
    params = ground.params
    trial = trial_of(ground.case_file, params, question, endpoint, ground=ground)

    def covariates() -> TrialCovariates:
        judge = level_judge(trial, policy_of(params))
        return covariates_of(trial, question, params.groups, judge, definition, stream=1)

    return _answer(
        define(QUESTION, f"{definition.key}/negative_control", of=definition.digest),
        question,
        trial,
        _compared(trial, question, covariates),
        endpoint=endpoint,
        by_worker=None,
        departure=None,
        negative_control=None,
        negative_control_endpoint="",
    )


def detectable(fit: Any, share: float) -> float:
    """Smallest risk difference found with 80 % power, planned before arms are compared; infinite without."""
    if fit is None or not 0 < share < 1:
        return float("inf")
    sizes = PerArm(fit.effective_n.treated, fit.effective_n.control)
    return minimum_detectable_effect(planned_std_error(sizes, share=share))


def flow_table(
    definition: Definition, flow: Sequence[tuple[str, int]], treated: int, controls: int
) -> CountTable:
    """From the cohort to the two arms."""
    steps = [*flow, ("treated", treated), ("controls", controls)]
    return CountTable(
        definition=define(definition.question, f"{definition.key}/flow", of=definition.digest),
        rows=tuple(name for name, _ in steps),
        columns=("persons",),
        row_dimension="step",
        column_dimension="",
        counts=np.array([[count] for _, count in steps], dtype=np.int64),
        additive=False,
    )
