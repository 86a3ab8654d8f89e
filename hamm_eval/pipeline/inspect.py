"""Between execution and publishing: only what passed the release gate goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.params import Params
from hamm_eval.pipeline.group_notebook import without_left_out
from hamm_eval.pipeline.plan import RunUnit
from hamm_eval.release.files import scan_files
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.release.record import Entry, RunRecord
from hamm_eval.release.released import group_of
from hamm_eval.release.scan import scan_notebook
from hamm_eval.report.page.assemble import stylesheet
from hamm_eval.report.wording import LANGUAGES, Wording


@dataclass(frozen=True, slots=True)
class Inspected:
    """Notebooks with released outputs only, and what was dropped from them, by notebook."""

    notebooks: dict[str, NotebookNode]
    dropped: tuple[tuple[str, str], ...]


def inspect_notebooks(
    executed: Mapping[str, NotebookNode], record: RunRecord, params: Params, units: Sequence[RunUnit]
) -> Inspected:
    """Replace every output by the record's own payload; notebooks in the order of the units.

    Raises
    ------
    ReleaseRefused
        Every output that has not passed the release gate, by notebook and cell; every release by another
        policy than that of the run, as where a notebook opened other params; every release of others than the
        target group that a notebook was asked of.
    """
    notebooks: dict[str, NotebookNode] = {}
    problems: list[Problem] = []
    dropped: list[tuple[str, str]] = []
    for unit in units:
        entries = record.entries(unit.name)
        scanned = scan_notebook(executed[unit.name], entries, notebook=unit.name)
        problems += [*scanned.problems, *_of_others(unit, entries)]
        dropped += [(unit.name, text) for text in scanned.private_log]
        notebooks[unit.name] = without_left_out(scanned.notebook)
    problems += _other_policies(record, params)
    if problems:
        raise ReleaseRefused.of(problems, "Nothing is published:")
    return Inspected(notebooks, tuple(dropped))


def _of_others(unit: RunUnit, entries: Iterable[Entry]) -> Iterator[Problem]:
    """What a group's section shows of others would be read as the group's."""
    for entry in entries:
        if unit.target_group and group_of(entry.id) != unit.target_group:
            yield Problem(
                f"This is no result of the target group {unit.target_group}.",
                f"{unit.name}, {entry.id}",
                "Give target_group to open_study, and tag cells that are told of the cohort alone: cohort.",
            )


def _other_policies(record: RunRecord, params: Params) -> Iterator[Problem]:
    """What a notebook let out by another policy would be published under a wrong name.

    The name is not enough: params and policy files change the numbers of a profile. A target group that is
    defined by something sensitive has a policy of its own.
    """
    groups = {"": params, **{group: params.for_group(group) for group in params.target_groups}}
    digests = {group: policy_of(each).digest for group, each in groups.items()}
    for entry in record.entries():
        if entry.policy != digests.get(group_of(entry.id)):
            yield Problem(
                "This was released by another policy than params ask for.",
                f"{entry.notebook}, {entry.id}",
                "Open the study with the params of the run: params_file.",
            )


def mark_internal(node: NotebookNode, params: Params) -> NotebookNode:
    """The notebook as it is published: one that is not for passing on says so in its first cell."""
    spoken = [Wording(language, params) for language in LANGUAGES]
    if not spoken[0].internal:
        return node
    words = "\n\n".join(f"**{w.text('page.internal_strong')}:** {w.text('page.internal')}" for w in spoken)
    first = NotebookNode(cell_type="markdown", id="internal", metadata=NotebookNode(), source=words)
    return NotebookNode({**node, "cells": [first, *node.cells]})


def inspect_files(
    files: Mapping[str, bytes], record: RunRecord, identifiers: Iterable[str], policy: Policy
) -> None:
    """A last look over every file that is about to be published.

    Raises
    ------
    ReleaseRefused
        A file of an unknown type, something that nobody sees or that is loaded from outside, an identifier of
        the case file: says in which file, never what.
    """
    problems = scan_files(files, record.entries(), identifiers, styles=(stylesheet(),), policy=policy)
    if problems:
        raise ReleaseRefused.of(problems, "Nothing is published:")
