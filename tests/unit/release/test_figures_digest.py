"""The digest of what a release tells: any figure changes it, and nothing but figures does."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from every_kind import one_of_each

from hamm_eval.release.figures import Figures, figures_digest
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json, to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    Cell,
    QuarterlySummary,
    Release,
    ReleasedAbsent,
    ReleasedTable,
    Restatement,
)
from hamm_eval.release.tally import tally

RELEASES = [release(estimate, Policy.strict()) for estimate in one_of_each().values()]
TOLD = [each for each in RELEASES if not isinstance(each, ReleasedAbsent)]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers stand in JSON."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield at
    for key, item in items:
        yield from places(item, (*at, key))


def one_of_a_kind(content: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The last place of each path: steps of curves are alike."""
    fields = {tuple(step for step in place if isinstance(step, str)): place for place in places(content)}
    return [*fields.values()]


def changed(content: dict[str, Any], place: tuple[Any, ...], by: float) -> Release:
    copy = json.loads(json.dumps(content))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] += by
    return from_json(copy)


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.kind)
def test_every_figure_of_every_kind_counts_and_noise_does_not(told: Release) -> None:
    content, digest = to_json(told), figures_digest(told)
    found = one_of_a_kind(content)
    assert found
    for place in found:
        assert figures_digest(changed(content, place, 0.001)) != digest, place
        assert figures_digest(changed(content, place, 1e-13)) == digest, place
    # What comes back from the record is told alike.
    assert figures_digest(from_json(json.loads(json.dumps(content)))) == digest


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.kind)
def test_names_are_no_figures(told: Release) -> None:
    other = dataclasses.replace(told, id="other:name", definition_digest="other", policy="internal")
    assert figures_digest(other) == figures_digest(told)


def test_what_is_hidden_or_said_in_words_counts_too() -> None:
    def table(*cells: Cell, rows: tuple[str, ...] = ("x", "y")) -> ReleasedTable:
        return ReleasedTable(
            id="cohort:all", definition_digest="0", policy="strict", rows=rows, columns=("persons",),
            row_dimension="household_type", column_dimension="", unit="persons",
            cells=tuple((cell,) for cell in cells), total=None, column_totals=(), sensitive=False,
            shares="none",
        )  # fmt: skip

    shown, hidden, linked = Cell(value=40), Cell(value=None), Cell(value=None, linked=True)
    digests = {
        figures_digest(table(*cells, rows=rows))
        for cells in ((shown, hidden), (hidden, shown), (shown, linked))
        for rows in (("x", "y"), ("x", "z"))
    }
    assert len(digests) == 6


def test_what_has_no_figure_of_its_own_has_no_digest() -> None:
    absent = ReleasedAbsent(id="costs:all", definition_digest="0", policy="strict", lacking=("costs",))
    moved = Restatement(
        of="a:b", period="2017-Q1", what="share", old=0.4, new=0.5, difference="higher", reason="late_records"
    )
    summary = QuarterlySummary(
        id="quarterly_summary:all", definition_digest="0", policy="strict", sources=(), restatements=(moved,)
    )
    assert figures_digest(absent) == figures_digest(summary) == ""


def test_figures_are_counted_as_the_release_report_counts_them() -> None:
    for told in RELEASES:
        counted, figures = tally(told), Figures.of(told)
        assert (figures.shown, figures.hidden, figures.withheld) == (
            counted.shown,
            sum(counted.hidden.values()),
            sum(counted.withheld.values()),
        )
