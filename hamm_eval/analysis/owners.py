"""Whose record is it, and which provider was responsible?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import concerns_persons, require_table, tables_given, with_person

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile


def owners_of(case_file: CaseFile, name: str) -> pd.Series | None:
    """The person of each record, in the order of the table; None for tables about no person.

    A household stands for its members: it is counted as one.
    """
    rows = case_file.tables[name]
    if name == "households":
        return rows["household_id"]
    if "person_id" in rows.columns:
        return rows["person_id"]
    if not concerns_persons(name):
        return None
    key = BY_NAME[name].key
    owner = with_person(tables_given(case_file), name).drop_duplicates(key).set_index(key)["person_id"]
    return rows[key].map(owner)


def provider_on(case_file: CaseFile, facts: pd.DataFrame, day: str) -> tuple[pd.Series, tuple[str, ...]]:
    """The provider whose case file was the person's latest to be opened by the day of each fact.

    Parameters
    ----------
    case_file : CaseFile
    facts : DataFrame
        `person_id`, and the column named by `day`.
    day : str

    Returns
    -------
    provider : Series of str, indexed as `facts`
        "missing" where no file tells.
    rows : tuple of str
        All providers in the order in which they are declared, and "missing" at the end where it occurs.
    """
    cases = require_table(tables_given(case_file), "cases")[["person_id", "opened_on", "provider"]]
    cases = cases[cases["opened_on"].notna()].sort_values("opened_on", kind="stable")
    asked = facts[["person_id", day]].assign(place=range(len(facts))).sort_values(day, kind="stable")
    told = pd.merge_asof(asked, cases, left_on=day, right_on="opened_on", by="person_id")
    found = told.set_index("place")["provider"].astype(object).sort_index()
    provider = pd.Series(found.to_numpy(), index=facts.index, dtype=object)
    rows = tuple(BY_NAME["cases"].column("provider").categories)
    if provider.isna().any():
        return provider.where(provider.notna(), "missing"), (*rows, "missing")
    return provider, rows
