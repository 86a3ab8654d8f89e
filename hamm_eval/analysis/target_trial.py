"""Would starting a measure help? Target trials, emulated: strategies, grace period, follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hamm_eval.analysis.arms import estimate_by_worker, persons_by_arm, small_arms
from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.effect_sensitivity import Sensitivity, analyse_sensitivity
from hamm_eval.analysis.groundwork import Groundwork
from hamm_eval.analysis.measure_effectiveness import (
    detectable,
    flow_table,
    starts_of,
    too_small_levels,
)
from hamm_eval.analysis.missing_covariates import TrialCovariates, covariates_of
from hamm_eval.cohort import LandmarkTrial, TargetTrials, target_trials
from hamm_eval.effects import (
    DesignFailure,
    assess_design,
    summarise_design,
)
from hamm_eval.effects.starting_comparison import StartingComparison, compare_strategies
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import LEAST_IN_ARM, Definition, Effect, TargetTrial, TrialEffect
from hamm_eval.params import DAYS_PER_MONTH, Params, StrategyPair, TargetTrialQuestion
from hamm_eval.release.policy import policy_of

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "target_trial"


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Who is compared: rows of the trials, covariates of the persons, and each row's place among these."""

    rows: pd.DataFrame
    covariates: TrialCovariates
    place: np.ndarray

    def __repr__(self) -> str:
        return "<Compared: internal, not released>"


def target_trial(
    case_file: CaseFile, params: Params, key: str, *, ground: Groundwork | None = None
) -> TargetTrial:
    """Effects of starting a measure within a grace period, against not starting, at several horizons.

    Time zero is the first day of a month since the origin; in its trial is who is then under observation,
    present, without the goal, of the measure's age, and has not begun it. Each person counts in the first
    such month, or in all of them (pooled); all rows of a household are one cluster.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.target_trials`.
    ground : Groundwork, optional
        Of the same case file and params, where other questions have some of the work done already.

    Returns
    -------
    TargetTrial
        For each strategy pair and horizon an `Effect` with its design checks (AIPW under the weights of the
        strategies, variance clustered by household, the same by social worker, the effect on departure, for
        the primary pair the negative control), and the difference in mean months.

    Raises
    ------
    UsageError
        No such question in params.
    TableAbsent
        A table that the question needs is not in the export.

    References
    ----------
    Hernán, M. A. and Robins, J. M. (2016). Using big data to emulate a target trial when a randomized trial
    is not available. American Journal of Epidemiology 183, 758-764.
    """
    if key not in params.target_trials:
        raise UsageError(
            "There is no such target trial in params.",
            where="target_trials",
            todo=f"Known: {', '.join(params.target_trials) or 'none'}.",
        )
    question = params.target_trials[key]
    definition = _define(params, key, question)
    ground = ground or Groundwork(case_file, params)
    effects = tuple(
        _trial_effect(ground, question, definition, pair, months, control=not number)
        for number, pair in enumerate(question.strategies)
        for months in question.horizons_months
    )
    return TargetTrial(
        definition=definition,
        measure=question.measure,
        endpoint=question.endpoint,
        months=question.months,
        ages=(question.ages.min_age, question.ages.max_age),
        covariates=tuple(question.adjust_for),
        effects=effects,
    )


def _define(params: Params, key: str, question: TargetTrialQuestion) -> Definition:
    """The question without its names."""
    details = question.model_dump(mode="json", exclude={"adjust_for", "left_out", "negative_control"})
    return define(
        QUESTION,
        key,
        **endpoint_details(params, question.endpoint),
        trial=details,
        adjust_for={name: group_details(params, name) for name in question.adjust_for},
        negative_control=question.negative_control.endpoint,
    )


def _trials(
    case_file: CaseFile,
    params: Params,
    question: TargetTrialQuestion,
    endpoint: str,
    pair: StrategyPair,
    horizon_days: int,
    *,
    ground: Groundwork | None = None,
) -> TargetTrials:
    """Who is in the trials for an endpoint."""
    return target_trials(
        (ground or Groundwork(case_file, params)).cohort(endpoint),
        starts_of(case_file, question.measure),
        months=question.months,
        grace_days=pair.grace_days,
        horizon_days=horizon_days,
        pooled=pair.trials == "pooled",
        ages=(question.ages.min_age, question.ages.max_age),
    )


def _compared_in_trials(
    ground: Groundwork,
    question: TargetTrialQuestion,
    definition: Definition,
    endpoint: str,
    pair: StrategyPair,
    horizon_days: int,
    *,
    stream: int = 0,
) -> tuple[TargetTrials, Compared]:
    """The trials of an endpoint and who is compared in them, whatever the adherence."""

    def compare() -> tuple[TargetTrials, Compared]:
        case_file, params = ground.case_file, ground.params
        trials = _trials(case_file, params, question, endpoint, pair, horizon_days, ground=ground)
        return trials, _compared(trials, params, question, definition, stream=stream)

    asked = (QUESTION, definition.digest, endpoint, pair.trials, pair.grace_days, horizon_days, stream)
    return ground.once(asked, compare)


