"""The release register around publishing: the intent before, the outcome after, and what killed runs left."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hamm_eval.errors import Problem, ReleaseRefused, UsageError
from hamm_eval.pipeline.lock import lock_register
from hamm_eval.pipeline.publish import announce, holds, manifest_at, withdraw
from hamm_eval.pipeline.workplace import PRIVATE, private_folder
from hamm_eval.project import find_root
from hamm_eval.release.facts import Facts
from hamm_eval.release.figures import Figures
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.policy import Policy
from hamm_eval.release.register import (
    Outcome,
    Publication,
    Register,
    Series,
    check_series,
    curves_told,
)

REGISTERS = "registers"
_OUTCOMES = {
    Outcome.PUBLISHED: "published",
    Outcome.NOT_PUBLISHED: "not published",
    Outcome.IN_DOUBT: "in doubt, counts as published",
}
_DOUBTFUL = (
    "the run that published it was ended before it could note whether readers had the report, and the folder "
    "does not tell; it counts as published."
)


def register_path(root: Path, out: Path) -> Path:
    """Where the register of an output folder lies: with the project, outside of what is published.

    A folder inside the project is known by its place there, so that the project may be moved.
    """
    folder = out.resolve()
    inside = folder.is_relative_to(root.resolve())
    name = folder.relative_to(root.resolve()).as_posix() if inside else folder.as_posix()
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return root / PRIVATE / REGISTERS / f"{folder.name}-{digest}.sqlite"


@contextmanager
def open_register(root: Path, out: Path) -> Iterator[Register]:
    """The register of an output folder, for one run at a time, with what killed runs left settled.

    Raises
    ------
    QuarterLocked
        Another run is publishing to the folder and does not end.
    ReleaseRefused
        The file is no register.
    """
    private_folder(root, REGISTERS)
    path = register_path(root, out)
    with lock_register(path):
        register = Register(path)
        try:
            settle_leftovers(register, out)
            yield register
        finally:
            register.close()


def refuse_unknown(root: Path, out: Path, quarter: str) -> None:
    """Refuse a report while quarters before it are published that the register does not know.

    Raises
    ------
    ReleaseRefused
        The register was lost, or these were published without one: nothing could be proven against them.
    """
    earlier = [name for name in quarters_at(out) if name < quarter]
    if not earlier:
        return
    with open_register(root, out) as register:
        unknown = [_unregistered(name) for name in earlier if name not in register.published()]
    if unknown:
        raise ReleaseRefused.of(unknown, "What was published before is not known:")


def refuse_other_profile(root: Path, out: Path, policy: Policy) -> None:
    """Refuse a report under another profile than those published in its folder.

    What `strict` hides may be shown under `internal`, which hides less: together they have no proof.

    Raises
    ------
    UsageError
    """
    if not register_path(root, out).exists():
        return
    with open_register(root, out) as register:
        others = [
            quarter
            for quarter, each in register.published().items()
            if _hides_much(each.largest_hidden) != _hides_much(policy.largest_hidden_count)
        ]
    if others:
        raise UsageError(
            f"This folder holds reports under another profile of the release policy: {', '.join(others)}.",
            where=str(out),
            todo="Publish to a folder of its own with --out DIR.",
        )


def _hides_much(largest_hidden: int) -> bool:
    """Whether so many are hidden as the profile `strict` hides at least."""
    return largest_hidden >= Policy.strict().largest_hidden_count


def quarters_at(out: Path) -> tuple[str, ...]:
    """Quarters that are published in a folder, in order."""
    return tuple(sorted(link.name for link in out.glob("*-Q[1-4]") if manifest_at(out, link.name)))


def settle_leftovers(register: Register, out: Path) -> None:
    """Note the outcome of publications whose run ended before it could, as far as the folder tells it.

    Only who holds the lock may call it: an intent without an outcome is one of a run that was killed.
    """
    for each in register.publications():
        if each.outcome is None:
            register.settle(each.number, _outcome(out, each.quarter, each.manifest))


def _outcome(out: Path, quarter: str, manifest: str) -> Outcome:
    """What became of a publication: in doubt it counts as published."""
    reached = holds(out, quarter, manifest)
    if reached is None:
        return Outcome.IN_DOUBT
    return Outcome.PUBLISHED if reached else Outcome.NOT_PUBLISHED


@dataclass(frozen=True, slots=True)
class Before:
    """What the register knows of the published quarters.

    Parameters
    ----------
    series : mapping of quarter to facts
    figures : mapping of quarter to figures
        Empty for quarters entered before figures were.
    asked : mapping of quarter to Policy
        By which each was published.
    in_doubt : frozenset of str
        Quarters of which nobody knows whether they reached their readers.
    without_curves : tuple of str
        Quarters entered before it was noted what curves tell of counts by day.
    """

    series: Series
    figures: Mapping[str, tuple[Figures, ...]]
    asked: Mapping[str, Policy]
    in_doubt: frozenset[str]
    without_curves: tuple[str, ...] = ()

    @classmethod
    def of(cls, register: Register) -> Before:
        """All that was published, or may have been."""
        published = register.published()
        return cls(
            series={quarter: register.facts(each) for quarter, each in published.items()},
            figures={quarter: register.figures(each) for quarter, each in published.items()},
            asked={quarter: each.asked for quarter, each in published.items()},
            in_doubt=frozenset(q for q, each in published.items() if each.outcome is Outcome.IN_DOUBT),
            without_curves=tuple(
                sorted(q for q, each in published.items() if not register.notes_curves(each))
            ),
        )

    def uncompared(self, quarter: str) -> str:
        """What of a published quarter no later run can be compared with, in words; "" where all can be."""
        if quarter not in self.series or self.figures[quarter]:
            return ""
        return (
            f"{quarter} was entered in the release register by an older version, which noted counts only: "
            "whether curve steps, shares, quantiles, coefficients and effects stay as they were published "
            "cannot be compared."
        )

    def unproven(self, quarter: str = "") -> tuple[str, ...]:
        """Quarters whose curves no proof can take into account, in words; of those before one, or of all."""
        return tuple(
            f"{each} was entered in the release register by an older version, which did not note the steps "
            "of curves: no later curve is proven against them. While it is the last one published, publish "
            "it again from the same inputs to note them."
            for each in self.without_curves
            if not quarter or each < quarter
        )


def earlier_curves(root: Path, out: Path, quarter: str) -> EarlierCurves:
    """What the quarters published in a folder before one have told of curves.

    Parameters
    ----------
    root : Path
    out : Path
    quarter : str
    """
    if not register_path(root, out).exists():
        return NOTHING_EARLIER
    with open_register(root, out) as register:
        published = register.published()
        return curves_told({name: register.facts(each) for name, each in published.items() if name < quarter})


Known = TypeVar("Known")


def without(series: Mapping[str, Known], quarter: str) -> dict[str, Known]:
    """The other quarters."""
    return {name: known for name, known in series.items() if name != quarter}


@contextmanager
def registered(
    register: Register,
    facts: Sequence[Facts],
    figures: Sequence[Figures],
    out: Path,
    *,
    quarter: str,
    run_id: str,
    policy: Policy,
    manifest: str,
    umask: int = 0o022,
) -> Iterator[None]:
    """Enter what the body publishes: before it the intent, after it the outcome, whatever it was.

    The order is what makes a kill at any moment safe: first the note in the folder, by which it is known
    again; then the intent; then the body's files and its link; then the outcome; then the note goes.
    """
    announce(manifest, out=out, quarter=quarter, umask=umask)
    number = register.intend(facts, figures, quarter=quarter, run_id=run_id, policy=policy, manifest=manifest)
    try:
        yield
    finally:
        # Also when publishing failed: it may have failed after the link was set.
        register.settle(number, _outcome(out, quarter, manifest))
        withdraw(out=out, quarter=quarter)


@dataclass(frozen=True, slots=True)
class Line:
    """One publication as it is listed; `told` counts figures as the release report does.

    `told` is None where it was entered before figures were.
    """

    quarter: str
    noted_at: str
    run_id: str
    policy: str
    outcome: str
    releases: int
    told: Told | None


@dataclass(frozen=True, slots=True)
class Told:
    """Figures shown and hidden, and parts withheld, of all releases of a publication."""

    shown: int
    hidden: int
    withheld: int


def list_register(start: Path, out: Path | None = None) -> tuple[Line, ...]:
    """Every publication to a folder, the oldest first.

    Parameters
    ----------
    start : Path
        Inside the project.
    out : Path, optional
        What was published to; ``reports/`` of the project otherwise.
    """
    root = find_root(start)
    target = root / "reports" if out is None else out
    if not register_path(root, target).exists():
        return ()
    with open_register(root, target) as register:
        return tuple(
            _line(each, len(register.facts(each)), register.figures(each)) for each in register.publications()
        )


def _line(each: Publication, releases: int, figures: Sequence[Figures]) -> Line:
    """One publication, and what it told."""
    assert each.outcome is not None  # `open_register` settles what is left
    told = Told(
        shown=sum(one.shown for one in figures),
        hidden=sum(one.hidden for one in figures),
        withheld=sum(one.withheld for one in figures),
    )
    return Line(
        quarter=each.quarter,
        noted_at=each.intended_at,
        run_id=each.run_id,
        policy=each.policy,
        outcome=_OUTCOMES[each.outcome],
        releases=releases,
        told=told if figures else None,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the register found.

    Parameters
    ----------
    quarters : tuple of str
        Those that the register holds or that are published.
    problems : tuple of Problem
        Everything that is wrong.
    notes : tuple of str
        What is not wrong, but cannot be told for sure.
    """

    quarters: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


