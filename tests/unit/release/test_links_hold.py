"""Every sum that results declare between each other holds for the counts of the synthetic city."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from small_project import ROOT

from hamm_eval import open_study
from hamm_eval.estimate import Estimate
from hamm_eval.release.facts import Sum
from hamm_eval.release.facts.kinds import _facts
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.nesting import nested

STRICT = Policy.strict()


def results() -> Iterator[Callable[[], Estimate]]:
    """Results that count the same persons, and some of them."""
    study = open_study(ROOT / "params" / "2017-Q2.yaml", quarter="2017-Q2", language="de")
    yield lambda: study.attrition("language_b1")
    yield lambda: study.composition("household_type")
    for by in (None, "household_type", "sex", "age_group", "age_class"):
        yield lambda by=by: study.time_to_integration("language_b1", by=by)  # type: ignore[misc]
    yield lambda: study.associations("language_b1")
    yield lambda: study.states_over_time("case_phases")
    yield lambda: study.access_to_systems("children")
    yield lambda: study.measure_effectiveness("intensive_course_on_b1")
    yield lambda: study.effect_by_group("intensive_course_on_b1")
    yield lambda: study.effect_over_time("intensive_course_on_b1")
    for of in ("time_in_measures", "order_of_measures", "combinations_of_measures"):
        yield lambda of=of: study.participation_patterns(of)  # type: ignore[misc]
    yield lambda: study.funding()
    yield lambda: study.costs()
    yield lambda: study.goal_attainment()
    yield lambda: study.two_perspectives("job_coaching")
    group = study.for_group("eu_citizens")
    yield lambda: group.attrition("language_b1")
    yield lambda: group.time_to_integration("language_b1")


@pytest.fixture(scope="module")
def city() -> tuple[dict[str, int], list[Sum]]:
    """True counts by key, and all sums declared."""
    true: dict[str, int] = {}
    sums: list[Sum] = []
    for make in results():
        estimate = make()
        told = _facts(estimate, release(estimate, STRICT), STRICT)
        for key, count in told._true.items():
            assert true.setdefault(key, count) == count, "one key, two counts of persons"
        sums += told._sums
    known = [total for total in sums if {total.whole, *total.parts} <= true.keys()]
    return true, [*known, *nested(true.keys(), known)[1]]


def test_declared_sums_hold(city: tuple[dict[str, int], list[Sum]]) -> None:
    true, sums = city
    made = {key for total in sums for key in (total.whole, *total.parts)} - true.keys()
    checked = 0
    for total in sums:
        if not made.isdisjoint((total.whole, *total.parts)):
            continue
        gap = true[total.whole] - sum(true[part] for part in total.parts)
        assert gap >= 0 if total.rest else abs(gap) <= total.slack, total
        checked += 1
    assert checked > 400


def test_results_are_linked_across_questions(city: tuple[dict[str, int], list[Sum]]) -> None:
    _, sums = city
    wholes = {total.whole.partition(":")[0] for total in sums if total.rest}
    assert {"step", "begun", "trial", "at_risk"} <= wholes
    # Fine and coarse ages divide each other; who is in a model is some of each level.
    assert any("|age[25..30]" in part for total in sums for part in total.parts)
    assert any("|not in model:" in part for total in sums for part in total.parts)
