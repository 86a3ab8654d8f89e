"""How target groups go together: parts of one window where one day decides, else people of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hamm_eval.estimate import CountTable, Definition
from hamm_eval.params import Params, load_params
from hamm_eval.release.facts import Facts, facts_of, group_facts
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import find_recovered
from hamm_eval.release.proof.system import System

STEPS = ("recorded", "population", "eligible_in_window", "status_at_origin")
INTERNAL = Policy.internal()


@pytest.fixture(scope="module")
def asked() -> Params:
    from small_project import ROOT

    return load_params(ROOT / "params/2017-Q2.yaml")


def on_one_day(params: Params, **changes: Any) -> Params:
    """Recognised and tolerated people by the same clock, and described on the same day."""
    tolerated = params.target_groups["tolerated"].model_copy(
        update={"clock": None, "described_on": "origin", **changes}
    )
    return params.model_copy(update={"target_groups": {"tolerated": tolerated}})


def flow(params: Params, group: str, counts: tuple[int, ...], policy: Policy = INTERNAL) -> Facts:
    """Facts of an attrition table as the analysis defines it."""
    from hamm_eval.analysis.definitions import endpoint_details

    of = params.for_group(group) if group else params
    table = CountTable(
        definition=Definition("who", "attrition", endpoint_details(of, "language_b1"), group=group),
        rows=STEPS, columns=("persons",), row_dimension="step", column_dimension="",
        counts=np.array(counts).reshape(-1, 1), additive=False,
    )  # fmt: skip
    return facts_of(table, release(table, policy), policy)


def recovered(params: Params, *facts: Facts, policy: Policy = INTERNAL) -> bool:
    return bool(find_recovered(System.of([*facts, *group_facts(params, facts)]), policy))


def test_what_is_left_after_disjoint_groups_is_a_number_that_a_difference_tells(asked: Params) -> None:
    params = on_one_day(asked)
    # 300 became eligible: 200 and 98 of them have these statuses, so that 2 have another one.
    cohort, tolerated = flow(params, "", (900, 500, 300, 200)), flow(params, "tolerated", (900, 500, 300, 98))
    assert not recovered(params, cohort) and not recovered(params, tolerated)
    assert not find_recovered(System.of([cohort, tolerated]), INTERNAL), "no table alone knows of the other"
    assert recovered(params, cohort, tolerated)
    # Rounded counts do not tell it; nor is anything told where enough are left.
    strict = [flow(params, group, counts, Policy.strict()) for group, counts in (
        ("", (900, 500, 300, 200)), ("tolerated", (900, 500, 300, 98)))]  # fmt: skip
    assert not recovered(params, *strict, policy=Policy.strict())
    assert not recovered(params, cohort, flow(params, "tolerated", (900, 500, 300, 80)))


@pytest.mark.parametrize("apart", [{"clock": "arrival"}, {"described_on": "entry"}])
def test_groups_by_another_day_are_no_parts(asked: Params, apart: dict[str, str]) -> None:
    params = on_one_day(asked, **apart)
    cohort, tolerated = (
        flow(params, "", (900, 500, 300, 200)),
        flow(params, "tolerated", (900, 500, 300, 150)),
    )
    # Somebody may be in both: 350 of 300 are no contradiction, and their difference tells nothing.
    assert not recovered(params, cohort, tolerated)


def test_windows_that_end_on_different_days_are_no_contradiction(asked: Params) -> None:
    params = on_one_day(asked)
    shorter = params.target_groups["tolerated"].model_copy(
        update={"eligible_until": params.cohort.eligible_until.replace(year=2016)}
    )
    params = params.model_copy(update={"target_groups": {"tolerated": shorter}})
    cohort, tolerated = flow(params, "", (900, 500, 300, 200)), flow(params, "tolerated", (900, 500, 180, 98))
    assert group_facts(params, [cohort, tolerated]) == ()
    assert not recovered(params, cohort, tolerated)


def test_a_run_without_groups_that_go_together_tells_nothing_more(asked: Params) -> None:
    cohort = flow(asked, "", (900, 500, 300, 200))
    assert group_facts(asked, [cohort]) == ()
    # Everyone recorded is one number for all; another population is another one.
    citizens = flow(asked, "eu_citizens", (900, 397, 30, 30))
    keys = [[count.key for count in facts.counts if count.places] for facts in (cohort, citizens)]
    assert keys[0][0] == keys[1][0] and not set(keys[0][1:]) & set(keys[1][1:])


def test_populations_are_parts_of_everyone_recorded(asked: Params) -> None:
    cohort, citizens = flow(asked, "", (900, 500, 300, 200)), flow(asked, "eu_citizens", (900, 398, 100, 100))
    # 900 less 500 less 398: two people of neither population.
    assert not recovered(asked, citizens) and recovered(asked, cohort, citizens)
    assert not recovered(asked, cohort, flow(asked, "eu_citizens", (900, 400, 100, 100)))