def check_published(start: Path, out: Path | None = None) -> Checked:
    """Prove the whole series anew, and compare the register with what is published.

    Each quarter is proven by the policy that it was published by.
    """
    root = find_root(start)
    target = root / "reports" if out is None else out
    there = quarters_at(target)
    path = register_path(root, target)
    if not path.exists():
        return Checked(there, tuple(_unregistered(quarter) for quarter in there))
    with open_register(root, target) as register:
        problems = []
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            problems.append(Problem("Others can read the register.", str(path), "chmod 600 it."))
        before = Before.of(register)
        manifests = {each.manifest for each in register.publications() if each.published}
        problems += [
            _unregistered(quarter) for quarter in there if manifest_at(target, quarter) not in manifests
        ]
        problems += check_series(before.series, before.asked)
        notes = [note for quarter in sorted(before.series) if (note := before.uncompared(quarter))]
        notes += before.unproven()
        notes += [f"{quarter}: {_DOUBTFUL}" for quarter in sorted(before.in_doubt)]
        return Checked(tuple(sorted({*before.series, *there})), tuple(problems), tuple(notes))


def _unregistered(quarter: str) -> Problem:
    """A report that the register does not know: published before there was one, or the register was lost."""
    return Problem(
        "This quarter is published, and the register does not know it.",
        quarter,
        "Restore the register's backup, or publish the quarter again: docs/release-register.md.",
    )
