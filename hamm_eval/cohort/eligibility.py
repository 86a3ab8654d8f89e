"""Who belongs to the cohort, and from which day: population, eligibility, status and age at the origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from hamm_eval.cohort.event_source import require_table

Origin = Literal["eligibility", "arrival", "case_opened"]


def first_eligibility(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """First day of eligibility per person.

    Where an export has no table `eligibility`, whoever arrives is eligible from that day on: then the
    programme knows no second fact beside arrival.
    """
    if "eligibility" in tables:
        spells = tables["eligibility"]
        return spells.groupby("person_id")["valid_from"].min()
    persons = require_table(tables, "persons")
    return persons.set_index("person_id")["arrived_on"]


def origin_days(tables: Mapping[str, pd.DataFrame], origin: Origin) -> pd.Series:
    """Day 0 per person: first eligibility, arrival, or the opening of the first case file."""
    if origin == "eligibility":
        return first_eligibility(tables)
    if origin == "arrival":
        return require_table(tables, "persons").set_index("person_id")["arrived_on"]
    return require_table(tables, "cases").groupby("person_id")["opened_on"].min()


def status_on(tables: Mapping[str, pd.DataFrame], days: pd.Series) -> pd.Series:
    """Residence status per person on a day of their own; missing where no spell covers it."""
    spells = require_table(tables, "residence_status")
    day = spells["person_id"].map(days)
    covers = (spells["valid_from"] <= day) & (spells["valid_until"].isna() | (spells["valid_until"] >= day))
    found = spells[covers].sort_values("valid_from", kind="stable").drop_duplicates("person_id", keep="last")
    return found.set_index("person_id")["status"].astype(object).reindex(days.index)


def completed_years(birth_month: pd.Series, days: pd.Series) -> pd.Series:
    """Age in completed years; of the birth only the month is known."""
    had_birthday = days.dt.month >= birth_month.dt.month
    return days.dt.year - birth_month.dt.year - (~had_birthday).astype("int64")


def day_of_age(birth_month: pd.Series, years: int) -> pd.Series:
    """First day with so many completed years: of the birth only the month is known, so a first of a month.

    Examples
    --------
    >>> day_of_age(pd.Series(pd.to_datetime(["2012-02-01"])), 6).dt.strftime("%Y-%m-%d").to_list()
    ['2018-02-01']
    """
    born = birth_month.dt
    parts = {"year": born.year + years, "month": born.month, "day": birth_month.notna().astype("int64")}
    return pd.to_datetime(pd.DataFrame(parts), errors="coerce")
