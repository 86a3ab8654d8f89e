"""Start-stop rows: episodes split where a characteristic changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hamm_eval.inference import FloatArray, IntArray


def split_at(rows: pd.DataFrame, times: Iterable[float]) -> pd.DataFrame:
    """Split rows at fixed times.

    Parameters
    ----------
    rows : DataFrame
        `start`, `stop` and `cause` besides any other columns; at risk on (start, stop].
    times : iterable of float
        Times since the origin; those outside of a row leave it whole.

    Returns
    -------
    DataFrame
        As many rows or more. Only the last piece of a row keeps its cause, the others end with 0.

    Examples
    --------
    >>> rows = pd.DataFrame({"start": [0], "stop": [10], "cause": [1]})
    >>> split_at(rows, [4, 10]).to_dict("list")
    {'start': [0, 4], 'stop': [4, 10], 'cause': [0, 1]}
    """
    cuts = np.unique(np.asarray(list(times), dtype=np.float64))
    first = np.searchsorted(cuts, rows["start"].to_numpy(), side="right")
    last = np.searchsorted(cuts, rows["stop"].to_numpy(), side="left")
    inside = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(rows)), inside)
    within = np.arange(inside.sum()) - np.repeat(np.cumsum(inside) - inside, inside)
    return _split(rows, row, cuts[first[row] + within])


@dataclass(frozen=True, slots=True, eq=False)
class SpellColumn:
    """A characteristic that spells tell.

    Parameters
    ----------
    spells : DataFrame
        `person_id`, `begin` and `end` (dates; a missing end runs on), and the column `value` names.
    value : str, optional
        Column of `spells` whose entry is in force; of overlapping spells the one begun last. Without it the
        new column is 1 inside of any spell and 0 outside; with it missing outside.
    lag_days : float
        Days by which spells are shifted: a job counts from then on.
    known_from : date, optional
        Day from which on such spells were recorded at all: before it the column is missing, not 0.
    """

    spells: pd.DataFrame
    value: str | None = None
    lag_days: float = 0
    known_from: dt.date | None = None

    def __repr__(self) -> str:
        return "<SpellColumn: internal, not released>"


def split_by_spells(
    rows: pd.DataFrame, spells: pd.DataFrame, column: str, *, lag_days: float = 0, value: str | None = None
) -> pd.DataFrame:
    """Split rows at the beginnings and ends of spells, and add what was in force.

    A spell that begins on day s and whose last day is e is in force on (s, e]: what changes on the day of
    an event takes effect after it.

    Parameters
    ----------
    rows : DataFrame
        `person_id`, `origin_on`, `start`, `stop`, `cause`.
    spells : DataFrame
        As `SpellColumn`.
    column : str
        Name of the new column.
    lag_days, value
        As `SpellColumn`.

    Returns
    -------
    DataFrame
    """
    return split_by_columns(rows, {column: SpellColumn(spells, value, lag_days)})


def split_by_columns(rows: pd.DataFrame, columns: Mapping[str, SpellColumn]) -> pd.DataFrame:
    """Split rows once, wherever any of several characteristics changes, and add them all.

    Parameters
    ----------
    rows : DataFrame
        As `split_by_spells`.
    columns : Mapping of str to SpellColumn
        New columns by name.

    Returns
    -------
    DataFrame
        The same pieces in whatever order the columns are named.
    """
    rows = rows.reset_index(drop=True)
    origin = rows.drop_duplicates("person_id").set_index("person_id")["origin_on"]
    known = {name: _since_origin(column, origin) for name, column in columns.items()}
    spans = rows[["person_id", "start", "stop"]].assign(row=np.arange(len(rows)))
    changes = [
        spells.melt(id_vars="person_id", value_vars=["begin", "end"], value_name="at")[["person_id", "at"]]
        for spells in known.values()
    ]
    begins = {name: _known_from(column, origin) for name, column in columns.items()}
    changes += [days.rename("at").rename_axis("person_id").reset_index() for days in begins.values()]
    cuts = pd.concat(changes, ignore_index=True).merge(spans, on="person_id")
    cuts = cuts[(cuts["at"] > cuts["start"]) & (cuts["at"] < cuts["stop"])].drop_duplicates(["row", "at"])
    pieces = _split(rows, cuts["row"].to_numpy(), cuts["at"].to_numpy(dtype=np.float64))
    found = {}
    for name, column in columns.items():
        in_force = _in_force(pieces, known[name], column.value)
        recorded = (pieces["start"] >= pieces["person_id"].map(begins[name])).to_numpy()
        found[name] = in_force if recorded.all() else in_force.where(recorded)
    return pieces.assign(**found)


def _since_origin(column: SpellColumn, origin: pd.Series) -> pd.DataFrame:
    """Spells of these persons in days since each one's origin; those of no length are gone."""
    spells = column.spells
    known = spells[spells["person_id"].isin(origin.index) & spells["begin"].notna()]
    day_zero = known["person_id"].map(origin)
    known = known.assign(
        begin=(known["begin"] - day_zero).dt.days.astype("float64") + column.lag_days,
        end=((known["end"] - day_zero).dt.days.astype("float64") + column.lag_days).fillna(np.inf),
    )
    return known[known["end"] > known["begin"]]


