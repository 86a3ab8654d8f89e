"""Levels of groupings of the same persons are bound by what they hold."""

from __future__ import annotations

import pytest
from linked import facts

from hamm_eval.release.facts import Count, Sum
from hamm_eval.release.facts.levels import Level, level_key, level_of
from hamm_eval.release.proof import System, levels_in_every_quarter
from hamm_eval.release.proof.attack import Programs
from hamm_eval.release.proof.nesting import nested

AGE = {"column": "age", "cuts": [25, 35], "combine": []}
COARSE = {"column": "age", "cuts": [30], "combine": []}
SCHOOLING = {"column": "schooling", "combine": [{"into": "none_or_primary", "of": ["none", "primary"]}]}


def exactly(key: str, value: int) -> Count:
    return Count(key=key, low=value, high=value, value=value)


def test_keys_say_what_a_level_holds_whatever_it_is_called() -> None:
    assert level_of("x", "age_group", "under_25", AGE) == level_of("x", "ages", "under_25", AGE)
    assert level_of("x", "a", "low", SCHOOLING, ["none", "primary"]) == level_of(
        "x", "b", "none_or_primary", SCHOOLING
    )
    assert level_of("x", "sex", "male") == level_key("x", "sex", ["male"])
    # Whatever stands in data is a value, and no part of the key's own form.
    odd = level_key("x", "sex", ["a];[b|c@d"])
    level = Level.read(odd)
    assert level is not None
    assert (level.values, level.key) == (frozenset(["a];[b|c@d"]), odd)


def test_fine_and_coarse_ages_divide_each_other() -> None:
    fine = [level_of("x", "fine", name, AGE) for name in ("under_25", "25_to_34", "35_and_over")]
    coarse = [level_of("x", "coarse", name, COARSE) for name in ("under_30", "30_and_over")]
    made, sums = nested([*fine, *coarse], [])
    between = {level_key("x", "age", [name]) for name in ("25..30", "30..35")}
    assert {count.key for count in made} == between
    assert all(not count.told for count in made)
    divided = {total.whole: set(total.parts) for total in sums}
    assert divided == {
        fine[1]: between,
        coarse[0]: {fine[0], level_key("x", "age", ["25..30"])},
        coarse[1]: {level_key("x", "age", ["30..35"]), fine[2]},
    }
    # Levels of other persons, of another column and of another quarter are other levels.
    assert nested([fine[0], coarse[0].replace("x|", "y|")], []) == ((), ())
    assert nested([f"{fine[0]}@2017-Q1", f"{coarse[0]}@2017-Q2"], []) == ((), ())
    assert nested(fine, []) == ((), ())


def test_events_are_nested_as_persons_are() -> None:
    keys = [level_of("x", "a", "under_25", AGE) + "|event", level_of("x", "b", "under_30", COARSE) + "|event"]
    (_, (total,)) = nested(keys, [])
    assert (total.whole, total.parts) == (keys[1], (keys[0], level_key("x", "age", ["25..30"]) + "|event"))


def test_some_of_everyone_are_some_of_each_level() -> None:
    of_all = [level_of("all", "fine", name, AGE) for name in ("under_25", "25_to_34", "35_and_over")]
    inside = level_of("model", "coarse", "under_30", COARSE)
    counts = [exactly(key, size) for key, size in zip([*of_all, "all"], (40, 20, 60, 120), strict=True)]
    counts += [exactly("model", 100), Count(key=inside, low=0, high=None)]
    model = Sum(whole="all", parts=("model",), rest=True)
    system = System.of([facts(counts, [Sum(whole="all", parts=tuple(of_all)), model])])
    programs = Programs(system)
    # At most all under 25 and all from 25 to 34.
    assert programs.greatest(inside) == 60
    assert programs.least(level_key("all", "age", ["25..30"])) == 0


def test_who_is_seen_later_was_seen_before() -> None:
    counts = [exactly("x|after 21", 120), exactly("x|after 35", 117), exactly("y|after 50", 119)]
    system = System.of([facts(counts)])
    gone = "x|after 21|gone by 35"
    assert Programs(system).least(gone) == Programs(system).greatest(gone) == 3
    assert len(system.sums) == 1


def test_a_sum_with_a_count_that_nobody_tells_is_none() -> None:
    some = Sum(whole="everyone", parts=("x",), rest=True)
    assert System.of([facts([exactly("x", 40)], [some])]).sums == ()
    assert System.of([facts([exactly("x", 40), exactly("everyone", 50)], [some])]).sums == (some,)


@pytest.mark.parametrize("grows", [True, False])
def test_a_level_merged_in_one_quarter_is_named_in_the_others(grows: bool) -> None:
    together = level_key("x", "household", ["a", "b"])
    apart = [level_key("x", "household", [name]) for name in "ab"]

    def quarter(*keys: str) -> tuple:  # type: ignore[type-arg]
        return (facts([Count(key=key, low=40, high=44, value=42, grows=grows) for key in keys]),)

    series = levels_in_every_quarter({"2017-Q1": quarter(together), "2017-Q2": quarter(*apart)})
    named = [{count.key for told in series[name] for count in told.counts} for name in sorted(series)]
    assert named == ([{together, *apart}] * 2 if grows else [{together}, set(apart)])
