"""Small numbers of goals read back from two tables of the same persons, and from two curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from hamm_eval.estimate import (
    CountTable,
    CurveGroup,
    Curves,
    Definition,
    DistributionTable,
    GoalAttainment,
    GoalScores,
)
from hamm_eval.release.curves import behind_curve_count, curve_count
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedGoalScores
from hamm_eval.survival import aalen_johansen

STRICT = Policy.strict()
SCORES = ("-2", "-1", "0", "1", "2", "dropped", "not_scored", "not_reviewed")
FINDINGS = ("met", "partly", "unmet", "adapted", "dropped", "not_reviewed")
BOTH = ("dropped", "not_reviewed")


def test_that_nearly_all_met_their_goals_is_one_symbol() -> None:
    """Of a group defined by its status all or 96 of 100 have what they agreed."""
    estimate = drawn(1)
    counts = np.array([[1940, 12, 12, 12, 12, 12]])
    scores = np.array([[9, 9, 1930, 10, 9, 12, 9, 12]])
    estimate = replace(
        estimate,
        scores=replace(estimate.scores, counts=scores),
        findings=replace(estimate.findings, counts=counts),
        persons=np.array([2000]),
        after_adaptation=np.array([0]),
    )
    throughout = STRICT.model_copy(update={"sensitive_throughout": True})
    assert release(estimate, STRICT).findings.cells[0][0].share > 0.95  # the attack works
    for standings in (release(estimate, throughout).findings, release(estimate, throughout).scores):
        cell = max(standings.cells[0], key=lambda cell: cell.value)
        assert (cell.share, cell.share_bound) == (None, "over_95")


def drawn(seed: int) -> GoalScores:
    """One domain of 20 to 59 persons, most of them alike: a few cells are small, many are empty."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 60))
    finding = rng.choice(FINDINGS, size=n, p=rng.dirichlet(np.full(len(FINDINGS), 0.2)))
    score = rng.choice(SCORES[:5], size=n, p=rng.dirichlet(np.full(5, 0.2)))
    score = np.where(np.isin(finding, BOTH), finding, score)
    definition = Definition("goal_attainment", "scores")

    def table(columns: tuple[str, ...], values: np.ndarray) -> CountTable:
        return CountTable(
            definition=definition, rows=("language",), columns=columns, row_dimension="domain",
            column_dimension="x", counts=np.array([[int((values == name).sum()) for name in columns]]),
            shares="of_row", additive=False,
        )  # fmt: skip

    met = int((finding == "met").sum())
    return GoalScores(
        definition=definition,
        scores=table(SCORES, score),
        findings=table(FINDINGS, finding),
        persons=np.array([n]),
        after_adaptation=np.array([min(met, int(rng.integers(0, 9)))]),
        t_scores=DistributionTable(
            definition=definition, rows=("language",), row_dimension="domain", probabilities=(0.5,),
            values=np.array([[50.0]]), persons=np.array([n]), unit="t_score",
        ),
        t_without=np.array([int((finding == "dropped").sum())]),
    )  # fmt: skip


def feasible(cells: Mapping[tuple[str, str], Cell], persons: Cell) -> dict[tuple[str, str], tuple[int, int]]:
    """Least and greatest value of every hidden cell that all published numbers together leave.

    Unknown is who has which score and which finding; known are both margins and the whole, each as the
    interval that rounds to it.
    """
    pairs = [(s, f) for s in SCORES for f in FINDINGS if (s == f) or not ({s, f} & set(BOTH))]

    def rows(name: tuple[str, str]) -> np.ndarray:
        table, column = name
        return np.array([float((s if table == "score" else f) == column) for s, f in pairs])

    def ends(cell: Cell) -> tuple[int, int]:
        if cell.value is None:
            return (8, 200) if cell.linked else (1, 7)
        return behind_curve_count(cell.value, STRICT) if cell.value else (0, 0)

    known = [(rows(name), *ends(cell)) for name, cell in cells.items()]
    known.append((np.ones(len(pairs)), *ends(persons)))
    matrix, low, high = (np.array(part) for part in zip(*known, strict=True))
    left = {}
    for name, cell in cells.items():
        if cell.value is None and not cell.linked:
            found = [
                milp(
                    sign * rows(name),
                    constraints=LinearConstraint(matrix, low, high),
                    integrality=np.ones(len(pairs)),
                    bounds=Bounds(0, np.inf),
                )
                for sign in (1, -1)
            ]
            assert all(program.success for program in found)
            left[name] = (round(found[0].fun), round(-found[1].fun))
    return left


