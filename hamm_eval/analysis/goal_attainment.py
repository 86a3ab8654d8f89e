"""How far is what was agreed attained? Scores and findings at the latest review, adaptations beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.t_scores import t_scores_by_domain
from hamm_eval.analysis.time_to_integration import DAYS_PER_MONTH, incidence_of
from hamm_eval.cohort import FollowedGoals, GoalCohort, first_goals
from hamm_eval.cohort.goals import ADAPTED, CAUSES, DROPPED, MET
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import CountTable, CurveGroup, Curves, Definition, GoalAttainment, GoalScores
from hamm_eval.inference import IntArray, labels_to_codes
from hamm_eval.params import GoalAttainmentQuestion, Params
from hamm_eval.vocabulary import Domain, GoalStatus

QUESTION = "goal_attainment"
SCORES = (-2, -1, 0, 1, 2)
NOT_SCORED, NOT_REVIEWED = "not_scored", "not_reviewed"
SCORE_COLUMNS = (*map(str, SCORES), str(DROPPED), NOT_SCORED, NOT_REVIEWED)
FINDING_COLUMNS = (
    str(MET),
    str(GoalStatus.PARTLY),
    str(GoalStatus.UNMET),
    str(ADAPTED),
    str(DROPPED),
    NOT_REVIEWED,
)
ANY, WHILE_OPEN, FIRST = "any_definition", "while_open", "first_definition"


def goal_attainment(followed: FollowedGoals, params: Params) -> GoalScores:
    """Scores and findings at the latest review of the first goal that each person agreed in each domain.

    Parameters
    ----------
    followed : FollowedGoals
        `cohort.follow_goals` of `params.goal_attainment`.
    params : Params

    Returns
    -------
    GoalScores
        A person counts once per domain. The latest review is the last one until the person's follow-up ends:
        leaving, the closing of the case, or the data cut less the reporting delay. Of a dropped goal there is
        no score: it is a column of its own, and so are goals without a score and without a review. How
        many goals were met only after a review had adapted them stands beside.

    Raises
    ------
    UsageError
        Params do not ask for it.
    NotEstimable
        Nobody has a goal in any domain.

    References
    ----------
    Kiresuk, T. J. and Sherman, R. E. (1968). Goal attainment scaling: a general method for evaluating
    comprehensive community mental health programs. Community Mental Health Journal 4, 443-453.
    """
    asked = question(params)
    cohorts = {domain.value: first_goals(followed, domain, QUESTION).rows for domain in Domain}
    definition = define(QUESTION, "scores", **details(asked, params))
    if all(rows.empty for rows in cohorts.values()):
        raise NotEstimable("Nobody has a goal in any domain.", where=QUESTION)
    t_scores, t_without = t_scores_by_domain(followed, definition)
    return GoalScores(
        definition=definition,
        scores=_counted(definition, "attainment_score", SCORE_COLUMNS, cohorts, score_of),
        findings=_counted(definition, "attainment_finding", FINDING_COLUMNS, cohorts, finding_of),
        persons=np.array([len(rows) for rows in cohorts.values()], dtype=np.int64),
        after_adaptation=np.array(
            [int(met_after_adaptation(rows).sum()) for rows in cohorts.values()], dtype=np.int64
        ),
        t_scores=t_scores,
        t_without=t_without,
    )


def question(params: Params) -> GoalAttainmentQuestion:
    """What params ask for."""
    if params.goal_attainment is None:
        raise UsageError(
            "Params do not ask for goal attainment.",
            where=QUESTION,
            todo="Add the paragraph goal_attainment to params.",
        )
    return params.goal_attainment


def details(asked: GoalAttainmentQuestion, params: Params) -> dict[str, object]:
    """The part of params that a definition stands for."""
    goals = asked.model_dump(mode="json", exclude={"reporting_delay_days", "covariates", "review_days"})
    return {"goals": goals, "cohort": cohort_details(params)}


def score_of(rows: pd.DataFrame) -> pd.Series:
    """Column of `SCORE_COLUMNS` of each person."""
    scored = rows["score"].map({float(score): str(score) for score in SCORES})
    said = scored.astype(object).where(scored.notna(), NOT_SCORED)
    # Whatever number stands beside a dropped goal: nobody worked at it any longer.
    said = said.mask(rows["latest"] == DROPPED, str(DROPPED))
    return said.mask(rows["latest"].isna(), NOT_REVIEWED)


def finding_of(rows: pd.DataFrame) -> pd.Series:
    """Column of `FINDING_COLUMNS` of each person."""
    said = rows["latest"].astype(object).map(str, na_action="ignore")
    return said.where(rows["latest"].notna(), NOT_REVIEWED)


def met_after_adaptation(rows: pd.DataFrame) -> pd.Series:
    """Who has a goal that the latest review found met, and that a review had adapted before it was met."""
    return (rows["latest"] == MET) & _adapted_before(rows)


def _adapted_before(rows: pd.DataFrame) -> pd.Series:
    """Whether a review had adapted the goal before it was met, or before its follow-up ended otherwise.

    On the day on which a goal is met, dropped or left behind these precede an adaptation; it precedes a
    censoring, as every event does.
    """
    on_last_day = (rows["adapted_day"] == rows["time"]) & (rows["cause"] == 0)
    return (rows["adapted_day"] < rows["time"]) | on_last_day


def _counted(
    definition: Definition,
    dimension: str,
    columns: tuple[str, ...],
    cohorts: dict[str, pd.DataFrame],
    of: object,
) -> CountTable:
    """Persons by domain and column."""
    assert callable(of)
    counts = [[int((of(rows) == name).sum()) for name in columns] for rows in cohorts.values()]
    return CountTable(
        definition=definition,
        rows=tuple(cohorts),
        columns=columns,
        row_dimension="domain",
        column_dimension=dimension,
        counts=np.array(counts, dtype=np.int64).reshape(len(cohorts), len(columns)),
        shares="of_row",
        additive=False,
    )


def attainment_by_definition(followed: FollowedGoals, params: Params, domain: str) -> GoalAttainment:
    """Documented attainment of the first goal in a domain, counted in three ways.

    Parameters
    ----------
    followed : FollowedGoals
    params : Params
    domain : str

    Returns
    -------
    GoalAttainment
        Cumulative incidences of the same persons. In "any_definition" a goal counts as attained however often
        it was adapted before, and the closing of the case censors: after it nobody looks. In "while_open" the
        closing is a competing end besides: the share that was documented as attained while the case was open,
        a lower bound. In "first_definition" an adaptation before attainment is a competing end: the share
        that attained the goal as first agreed.

    Raises
    ------
    UsageError
        No such domain, or params do not ask for it.
    NotEstimable
        Nobody has a goal in this domain.

    Notes
    -----
    Cases are closed when goals are attained, when contact is lost, or when eligibility ends, so censoring by
    the closing is informative. Taking the closing as an end instead answers another question, which cannot be
    wrong in that way: both are told, none is hidden in the other.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations. Scandinavian J. of Statistics 5, 141-150.
    """
    asked = question(params)
    cohort = first_goals(followed, known_domain(domain), QUESTION)
    rows = cohort.rows
    if rows.empty:
        raise NotEstimable("Nobody has a goal in this domain.", where=f"{QUESTION}.{domain}")
    clusters, _ = labels_to_codes(rows["household_id"].to_numpy(dtype=str), "household_id")
    time, cause = rows["time"].to_numpy(dtype=np.int64), rows["cause"].to_numpy(dtype=np.int64)
    causes = (*CAUSES, "closing", "adaptation")
    closed = np.where(
        (cause == 0) & (rows["ending"] == "closed").to_numpy(), causes.index("closing") + 1, cause
    )
    first = _by_first_definition(cohort, causes.index("adaptation") + 1)
    counts = ((ANY, time, cause), (WHILE_OPEN, time, closed), (FIRST, *first))
    groups = tuple(
        CurveGroup(
            level=level, entry=np.zeros_like(days), time=days, cause=why, cluster=clusters, start_at=0.0
        )
        for level, days, why in counts
    )
    definition = define(QUESTION, f"by_definition/{domain}", domain=domain, **details(asked, params))
    return GoalAttainment(
        definition=definition,
        domain=domain,
        adapted=int((rows["adapted"] > 0).sum()),
        # Exactly those by whom the first two curves differ from the third.
        attained_adapted=int((_adapted_before(rows) & (cause == 1)).sum()),
        curves=Curves(
            definition=definition,
            endpoint=f"goal_{domain}",
            dimension="counted_as",
            groups=groups,
            causes=causes,
            estimates=tuple(incidence_of(group, len(causes)) for group in groups),
            horizons=tuple(round(months * DAYS_PER_MONTH) for months in asked.horizons_months),
            parts=False,
        ),
    )


def _by_first_definition(cohort: GoalCohort, code: int) -> tuple[IntArray, IntArray]:
    """Time and cause where an adaptation ends the chance of what was first agreed."""
    rows = cohort.rows
    before = _adapted_before(rows).to_numpy()
    time = np.where(before, rows["adapted_day"], rows["time"]).astype(np.int64)
    return time, np.where(before, code, rows["cause"]).astype(np.int64)


def known_domain(domain: str) -> Domain:
    """The domain of that name."""
    if domain not in set(Domain):
        raise UsageError("There is no such domain.", where="domain", todo=f"Known: {', '.join(Domain)}.")
    return Domain(domain)
