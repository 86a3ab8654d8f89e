from __future__ import annotations

import numpy as np
import pytest
from linked import EXACT, STRICT, facts, ranges, shown, table

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.facts import Count, Sum
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import System, Unmendable, find_recovered, hide_until_safe, repair
from hamm_eval.release.proof.attack import Programs


def margins(counts: np.ndarray, policy: Policy) -> System:
    """A cross table with its margins and its total."""
    rows, columns = counts.shape
    named = {f"{i}{j}": int(counts[i, j]) for i in range(rows) for j in range(columns)}
    named |= {f"row{i}": int(counts[i].sum()) for i in range(rows)}
    named |= {f"column{j}": int(counts[:, j].sum()) for j in range(columns)}
    named["all"] = int(counts.sum())
    sums = [Sum(whole=f"row{i}", parts=tuple(f"{i}{j}" for j in range(columns))) for i in range(rows)]
    sums += [Sum(whole=f"column{j}", parts=tuple(f"{i}{j}" for i in range(rows))) for j in range(columns)]
    sums.append(Sum(whole="all", parts=tuple(f"row{i}" for i in range(rows))))
    return System.of([facts(table(named, policy), sums)])


def hidden_in(system: System) -> list[str]:
    return [key for key, count in system.counts.items() if count.hidden]


@pytest.mark.parametrize("policy", [EXACT, STRICT], ids=["exact", "rounded"])
def test_the_programs_find_what_enumeration_finds(policy: Policy) -> None:
    rng = np.random.default_rng(1)
    compared = 0
    for _ in range(25):
        highest = 7 if policy is EXACT else 13
        system = margins(rng.integers(0, highest, size=(2, 2)), policy)
        hidden = [key for key in hidden_in(system) if len(key) == 2]
        expected = ranges(system, hidden, largest=40)
        for part in system.parts():
            programs = Programs(part)
            for key in part.counts.keys() & set(hidden):
                assert (programs.least(key), programs.greatest(key)) == expected[key]
                compared += 1
    assert compared > 15


def test_a_program_whose_linear_optimum_is_no_whole_number_is_solved_in_whole_numbers() -> None:
    # Three pairs of three counts: half of (9 + 10 - 10) would be 4.5.
    counts = [Count(key=key, low=1, high=7, hidden=True) for key in "abc"]
    pairs = {"ab": (9, 10), "bc": (10, 10), "ac": (10, 10)}
    counts += [Count(key=key, low=low, high=high, value=low) for key, (low, high) in pairs.items()]
    (part,) = System.of([facts(counts, [Sum(whole=pair, parts=tuple(pair)) for pair in pairs])]).parts()
    programs = Programs(part)
    objective = np.eye(len(part.counts))[list(part.counts).index("a")]
    assert programs._optimum(objective, whole=False)[1] == pytest.approx(4.5)
    assert programs.least("a") == programs.greatest("a") == 5


@pytest.mark.parametrize("policy", [EXACT, STRICT], ids=["exact", "rounded"])
def test_after_hiding_enumeration_recovers_nothing_either(policy: Policy) -> None:
    rng = np.random.default_rng(2)
    repaired = 0
    for _ in range(25):
        counts = rng.integers(0, 9, size=(2, 2)) if policy is EXACT else rng.integers(1, 16, size=(2, 2))
        system = margins(counts, policy)
        keys = hide_until_safe(system, policy)
        repaired += bool(keys)
        for key in keys:
            system = system.hiding(key, policy.largest_hidden_count)
        assert find_recovered(system, policy) == ()
        hidden = [key for key in hidden_in(system) if len(key) == 2]
        if policy is STRICT and sum(count.high is None for count in system.counts.values()) > 1:
            continue  # too many to enumerate
        for low, high in ranges(system, hidden, largest=40).values():
            assert high - low + 1 >= min(policy.feasible_values, policy.largest_hidden_count)
    assert repaired > 3


def test_the_loss_is_near_the_smallest_possible_one() -> None:
    rng = np.random.default_rng(3)
    chosen, least = 0, 0
    for _ in range(6):
        system = margins(rng.integers(1, 9, size=(2, 3)), EXACT)
        keys = hide_until_safe(system, EXACT)
        if not keys:
            continue
        chosen += len(keys)
        least += _fewest(system)
    assert least > 4
    assert chosen <= 1.5 * least


def _fewest(system: System) -> int:
    """The fewest numbers that must be hidden, by trying all."""
    from itertools import combinations

    shown_ones = [key for key, count in system.counts.items() if count.shown]
    for many in range(1, 4):
        for keys in combinations(shown_ones, many):
            trial = system
            for key in keys:
                trial = trial.hiding(key, EXACT.largest_hidden_count)
            if not find_recovered(trial, EXACT):
                return many
    return 4


