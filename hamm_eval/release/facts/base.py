"""Counts that a release tells, the sums they stand in, and the list that both are entered in.

A count is named by a key that is the same wherever the same persons are counted, so that tables are linked by
their keys. Facts hold what is shown and what anyone can conclude from it, never the count itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import Definition
from hamm_eval.release.counts import ends_of
from hamm_eval.release.known_curves import KnownCurve
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedShare
from hamm_eval.release.rounding import to_multiple

Place = tuple[str | int, ...]

UNDEFINED = ""
"""Digest of what has no definition to compare: a section left out, the summary of whatever there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One count as an attacker knows it.

    Parameters
    ----------
    key : str
        Whom it counts: a population and conditions.
    low, high : int
        The true counts that are shown like this; `high` None without an upper end.
    value : int or None
        What is shown; None where it is hidden, or where nothing is shown.
    hidden : bool
        Whether it is one that must not be recovered: shown as a small one.
    told : bool
        Whether anything is shown at all. A count that is not told but is what is left of others is one that
        differencing recovers.
    places : tuple of paths
        Where it stands in its release, by names of fields and indices.
    window : str
        The closed period that it is about, as a quarter of arrival: later reports tell it again.
    grows : bool
        Whether whoever is counted stays counted in later reports.
    """

    key: str
    low: int
    high: int | None
    value: int | None = None
    hidden: bool = False
    told: bool = True
    places: tuple[Place, ...] = ()
    window: str = ""
    grows: bool = False

    @property
    def shown(self) -> bool:
        """Whether a number is shown."""
        return self.value is not None

    def linked(self, largest_hidden: int) -> Count:
        """The count hidden for the sake of another: everyone takes it for none of the small ones.

        One that is small already loses its symbol, which told how small.
        """
        if self.hidden:
            return replace(self, low=0, high=None, value=None)
        low = largest_hidden + 1 if self.value else 0
        return replace(self, low=low, high=None, value=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A whole and the parts that make it up.

    With `rest` the parts are only some of it; `slack` is how far rounded parts may miss the whole.
    """

    whole: str
    parts: tuple[str, ...]
    rest: bool = False
    slack: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that one release tells of counts, and its drawn curves of counts by day."""

    release: str
    definition_digest: str
    version: int
    counts: tuple[Count, ...] = ()
    sums: tuple[Sum, ...] = ()
    curves: tuple[KnownCurve, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; `from_json` reads it."""
        return asdict(self)

    def hiding(self, keys: Collection[str], largest_hidden: int) -> Facts:
        """The same where the numbers of these keys are no longer shown."""
        counts = (count.linked(largest_hidden) if count.key in keys else count for count in self.counts)
        return replace(self, counts=tuple(counts))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Facts:
        """The facts that `to_json` wrote.

        Examples
        --------
        >>> facts = Facts(release="a:b", definition_digest="0", version=1,
        ...               counts=(Count(key="k", low=8, high=12, value=10, places=(("cells", 0, 0),)),))
        >>> Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
        True
        """
        return cls(
            release=content["release"],
            definition_digest=content["definition_digest"],
            version=content["version"],
            counts=tuple(
                Count(**{**count, "places": tuple(map(tuple, count["places"]))})
                for count in content["counts"]
            ),
            sums=tuple(Sum(**{**total, "parts": tuple(total["parts"])}) for total in content["sums"]),
            curves=tuple(map(KnownCurve.from_json, content["curves"])),
        )


