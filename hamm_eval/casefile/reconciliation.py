"""Nothing lost: where every row of every file went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import polars as pl

from hamm_eval.casefile.tables import BY_NAME

COLUMNS = ("table", "read", "used", "quarantined", "not_yet_known", "superseded", "excluded", "persons")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one file that are not among the records known at the cut, and how many it had."""

    read: int
    quarantined: int
    excluded: int
    not_yet_known: int


def reconcile(
    counts: Mapping[str, Counts], known: Mapping[str, int], latest: Mapping[str, pl.DataFrame]
) -> pd.DataFrame:
    """One row a table; see `CaseFile.reconciliation`.

    Parameters
    ----------
    counts : Mapping of str to Counts
    known : Mapping of str to int
        Versions recorded by the cut.
    latest : Mapping of str to polars.DataFrame
        The records in use.
    """
    rows = []
    for name, count in counts.items():
        used = latest[name].height
        rows.append(
            {
                "table": name,
                "read": count.read,
                "used": used,
                "quarantined": count.quarantined,
                "not_yet_known": count.not_yet_known,
                "superseded": known[name] - used,
                "excluded": count.excluded,
                "persons": _persons(name, latest),
            }
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(COLUMNS[1:], "Int64") | {"table": "string"})


def _persons(name: str, latest: Mapping[str, pl.DataFrame]) -> int | None:
    """How many distinct persons a table's records are about; None where it is about none."""
    if name == "households":
        members = latest["persons"].join(latest[name], on="household_id", how="semi")
        return members["person_id"].n_unique()
    persons = _person_ids(name, latest)
    return None if persons is None else persons.drop_nulls().n_unique()


def _person_ids(name: str, latest: Mapping[str, pl.DataFrame]) -> pl.Series | None:
    """The person of each record, by its own column or by the record it refers to."""
    frame = latest[name]
    if "person_id" in frame.columns:
        return frame["person_id"]
    for column in BY_NAME[name].columns:
        target, _, key = column.references.partition(".")
        if target in latest and "person_id" in latest[target].columns:
            parents = latest[target].select(key, "person_id")
            return frame.join(parents, left_on=column.name, right_on=key, how="left")["person_id"]
    return None