def _known_from(column: SpellColumn, origin: pd.Series) -> pd.Series:
    """Day since the origin from which on spells are recorded, per person."""
    if column.known_from is None:
        return pd.Series(-np.inf, index=origin.index)
    return (pd.Timestamp(column.known_from) - origin).dt.days.astype("float64")


def _split(rows: pd.DataFrame, row: IntArray, at: FloatArray) -> pd.DataFrame:
    """Split row `row[i]` at `at[i]`, cuts being distinct and strictly inside of their rows."""
    whole = bool(np.all(at == np.floor(at)))
    order = np.lexsort((at, row))
    row, at = row[order], at[order]
    owner = np.concatenate([np.arange(len(rows)), row])
    start = np.concatenate([rows["start"].to_numpy(dtype=np.float64), at])
    order = np.lexsort((start, owner))
    owner, start = owner[order], start[order]
    is_last = np.append(owner[1:] != owner[:-1], True) if owner.size else np.zeros(0, dtype=bool)
    stop = np.append(start[1:], 0.0) if owner.size else start
    stop = np.where(is_last, rows["stop"].to_numpy(dtype=np.float64)[owner], stop)
    pieces = rows.iloc[owner].reset_index(drop=True)
    integral = whole and all(rows[name].dtype.kind == "i" for name in ("start", "stop"))
    kind = np.int64 if integral else np.float64
    return pieces.assign(
        start=start.astype(kind), stop=stop.astype(kind), cause=np.where(is_last, pieces["cause"], 0)
    )


def _in_force(pieces: pd.DataFrame, spells: pd.DataFrame, value: str | None) -> pd.Series:
    """What is in force on each piece: of the spells that cover it the one begun last."""
    spans = pieces[["person_id", "start", "stop"]].assign(piece=np.arange(len(pieces)))
    spells = spells.sort_values(["begin", "end"], kind="stable")
    latest = spells.groupby("person_id")["end"].cummax().groupby(spells["person_id"]).shift()
    # Pieces end where spells begin and end: a spell covers a piece wholly or not at all.
    if len(spells) and not (spells["begin"] < latest).any():
        # Of spells that do not overlap only the one begun last can cover a piece.
        ordered = spans.sort_values("start", kind="stable").astype({"start": "float64"})
        last = pd.merge_asof(ordered, spells, left_on="start", right_on="begin", by="person_id")
        covering = last[last["end"] >= last["stop"]]
    else:
        covering = spans.merge(spells, on="person_id")
        inside = (covering["begin"] <= covering["start"]) & (covering["end"] >= covering["stop"])
        covering = covering[inside]
    if value is None:
        return pd.Series(spans["piece"].isin(covering["piece"]).to_numpy(np.int64), index=pieces.index)
    latest_begun = covering.sort_values("begin", kind="stable").drop_duplicates("piece", keep="last")
    found = latest_begun.set_index("piece")[value].reindex(spans["piece"])
    return pd.Series(found.to_numpy(), index=pieces.index)