def _trial_effect(
    ground: Groundwork,
    question: TargetTrialQuestion,
    definition: Definition,
    pair: StrategyPair,
    months: int,
    *,
    control: bool,
) -> TrialEffect:
    """One strategy pair at one horizon."""
    horizon = round(DAYS_PER_MONTH * months)
    trials, compared = _compared_in_trials(ground, question, definition, question.endpoint, pair, horizon)
    rows = compared.rows
    started = rows["start"].lt(rows["time"]) & (rows["start"] <= pair.grace_days)
    reached = (rows["cause"] == 1) & (rows["time"] <= horizon)
    sizes = persons_by_arm(rows, started, horizon)
    failures = small_arms(sizes)
    fit = verdict = by_worker = in_months = negative = None
    missing, robust = "", Sensitivity(None, None, None)
    if not failures:
        try:
            comparisons = _compare(compared, pair, question, horizon)
            fit = compared.covariates.pool([found.effect() for found in comparisons])
        except NotEstimable:
            failures = (DesignFailure("not_estimable", 0.0, 0.0),)
    if fit is not None:
        verdict = assess_design(fit)
        failures = verdict.reasons
        in_months = _pooled(compared, [found.asking("months_difference") for found in comparisons])
        worker = rows["social_worker"]
        by_worker, missing = estimate_by_worker(
            worker,
            lambda: _pooled(
                compared, [found.clustered_by(worker.to_numpy(dtype=str)) for found in comparisons]
            ),
        )
        if control and question.negative_control is not None:
            negative = _negative_control(ground, question, definition, pair, horizon)
        if control and not failures:
            robust = _sensitivity(fit, comparisons, compared, pair, question, horizon)
    key = f"{definition.key}/{pair.trials}/{pair.grace_days}/{pair.adherence}/{months}"
    part = define(QUESTION, key, of=definition.digest, estimand=question.estimand)
    flow = [(step, distinct) for step, (_, distinct) in trials.flow.items()]
    flow += compared.covariates.flow
    share = float(reached[~rows["person_id"].duplicated()].mean()) if len(rows) else 0.0
    effect = Effect(
        definition=part,
        measure=question.measure,
        endpoint=question.endpoint,
        landmark_days=0,
        horizon_days=horizon,
        flow=flow_table(part, flow, sizes["treated"], sizes["controls"]),
        fit=fit,
        by_worker=by_worker,
        by_worker_missing=missing,
        departure=None if fit is None else fit.competing,
        negative_control=negative,
        negative_control_endpoint=question.negative_control.endpoint if control else "",
        **sizes,
        parameters=1 + len(compared.covariates.columns.columns),
        detectable=detectable(fit, share),
        balance_limit=0.1 if verdict is None else verdict.balance_limit,
        failures=failures,
        checks=() if fit is None else summarise_design(fit, treated=started, strata=_strata(compared)),
        merged=compared.covariates.matrices[0].merged,
        left_out=compared.covariates.matrices[0].left_out,
        e_value=robust.e_value,
        leave_one_out=robust.leave_one_out,
    )
    return TrialEffect(
        trials=pair.trials,
        grace_days=pair.grace_days,
        adherence=pair.adherence,
        horizon_months=months,
        effect=effect,
        months=in_months,
        person_trials=len(rows),
    )


def _compared(
    trials: TargetTrials,
    params: Params,
    question: TargetTrialQuestion,
    definition: Definition,
    *,
    stream: int = 0,
) -> Compared:
    """Rows of those whose covariates are known or imputed; small levels are judged by distinct persons."""
    rows = trials.rows
    started = rows["start"].lt(rows["time"]) & (rows["start"] <= trials.grace_days)
    reached = (rows["cause"] == 1) & (rows["time"] <= trials.horizon_days)
    ever = pd.DataFrame({"treated": started, "reached": reached}).groupby(rows["person_id"].to_numpy()).any()
    persons = rows.drop_duplicates("person_id").reset_index(drop=True)
    ever = ever.astype("int64").loc[persons["person_id"]].reset_index(drop=True)
    persons = persons.assign(treated=ever["treated"])
    # A covariate is one a person: it is imputed, and its levels are judged, once for all trials.
    once = LandmarkTrial(persons, (), 0, trials.horizon_days)
    small = too_small_levels(ever["treated"], ever["reached"], policy_of(params))
    covariates = covariates_of(once, question, params.groups, small, definition, stream=stream)
    kept = persons["person_id"][covariates.kept.to_numpy()]
    chosen = rows[rows["person_id"].isin(kept)].reset_index(drop=True)
    place = pd.Series(np.arange(len(kept)), index=kept.to_numpy()).loc[chosen["person_id"]].to_numpy()
    return Compared(chosen, covariates, place)


