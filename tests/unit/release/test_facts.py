from __future__ import annotations

from dataclasses import dataclass, replace

import effect_samples
import every_kind as kinds
import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import Absent, CountTable, Definition, Estimate
from hamm_eval.release import gate
from hamm_eval.release.facts import Count, Facts, declares_facts, facts_of
from hamm_eval.release.facts.base import FactList
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import System, find_recovered
from hamm_eval.release.released import Cell

STRICT = Policy.strict()


def counted(counts: list[list[int]], **other: object) -> CountTable:
    array = np.array(counts)
    made = CountTable(
        definition=Definition("counts", "x"),
        rows=tuple(f"r{i}" for i in range(array.shape[0])),
        columns=tuple(f"c{j}" for j in range(array.shape[1])),
        row_dimension="level",
        column_dimension="",
        counts=array,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def told(estimate: Estimate) -> Facts:
    return facts_of(estimate, release(estimate, STRICT), STRICT)


def by_place(facts: Facts) -> dict[tuple[str | int, ...], Count]:
    return {place: count for count in facts.counts for place in count.places}


def test_every_kind_that_passes_the_gate_declares_its_facts() -> None:
    assert [kind.__name__ for kind in gate._RULES if not declares_facts(kind)] == []


@pytest.mark.parametrize(
    ("persons", "events", "adapted"), [(600, 200, 0), (20, 3, 0), (20, 3, 2), (600, 200, 40)]
)
def test_goals_that_nobody_attained_after_adapting_have_facts(
    persons: int, events: int, adapted: int
) -> None:
    # Both curves then tell one and the same count of events.
    goals = kinds.goals(persons, events, adapted)
    goals = replace(goals, curves=replace(goals.curves, dimension="seen_at"))
    facts = told(goals)
    (after,) = [count for count in facts.counts if count.key.endswith("attained after adapting")]
    assert after.low <= goals.attained_adapted
    assert not find_recovered(System.of([facts]), STRICT)


def test_a_kind_that_declares_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True, repr=False)
    class New(Estimate):
        """Of a kind that is being added."""

    estimate = New(definition=Definition("new", "x"))
    monkeypatch.setitem(gate._RULES, New, lambda estimate, policy: None)
    with pytest.raises(ReleaseRefused, match="New does not declare"):
        release(estimate, STRICT)
    # The rule is what refuses it: with a declaration it passes.
    monkeypatch.setattr(gate, "declares_facts", lambda kind: True)
    assert release(estimate, STRICT) is None


def test_a_table_tells_intervals_and_its_sum() -> None:
    facts = told(counted([[43], [7], [0]], total=50))
    places = by_place(facts)
    cells = [places["cells", i, 0] for i in range(3)]
    assert [(c.low, c.high, c.value, c.hidden) for c in cells] == [
        (43, 47, 45, False),
        (1, 7, None, True),
        (0, 0, 0, False),
    ]
    assert (places["total",].low, places["total",].high) == (48, 52)
    assert [len(total.parts) for total in facts.sums] == [3]
    sensitive = by_place(told(counted([[43], [4], [0]], sensitive=True)))
    assert [(sensitive["cells", i, 0].low, sensitive["cells", i, 0].hidden) for i in (1, 2)] == [
        (0, True)
    ] * 2


def test_records_of_few_persons_hide_the_persons() -> None:
    facts = told(counted([[60], [30]], unit="records", persons=np.array([[40], [5]])))
    hidden = [count for count in facts.counts if count.hidden]
    assert [(count.low, count.high, count.places) for count in hidden] == [(1, 7, ())]
    assert by_place(facts)["cells", 1, 0].high is None


def test_counts_leave_no_true_number_behind() -> None:
    text = str(told(counted([[4321], [4]], total=4325)).to_json())
    assert "4321" not in text
    assert "4320" in text


def test_an_interval_that_misses_its_count_is_refused() -> None:
    facts = FactList(Definition("a", "b"), STRICT)
    with pytest.raises(ReleaseRefused, match="outside the range"):
        facts.cell("x", 48, Cell(value=45))
    facts.cell("x", 44, Cell(value=45))
    with pytest.raises(ReleaseRefused, match="claim to be of the same"):
        facts.cell("x", 46, Cell(value=45))


def test_a_sum_that_does_not_hold_is_no_fact() -> None:
    facts = FactList(Definition("a", "b"), STRICT)
    for key, true in (("all", 50), ("x", 20), ("y", 20)):
        facts.untold(key, true)
    facts.sum("all", ["x", "y"])
    assert facts.facts().sums == ()
    facts.sum("all", ["x", "y"], rest=True)
    facts.sum("all", ["x", "y"], slack=10)
    assert len(facts.facts().sums) == 2


def test_groups_of_a_curve_are_parts_of_all_who_are_there_when_it_begins() -> None:
    for start in (0, 30):
        groups = tuple(
            draw_group(300, seed, level=level, start_at=start)
            for seed, level in ((1, "single"), (2, "couple"))
        )
        curves = replace(as_curves(*groups), ungrouped=12, ungrouped_events=4)
        facts = told(curves)
        wholes = [total for total in facts.sums if len(total.parts) == 3]
        assert len(wholes) == 2  # persons and events, with those in no group
        shown = by_place(facts)
        for k, group in enumerate(groups):
            assert shown["curves", k, "persons"].low <= group.persons_from_start
        assert not find_recovered(System.of([facts]), STRICT)


def test_the_arms_of_an_effect_are_its_flow_and_its_histograms() -> None:
    effect = effect_samples.make()
    facts = told(effect)
    shown = by_place(facts)
    for arm in ("treated", "controls"):
        bins = [count for place, count in shown.items() if place[0] == f"overlap_{arm}"]
        assert len(bins) == 10
        whole = shown[arm,].key
        assert any(
            set(total.parts) == {count.key for count in bins} for total in facts.sums if total.whole == whole
        )


def test_what_lacks_tells_nothing() -> None:
    facts = told(Absent(definition=Definition("a", "b"), lacking=("data",)))
    assert (facts.counts, facts.sums, facts.definition_digest) == ((), (), "")
