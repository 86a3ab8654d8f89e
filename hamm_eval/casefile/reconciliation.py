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
    owners = persons_of(name, latest)
    return None if owners is None else owners["person_id"].n_unique()


def persons_of(name: str, latest: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
    """Whom each record of a table is about.

    Parameters
    ----------
    name : str
        A table that `latest` holds.
    latest : Mapping of str to polars.DataFrame
        The records in use.

    Returns
    -------
    polars.DataFrame or None
        The table's key and ``person_id``, one row a record and person: a household is about its members.
        None for tables about no person.
    """
    frame, key = latest[name], BY_NAME[name].key
    if name == "households":
        found = latest["persons"].join(frame, on=key, how="semi").select(key, "person_id")
    elif "person_id" in frame.columns:
        found = frame.select(*dict.fromkeys((key, "person_id")))
    else:
        for column in BY_NAME[name].columns:
            target, _, its_key = column.references.partition(".")
            if target in latest and "person_id" in latest[target].columns:
                parents = latest[target].select(its_key, "person_id")
                found = frame.join(parents, left_on=column.name, right_on=its_key, how="left").select(
                    key, "person_id"
                )
                break
        else:
            return None
    return found.filter(pl.col("person_id").is_not_null())
