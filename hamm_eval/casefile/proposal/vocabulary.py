"""What a declared table, column or category may be called elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from hamm_eval.casefile.names import folded
from hamm_eval.casefile.plan import YES_NO
from hamm_eval.casefile.proposal.spelling import abbreviated, mistyped, same
from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import BY_NAME

EXACT, SPELLING, SYNONYM, SIMILAR = 4, 3, 2, 1
"""How surely a name means a column: as declared, but for spelling, by a synonym, by a similar spelling."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one thing: as declared, and as others call it."""

    declared: tuple[str, ...]
    others: tuple[str, ...]

    def sure(self, name: str) -> int:
        """How surely a name means it, a merely similar spelling set aside; 0 where it does not."""
        if any(folded(name) == folded(own) for own in self.declared):
            return EXACT
        if any(same(name, own) for own in self.declared):
            return SPELLING
        if any(same(name, other) for other in self.others):
            return SYNONYM
        return 0

    def likeness(self, name: str) -> int:
        """How surely a name means it; 0 where it does not seem to."""
        sure = self.sure(name)
        if sure:
            return sure
        if any(mistyped(name, own) or abbreviated(name, own) for own in (*self.declared, *self.others)):
            return SIMILAR
        return 0


@cache
def _synonyms() -> Mapping[str, Any]:
    """The list of synonyms: all of it text, so that ``no`` stays a word."""
    text = files("hamm_eval.casefile.proposal").joinpath("synonyms.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)


@cache
def table_names(table: str) -> Names:
    """Names of a table's file."""
    declared = BY_NAME[table]
    return Names((declared.german, declared.name), tuple(_synonyms()["tables"].get(table, ())))


@cache
def column_names(table: str, column: str) -> Names:
    """Headers of a column."""
    declared = BY_NAME[table].column(column)
    lists = _synonyms()
    others = [*lists["of_table"].get(f"{table}.{column}", ()), *lists["columns"].get(column, ())]
    return Names((declared.german, declared.name), tuple(others))


@cache
def word_names(table: str, column: str) -> Mapping[str | bool, Names]:
    """Words of each category, or of true and false."""
    declared = BY_NAME[table].column(column)
    lists = _synonyms()
    if declared.kind is Kind.YES_NO:
        own = {truth: tuple(word for word, t in YES_NO.items() if t is truth) for truth in (True, False)}
        return {True: Names(own[True], tuple(lists["yes"])), False: Names(own[False], tuple(lists["no"]))}
    others = lists["words"].get(column, {})
    return {
        ours: Names((german, ours), tuple(others.get(ours, ())))
        for ours, german in declared.categories.items()
    }


@lru_cache(maxsize=10_000)
def means(table: str, column: str, word: str) -> str | bool | None:
    """The category that a word surely means; None where it means none, or might mean several."""
    return _only_best({ours: names.sure(word) for ours, names in word_names(table, column).items()})


def resembles(table: str, column: str, word: str) -> str | bool | None:
    """The category whose words a word resembles; None where it is none, or several."""
    return _only_best({ours: names.likeness(word) for ours, names in word_names(table, column).items()})


def _only_best(likeness: Mapping[str | bool, int]) -> str | bool | None:
    """The category that is ahead of the others."""
    best = max(likeness.values(), default=0)
    meant = [ours for ours, likely in likeness.items() if likely == best]
    return meant[0] if best and len(meant) == 1 else None
