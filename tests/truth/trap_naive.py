"""For each trap an analysis that walks into it: none of them may be imitated."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from trap_goals import goal_incidence, language_goals
from trap_lab import Answer, City, households, seen, starts_of

from hamm_eval.cohort import Cohort, build_cohort, landmark_trial
from hamm_eval.effects import effect_at_horizon
from hamm_eval.effects.results import HorizonEffect
from hamm_eval.survival import aalen_johansen, cox, kaplan_meier


def incidence(cohort: Cohort, day: int, *, cause: int = 1, start_at: float | None = None) -> Answer:
    """Aalen-Johansen as it should be used: naive is only what it may be given."""
    rows = cohort.episodes
    curves = aalen_johansen(
        rows["time"],
        rows["cause"],
        entry=rows["entry"],
        cluster=households(rows),
        causes=len(cohort.causes),
        start_at=start_at,
    ).at([day])
    return Answer(curves.incidence[0, cause - 1], curves.std_error[0, cause - 1])


def ever_took_part(city: City, measure: str, endpoint: str) -> Answer:
    """Log hazard ratio of whoever ever started a measure, counted from eligibility on."""
    rows = build_cohort(city.whole, city.params(), endpoint).episodes
    ever = rows["person_id"].isin(starts_of(city.whole, measure)["person_id"])
    fit = cox(rows["time"], rows["cause"] == 1, ever.to_numpy(float)[:, None], cluster=households(rows))
    return Answer(fit.coefficients[0], fit.std_error[0])


def unadjusted(city: City, measure: str, endpoint: str, *, landmark: int, follow_up: int) -> HorizonEffect:
    """The plain difference between those who started by the landmark and those who did not."""
    cohort = build_cohort(city.whole, city.params(), endpoint)
    starts = starts_of(city.whole, measure)
    rows = landmark_trial(cohort, starts, landmark_days=landmark, horizon_days=follow_up).rows
    return effect_at_horizon(
        rows["time"],
        rows["cause"],
        rows["treated"],
        None,
        horizon=landmark + follow_up,
        entry=np.full(len(rows), float(landmark)),
        cluster=households(rows),
        method="unadjusted",
    )


def departures_censored(city: City, endpoint: str, day: int) -> Answer:
    """One minus Kaplan-Meier, as if whoever departed could still reach the goal in Hamm."""
    rows = build_cohort(city.whole, city.params(), endpoint).episodes
    curve = kaplan_meier(rows["time"], rows["cause"] == 1, entry=rows["entry"], cluster=households(rows))
    survival, std_error, *_ = curve.at([day])
    return Answer(1 - survival[0], std_error[0])


def files_since_eligibility(city: City, endpoint: str, day: int, *, cause: int) -> Answer:
    """Incidence as if each file had been open since eligibility."""
    tables = dict(city.whole.tables)
    first = tables["eligibility"].groupby("person_id")["valid_from"].min()
    cases = tables["cases"]
    tables["cases"] = cases.assign(opened_on=cases["person_id"].map(first))
    params = city.params()
    rules = params.cohort.model_copy(update={"files_begin": None})
    cohort = build_cohort(seen(tables), params.model_copy(update={"cohort": rules}), endpoint)
    return incidence(cohort, day, cause=cause)


def up_to_the_cut(city: City, endpoint: str, cut: dt.date, day: int) -> Answer:
    """Incidence from what was recorded by the data cut, followed up to that very day."""
    return incidence(build_cohort(city.known_by(cut), city.params(cut), endpoint), day)


def reached_when_reviewed(city: City, day: int) -> Answer:
    """Incidence of attainment as if a goal were reached on the day of the review that finds it met."""
    goals = language_goals(city)
    return goal_incidence(goals, goals[["met", "ended"]].min(axis=1), goals["met"] <= goals["ended"], day)


def refugee_ratings(city: City) -> pd.DataFrame:
    """Each participation that has ended: measure, ending, both ratings (missing where silent), household."""
    tables = city.whole.tables
    ended = tables["participations"]
    ended = ended[ended["ended_on"].notna()].merge(
        tables["persons"][["person_id", "household_id"]], on="person_id"
    )
    ratings = tables["ratings"].set_index("participation_id")
    for who in ("social_worker", "refugee"):
        given = ratings.loc[ratings["perspective"] == who, "rating"]
        ended[who] = ended["participation_id"].map(given).astype("Float64").to_numpy(float, na_value=np.nan)
    return ended


def weighted_mean(rows: pd.DataFrame, weights: pd.Series | None = None) -> Answer:
    """Mean of the refugees' ratings that there are, households as clusters."""
    given = rows[rows["refugee"].notna()]
    weight = np.ones(len(given)) if weights is None else weights[given.index].to_numpy()
    mean = float(np.average(given["refugee"], weights=weight))
    _, number = np.unique(households(given), return_inverse=True)
    sums = np.bincount(number, weights=weight * (given["refugee"].to_numpy() - mean))
    return Answer(mean, float(np.sqrt((sums**2).sum()) / weight.sum()))


def mean_of_those_who_answer(city: City) -> Answer:
    """The mean of the ratings that there are."""
    return weighted_mean(refugee_ratings(city))


def mean_with_response_weights(city: City) -> Answer:
    """The same, weighted to all participations by measure, ending and the social worker's rating."""
    rows = refugee_ratings(city)
    cells = [rows["measure_id"], rows["ending"], rows["social_worker"].fillna(0)]
    answered = rows["refugee"].notna().astype("float64")
    return weighted_mean(rows, 1 / answered.groupby(cells).transform("mean"))


def rating_bounds(city: City) -> tuple[float, float]:
    """Mean of all ratings if all the silent would have given 1, or 5: not naive, but all that is sure."""
    given = refugee_ratings(city)["refugee"]
    return float(given.fillna(1).mean()), float(given.fillna(5).mean())