def key_of(*parts: Any) -> str:
    """A short name for a population: the same for the same parts.

    Examples
    --------
    >>> key_of("cohort", {"a": 1}) == key_of("cohort", {"a": 1})
    True
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class FactList:
    """Facts of one release, entered with the true counts: an interval or a sum that is wrong proves nothing.

    The true counts stay here. An interval that does not hold its count is refused; a sum that the counts do
    not keep is no fact, and left out.
    """

    def __init__(self, definition: Definition, policy: Policy) -> None:
        self._definition = definition
        self._policy = policy
        self._counts: dict[str, Count] = {}
        self._true: dict[str, int] = {}
        self._sums: list[Sum] = []
        self._curves: list[KnownCurve] = []

    def cell(
        self,
        key: str,
        true: int,
        cell: Cell | int | None,
        *places: Place,
        sensitive: bool = False,
        ends: tuple[int, int] | None = None,
        persons: int | None = None,
        window: str = "",
        grows: bool = False,
    ) -> str:
        """Enter a count that is shown, hidden, or hidden for the sake of another.

        Parameters
        ----------
        key : str
        true : int
        cell : Cell, int or None
            As it is shown; a hidden bin of a histogram is None.
        *places : paths
            Where it stands in the release.
        sensitive : bool
            Whether 0 is hidden too.
        ends : (int, int), optional
            The true counts shown as this value, where it is rounded in another way.
        persons : int, optional
            Distinct persons behind a count of something else: these are what is hidden.
        window, grows
            As `Count`.

        Returns
        -------
        str
            The key.
        """
        value = cell.value if isinstance(cell, Cell) else cell
        sensitive = sensitive or self._policy.sensitive_throughout
        largest, least = self._policy.largest_hidden_count, int(not sensitive)
        other = persons is not None
        small = (true if persons is None else min(true, persons)) <= largest
        linked = value is None and not (small if true or sensitive else False)
        if value is not None:
            low, high = ends or ends_of(value, self._policy)
            if value and not other:
                low = max(low, largest + 1)
        elif linked:
            low, high = (0 if not true else largest + 1), None
        else:
            low, high = least, (None if other else largest)
        hidden = value is None and not linked and not other
        self._enter(
            key,
            true,
            Count(
                key=key,
                low=low,
                high=high,
                value=value,
                hidden=hidden,
                places=places,
                window=window,
                grows=grows,
            ),
        )
        if value is None and not linked and persons is not None:
            # Whoever recovers so few records has recovered at most as many persons.
            behind = f"{key}|persons"
            self._enter(behind, min(true, persons), Count(key=behind, low=least, high=largest, hidden=True))
            self._sums.append(Sum(whole=key, parts=(behind,), rest=True))
        return key

    def share(
        self,
        key: str,
        true: int,
        shown: ReleasedShare,
        *places: Place,
        window: str = "",
        grows: bool = False,
    ) -> str:
        """Enter a count shown as a share of a rounded whole: the rounded count, to whoever divides."""
        value = None if shown.value is None else to_multiple(true, self._policy.count_rounding)
        return self.cell(key, true, value, *places, window=window, grows=grows)

    def untold(self, key: str, true: int, *, grows: bool = False) -> str:
        """Enter a count that is not shown but can be worked out of others."""
        self._enter(key, true, Count(key=key, low=0, high=None, told=False, grows=grows))
        return key

    def sum(self, whole: str, parts: Sequence[str], *, rest: bool = False, slack: int = 0) -> None:
        """Enter that parts make up a whole, where their counts do."""
        gap = self._true[whole] - sum(self._true[part] for part in parts)
        if parts and (gap >= 0 if rest else abs(gap) <= slack):
            self._sums.append(Sum(whole=whole, parts=tuple(parts), rest=rest, slack=slack))

    def by_rule(self, key: str, true: int, *, least: int = 0, below: int | None = None) -> None:
        """Enter what is told of a count by a figure that a rule shows, or withholds, for its sake.

        Parameters
        ----------
        key : str
            The count; entered as not told where it is not entered yet.
        true : int
        least : int
            The fewest with which the figure is shown.
        below : int, optional
            The fewest with which it would not have been withheld. Where there are as many it was withheld for
            another reason, and nothing is entered.

        Raises
        ------
        ReleaseRefused
            It is shown though there are fewer.

        Notes
        -----
        It is a count of its own, equal to the other: where that number is hidden later on, the figure, or the
        reason in its place, still stands there and tells as much.
        """
        high = None if below is None or true >= below else below - 1
        if least <= 0 and high is None:
            return
        if key not in self._counts:
            self.untold(key, true)
        rule = f"{key}|by rule"
        self._enter(rule, true, Count(key=rule, low=max(least, 0), high=high))
        self.sum(key, [rule])

    def curve(self, known: KnownCurve) -> None:
        """Enter what a drawn curve tells of counts by day."""
        self._curves.append(known)

    def auxiliary(self, key: str, true: int) -> str:
        """Enter a number that sums are written with and that is about nobody: no one is protected by it."""
        self._enter(key, true, Count(key=key, low=0, high=None))
        return key

    def elsewhere(self, whole: str, parts: Sequence[str], *, rest: bool = True, left: str = "") -> None:
        """Enter that parts, who have nobody in common, are some of a whole, all of it without `rest`.

        Some of these counts stand in other releases: it must follow from the definitions, for they are not at
        hand to check it. Where no release tells one of them it is no fact. What a difference leaves is
        protected where it has a name, `left`.
        """
        if left:
            # How many they are is not at hand either.
            self._counts[left] = Count(key=left, low=0, high=None, told=False)
            parts, rest = (*parts, left), False
        self._sums.append(Sum(whole=whole, parts=tuple(parts), rest=rest))

    def left(self, whole: str, parts: Sequence[str], key: str) -> None:
        """Enter what is left of a whole: nobody shows it, and a difference tells it."""
        rest = self._true[whole] - sum(self._true[part] for part in parts)
        if rest >= 0:
            self.sum(whole, (*parts, self.untold(key, rest)))

    def divided(self, whole: str, parts: Sequence[str], lacking: str) -> None:
        """Enter that the levels of a group divide a whole, and who has none of them.

        That nobody lacks an entry is no secret: the table of completeness tells it, and sex and age are asked
        of everyone. Then the levels add up.
        """
        if self._true[whole] == sum(self._true[part] for part in parts):
            self.sum(whole, parts)
        else:
            self.left(whole, parts, lacking)

    def add(self, other: FactList) -> None:
        """Enter all that another list holds."""
        for key, count in other._counts.items():
            if key in other._true:
                self._enter(key, other._true[key], count)
            else:
                self._counts[key] = count
        self._sums += other._sums
        self._curves += other._curves

    def __getitem__(self, key: str) -> Count:
        """What is told of a count so far."""
        return self._counts[key]

    def facts(self) -> Facts:
        """All of it, without the true counts."""
        return Facts(
            release=self._definition.id,
            definition_digest=self._definition.digest,
            version=self._definition.version,
            counts=tuple(self._counts.values()),
            sums=tuple(dict.fromkeys(self._sums)),
            curves=tuple(self._curves),
        )

    def _enter(self, key: str, true: int, count: Count) -> None:
        """One count; entered anew it is the same persons, and both intervals hold."""
        if true < count.low or (count.high is not None and true > count.high):
            raise ReleaseRefused(
                "A count lies outside the range of what it is shown as.",
                where=f"{self._definition.id}: {key}",
                todo="Please report this as a bug.",
            )
        known = self._counts.get(key)
        if known is not None:
            if self._true[key] != true:
                raise ReleaseRefused(
                    "Two counts of this result claim to be of the same persons and differ.",
                    where=f"{self._definition.id}: {key}",
                    todo="Please report this as a bug.",
                )
            count = both(known, count)
        self._counts[key] = count
        self._true[key] = true


def both(one: Count, other: Count) -> Count:
    """What is known of a count that is told twice."""
    highs = [high for high in (one.high, other.high) if high is not None]
    return Count(
        key=one.key,
        low=max(one.low, other.low),
        high=min(highs, default=None),
        value=one.value if one.value is not None else other.value,
        hidden=one.hidden or other.hidden,
        told=one.told or other.told,
        places=tuple(dict.fromkeys((*one.places, *other.places))),
        window=one.window or other.window,
        grows=one.grows or other.grows,
    )
