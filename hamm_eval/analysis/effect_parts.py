"""One question asked again: within groups declared beforehand, and at several horizons."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define, endpoint_details, group_details
from hamm_eval.analysis.design_matrix import TooSmall
from hamm_eval.analysis.groundwork import Groundwork
from hamm_eval.analysis.measure_effectiveness import compared_for, fit_and_judge, level_judge, trial_of
from hamm_eval.analysis.missing_covariates import TrialCovariates, covariates_of
from hamm_eval.cohort import LandmarkTrial
from hamm_eval.cohort.grouping import levels_in_order, levels_of, merge_small
from hamm_eval.effects import DesignFailure, adjust_p, interaction_test
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import CountTable, Definition, Effect, EffectByGroup, EffectInGroups, EffectOverTime
from hamm_eval.params import EffectQuestion, Params
from hamm_eval.release.policy import Policy, policy_of

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

BY_GROUP, OVER_TIME = "effect_by_group", "effect_over_time"


def effect_by_group(
    case_file: CaseFile, params: Params, key: str, *, ground: Groundwork | None = None
) -> EffectByGroup:
    """A measure's effect within each level of the groups that params declare, and whether it differs.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.measure_effectiveness`, whose `by_groups` name the groups.
    ground : Groundwork, optional
        Of the same case file and params.

    Returns
    -------
    EffectByGroup
        Per group and level the same estimator and the same checks of the design as for everybody; levels too
        small are merged in the order that params declare. Levels stand in the order of params, never in that
        of their effects. The test of equal effects is over levels whose design holds; with several groups its
        p-values are Benjamini and Hochberg's.

    Raises
    ------
    UsageError
        No such question in params, or one that declares no group.
    TableAbsent
        A table that the question needs is not in the export.

    References
    ----------
    Sun, X. et al. (2010). Is a subgroup effect believable? British Medical Journal 340, c117.
    """
    question = asked_question(params, key)
    if not question.by_groups:
        raise UsageError(
            "This question declares no group within which its effect is asked for.",
            where=f"measure_effectiveness.{key}.by_groups",
            todo="Name groups there, each with its reason, before results are looked at.",
        )
    trial = trial_of(case_file, params, question, question.endpoint, ground=ground)
    found = [_in_groups(trial, params, key, question, group) for group in question.by_groups]
    tested = [groups for groups in found if groups.test is not None]
    adjusted = iter(adjust_p([groups.test.p_value for groups in tested]).tolist() if tested else ())
    return EffectByGroup(
        definition=_define(BY_GROUP, key, params, question),
        measure=question.measure,
        endpoint=question.endpoint,
        landmark_days=question.landmark_days,
        horizon_days=question.horizon_days,
        groups=tuple(
            groups if groups.test is None else replace(groups, p_adjusted=next(adjusted)) for groups in found
        ),
        confirmatory=params.confirmatory,
        arms=(int((trial.rows["treated"] == 1).sum()), int((trial.rows["treated"] == 0).sum())),
    )


def effect_over_time(
    case_file: CaseFile, params: Params, key: str, *, ground: Groundwork | None = None
) -> EffectOverTime:
    """A measure's effect at several horizons, from one comparison.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.measure_effectiveness`, whose `horizons_days` name the days.
    ground : Groundwork, optional
        Of the same case file and params.

    Returns
    -------
    EffectOverTime
        The same persons, characteristics and propensity model at each horizon: everybody compared is
        followed to the last. Intervals are pointwise: each holds for its own day.

    Raises
    ------
    UsageError
        No such question in params, or one that names no horizons.
    TableAbsent
        A table that the question needs is not in the export.
    """
    question = asked_question(params, key)
    if not question.horizons_days:
        raise UsageError(
            "This question names no days at which its effect is read off.",
            where=f"measure_effectiveness.{key}.horizons_days",
            todo="Name days after the landmark, in their order.",
        )
    # As for the question itself, imputations included.
    trial, matrix = compared_for(ground or Groundwork(case_file, params), key)
    rows = trial.rows[matrix.kept]
    definition = _define(OVER_TIME, key, params, question)
    return EffectOverTime(
        definition=definition,
        effects=tuple(
            _part(definition, f"{key}/{days}", rows, matrix, replace(trial, horizon_days=days), question)
            for days in question.horizons_days
        ),
    )


def asked_question(params: Params, key: str) -> EffectQuestion:
    """The question under a key, or which there are."""
    if key not in params.measure_effectiveness:
        raise UsageError(
            "There is no such question in params.",
            where="measure_effectiveness",
            todo=f"Known: {', '.join(params.measure_effectiveness) or 'none'}.",
        )
    return params.measure_effectiveness[key]


def _define(question_name: str, key: str, params: Params, question: EffectQuestion) -> Definition:
    """The question without its names."""
    return define(
        question_name,
        key,
        **endpoint_details(params, question.endpoint),
        trial=question.model_dump(
            mode="json", include={"measure", "endpoint", "landmark_days", "horizon_days", "horizons_days"}
        ),
        estimand=question.estimand,
        adjust_for={name: group_details(params, name) for name in question.adjust_for},
        by_groups={name: group_details(params, name) for name in question.by_groups},
    )


def _in_groups(
    trial: LandmarkTrial, params: Params, key: str, question: EffectQuestion, group: str
) -> EffectInGroups:
    """The effect within each level of one group."""
    policy = policy_of(params)
    asked = params.groups[group]
    levels = merge_small(
        levels_of(trial.rows, asked, group), asked.merge, _too_small_for_an_effect(trial, policy)
    )
    # Within a level of the group its own column says nothing; a number cut into classes still does.
    same = [
        name for name in question.adjust_for if params.groups[name].column == asked.column and not asked.cuts
    ]
    others = {name: reason for name, reason in question.adjust_for.items() if name not in same}
    names = tuple(levels_in_order(levels.values, asked))
    definition = _define(BY_GROUP, key, params, question)
    effects, households, persons = [], [], []
    for name in names:
        inside = levels.values == name
        part = replace(trial, rows=trial.rows[inside].reset_index(drop=True))
        inner = question.model_copy(update={"adjust_for": others})
        matrix = covariates_of(part, inner, params.groups, level_judge(part, policy), definition)
        rows = part.rows[matrix.kept]
        effects.append(_part(definition, f"{key}/{group}/{name}", rows, matrix, part, question))
        persons.append([int((part.rows["treated"] == arm).sum()) for arm in (1, 0)])
        households.append(rows["household_id"].to_numpy(dtype=str))
    sound = [k for k, effect in enumerate(effects) if not effect.failures]
    test = None
    if len(sound) > 1:
        # Differences without a variance of their own are no reason to tell nothing of the levels.
        with suppress(NotEstimable):
            test = interaction_test([effects[k].fit for k in sound], [households[k] for k in sound])
    return EffectInGroups(
        dimension=group,
        sensitive=asked.sensitive,
        levels=names,
        merged=tuple(levels.merged.get(name, ()) for name in names),
        persons=np.array(persons, dtype=np.int64).reshape(-1, 2),
        effects=tuple(effects),
        test=test,
        tested=len(sound),
    )


def _part(
    definition: Definition,
    key: str,
    rows: pd.DataFrame,
    matrix: TrialCovariates,
    trial: LandmarkTrial,
    question: EffectQuestion,
) -> Effect:
    """The effect among some rows or at another horizon, with the checks that every effect undergoes."""
    fit, verdict, failures = fit_and_judge(rows, matrix, trial, question)
    if fit is None and matrix.matrices[0].left_out:
        # Levels of a characteristic too small to adjust for have taken the persons out, not the group's size.
        failures = (DesignFailure("level_too_small", 0.0, 0.0),)
    treated = rows["treated"] == 1
    reached = (rows["cause"] == 1) & (rows["time"] <= trial.landmark_days + trial.horizon_days)
    arms = (int(treated.sum()), int((~treated).sum()))
    named = define(definition.question, key, of=definition.digest, estimand=question.estimand)
    return Effect(
        definition=named,
        measure=question.measure,
        endpoint=question.endpoint,
        landmark_days=trial.landmark_days,
        horizon_days=trial.horizon_days,
        flow=CountTable(
            definition=define(definition.question, f"{key}/flow", of=definition.digest),
            rows=("treated", "controls"),
            columns=("persons",),
            row_dimension="step",
            column_dimension="",
            counts=np.array(arms, dtype=np.int64).reshape(-1, 1),
            additive=False,
        ),
        fit=fit,
        by_worker=None,
        departure=None,
        negative_control=None,
        negative_control_endpoint="",
        treated=arms[0],
        controls=arms[1],
        events_treated=int((reached & treated).sum()),
        events_controls=int((reached & ~treated).sum()),
        parameters=1 + len(matrix.columns.columns),
        detectable=float("inf"),
        balance_limit=0.1 if verdict is None else verdict.balance_limit,
        failures=failures,
    )


def _too_small_for_an_effect(trial: LandmarkTrial, policy: Policy) -> TooSmall:
    """Whether an effect within a level would be withheld for its size: persons, events, non-events an arm."""
    rows = trial.rows
    reached = (rows["cause"] == 1) & (rows["time"] <= trial.landmark_days + trial.horizon_days)
    cells = pd.DataFrame(
        {
            f"{what}_{arm}": (flag & (rows["treated"] == code)).astype("int64")
            for arm, code in (("treated", 1), ("control", 0))
            for what, flag in (("event", reached), ("none", ~reached))
        }
    )

    def judge(values: pd.Series) -> pd.Series:
        found = cells.loc[values.index].groupby(values).sum()
        small = (found <= policy.largest_hidden_count).any(axis=1)
        for arm in ("treated", "control"):
            small |= found[f"event_{arm}"] + found[f"none_{arm}"] < policy.effect_persons
        return small

    return judge
