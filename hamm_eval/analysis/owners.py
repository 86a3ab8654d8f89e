"""Whose record is it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import concerns_persons, tables_given, with_person

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
