"""Does a measure help to reach an endpoint? Landmark comparison, AIPW, departures competing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.design_matrix import TooSmall
from hamm_eval.analysis.effect_sensitivity import Sensitivity, analyse_sensitivity
from hamm_eval.analysis.missing_covariates import TrialCovariates, covariates_of
from hamm_eval.cohort import LandmarkTrial, build_cohort, landmark_trial
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.effects import (
    DesignFailure,
    DesignLimits,
    DesignVerdict,
    PerArm,
    assess_design,
    departure_tipping_point,
    effect_at_horizon,
    minimum_detectable_effect,
    planned_std_error,
    summarise_design,
)
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import CountTable, Definition, Effect
from hamm_eval.params import EffectQuestion, Params
from hamm_eval.release.policy import Policy, policy_of

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "measure_effectiveness"
LEAST_IN_ARM = 5


def measure_effectiveness(case_file: CaseFile, params: Params, key: str) -> Effect:
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
    question = params.measure_effectiveness[key]
    definition = definition_of(params, key, question)
    trial = trial_of(case_file, params, question, question.endpoint)
    small = level_judge(trial, policy_of(params))
    matrix = covariates_of(trial, question, params.groups, small, definition)
    rows = trial.rows[matrix.kept]
    flow = (*trial.flow, *matrix.flow)
    reached = (rows["cause"] == 1) & (rows["time"] <= _end(trial))
    treated = rows["treated"] == 1
    fit, verdict, failures = fit_and_judge(rows, matrix, trial, question)
    by_worker = None
    if fit is not None and rows["social_worker"].notna().all():
        by_worker = _pooled(rows, matrix, trial, question, cluster="social_worker")
    control = question.negative_control
    robust = Sensitivity(None, None, None)
    if fit is not None and not failures:
        robust = _sensitivity(fit, rows, matrix, trial, question)
    return Effect(
        definition=definition,
        measure=question.measure,
        endpoint=question.endpoint,
        landmark_days=question.landmark_days,
        horizon_days=question.horizon_days,
        flow=flow_table(definition, flow, int(treated.sum()), int((~treated).sum())),
        fit=fit,
        by_worker=by_worker,
        departure=None if fit is None else fit.competing,
        negative_control=_negative_control(case_file, params, question, definition) if control else None,
        negative_control_endpoint=control.endpoint if control else "",
        treated=int(treated.sum()),
        controls=int((~treated).sum()),
        events_treated=int((reached & treated).sum()),
        events_controls=int((reached & ~treated).sum()),
        parameters=1 + len(matrix.columns.columns),
        detectable=detectable(fit, float(reached.mean()) if len(rows) else 0.0),
        balance_limit=0.1 if verdict is None else verdict.balance_limit,
        failures=failures,
        checks=()
        if fit is None
        else summarise_design(fit, treated=rows["treated"], strata=matrix.matrices[0].factors),
        merged=matrix.matrices[0].merged,
        left_out=matrix.matrices[0].left_out,
        e_value=robust.e_value,
        tipping=robust.tipping,
        leave_one_out=robust.leave_one_out,
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


def trial_of(case_file: CaseFile, params: Params, question: EffectQuestion, endpoint: str) -> LandmarkTrial:
    """Who is compared for an endpoint."""
    starts = require_table(tables_given(case_file), "participations")
    starts = starts[(starts["measure_id"].astype(object) == question.measure) & starts["started_on"].notna()]
    return landmark_trial(
        build_cohort(case_file, params, endpoint),
        starts,
        landmark_days=question.landmark_days,
        horizon_days=question.horizon_days,
    )


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
    counts = pd.DataFrame({"persons": 1, "treated": treated, "events": reached})

    def judge(values: pd.Series) -> pd.Series:
        found = counts.loc[values.index].groupby(values).sum()
        without_event = found["persons"] - found["events"]
        in_control = found["persons"] - found["treated"]
        return (
            (found["persons"] < policy.level_persons)
            | (found["treated"] < LEAST_IN_ARM)
            | (in_control < LEAST_IN_ARM)
            | (found["events"] < policy.level_events)
            | (without_event < policy.level_non_events)
        )

    return judge


def _estimate(
    rows: pd.DataFrame,
    columns: pd.DataFrame,
    trial: LandmarkTrial,
    question: EffectQuestion,
    *,
    cluster: str = "household_id",
    ask: Callable[..., Any] = effect_at_horizon,
    **more: Any,
) -> Any:
    """One call of the estimator, or of what `ask` stands for; departures by the horizon count as no event."""
    return ask(
        rows["time"].to_numpy(dtype=np.float64),
        rows["cause"].to_numpy(dtype=np.int64),
        rows["treated"].to_numpy(dtype=np.int64),
        columns,
        horizon=_end(trial),
        entry=np.full(len(rows), trial.landmark_days, dtype=np.float64),
        cluster=rows[cluster].to_numpy(dtype=str),
        estimand=question.estimand,
        # One outcome model for both arms: with arms of this size a model of the controls alone would rest on
        # fewer than five events a parameter. A wrong one is answered by the propensity model.
        interactions="none",
        # The plain sandwich covers 94 % with the few hundred households of a city of this size.
        small_sample=True,
        **more,
    )


def _pooled(
    rows: pd.DataFrame, matrix: TrialCovariates, trial: LandmarkTrial, question: EffectQuestion, **more: Any
) -> Any:
    """The estimate pooled over the imputations of what is not recorded."""
    return matrix.estimate(lambda columns: _estimate(rows, columns, trial, question, **more))


def _sensitivity(
    fit: Any, rows: pd.DataFrame, matrix: TrialCovariates, trial: LandmarkTrial, question: EffectQuestion
) -> Sensitivity:
    """How robust the estimate is; the grid of the tipping point is that of the first imputation."""

    def with_columns(chosen: pd.DataFrame, **more: Any) -> Any:
        names = list(chosen.columns)
        return matrix.estimate(lambda columns: _estimate(rows, columns[names], trial, question, **more))

    return analyse_sensitivity(
        fit,
        matrix.columns,
        matrix.matrices[0].terms,
        estimate=with_columns,
        tip=lambda: _estimate(rows, matrix.columns, trial, question, ask=departure_tipping_point),
    )


def fit_and_judge(
    rows: pd.DataFrame, matrix: TrialCovariates, trial: LandmarkTrial, question: EffectQuestion
) -> tuple[Any, DesignVerdict | None, tuple[DesignFailure, ...]]:
    """The estimate, the verdict on its design and what fails; no estimate where the data cannot carry one."""
    for arm, code in (("treated", 1), ("control", 0)):
        size = int((rows["treated"] == code).sum())
        if size < DesignLimits().effective_n:
            return None, None, (DesignFailure("effective_n", size, DesignLimits().effective_n, arm=arm),)
    try:
        fit = _pooled(rows, matrix, trial, question)
    except NotEstimable:
        return None, None, (DesignFailure("not_estimable", 0.0, 0.0),)
    verdict = assess_design(fit)
    return fit, verdict, verdict.reasons


def _negative_control(
    case_file: CaseFile, params: Params, question: EffectQuestion, definition: Definition
) -> Any:
    """The same comparison for an endpoint that the measure cannot affect; None if not estimable."""
    assert question.negative_control is not None
    trial = trial_of(case_file, params, question, question.negative_control.endpoint)
    small = level_judge(trial, policy_of(params))
    matrix = covariates_of(trial, question, params.groups, small, definition, stream=1)
    return fit_and_judge(trial.rows[matrix.kept], matrix, trial, question)[0]


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
