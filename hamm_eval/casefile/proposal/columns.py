"""Which column of a file is which of a table: by name, by what its cells hold, or left to be decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hamm_eval.casefile.extra_columns import free_text, identifying
from hamm_eval.casefile.proposal.profile import Profile, fits, known_words, numbered_through, resolved
from hamm_eval.casefile.proposal.vocabulary import EXACT, SIMILAR, SPELLING, SYNONYM, column_names
from hamm_eval.casefile.schema import Column, Kind, Table

_BY_NAME = {EXACT: 1.0, SPELLING: 0.95, SYNONYM: 0.9, SIMILAR: 0.8, 0: 0.0}
_BY_VALUES = 0.75
_DOUBTFUL = 0.5
_ENOUGH = 0.75
_AHEAD = 0.02
_SUPPORT = 0.03  # what the cells add to a name
_MOST, _SOME, _FEW = 0.8, 0.5, 0.3
_ALTERNATIVES = 6


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of one table found in one file.

    Parameters
    ----------
    found : dict
        Our name to the position in the file.
    likeness : dict
        Our name to how surely its header means it; 0 where the cells told it.
    open : dict
        Our name to positions that come into question; none where nothing in the file does.
    extra : tuple of int
        Positions that belong to nothing.
    """

    found: dict[str, int]
    likeness: dict[str, int]
    open: dict[str, tuple[int, ...]]
    extra: tuple[int, ...]


def match_columns(table: Table, profiles: Sequence[Profile], keys: Mapping[str, pl.Series]) -> Columns:
    """Match a table's columns with those of a file.

    Parameters
    ----------
    table : Table
    profiles : sequence of Profile
    keys : Mapping of str to polars.Series
        Ids of the tables whose key is known, by ``table.key``.
    """
    likeness = {
        (column.name, profile.index): header_likeness(table, column, profile)
        for column in table.columns
        for profile in profiles
    }
    scores = {
        (column.name, profile.index): _score(
            table, column, profile, likeness[column.name, profile.index], keys
        )
        for column in table.columns
        for profile in profiles
    }
    found: dict[str, int] = {}
    while (pair := _surest(scores)) is not None:
        found[pair[0]] = pair[1]
        scores = {at: score for at, score in scores.items() if at[0] != pair[0] and at[1] != pair[1]}
    _last_key(table, profiles, found, scores, keys)
    left = [profile for profile in profiles if profile.index not in found.values()]
    open_ = {
        column.name: _alternatives(table, column, left, scores)
        for column in table.columns
        if column.name not in found
    }
    return Columns(
        found,
        {name: likeness[name, index] for name, index in found.items()},
        open_,
        tuple(profile.index for profile in left),
    )


def header_likeness(table: Table, column: Column, profile: Profile) -> int:
    """How surely a header means a column, with or without a word that most headers begin with."""
    names = column_names(table.name, column.name)
    return max(names.likeness(profile.name), min(names.likeness(profile.bare), SPELLING))


def _score(
    table: Table, column: Column, profile: Profile, likeness: int, keys: Mapping[str, pl.Series]
) -> float:
    """How much speaks for a pair, from 0 to a little above 1."""
    if likeness == EXACT:
        return 1.0  # intake takes it for this column whatever it holds, and says what is wrong with it
    if not fits(profile, table, column):
        return 0.0
    by_name = _BY_NAME[likeness]
    confidential = identifying(profile.name) is not None or free_text(profile.name)
    match column.kind:
        case Kind.CATEGORY | Kind.YES_NO:
            share, words = known_words(profile, table, column)
            told = share >= _MOST and words >= 2
            if likeness in (SYNONYM, SIMILAR) and profile.given and share < _FEW:
                return _DOUBTFUL
            alone = told and column.kind is Kind.CATEGORY and _no_other(table, column, profile)
        case Kind.ID if _holds_words(table, profile):
            return 0.0
        case Kind.ID if column.references:
            share_or_none = _resolution(column.references, profile, keys)
            if share_or_none is not None and share_or_none < _SOME:
                return 0.0
            alone = told = share_or_none is not None and _only_there(column.references, profile, keys)
        case _:
            alone = told = False
    if not likeness:
        return _BY_VALUES if alone and not confidential else 0.0
    return by_name + (_SUPPORT if told else 0.0)


