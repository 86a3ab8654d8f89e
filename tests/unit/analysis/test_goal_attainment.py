"""Scores and findings at the latest review, and attainment by any and by the first definition."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_params import params
from followed import Goals, asked

from hamm_eval.analysis.goal_attainment import attainment_by_definition, goal_attainment
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import GoalScores
from hamm_eval.survival import aalen_johansen


def row(found: GoalScores, table: str, domain: str = "language") -> dict[str, int]:
    """Counts above zero of one domain."""
    counts = getattr(found, table)
    cells = zip(counts.columns, counts.counts[counts.rows.index(domain)], strict=True)
    return {name: int(n) for name, n in cells if n}


def test_each_person_stands_in_one_cell_of_each_table() -> None:
    goals = Goals()
    goals.add("a", (90, "partly", -1), (180, "met", 1))
    goals.add("b", (90, "unmet", -2))
    goals.add("c", (90, "dropped"))
    goals.add("d", (90, "met"))  # without a score
    goals.add("e")
    goals.add("f", (90, "adapted", -1))
    goals.add("g", (90, "adapted", -1), (180, "met", 0))
    found = goal_attainment(goals.followed(), asked())
    assert row(found, "scores") == {
        "-2": 1, "-1": 1, "0": 1, "1": 1, "dropped": 1, "not_scored": 1, "not_reviewed": 1,
    }  # fmt: skip
    assert row(found, "findings") == {"met": 3, "unmet": 1, "adapted": 1, "dropped": 1, "not_reviewed": 1}
    assert found.persons.tolist() == [7, 0, 0, 0, 0]
    assert found.after_adaptation.tolist() == [1, 0, 0, 0, 0]


def test_a_score_beside_a_dropped_goal_is_none_of_its_scores() -> None:
    found = goal_attainment(Goals().add("a", (90, "dropped", -2)).followed(), asked())
    assert row(found, "scores") == {"dropped": 1}


def test_a_person_counts_once_per_domain_with_the_first_goal() -> None:
    goals = Goals()
    goals.add("a", (90, "met", 0)).add("a", (90, "unmet", -2)).add("a", (90, "met", 2), domain="work")
    found = goal_attainment(goals.followed(), asked())
    assert row(found, "scores") == {"0": 1}
    assert row(found, "scores", "work") == {"2": 1}


def test_met_before_it_was_adapted_is_met_as_first_agreed() -> None:
    goals = Goals().add("a", (90, "met", 0), (180, "adapted", -1), (270, "met", 0))
    assert goal_attainment(goals.followed(), asked()).after_adaptation.sum() == 0


def test_adapted_and_met_on_one_day_is_no_difference_between_the_curves() -> None:
    """The gate withholds the curve by first definition where few make the difference."""
    goals = Goals()
    for number in range(20):
        goals.add(f"same{number}", (90, "adapted", -1), (90, "met", 0), until=200)
    goals.add("before", (90, "adapted", -1), (180, "met", 0), until=200)
    found = attainment_by_definition(goals.followed(), asked(), "language")
    every, _, first = (fit.at([200]).incidence[0, 0] for fit in found.curves.estimates)
    assert found.attained_adapted == 1 == pytest.approx((every - first) * 21)


def test_an_adaptation_on_the_day_of_censoring_counts_and_one_on_the_day_of_an_end_does_not() -> None:
    goals = Goals()
    goals.add("closed", (90, "adapted", -1), until=90, ending="closed")
    goals.add("end of records", (90, "adapted", -1), until=90)
    goals.add("left", (90, "adapted", -1), until=90, ending="competing")
    goals.add("met", (90, "adapted", -1), (90, "met", 0), until=200)
    goals.add("dropped", (90, "adapted", -1), (90, "dropped", -1), until=200)
    found = attainment_by_definition(goals.followed(), asked(), "language")
    causes = found.curves.causes
    last = found.curves.estimates[2].at([90]).incidence[0]
    told = {name: round(5 * last[at]) for at, name in enumerate(causes)}
    assert told == {"goal": 1, "departure": 1, "dropped": 1, "closing": 0, "adaptation": 2}
    assert found.attained_adapted == 0


@pytest.fixture(scope="module")
def drawn() -> Goals:
    """Goals of 400 persons: met, left, closed, dropped, adapted before or not."""
    rng = np.random.default_rng(5)
    goals = Goals()
    for number in range(400):
        until = int(rng.integers(100, 540))
        ending = str(rng.choice(["closed", "competing", "administrative"]))
        reviews = []
        for day in range(85, until, 90):
            status = str(
                rng.choice(["unmet", "partly", "adapted", "met", "dropped"], p=(0.4, 0.3, 0.1, 0.17, 0.03))
            )
            reviews.append((day, status, -1))
            if status in ("met", "dropped"):
                break
        goals.add(f"p{number}", *reviews, until=until, ending=ending, household=f"h{number // 2}")
    return goals


def test_without_closing_and_adaptation_all_three_are_one() -> None:
    goals = Goals()
    for number in range(60):
        goals.add(f"p{number}", (90 + number, "met", 0), until=200)
    curves = attainment_by_definition(goals.followed(), asked(), "language").curves
    any_definition, while_open, first = (fit.at([120]).incidence for fit in curves.estimates)
    assert np.array_equal(any_definition, while_open)
    assert np.array_equal(any_definition, first)


def test_the_strict_counts_lie_below_and_every_end_is_counted(drawn: Goals) -> None:
    found = attainment_by_definition(drawn.followed(), asked(), "language")
    days = np.arange(90, 500, 10)
    every, while_open, first = (fit.at(days).incidence for fit in found.curves.estimates)
    goal, closing, adaptation = (
        found.curves.causes.index(name) for name in ("goal", "closing", "adaptation")
    )
    assert (while_open[:, goal] <= every[:, goal] + 1e-12).all()
    assert (first[:, goal] <= every[:, goal] + 1e-12).all()
    assert while_open[-1, closing] > 0.1
    assert first[-1, adaptation] > 0.1
    assert every[:, [closing, adaptation]].max() == 0


def test_by_the_first_definition_is_aalen_johansen_with_adaptation_competing(drawn: Goals) -> None:
    followed = drawn.followed()
    time, cause = [], []
    for goal in followed.goals.itertuples():
        seen = followed.reviews[followed.reviews["goal_id"] == goal.goal_id]
        ends = seen[seen["status"].isin(["met", "adapted", "dropped"])]
        code = {"met": 1, "dropped": 3, "adapted": 5}
        first = ends.iloc[0] if len(ends) else None
        time.append(goal.until if first is None else first["day"])
        cause.append((2 if goal.ending == "competing" else 0) if first is None else code[first["status"]])
    by_hand = aalen_johansen(np.array(time), np.array(cause), causes=5).at([180, 365]).incidence
    curves = attainment_by_definition(followed, asked(), "language").curves
    assert curves.estimates[2].at([180, 365]).incidence == pytest.approx(by_hand)


def test_what_is_not_asked_or_not_there_is_said(drawn: Goals) -> None:
    with pytest.raises(UsageError, match="do not ask for goal attainment"):
        goal_attainment(drawn.followed(), params())
    with pytest.raises(UsageError, match="no such domain"):
        attainment_by_definition(drawn.followed(), asked(), "sport")
    with pytest.raises(NotEstimable, match="Nobody has a goal"):
        attainment_by_definition(drawn.followed(), asked(), "work")
