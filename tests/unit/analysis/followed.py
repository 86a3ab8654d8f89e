"""Goals and reviews made by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from analysis_params import params

from hamm_eval.cohort import FollowedGoals
from hamm_eval.cohort.goals import PRECEDENCE
from hamm_eval.params import Params

END = dt.date(2017, 6, 30)
AGREED = pd.Timestamp("2016-01-01")
DAYS = (pd.Timestamp(END) - AGREED).days


def asked(**more: Any) -> Params:
    """Params that ask for goal attainment."""
    question = {
        "leaving": {"table": "departures", "date": "departed_on"},
        "reporting_delay_days": 0,
        "review_days": 120,
    }
    return params(goal_attainment=question | more)


class Goals:
    """Collects goals with their reviews."""

    def __init__(self) -> None:
        self.goals: list[dict[str, Any]] = []
        self.reviews: list[dict[str, Any]] = []

    def add(
        self,
        person: str,
        *reviews: tuple[Any, ...],
        domain: str = "language",
        until: int = DAYS,
        ending: str = "administrative",
        target: int | None = None,
        household: str | None = None,
    ) -> Goals:
        """A goal agreed on 1 January 2016; reviews are (day, status) or (day, status, score)."""
        number = f"z{len(self.goals):04d}"
        self.goals.append(
            {
                "goal_id": number,
                "person_id": person,
                "household_id": household or person,
                "domain": domain,
                "agreed_on": AGREED,
                "target_on": pd.NaT if target is None else AGREED + pd.Timedelta(days=target),
                "until": until,
                "ending": ending,
            }
        )
        for day, status, *score in reviews:
            self.reviews.append(
                {"goal_id": number, "day": day, "status": status, "score": float(score[0]) if score else None}
            )
        return self

    def followed(self) -> FollowedGoals:
        """As `cohort.follow_goals` gives them."""
        reviews = pd.DataFrame(self.reviews, columns=["goal_id", "day", "status", "score"])
        rank = reviews["status"].map({str(status): -at for at, status in enumerate(PRECEDENCE)})
        reviews = reviews.assign(rank=rank, score=reviews["score"].astype("float64"))
        reviews = reviews.sort_values(["goal_id", "day", "rank"], kind="stable").drop(columns="rank")
        goals = pd.DataFrame(self.goals).sort_values(["person_id", "goal_id"], kind="stable")
        return FollowedGoals(goals.reset_index(drop=True), reviews.reset_index(drop=True), goals, END)