def _holds_words(table: Table, profile: Profile) -> bool:
    """Whether the cells are words of one of the table's categories, whatever the header says."""
    known = (known_words(profile, table, column) for column in table.columns)
    return any(share >= _MOST and words >= 2 for share, words in known)


def _no_other(table: Table, column: Column, profile: Profile) -> bool:
    """Whether no other column of the table knows the words."""
    return all(
        known_words(profile, table, other)[0] < _FEW for other in table.columns if other.name != column.name
    )


def _resolution(target: str, profile: Profile, keys: Mapping[str, pl.Series]) -> float | None:
    """Share of ids found among the keys that a column refers to; None where it cannot be told."""
    return resolved(profile, keys[target]) if target in keys else None


def _only_there(target: str, profile: Profile, keys: Mapping[str, pl.Series]) -> bool:
    """Whether the ids resolve in the table referred to and in no other: plain numbers resolve anywhere."""
    shares = {at: resolved(profile, ids) or 0.0 for at, ids in keys.items()}
    here = shares.pop(target)
    return here >= 0.98 and all(share < _FEW for share in shares.values())


def _surest(scores: Mapping[tuple[str, int], float]) -> tuple[str, int] | None:
    """The pair with the highest score of those that are ahead of every other of their row and column."""
    best: tuple[str, int] | None = None
    for (name, index), score in scores.items():
        if score < _ENOUGH or (best is not None and score <= scores[best]):
            continue
        rivals = (s for (n, i), s in scores.items() if (n == name) != (i == index))
        if all(score >= rival + _AHEAD for rival in rivals):
            best = (name, index)
    return best


def _last_key(
    table: Table,
    profiles: Sequence[Profile],
    found: dict[str, int],
    scores: dict[tuple[str, int], float],
    keys: Mapping[str, pl.Series],
) -> None:
    """Take the only column left that tells records apart for the key, where no name told it."""
    if table.key in found or any(score for (name, _), score in scores.items() if name == table.key):
        return
    key = table.column(table.key)
    candidates = [
        profile
        for profile in profiles
        if profile.index not in found.values()
        and profile.given
        and profile.distinct >= _SOME * profile.given
        and fits(profile, table, key)
        and identifying(profile.name) is None
        and not free_text(profile.name)
        and not numbered_through(profile)
    ]
    if len(candidates) == 1:
        (only,) = candidates
        own = f"{table.name}.{table.key}"
        if all((resolved(only, ids) or 0.0) < _FEW for at, ids in keys.items() if at != own):
            found[table.key] = only.index


def _speaks_of_another(table: Table, column: Column, profile: Profile) -> bool:
    """Whether a column that no name points to is confidential, or holds another column's words."""
    if identifying(profile.name) is not None:
        return True
    own, _ = known_words(profile, table, column)
    others = (known_words(profile, table, other)[0] for other in table.columns if other.name != column.name)
    return own < _SOME and any(share >= _MOST for share in others)


def _alternatives(
    table: Table, column: Column, left: Sequence[Profile], scores: Mapping[tuple[str, int], float]
) -> tuple[int, ...]:
    """Positions that come into question, the likeliest first."""
    possible = [
        profile
        for profile in left
        if profile.given
        and fits(profile, table, column)
        and (scores.get((column.name, profile.index)) or not _speaks_of_another(table, column, profile))
        and not free_text(profile.name)
    ]
    possible.sort(key=lambda profile: -scores.get((column.name, profile.index), 0.0))
    return tuple(profile.index for profile in possible[:_ALTERNATIVES])
