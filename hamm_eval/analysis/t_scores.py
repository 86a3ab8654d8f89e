"""T-scores of goal attainment scaling, by domain: secondary to the distribution of scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hamm_eval.cohort import FollowedGoals
from hamm_eval.cohort.goals import ADAPTED, DROPPED
from hamm_eval.estimate import Definition, DistributionTable, IntArray
from hamm_eval.ratings import goal_attainment_t
from hamm_eval.vocabulary import Domain

PROBABILITIES = (0.25, 0.5, 0.75)


def t_scores_by_domain(followed: FollowedGoals, definition: Definition) -> tuple[DistributionTable, IntArray]:
    """Quartiles of the T-scores of persons all of whose goals in a domain have a score, as first agreed.

    Parameters
    ----------
    followed : FollowedGoals
    definition : Definition
        Of the question that they belong to.

    Returns
    -------
    t_scores : DistributionTable
        One row a domain: domains are not made into one. Never from findings such as met or unmet.
    without : ndarray of int, shape (domains,)
        Persons without a T-score because a goal of the domain was dropped, without which the score would be
        too high, or adapted, so that its levels are no longer those fixed at the agreement. They are counted
        instead of left out in silence.

    References
    ----------
    Kiresuk, T. J. and Sherman, R. E. (1968). Goal attainment scaling. Community Mental Health Journal 4,
    443-453.
    """
    latest = followed.reviews.drop_duplicates("goal_id", keep="last").set_index("goal_id")
    goals = followed.goals[["goal_id", "person_id", "domain"]]
    goals = goals.assign(
        score=goals["goal_id"].map(latest["score"]).astype("float64"),
        void=(goals["goal_id"].map(latest["status"]) == DROPPED)
        | goals["goal_id"].isin(followed.reviews.loc[followed.reviews["status"] == ADAPTED, "goal_id"]),
    )
    values, persons, without = [], [], []
    for domain in Domain:
        of = goals[goals["domain"] == domain.value]
        by_person = of.groupby("person_id")
        void = by_person["void"].any()
        scored = by_person["score"].apply(lambda scores: scores.notna().all()) & ~void
        known = of[of["person_id"].isin(scored.index[scored])]
        found = _t_scores(known)
        values.append([_quantile(found, at) for at in PROBABILITIES])
        persons.append(found.size)
        without.append(int(void.sum()))
    table = DistributionTable(
        definition=definition,
        rows=tuple(domain.value for domain in Domain),
        row_dimension="domain",
        probabilities=PROBABILITIES,
        values=np.array(values, dtype=np.float64),
        persons=np.array(persons, dtype=np.int64),
        unit="t_score",
    )
    return table, np.array(without, dtype=np.int64)


def _t_scores(goals: pd.DataFrame) -> np.ndarray:
    """One T-score a person."""
    return np.array(
        [goal_attainment_t(scores.to_numpy()) for _, scores in goals.groupby("person_id")["score"]],
        dtype=np.float64,
    )


def _quantile(values: np.ndarray, at: float) -> float:
    """A T-score that was observed, none in between."""
    return float(np.quantile(values, at, method="inverted_cdf")) if values.size else float("nan")