def by_the_gate(shown: ReleasedGoalScores) -> dict[tuple[str, str], Cell]:
    return {
        (table, name): cell
        for table, part in (("score", shown.scores), ("finding", shown.findings))
        for name, cell in zip(part.columns, part.cells[0], strict=True)
    }


def one_by_one(estimate: GoalScores) -> dict[tuple[str, str], Cell]:
    """Every cell by rules 1 to 3, none with an eye on the others."""
    return {
        (table, name): curve_count(int(n), STRICT)
        for table, part in (("score", estimate.scores), ("finding", estimate.findings))
        for name, n in zip(part.columns, part.counts[0], strict=True)
    }


def narrowest(left: Mapping[tuple[str, str], tuple[int, int]]) -> int:
    return min((high - low + 1 for low, high in left.values()), default=7)


def test_the_sums_of_both_tables_leave_every_hidden_cell_six_values() -> None:
    told = 0
    for seed in range(40):
        estimate = drawn(seed)
        everyone = curve_count(int(estimate.persons[0]), STRICT)
        told += narrowest(feasible(one_by_one(estimate), everyone)) < STRICT.feasible_values
        shown = release(estimate, STRICT)
        assert shown.persons[0].value == everyone.value
        assert narrowest(feasible(by_the_gate(shown), everyone)) >= STRICT.feasible_values, seed
        # With one goal a person the number beside the T-scores is that of the tables: hidden where it is.
        assert shown.t_without[0].value == by_the_gate(shown)["score", "dropped"].value
    assert told >= 3  # without the rule the attack succeeds


def attained(after: int) -> GoalAttainment:
    """200 persons, 60 of whom attain their goal, so many of them only after an adaptation."""
    day = np.arange(200) % 300 + 60
    cause = np.where(np.arange(200) < 60, 1, 0)
    strict = np.where(np.arange(200) < after, 4, cause)
    definition = Definition("goal_attainment", "by_definition/language")
    groups = tuple(
        CurveGroup(level=level, entry=np.zeros(200, dtype=int), time=day, cause=why,
                   cluster=np.arange(200), start_at=0.0)
        for level, why in (("any_definition", cause), ("first_definition", strict))
    )  # fmt: skip
    curves = Curves(
        definition=definition, endpoint="goal_language", dimension="counted_as", groups=groups,
        causes=("goal", "departure", "dropped", "adaptation"),
        estimates=tuple(aalen_johansen(g.time, g.cause, causes=4, cluster=g.cluster) for g in groups),
        horizons=(183,),
    )  # fmt: skip
    return GoalAttainment(
        definition=definition, domain="language", curves=curves, adapted=after + 20, attained_adapted=after
    )


@pytest.mark.parametrize("after", [1, 3, 7])
def test_two_curves_do_not_tell_the_few_met_after_an_adaptation(after: int) -> None:
    # Both curves shown, the difference of their events tells: 60 in all lie between 55 and 60, and so do 57.
    both = [behind_curve_count(curve_count(n, STRICT).value or 0, STRICT) for n in (60, 60 - after)]
    told = range(max(1, both[0][0] - both[1][1]), min(7, both[0][1] - both[1][0]) + 1)
    shown = release(attained(after), STRICT)
    assert shown.attained_adapted.value is None
    every, strict = shown.curves.curves
    assert every.withheld == ""
    assert strict.withheld == "few_adapted"
    assert strict.time == ()
    assert strict.events == Cell(value=None, linked=True)
    if after < 6:
        assert len(told) < STRICT.feasible_values


def test_many_met_after_an_adaptation_are_no_secret() -> None:
    strict = release(attained(20), STRICT).curves.curves[1]
    assert strict.withheld == ""
    assert strict.events.value == curve_count(40, STRICT).value