def _merged_months(month: pd.Series, started: pd.Series) -> pd.Series:
    """Months that begin a trial; one with few who start, or few who do not, is joined to the one before."""
    names: dict[int, int] = {}
    latest, counts = None, (0, 0)
    for number, starts in started.groupby(month):
        if latest is None or min(counts) >= LEAST_IN_ARM:
            latest, counts = int(number), (0, 0)
        names[int(number)] = latest
        counts = (counts[0] + int(starts.sum()), counts[1] + int((~starts).sum()))
    if latest is not None and min(counts) < LEAST_IN_ARM:
        former = [name for name in names.values() if name < latest]
        names = {k: (former[-1] if former and name == latest else name) for k, name in names.items()}
    return month.map(names)


def _compare(
    compared: Compared,
    pair: StrategyPair,
    question: TargetTrialQuestion,
    horizon: int,
    *,
    only: list[str] | None = None,
) -> tuple[StartingComparison, ...]:
    """The comparison that effects are read off from, per imputation; with `only` some covariates."""
    rows = compared.rows

    def compare(columns: pd.DataFrame) -> StartingComparison:
        return compare_strategies(
            rows["time"].to_numpy(dtype=np.float64),
            rows["cause"].to_numpy(dtype=np.int64),
            rows["start"].to_numpy(dtype=np.float64),
            (columns if only is None else columns[only]).iloc[compared.place].reset_index(drop=True),
            horizon=horizon,
            grace=pair.grace_days,
            adherence=pair.adherence,
            trial=_merged_months(rows["month"], rows["start"] <= pair.grace_days).to_numpy(),
            person=rows["person_id"].to_numpy(dtype=str),
            cluster=rows["household_id"].to_numpy(dtype=str),
            estimand=question.estimand,
            # One outcome model for both arms, as in the comparison from a landmark on: events are few.
            interactions="none",
            small_sample=True,
        )

    return compared.covariates.each(compare)


def _sensitivity(
    fit: Any,
    comparisons: Sequence[StartingComparison],
    compared: Compared,
    pair: StrategyPair,
    question: TargetTrialQuestion,
    horizon: int,
) -> Sensitivity:
    """E-value and range without each covariate; what departures could tip is told from the landmark on."""
    covariates = compared.covariates

    def value_with(chosen: pd.DataFrame) -> float:
        found = _compare(compared, pair, question, horizon, only=list(chosen.columns))
        # By Rubin's rules.
        return float(np.mean([each.effect().value for each in found]))

    def no_grid() -> Any:
        raise NotEstimable("Both strategies share those who have not started: no arm to suppose it of.")

    return analyse_sensitivity(
        fit,
        covariates.columns,
        covariates.matrices[0].terms,
        value_with=value_with,
        ratio=lambda: covariates.pool([found.asking("risk_ratio").effect() for found in comparisons]),
        tip=no_grid,
    )


def _strata(compared: Compared) -> dict[str, pd.Series]:
    """Level of each row, per factor."""
    factors = compared.covariates.matrices[0].factors
    return {key: levels.iloc[compared.place].reset_index(drop=True) for key, levels in factors.items()}


def _estimate(compared: Compared, pair: StrategyPair, question: TargetTrialQuestion, horizon: int) -> Any:
    """The effect, pooled over imputations."""
    comparisons = _compare(compared, pair, question, horizon)
    return compared.covariates.pool([found.effect() for found in comparisons])


def _pooled(compared: Compared, comparisons: Sequence[StartingComparison]) -> Any:
    """The effect of comparisons that are there already; None where it cannot be estimated."""
    try:
        return compared.covariates.pool([found.effect() for found in comparisons])
    except NotEstimable:
        return None


def _negative_control(
    ground: Groundwork,
    question: TargetTrialQuestion,
    definition: Definition,
    pair: StrategyPair,
    horizon: int,
) -> Effect:
    """The same strategies for an endpoint that the measure cannot affect, with a design of its own."""
    assert question.negative_control is not None
    endpoint = question.negative_control.endpoint
    trials, compared = _compared_in_trials(ground, question, definition, endpoint, pair, horizon, stream=1)
    rows = compared.rows
    started = rows["start"].lt(rows["time"]) & (rows["start"] <= pair.grace_days)
    sizes = persons_by_arm(rows, started, horizon)
    failures, fit = small_arms(sizes), None
    if not failures:
        try:
            fit = _estimate(compared, pair, question, horizon)
            failures = assess_design(fit).reasons
        except NotEstimable:
            failures = (DesignFailure("not_estimable", 0.0, 0.0),)
    control = f"{definition.key}/negative_control/{horizon}"
    named = define(QUESTION, control, of=definition.digest, estimand=question.estimand)
    return Effect(
        definition=named,
        measure=question.measure,
        endpoint=endpoint,
        landmark_days=0,
        horizon_days=horizon,
        flow=flow_table(
            named, [(name, n) for name, (_, n) in trials.flow.items()], sizes["treated"], sizes["controls"]
        ),
        fit=fit,
        by_worker=None,
        departure=None,
        negative_control=None,
        negative_control_endpoint="",
        **sizes,
        parameters=1 + len(compared.covariates.columns.columns),
        detectable=float("inf"),
        failures=failures,
        checks=() if fit is None else summarise_design(fit),
    )
