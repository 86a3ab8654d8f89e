"""Who took part in a measure, and what was said of it: one participation a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.participations import evaluated_participations
from hamm_eval.cohort.eligibility import completed_years
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.cohort.observation import observation_windows
from hamm_eval.params import Params
from hamm_eval.vocabulary import Perspective

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

PERSPECTIVES = (Perspective.SOCIAL_WORKER.value, Perspective.REFUGEE.value)


def rated_participations(case_file: CaseFile, params: Params, measure: str) -> pd.DataFrame:
    """Persons whose participation in a measure has ended, with both ratings of it.

    Parameters
    ----------
    case_file : CaseFile
        What was recorded by the data cut: a rating that came later is missing.
    params : Params
        Whose cohort says who is evaluated, and `two_perspectives.reporting_delay_days` by when a
        participation must have ended.
    measure : str
        Its key in params.

    Returns
    -------
    DataFrame
        One row a person: rules of release count persons, and both ratings must be of the same participation.
        It is the first that ended, rated or not. Columns are those of persons, with `household_type`, `age`
        (completed years when the participation began), the social worker, provider and social space of the
        file that was open then, and `rating_social_worker`, `rating_refugee` (missing where silent).

    Raises
    ------
    TableAbsent
        The export lacks a table.

    Notes
    -----
    What is estimated is what people hold of their first participation in a measure. Who is counted, and with
    which one, must not depend on whether anybody answered: if the first *rated* participation counted,
    whoever kept silent on a bad first and praised a second would be counted with the second, and even the
    bounds of the silent would leave out the truth.
    """
    tables = tables_given(case_file)
    asked = params.two_perspectives
    delay = asked.reporting_delay_days if asked is not None else 0
    complete = pd.Timestamp(params.data_cut) - pd.Timedelta(days=delay)
    rows = evaluated_participations(tables, params)
    rows = rows[(rows["measure"] == measure) & (rows["ended_on"] <= complete)]
    ratings = _first_ratings(require_table(tables, "ratings"))
    for perspective in PERSPECTIVES:
        of = ratings[ratings["perspective"] == perspective].set_index("participation_id")["rating"]
        rows = rows.assign(**{f"rating_{perspective}": rows["participation_id"].map(of).astype("float64")})
    order = rows.sort_values(["person_id", "ended_on", "participation_id"], kind="stable")
    return _with_persons(order.drop_duplicates("person_id"), tables)


def _first_ratings(ratings: pd.DataFrame) -> pd.DataFrame:
    """One rating per participation and perspective: the first, as it was given nearest to the end."""
    rows = ratings[ratings["rating"].notna()].assign(perspective=ratings["perspective"].astype(object))
    rows = rows.sort_values(["rated_on", "rating_id"], kind="stable")
    return rows.drop_duplicates(["participation_id", "perspective"])


def _with_persons(rows: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Persons' characteristics and case files beside each row; one row a person, in a fixed order."""
    persons = require_table(tables, "persons").set_index("person_id")
    kept = ["person_id", "started_on", *(f"rating_{perspective}" for perspective in PERSPECTIVES)]
    rows = rows[kept].join(persons.drop(columns="recorded_on", errors="ignore"), on="person_id")
    rows = rows.assign(age=completed_years(rows["birth_month"], rows["started_on"]))
    if "households" in tables:
        types = tables["households"].set_index("household_id")["household_type"]
        rows = rows.assign(household_type=rows["household_id"].map(types.astype(object)))
    if "cases" in tables:
        seen = observation_windows(tables["cases"], rows.set_index("person_id")["started_on"])
        rows = rows.join(seen[["social_worker", "provider", "social_space"]], on="person_id")
    else:
        rows = rows.assign(social_worker=np.nan)
    return rows.reset_index(drop=True)
