"""All facts of a run as one system: counts with intervals, and the sums that bind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.release.facts import Count, Facts, Sum
from hamm_eval.release.facts.base import both
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.nesting import nested


@dataclass(frozen=True, slots=True)
class System:
    """Counts by key, the sums between them, and the releases that tell each count.

    `asked` holds the policies of counts that were shown by another one than that of the proof; `fixed` the
    keys that some release tells without a place of their own: it goes whole where such a count has to go.
    """

    counts: Mapping[str, Count]
    sums: tuple[Sum, ...]
    told_by: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, Policy] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, facts: Iterable[Facts]) -> System:
        """Join the facts of all releases: what bears the same key is one count, and every interval holds.

        Levels of groupings are bound by what they hold (`nesting`). A sum with a count that no release tells
        is none.

        Raises
        ------
        ReleaseRefused
            Two releases say of the same persons what cannot both be.
        """
        counts: dict[str, Count] = {}
        told_by: dict[str, list[str]] = defaultdict(list)
        sums: dict[Sum, None] = {}
        fixed: set[str] = set()
        contradictions: list[Problem] = []
        for each in facts:
            for count in each.counts:
                known = counts.get(count.key)
                joined = count if known is None else both(known, count)
                if joined.high is not None and joined.low > joined.high:
                    contradictions.append(_contradiction([*told_by[count.key], each.release]))
                counts[count.key] = joined
                told_by[count.key].append(each.release)
                if count.shown and not count.places:
                    fixed.add(count.key)
            sums |= dict.fromkeys(each.sums)
        if contradictions:
            raise ReleaseRefused.of(contradictions, "The proof of the release gate cannot be made:")
        told = [total for total in sums if all(key in counts for key in (total.whole, *total.parts))]
        made, binding = nested(counts.keys(), told)
        return cls(
            counts | {count.key: count for count in made},
            tuple(dict.fromkeys((*told, *binding))),
            {key: tuple(names) for key, names in told_by.items()},
            fixed=frozenset(fixed),
        )

    def parts(self) -> tuple[System, ...]:
        """The systems that have nothing to do with each other, those with something to protect only."""
        root = {key: key for key in self.counts}

        def find(key: str) -> str:
            while root[key] != key:
                root[key] = root[root[key]]
                key = root[key]
            return key

        for total in self.sums:
            for part in total.parts:
                root[find(part)] = find(total.whole)
        keys: dict[str, list[str]] = defaultdict(list)
        for key in self.counts:
            keys[find(key)].append(key)
        sums: dict[str, list[Sum]] = defaultdict(list)
        for total in self.sums:
            sums[find(total.whole)].append(total)
        return tuple(
            replace(self, counts={key: self.counts[key] for key in members}, sums=tuple(sums[name]))
            for name, members in keys.items()
            if sums[name] or any(self.counts[key].hidden for key in members)
        )

    def with_release(self, name: str) -> System:
        """What is connected to the counts that one release tells: a release more changes nothing else."""
        near = [
            part for part in self.parts() if any(name in self.told_by.get(key, ()) for key in part.counts)
        ]
        return self.joined(near)

    def joined(self, parts: Iterable[System]) -> System:
        """Some of its parts as one."""
        near = list(parts)
        counts = {key: count for part in near for key, count in part.counts.items()}
        return replace(self, counts=counts, sums=tuple(total for part in near for total in part.sums))

    def hiding(self, key: str, largest_hidden: int) -> System:
        """The same with one more count hidden; it is known to be none of the small ones."""
        return replace(self, counts={**self.counts, key: self.counts[key].linked(largest_hidden)})

    @property
    def releases(self) -> tuple[str, ...]:
        """Names of the releases that tell any of the counts."""
        return tuple(sorted({name for key in self.counts for name in self.told_by.get(key, ())}))


def _contradiction(releases: Iterable[str]) -> Problem:
    """Two releases that cannot both be right: a mistake of the analysis, or of the names of its counts."""
    return Problem(
        "These results count the same persons, and what they show cannot both be.",
        " and ".join(dict.fromkeys(releases)),
        "Please report this as a bug.",
    )
