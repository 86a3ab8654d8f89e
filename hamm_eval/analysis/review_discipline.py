"""Are goals reviewed as agreed? Days between reviews, days since the latest one, and what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define
from hamm_eval.analysis.goal_attainment import QUESTION, details, question
from hamm_eval.analysis.owners import provider_on
from hamm_eval.cohort import FollowedGoals
from hamm_eval.cohort.goals import DROPPED, MET
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import CountTable, DistributionTable, FloatArray
from hamm_eval.params import Params
from hamm_eval.survival import kaplan_meier
from hamm_eval.vocabulary import Domain

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

PROBABILITIES = (0.25, 0.5, 0.75, 0.95)
IN_TIME, TARGET_PASSED, TOO_LONG = "in_time", "target_passed", "too_long"
OVERDUE_COLUMNS = (IN_TIME, TARGET_PASSED, TOO_LONG)


def review_intervals(followed: FollowedGoals, case_file: CaseFile, params: Params) -> DistributionTable:
    """Days from one look at a goal to the next review, by provider.

    Parameters
    ----------
    followed : FollowedGoals
    case_file : CaseFile
    params : Params

    Returns
    -------
    DistributionTable
        Median, quartiles and 95 %, by the provider that was responsible when the interval began: with the
        agreement or with a review. An interval that still runs counts as longer than so far (Kaplan-Meier):
        leaving it out would tell of the short ones only. After a review that found the goal met or dropped no
        other is due. Providers stand in the order in which they are declared: this is no ranking.

    Raises
    ------
    NotEstimable
        No goal is followed.
    """
    looks = _looks(followed)
    following = looks.groupby("goal_id")["day"].shift(-1)
    spans = looks.assign(days=following.fillna(looks["until"]) - looks["day"], reviewed=following.notna())
    # Not even where a review followed: of goals met or dropped only the reviewed ones would have an interval.
    spans = spans[~looks["done"] & (spans["days"] > 0)]

    def of(rows: pd.DataFrame) -> list[float]:
        ended = rows["reviewed"].to_numpy(dtype=np.int64)
        if not ended.any():
            return [np.nan] * len(PROBABILITIES)
        curve = kaplan_meier(rows["days"].to_numpy(dtype=np.float64), ended)
        return [float(curve.quantile(at)[0]) for at in PROBABILITIES]

    return _by_provider("review_intervals", spans, of, case_file, params)


def days_since_review(followed: FollowedGoals, case_file: CaseFile, params: Params) -> DistributionTable:
    """Days since the latest look at goals that are open at the end of observation, by provider.

    Returns
    -------
    DistributionTable
        Of goals neither met nor dropped, of persons whose case is open and who are in the city. A goal never
        reviewed counts from its agreement. As `review_intervals` otherwise.

    Raises
    ------
    NotEstimable
        No goal is followed.
    """

    def of(rows: pd.DataFrame) -> list[float]:
        days = rows["days"].to_numpy(dtype=np.float64)
        if not days.size:
            return [np.nan] * len(PROBABILITIES)
        # A number of days that was observed, none in between.
        return [float(np.quantile(days, at, method="inverted_cdf")) for at in PROBABILITIES]

    return _by_provider("days_since_review", _open_goals(followed), of, case_file, params)


def overdue_reviews(followed: FollowedGoals, params: Params) -> CountTable:
    """Persons with an open goal by whether its review is overdue, by domain.

    Parameters
    ----------
    followed : FollowedGoals
    params : Params
        `goal_attainment.review_days`.

    Returns
    -------
    CountTable
        A person with several open goals of a domain counts once, by the worst of them: the day by which the
        goal was to be reached has passed without a review since; else the latest look is more than
        `review_days` old; else in time.

    Raises
    ------
    NotEstimable
        No goal is followed.
    """
    asked = question(params)
    goals = _open_goals(followed)
    passed = goals["last_on"] < goals["target_on"]
    passed &= goals["target_on"] < pd.Timestamp(followed.end_of_observation)
    state = np.select([passed, goals["days"] > asked.review_days], [1, 2], 0)
    # The target counts first: 1 before 2 before 0.
    rank = pd.Series(state, index=goals.index).map({0: 0, 2: 1, 1: 2})
    worst = rank.groupby([goals["domain"], goals["person_id"]]).max()
    counts = [
        [int((worst[worst.index.get_level_values(0) == domain.value] == at).sum()) for at in (0, 2, 1)]
        for domain in Domain
    ]
    return CountTable(
        definition=define(
            QUESTION, "overdue_reviews", review_days=asked.review_days, **details(asked, params)
        ),
        rows=tuple(domain.value for domain in Domain),
        columns=OVERDUE_COLUMNS,
        row_dimension="domain",
        column_dimension="review_state",
        counts=np.array(counts, dtype=np.int64),
        shares="of_row",
        additive=False,
    )


def _looks(followed: FollowedGoals) -> pd.DataFrame:
    """Every look at each goal, the agreement first: its day, and whether no other was due after it."""
    wanted = ["goal_id", "person_id", "domain", "agreed_on", "target_on", "until", "ending"]
    goals = followed.goals[wanted]
    if goals.empty:
        raise NotEstimable("No goal was agreed.", where=QUESTION)
    # Of several reviews on one day the last counts.
    reviews = followed.reviews.drop_duplicates(["goal_id", "day"], keep="last")
    looks = pd.concat(
        [goals.assign(day=0, done=False), goals.merge(_done(reviews), on="goal_id")], ignore_index=True
    )
    looks = looks.sort_values(["goal_id", "day"], kind="stable").reset_index(drop=True)
    return looks.assign(looked_on=looks["agreed_on"] + pd.to_timedelta(looks["day"], unit="D"))


def _done(reviews: pd.DataFrame) -> pd.DataFrame:
    """Reviews with whether they end a goal."""
    return reviews[["goal_id", "day"]].assign(done=reviews["status"].isin([MET, DROPPED]))


def _open_goals(followed: FollowedGoals) -> pd.DataFrame:
    """Goals open at the end of observation: the latest look, and days since then."""
    latest = _looks(followed).drop_duplicates("goal_id", keep="last")
    going = latest[~latest["done"] & (latest["ending"] == "administrative")]
    return going.assign(days=going["until"] - going["day"], last_on=going["looked_on"])


def _by_provider(
    key: str,
    rows: pd.DataFrame,
    of: Callable[[pd.DataFrame], list[float]],
    case_file: CaseFile,
    params: Params,
) -> DistributionTable:
    """The quantiles of every provider's rows."""
    asked = question(params)
    provider, names = provider_on(case_file, rows, "looked_on")
    groups = [rows[provider == name] for name in names]
    values: FloatArray = np.array([of(group) for group in groups], dtype=np.float64)
    return DistributionTable(
        definition=define(QUESTION, key, probabilities=list(PROBABILITIES), **details(asked, params)),
        rows=names,
        row_dimension="provider",
        probabilities=PROBABILITIES,
        values=values.reshape(-1, len(PROBABILITIES)),
        persons=np.array([group["person_id"].nunique() for group in groups], dtype=np.int64),
        unit="days",
    )
