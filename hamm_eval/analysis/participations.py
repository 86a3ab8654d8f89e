"""Participations that have begun, of the evaluated population: what is spent and in which order."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.cohort.build import described_on
from hamm_eval.cohort.eligibility import first_eligibility, origin_days, status_on
from hamm_eval.cohort.event_source import require_table
from hamm_eval.params import Params, TargetGroup

OTHER = "other"


def begun_participations(tables: Mapping[str, pd.DataFrame], params: Params) -> pd.DataFrame:
    """Participations that began on or after the day of first eligibility, in the order of their beginning.

    Parameters
    ----------
    tables : Mapping of str to DataFrame
        Tables that the export holds.
    params : Params
        Whose cohort says who is evaluated.

    Returns
    -------
    DataFrame
        `person_id`, `measure_id`, `started_on`, `ended_on` (missing while it runs), and `measure`: the key of
        the measure in params, or "other".

    Raises
    ------
    TableAbsent
        The export lacks a table.
    """
    columns = ["person_id", "measure_id", "started_on", "ended_on", "measure"]
    found = evaluated_participations(tables, params)[columns]
    return found.sort_values(["started_on", "person_id", "measure_id"], kind="stable").reset_index(drop=True)


def evaluated_participations(tables: Mapping[str, pd.DataFrame], params: Params) -> pd.DataFrame:
    """The same participations with every column that the export gives them, in its order."""
    persons, eligible = evaluated_persons(tables, params)
    rows = require_table(tables, "participations")
    rows = rows[rows["started_on"].notna() & rows["person_id"].isin(persons)]
    rows = rows[rows["started_on"] >= rows["person_id"].map(eligible)]
    measure = rows["measure_id"].astype(object)
    named = measure.where(measure.isin(list(params.measures)), OTHER)
    return rows.assign(measure=named)


def evaluated_persons(tables: Mapping[str, pd.DataFrame], params: Params) -> tuple[pd.Index, pd.Series]:
    """Who is evaluated, as `cohort.build` has it before age and files; and everyone's first eligibility."""
    persons = require_table(tables, "persons").set_index("person_id")
    rules = params.cohort
    eligible = first_eligibility(tables).reindex(persons.index)
    belongs = eligible.between(pd.Timestamp(rules.eligible_from), pd.Timestamp(rules.eligible_until))
    if rules.population is not None:
        belongs &= persons["population"].astype(object) == rules.population.value
    if rules.status_at_origin is not None:
        allowed = [status.value for status in rules.status_at_origin]
        clock = rules.clock if isinstance(rules, TargetGroup) else None
        origin = origin_days(tables, clock or "eligibility").reindex(persons.index)
        described = described_on(rules, origin, require_table(tables, "cases"))
        belongs &= status_on(tables, described).isin(allowed)
    return belongs.index[belongs], eligible


def begun_by(params: Params) -> str:
    """Name of those who have begun a measure, for results that count them."""
    return f"begun:{define('participations', 'begun', **cohort_details(params)).digest}"


def took_part(params: Params, measure: str) -> str:
    """Name of those of them who have begun this measure."""
    return f"{begun_by(params)}|measure={measure}"


def begun_under(params: Params, funding_class: str) -> str:
    """Name of the participations of all these that began under a funding class."""
    return f"{begun_by(params)}|class={funding_class}|participations"


def measures_in_order(found: pd.Series, params: Params) -> tuple[str, ...]:
    """Measures that occur, in the order of params, "other" last: no order of sizes."""
    occur = set(found)
    return tuple(key for key in (*params.measures, OTHER) if key in occur)