def test_two_tables_that_name_the_same_persons_are_attacked_together() -> None:
    # One table hides a count and tells no total; the other is of the same persons and tells it.
    first = facts(
        [shown("x", 505, STRICT), shown("y", 2, STRICT, 1), Count(key="all", low=0, high=None, told=False)],
        [Sum(whole="all", parts=("x", "y"))],
        "a:first",
    )
    second = facts([shown("all", 507, STRICT)], release="a:second")
    assert not find_recovered(System.of([first]), STRICT)
    assert not find_recovered(System.of([second]), STRICT)
    (found,) = find_recovered(System.of([first, second]), STRICT)
    assert (found.key, found.releases) == ("y", ("a:first", "a:second"))
    (key,) = hide_until_safe(System.of([first, second]), STRICT)
    assert key in ("x", "all")


def test_what_nobody_shows_is_protected_too() -> None:
    # Two steps of a flow, exact: one person was left out.
    counts = [shown("before", 120, EXACT), shown("after", 119, EXACT, 1)]
    out = Count(key="out", low=0, high=None, told=False)
    flow = Sum(whole="before", parts=("after", "out"))
    assert [found.key for found in find_recovered(System.of([facts([*counts, out], [flow])]), EXACT)] == [
        "out"
    ]
    # Ten left out are no small number; none left out says nothing of anyone; rounded it cannot be told.
    for after, policy in ((110, EXACT), (120, EXACT), (119, STRICT)):
        counts = [shown("before", 120, policy), shown("after", after, policy, 1)]
        assert not find_recovered(System.of([facts([*counts, out], [flow])]), policy)


def test_a_hidden_number_in_no_sum_keeps_its_values_and_one_told_twice_may_not() -> None:
    assert not find_recovered(System.of([facts([shown("x", 3, STRICT)])]), STRICT)
    narrow = Count(key="x", low=2, high=4)
    told_twice = System.of([facts([shown("x", 3, STRICT)]), facts([narrow], release="c:d")])
    assert [found.key for found in find_recovered(told_twice, STRICT)] == ["x"]


def test_results_that_cannot_both_be_are_refused_by_name() -> None:
    one, other = (
        facts([shown("x", 40, STRICT)], release="a:one"),
        facts([shown("x", 90, STRICT)], release="a:two"),
    )
    with pytest.raises(ReleaseRefused, match="a:one and a:two"):
        System.of([one, other])
    parts = [shown("x", 40, STRICT), shown("y", 3, STRICT), shown("all", 200, STRICT)]
    impossible = System.of([facts(parts, [Sum(whole="all", parts=("x", "y"))])])
    with pytest.raises(ReleaseRefused, match="cannot all be"):
        find_recovered(impossible, STRICT)


def test_what_cannot_be_mended_is_refused_and_names_the_results() -> None:
    known = Count(key="all", low=50, high=50, value=50)  # has no place where it could be hidden
    counts = [shown("x", 3, EXACT), Count(key="y", low=49, high=49, value=49), known]
    counts[0] = Count(key="x", low=1, high=2, hidden=True)
    with pytest.raises(ReleaseRefused, match="a:b") as refused:
        hide_until_safe(System.of([facts(counts, [Sum(whole="all", parts=("x", "y"))])]), EXACT)
    assert "49" not in str(refused.value)


def test_what_no_hiding_mends_is_told_at_once_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of many numbers near by none helps: what tells the count has no place. Another count could be mended.
    fixed = Count(key="all", low=50, high=50, value=50)
    counts = [Count(key="x", low=1, high=2, hidden=True), Count(key="y", low=49, high=49, value=49), fixed]
    near = [shown(f"n{at}", 60 + at, EXACT, at) for at in range(30)]
    bound = [Sum(whole=count.key, parts=("y",), rest=True) for count in near]
    mendable = [shown("a", 2, EXACT), shown("b", 40, EXACT, 1), shown("ab", 42, EXACT, 2)]
    sums = [Sum(whole="ab", parts=("a", "b")), Sum(whole="n0", parts=("a",), rest=True)]
    other = facts(mendable, sums, "c:d")
    system = System.of([facts([*counts, *near], [Sum(whole="all", parts=("x", "y")), *bound]), other])
    assert {found.key for found in find_recovered(system, EXACT)} == {"a", "x"}
    tried: list[str] = []
    looked = repair._next
    monkeypatch.setattr(repair, "_next", lambda *given: tried.append("") or looked(*given))
    with pytest.raises(Unmendable) as refused:
        hide_until_safe(system, EXACT)
    assert refused.value.releases == ("a:b",)
    assert tried == []
