"""Hidden counts recovered from several tables of one run together, and from several quarters together.

Each table passes the gate by itself; the attack takes all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from every_kind import model
from exact import as_curves, draw_group
from linked import EXACT, STRICT, shown
from linked import facts as facts_from

from hamm_eval.estimate import CountTable, Curves, Definition, Estimate, Link
from hamm_eval.release.facts import Facts, Sum, facts_of
from hamm_eval.release.facts.base import FactList
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import System, conceal, find_recovered, hide_until_safe
from hamm_eval.release.register import series_system
from hamm_eval.release.released import Cell, Release

ENDPOINT = {"endpoint": {"origin": "eligibility", "event": {"table": "tests"}}, "cohort": {"population": "x"}}


def told(estimate: Estimate, policy: Policy = STRICT) -> Facts:
    return facts_of(estimate, release(estimate, policy), policy)


def counted(key: str, counts: list[list[int]], **other: object) -> CountTable:
    array = np.array(counts)
    made = CountTable(
        definition=Definition("counts", key, ENDPOINT),
        rows=tuple(f"r{i}" for i in range(array.shape[0])),
        columns=tuple(f"c{j}" for j in range(array.shape[1])),
        row_dimension="level",
        column_dimension="",
        counts=array,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def completeness() -> Iterator[Estimate]:
    """Two columns of one table of records: what is missing in one is what the other has more."""
    sides = [Link(whole="records:x", cells=((i, 0), (i, 1))) for i in (0, 1)]
    yield counted("complete", [[503, 2], [505, 0]], links=tuple(sides), additive=False)


def order_and_combinations() -> Iterator[Estimate]:
    """Everyone has a first measure, and everyone has a combination of measures."""
    first = Link(whole="begun", cells=((0, 0), (1, 0)))
    yield counted("order", [[102], [6]], links=(first,))
    yield counted("combinations", [[60], [48]], whom="begun", total=108)


def flow(persons: int) -> CountTable:
    """Steps from everyone recorded to those at risk."""
    return counted(
        "attrition",
        [[400], [persons]],
        rows=("recorded", "goal_open_at_entry"),
        row_dimension="step",
        additive=False,
    )


def curve(persons: int, **other: object) -> Curves:
    """A curve of so many persons, none of whom enters late."""
    drawn = draw_group(3 * persons, seed=persons, late=False)
    group = replace(
        drawn,
        **{name: getattr(drawn, name)[:persons] for name in ("entry", "time", "cause", "cluster")},
    )
    made = Curves(
        definition=Definition("curve", "all", ENDPOINT),
        endpoint="language_b1",
        dimension="",
        groups=(group,),
        causes=("language_b1", "departed"),
        estimates=(),
        horizons=(365,),
    )
    return replace(made, **other)  # type: ignore[arg-type]


def attrition_and_curves() -> Iterator[Estimate]:
    """108 persons, rounded to 110 in a table and, from the middle of six, to 105 in a curve: exactly 108."""
    grouped = replace(curve(103), dimension="origin", ungrouped=5, ungrouped_events=2)
    yield flow(108)
    yield curve(108)
    yield replace(grouped, definition=Definition("curve", "by", {**ENDPOINT, "by": "origin"}))


@pytest.mark.parametrize("tables", [completeness, order_and_combinations, attrition_and_curves])
def test_what_tables_tell_together(tables: Callable[[], Iterator[Estimate]]) -> None:
    facts = [told(estimate) for estimate in tables()]
    # Table by table, as if no other told of the same persons, nothing is recovered ...
    apart = [
        replace(each, sums=tuple(s for s in each.sums if not s.whole.startswith("records:")))
        for each in facts
    ]
    for each in apart:
        assert not find_recovered(System.of([each]), STRICT)
    # ... together it is: this is the attack.
    together = System.of(facts)
    recovered = find_recovered(together, STRICT)
    assert recovered
    # The proof hides one number more, and then it fails.
    keys = hide_until_safe(together, STRICT)
    assert len(keys) == 1
    hidden = [each.hiding(keys, STRICT.largest_hidden_count) for each in facts]
    assert not find_recovered(System.of(hidden), STRICT)


def test_what_is_hidden_is_gone_from_the_release_and_its_sums() -> None:
    order, combinations = order_and_combinations()
    releases: list[Release] = [release(each, STRICT) for each in (order, combinations)]
    keys = hide_until_safe(System.of([told(order), told(combinations)]), STRICT)
    shown = [
        conceal(each, [p for count in told(of).counts if count.key in keys for p in count.places])
        for each, of in zip(releases, (order, combinations), strict=True)
    ]
    before, after = (sum(str(each).count("value=None") for each in which) for which in (releases, shown))
    assert after == before + 1
    linked = [each for each in shown if "linked=True" in str(each)]
    assert len(linked) == 1


@pytest.mark.parametrize("field", ["persons", "events"])
def test_a_curve_does_not_tell_the_number_that_was_hidden(field: str) -> None:
    curves = release(as_curves(draw_group(300, 1, late=False)), STRICT)
    (curve,) = curves.curves
    # Its first step is the least number of events that a step can hold, by persons, all in midpoints of six.
    assert curve.persons.value is not None
    step = next(value for value in curve.incidence if value)
    persons = [n for n in range(3, 600, 6) if round(9 / n, 3) == step]
    assert persons
    assert all(abs(n - curve.persons.value) <= 10 for n in persons)
    (hidden,) = conceal(curves, [("curves", 0, field)]).curves
    assert (hidden.withheld, hidden.incidence, hidden.at_risk, hidden.median) == ("linked", (), (), None)
    # A number hidden somewhere else leaves it as it is.
    assert conceal(curves, []) == curves


def exact_flow() -> CountTable:
    return replace(flow(399))


def test_steps_of_a_flow_less_each_other() -> None:
    # Not rounded, 400 less 399 is one person who was left out.
    exact = System.of([told(exact_flow(), EXACT)])
    (found,) = find_recovered(exact, EXACT)
    assert "excluded" in found.key
    (key,) = hide_until_safe(exact, EXACT)
    assert not find_recovered(exact.hiding(key, EXACT.largest_hidden_count), EXACT)
    # Rounded to 5 both are 400.
    assert not find_recovered(System.of([told(exact_flow())]), STRICT)


def test_two_quarters_after_one_person_came() -> None:
    one, more = ([told(flow(n), EXACT)] for n in (120, 121))
    exact = series_system({"2017-Q1": tuple(one), "2017-Q2": tuple(more)}, "2017-Q2")
    assert [found.key.rpartition("@")[2] for found in find_recovered(exact, EXACT)] == ["2017-Q1..2017-Q2"]
    rounded = {f"2017-Q{q}": (told(flow(n)),) for q, n in ((1, 120), (2, 121))}
    assert not find_recovered(series_system(rounded, "2017-Q2"), STRICT)


def test_two_quarters_of_two_tables_each() -> None:
    # 108 persons, then 109: each quarter for itself hides nothing, and neither does one table over both.
    series = {
        f"2017-Q{q}": (told(flow(persons)), told(curve(persons))) for q, persons in ((1, 108), (2, 109))
    }
    for quarter, facts in series.items():
        assert not find_recovered(series_system({quarter: facts}, quarter), STRICT)
    for which in (0, 1):
        one = {quarter: facts[which : which + 1] for quarter, facts in series.items()}
        assert not find_recovered(series_system(one, "2017-Q2"), STRICT)
    # All together: at least one came, and at most four.
    system = series_system(series, "2017-Q2")
    assert find_recovered(system, STRICT)
    keys = hide_until_safe(system, STRICT)
    # What is published stays: only the newest quarter can hide more.
    assert keys
    assert all(key.endswith("@2017-Q2") for key in keys)
    later = tuple(
        each.hiding({key.partition("@")[0] for key in keys}, STRICT.largest_hidden_count)
        for each in series["2017-Q2"]
    )
    assert not find_recovered(series_system({**series, "2017-Q2": later}, "2017-Q2"), STRICT)


def test_a_count_that_shrank_is_no_contradiction() -> None:
    # A correction took persons out: an attacker cannot know that none came.
    shrunk = {f"2017-Q{q}": (told(flow(n)),) for q, n in ((1, 200), (2, 150))}
    assert not find_recovered(series_system(shrunk, "2017-Q2"), STRICT)


def closed(policy: Policy) -> Facts:
    """A closed period: ten persons, and seven whose number is hidden."""
    counts = [
        shown(key, true, policy, at) for at, (key, true) in enumerate({"a": 10, "b": 7, "all": 17}.items())
    ]
    return facts_from(
        [replace(count, window="2016-Q4") for count in counts], [Sum(whole="all", parts=("a", "b"))]
    )


def test_a_closed_period_told_again_in_another_rounding() -> None:
    # A stricter rounding later on: each report hides the seven, both together leave three values.
    later = STRICT.tighten({"count_rounding": 11})
    series = {"2017-Q1": (closed(STRICT),), "2017-Q2": (closed(later),)}
    for quarter, told_then in series.items():
        assert not find_recovered(series_system({quarter: told_then}, quarter), STRICT)
    system = series_system(series, "2017-Q2")
    assert {found.key.partition("@")[0] for found in find_recovered(system, STRICT)} == {"b"}
    keys = hide_until_safe(system, STRICT)
    assert keys
    assert all(key.endswith("@2017-Q2") for key in keys)


def test_persons_in_a_model_only_grow() -> None:
    # Two persons came: exact figures tell it, of a model as of a curve.
    series = {f"2017-Q{q}": (told(model(persons=n), EXACT),) for q, n in ((1, 500), (2, 502))}
    found = find_recovered(series_system(series, "2017-Q2"), EXACT)
    assert any(each.key.endswith("@2017-Q1..2017-Q2") for each in found)


@pytest.mark.parametrize("binding", [{"grows": True}, {"window": "2016-Q4"}])
def test_quarters_that_cannot_have_grown_together_are_taken_apart(binding: dict[str, object]) -> None:
    # Each part can have grown, or stayed; the whole says that not both have: a correction came between.
    def quarter(whole: int) -> Facts:
        parts = [replace(shown(key, 100, STRICT, at), **binding) for at, key in enumerate("xy")]
        return facts_from([*parts, shown("all", whole, STRICT, 2)], [Sum(whole="all", parts=("x", "y"))])

    series = {"2017-Q1": (quarter(204),), "2017-Q2": (quarter(196),)}
    assert not find_recovered(series_system(series, "2017-Q2"), STRICT)


def test_the_persons_behind_few_records_are_protected() -> None:
    # Three records of two persons; another result tells that the records are two or three.
    records = FactList(Definition("costs", "x"), STRICT)
    records.cell("records", 3, Cell(value=None), persons=2)
    narrow = FactList(Definition("costs", "y"), STRICT)
    narrow.cell("records", 3, 3, ends=(2, 3), persons=8)
    assert not find_recovered(System.of([records.facts()]), STRICT)
    found = find_recovered(System.of([records.facts(), narrow.facts()]), STRICT)
    assert [each.key for each in found] == ["records|persons"]
