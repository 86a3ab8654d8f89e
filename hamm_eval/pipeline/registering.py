"""The release register around publishing: the intent before, the outcome after, and what killed runs left."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hamm_eval.errors import Problem, ReleaseRefused, UsageError
from hamm_eval.pipeline.digest import digest_bytes
from hamm_eval.pipeline.lock import lock_register
from hamm_eval.pipeline.publish import MANIFEST
from hamm_eval.pipeline.workplace import PRIVATE, private_folder
from hamm_eval.project import find_root
from hamm_eval.release.facts import Facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.register import Publication, Register, Series, check_series

REGISTERS = "registers"


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
    """Note the outcome of publications whose run ended before it could: the quarter's link knows it.

    Only who holds the lock may call it: an intent without an outcome is one of a run that was killed.
    """
    for each in register.publications():
        if each.published is None:
            register.settle(each.number, published=manifest_at(out, each.quarter) == each.manifest)


def manifest_at(out: Path, quarter: str) -> str:
    """Digest of the manifest of the report that a quarter's link points to; "" without one."""
    try:
        return digest_bytes((out / quarter / MANIFEST).read_bytes())
    except OSError:
        return ""


def published_series(register: Register) -> dict[str, tuple[Facts, ...]]:
    """What each published quarter tells."""
    return {quarter: register.facts(each) for quarter, each in register.published().items()}


def without(series: Series, quarter: str) -> Series:
    """The other quarters."""
    return {name: facts for name, facts in series.items() if name != quarter}


@contextmanager
def registered(
    register: Register,
    facts: Sequence[Facts],
    out: Path,
    *,
    quarter: str,
    run_id: str,
    policy: Policy,
    manifest: str,
) -> Iterator[None]:
    """Enter what the body publishes: before it the intent, after it the outcome, whatever it was."""
    number = register.intend(facts, quarter=quarter, run_id=run_id, policy=policy, manifest=manifest)
    try:
        yield
    finally:
        # Also when publishing failed: it may have failed after the link was set.
        register.settle(number, published=manifest_at(out, quarter) == manifest)


@dataclass(frozen=True, slots=True)
class Line:
    """One publication as it is listed."""

    quarter: str
    noted_at: str
    run_id: str
    policy: str
    outcome: str
    releases: int
    shown: int
    hidden: int


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
        return tuple(_line(each, register.facts(each)) for each in register.publications())


def _line(each: Publication, facts: Sequence[Facts]) -> Line:
    """Figures of one publication."""
    counts = [count for told in facts for count in told.counts if count.places]
    return Line(
        quarter=each.quarter,
        noted_at=each.intended_at,
        run_id=each.run_id,
        policy=each.policy,
        outcome="published" if each.published else "not published",
        releases=len(facts),
        shown=sum(count.shown for count in counts),
        hidden=sum(not count.shown for count in counts),
    )


def check_published(start: Path, out: Path | None = None) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Prove the whole series anew, and compare the register with what is published.

    Returns
    -------
    quarters, problems
        The quarters that the register holds or that are published; everything that is wrong.
    """
    root = find_root(start)
    target = root / "reports" if out is None else out
    there = quarters_at(target)
    path = register_path(root, target)
    if not path.exists():
        return there, tuple(_unregistered(quarter) for quarter in there)
    with open_register(root, target) as register:
        problems = []
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            problems.append(Problem("Others can read the register.", str(path), "chmod 600 it."))
        published = register.published()
        manifests = {each.manifest for each in register.publications() if each.published}
        problems += [
            _unregistered(quarter) for quarter in there if manifest_at(target, quarter) not in manifests
        ]
        problems += check_series(published_series(register), _weakest(published.values()))
        return tuple(sorted({*published, *there})), tuple(problems)


def _weakest(published: Iterable[Publication]) -> Policy:
    """Numbers of a proof that hold for all: params tighten some; a folder has one profile."""
    known, strict = list(published), Policy.strict()
    largest = min((each.largest_hidden for each in known), default=strict.largest_hidden_count)
    feasible = min((each.feasible for each in known), default=strict.feasible_values)
    return strict.model_copy(update={"largest_hidden_count": largest, "feasible_values": feasible})


def _unregistered(quarter: str) -> Problem:
    """A report that the register does not know: published before there was one, or the register was lost."""
    return Problem(
        "This quarter is published, and the register does not know it.",
        quarter,
        "Restore the register's backup, or publish the quarter again: docs/release-register.md.",
    )
