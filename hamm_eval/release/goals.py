"""Attainment of goals as it may be shown: curves by rule 5, all counts rounded as those beside curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import CountTable, Curves, GoalAttainment, GoalScores
from hamm_eval.release.curve_bounds import as_far_as
from hamm_eval.release.curves import behind_curve_count, curve_count, release_curves
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.linked_sums import LinkedSum, hide_in_sums
from hamm_eval.release.policy import Policy
from hamm_eval.release.quantiles import release_distribution
from hamm_eval.release.released import (
    Cell,
    ReleasedCurve,
    ReleasedGoals,
    ReleasedGoalScores,
    ReleasedStandings,
)
from hamm_eval.release.rounding import decimals

FEW_ADAPTED = "few_adapted"
BY_DEFINITION = "counted_as"
_ALL, _FIRST = "persons", "first_definition"
_SOME_OF = {"any_definition": ("while_open", _FIRST)}
"""Attained by the first definition, or while the case file is open, is some of what is attained at all."""
_UNSCORED = ("dropped", "not_reviewed")  # in both tables: the same persons


def release_goals(
    estimate: GoalAttainment, policy: Policy, earlier: EarlierCurves = NOTHING_EARLIER
) -> ReleasedGoals:
    """Each curve as if it stood alone: they are of the same persons, and none is a part of another.

    Where more ends the way, by definition, no curve reaches further than that of any definition (rule 3).
    What is attained by the first definition is what is attained at all less what was attained after an
    adaptation. Where the last are few, the curve by the first definition is withheld: beside the other it
    would tell how many.
    """
    curves = release_curves(estimate.curves, policy, earlier, place="curves", within=_SOME_OF)
    if curves.dimension == BY_DEFINITION:
        curves = replace(curves, curves=tuple(_bounded(curves.curves, estimate.curves, policy, earlier)))
    after = curve_count(estimate.attained_adapted, policy)
    if after.value is None:
        shown = tuple(_without(curve) if curve.level == _FIRST else curve for curve in curves.curves)
        curves = replace(curves, curves=shown)
    return ReleasedGoals(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        domain=estimate.domain,
        curves=curves,
        adapted=curve_count(estimate.adapted, policy),
        attained_adapted=after,
    )


def _bounded(
    shown: Sequence[ReleasedCurve], curves: Curves, policy: Policy, earlier: EarlierCurves
) -> Iterator[ReleasedCurve]:
    """Each curve by a narrower definition as far as the first, which is by any."""
    yield shown[0]
    for bound, group in zip(shown[1:], curves.groups[1:], strict=True):
        yield as_far_as(shown[0], bound, group, curves, policy, earlier=earlier, place="curves")


def _without(curve: ReleasedCurve) -> ReleasedCurve:
    """A curve that is withheld, its events linked to those of another."""
    return ReleasedCurve(
        level=curve.level,
        merged=curve.merged,
        withheld=curve.withheld or FEW_ADAPTED,
        persons=curve.persons,
        events=Cell(value=None, linked=True),
    )


def release_goal_scores(estimate: GoalScores, policy: Policy) -> ReleasedGoalScores:
    """Both tables, domain by domain, each hidden cell safe from the sums of both (rule 7).

    Raises
    ------
    ReleaseRefused
        The tables are not of the same persons.
    """
    _check(estimate)
    rows = [_domain(estimate, at, policy) for at in range(len(estimate.persons))]
    return ReleasedGoalScores(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        domains=estimate.scores.rows,
        persons=tuple(cells[_ALL] for cells in rows),
        scores=_standings(estimate.scores, "score", rows),
        findings=_standings(estimate.findings, "finding", rows),
        after_adaptation=tuple(cells["after"] for cells in rows),
        t_scores=release_distribution(estimate.t_scores, policy),
        t_without=tuple(
            # Where each has one goal, none adapted, this is the number of dropped goals, hidden as that is.
            cells["dropped"] if cells["dropped"].linked else curve_count(int(n), policy)
            for cells, n in zip(rows, estimate.t_without, strict=True)
        ),
    )


def _check(estimate: GoalScores) -> None:
    """Every person stands in one cell of each table."""
    whole = list(map(int, estimate.persons))
    for table in (estimate.scores, estimate.findings):
        if table.rows != estimate.scores.rows or list(map(int, table.counts.sum(axis=1))) != whole:
            raise ReleaseRefused(
                "The tables of this estimate are not of the same persons.",
                where=estimate.definition.id,
                todo="Count each person in one cell of each table.",
            )


def _domain(estimate: GoalScores, at: int, policy: Policy) -> dict[str, Cell]:
    """The cells of one domain by name: its persons, both rows, and those met after an adaptation."""
    counts = {_name("score", name): n for name, n in _row(estimate.scores, at).items()}
    counts |= {_name("finding", name): n for name, n in _row(estimate.findings, at).items()}
    cells = {name: curve_count(int(n), policy) for name, n in counts.items()}
    cells[_ALL] = curve_count(int(estimate.persons[at]), policy)
    scores = tuple(_name("score", name) for name in estimate.scores.columns)
    findings = tuple(dict.fromkeys(_name("finding", name) for name in estimate.findings.columns))
    sums = [
        LinkedSum(scores, (_ALL,)),
        LinkedSum(findings, (_ALL,)),
        LinkedSum(
            tuple(name for name in scores if name not in _UNSCORED),
            tuple(name for name in findings if name not in _UNSCORED),
        ),
    ]
    everyone = cells[_ALL].value
    found = hide_in_sums(
        cells,
        sums,
        policy,
        behind=lambda value: behind_curve_count(value, policy),
        largest=behind_curve_count(everyone, policy)[1] if everyone else policy.largest_hidden_count,
        fixed={_ALL},
    )
    whole = found[_ALL].value or 0
    # Beside a hidden number of all that were met, the part of it would tell.
    met = found[_name("finding", "met")]
    after = curve_count(int(estimate.after_adaptation[at]), policy)
    found["after"] = after if met.value is not None or not after.value else Cell(value=None, linked=True)
    return {name: _with_share(cell, whole, policy) for name, cell in found.items()}


def _row(table: CountTable, at: int) -> dict[str, int]:
    """The counts of one domain by column."""
    return dict(zip(table.columns, map(int, table.counts[at]), strict=True))


def _name(table: str, column: str) -> str:
    """Name of a cell; what stands in both tables is one cell."""
    return column if column in _UNSCORED else f"{table} {column}"


def _with_share(cell: Cell, whole: int, policy: Policy) -> Cell:
    """Rule 2: a percentage of the published number of all, none where these are few; rule 3: nearly all."""
    if cell.value is None or whole < policy.smallest_denominator:
        return cell
    if policy.sensitive_throughout and 100 * cell.value > policy.share_ceiling * whole:
        return Cell(value=cell.value, share_bound="over_95")
    return Cell(value=cell.value, share=decimals(min(cell.value / whole, 1.0), policy.share_decimals))


def _standings(table: CountTable, prefix: str, rows: list[dict[str, Cell]]) -> ReleasedStandings:
    """A table of the released cells."""
    return ReleasedStandings(
        dimension=table.column_dimension,
        columns=table.columns,
        cells=tuple(tuple(cells[_name(prefix, name)] for name in table.columns) for cells in rows),
    )
