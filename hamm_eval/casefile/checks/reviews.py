"""Reviews of goals that are overdue."""

from __future__ import annotations

import datetime as dt

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.vocabulary import GoalStatus

OVERDUE = dt.timedelta(days=365)  # goals are reviewed once a quarter; some reviews are recorded months later
_DONE = [str(GoalStatus.MET), str(GoalStatus.DROPPED)]


def check_reviews(records: Readable) -> None:
    """Warn of goals of open cases that nobody has reviewed for a year, if all their reviews can be read."""
    if not records.has("goals", "goal_reviews", "cases"):
        return
    needed = ("goal_id", "reviewed_on", "status", "recorded_on")
    last = (
        records.latest("goal_reviews", needed)
        .filter(pl.col("reviewed_on").is_not_null())
        .sort("reviewed_on")
        .group_by("goal_id")
        .agg(pl.col("reviewed_on", "status").last())
    )
    cases = records.latest("cases", ("person_id", "closed_on"))
    in_care = cases.filter(pl.col("closed_on").is_null()).select("person_id").unique()
    if records.has("departures"):
        in_care = in_care.join(records.latest("departures", ()), on="person_id", how="anti")
    goals = (
        records.latest("goals", ("person_id", "agreed_on"))
        .select("goal_id", "person_id", "agreed_on", LINE)
        .join(in_care, on="person_id", how="semi")
        .join(records.doubted("goal_reviews", needed), on="goal_id", how="anti")
        .join(last, on="goal_id", how="left")
        .filter(~pl.col("status").is_in(_DONE).fill_null(False))
    )
    overdue = goals.filter(pl.coalesce("reviewed_on", "agreed_on") < records.cut - OVERDUE)
    target = records.tables["goal_reviews"].file
    note_rows(records.collector, "review_overdue", records.tables["goals"], "goal_id", overdue, target=target)
