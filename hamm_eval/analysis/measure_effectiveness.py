"""Does a measure help to reach an endpoint? Landmark comparison, AIPW, departures competing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.design_matrix import DesignMatrix, TooSmall, design_matrix
from hamm_eval.cohort import LandmarkTrial, build_cohort, landmark_trial
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.effects import (
    DesignFailure,
    DesignLimits,
    DesignVerdict,
    PerArm,
    assess_design,
    effect_at_horizon,
    minimum_detectable_effect,
    planned_std_error,
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
    answered by inverse-probability-of-censoring weights.

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
        negative control, and what of the design fails.

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
    definition = _define(params, key, question)
    trial = trial_of(case_file, params, question, question.endpoint)
    matrix = design_matrix(
        trial.rows, list(question.adjust_for), params.groups, level_judge(trial, policy_of(params))
    )
    rows = trial.rows[matrix.kept]
    flow = (*trial.flow, ("covariates_known", len(rows)))
    reached = (rows["cause"] == 1) & (rows["time"] <= _end(trial))
    treated = rows["treated"] == 1
    fit, verdict, failures = fit_and_judge(rows, matrix, trial, question)
    by_worker = None
    if fit is not None and rows["social_worker"].notna().all():
        by_worker = _estimate(rows, matrix, trial, question, cluster="social_worker")
    control = question.negative_control
    return Effect(
        definition=definition,
        measure=question.measure,
        endpoint=question.endpoint,
        landmark_days=question.landmark_days,
        horizon_days=question.horizon_days,
        flow=_flow_table(definition, flow, treated),
        fit=fit,
        by_worker=by_worker,
        departure=None if fit is None else fit.competing,
        negative_control=_negative_control(case_file, params, question) if control else None,
        negative_control_endpoint=control.endpoint if control else "",
        treated=int(treated.sum()),
        controls=int((~treated).sum()),
        events_treated=int((reached & treated).sum()),
        events_controls=int((reached & ~treated).sum()),
        parameters=1 + len(matrix.columns.columns),
        detectable=_detectable(fit, float(reached.mean()) if len(rows) else 0.0),
        balance_limit=0.1 if verdict is None else verdict.balance_limit,
        failures=failures,
    )


def _define(params: Params, key: str, question: EffectQuestion) -> Definition:
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
    """Whether a level has too few persons, with or without the event (rule 6), or under 5 in an arm."""
    rows = trial.rows
    reached = (rows["cause"] == 1) & (rows["time"] <= _end(trial))
    counts = pd.DataFrame({"persons": 1, "treated": rows["treated"], "events": reached.astype("int64")})

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
    rows: pd.DataFrame, matrix: DesignMatrix, trial: LandmarkTrial, question: EffectQuestion, *, cluster: str
) -> Any:
    """One call of the estimator; departures before the horizon count as no event."""
    return effect_at_horizon(
        rows["time"].to_numpy(dtype=np.float64),
        rows["cause"].to_numpy(dtype=np.int64),
        rows["treated"].to_numpy(dtype=np.int64),
        matrix.columns,
        horizon=_end(trial),
        entry=np.full(len(rows), trial.landmark_days, dtype=np.float64),
        cluster=rows[cluster].to_numpy(dtype=str),
        estimand=question.estimand,
        # One outcome model for both arms: with arms of this size a model of the controls alone would rest on
        # fewer than five events a parameter. A wrong one is answered by the propensity model.
        interactions="none",
        # The plain sandwich covers 94 % with the few hundred households of a city of this size.
        small_sample=True,
    )


def fit_and_judge(
    rows: pd.DataFrame, matrix: DesignMatrix, trial: LandmarkTrial, question: EffectQuestion
) -> tuple[Any, DesignVerdict | None, tuple[DesignFailure, ...]]:
    """The estimate, the verdict on its design and what fails; no estimate where the data cannot carry one."""
    for arm, code in (("treated", 1), ("control", 0)):
        size = int((rows["treated"] == code).sum())
        if size < DesignLimits().effective_n:
            return None, None, (DesignFailure("effective_n", size, DesignLimits().effective_n, arm=arm),)
    try:
        fit = _estimate(rows, matrix, trial, question, cluster="household_id")
    except NotEstimable:
        return None, None, (DesignFailure("not_estimable", 0.0, 0.0),)
    verdict = assess_design(fit)
    return fit, verdict, verdict.reasons


def _negative_control(case_file: CaseFile, params: Params, question: EffectQuestion) -> Any:
    """The same comparison for an endpoint that the measure cannot affect; None if not estimable."""
    assert question.negative_control is not None
    trial = trial_of(case_file, params, question, question.negative_control.endpoint)
    matrix = design_matrix(
        trial.rows, list(question.adjust_for), params.groups, level_judge(trial, policy_of(params))
    )
    return fit_and_judge(trial.rows[matrix.kept], matrix, trial, question)[0]


def _detectable(fit: Any, share: float) -> float:
    """Smallest risk difference found with 80 % power, planned before arms are compared; infinite without."""
    if fit is None or not 0 < share < 1:
        return float("inf")
    sizes = PerArm(fit.effective_n.treated, fit.effective_n.control)
    return minimum_detectable_effect(planned_std_error(sizes, share=share))


def _flow_table(definition: Definition, flow: Sequence[tuple[str, int]], treated: pd.Series) -> CountTable:
    """From the cohort to the two arms."""
    steps = [*flow, ("treated", int(treated.sum())), ("controls", int((~treated).sum()))]
    return CountTable(
        definition=define(QUESTION, f"{definition.key}/flow", of=definition.digest),
        rows=tuple(name for name, _ in steps),
        columns=("persons",),
        row_dimension="step",
        column_dimension="",
        counts=np.array([[count] for _, count in steps], dtype=np.int64),
        additive=False,
    )
