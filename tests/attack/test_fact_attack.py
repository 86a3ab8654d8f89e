"""What rules tell by showing or withholding, and what two results of the same persons tell together.

Each attack works on results that passed the gate one by one. The proof prevents it; and where the fact that
it rests on is taken away, the proof lets the results out and the attack works again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import every_kind as kinds
import numpy as np
import pytest
from exact import as_curves
from inverse import Attack, publish
from perspective_samples import perspectives_of
from test_goal_attack import FINDINGS, SCORES

from hamm_eval.estimate import (
    CountTable,
    Curves,
    Definition,
    DistributionTable,
    EffectByGroup,
    GoalScores,
    Link,
    Model,
    Term,
)
from hamm_eval.release.facts.base import FactList
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import nesting

STRICT, INTERNAL = Policy.strict(), Policy.internal()
ENDPOINT: dict[str, Any] = {
    "endpoint": {"origin": "eligibility", "event": {"table": "tests"}},
    "cohort": {"population": "refugee", "eligible_from": "2015-01-01"},
}
NOW, LATER = "2017-Q1", "2017-Q2"
Mutation = Callable[[pytest.MonkeyPatch], None]


def without_rules(patch: pytest.MonkeyPatch) -> None:
    """Thresholds are no facts."""

    def nothing(self: FactList, key: str, true: int, **more: Any) -> None:
        if key not in self._counts:
            self.untold(key, true)

    patch.setattr(FactList, "by_rule", nothing)


def without_links(patch: pytest.MonkeyPatch) -> None:
    """What other releases tell is linked with nothing."""
    patch.setattr(FactList, "elsewhere", lambda self, *args, **more: None)


def without_levels(patch: pytest.MonkeyPatch) -> None:
    """Levels of groupings are names."""
    patch.setattr(nesting.Level, "read", classmethod(lambda cls, key: None))


def without_days(patch: pytest.MonkeyPatch) -> None:
    """Days on which curves begin are names."""
    patch.setattr(nesting._Binding, "stay", lambda self: None)


def without_measures(patch: pytest.MonkeyPatch) -> None:
    """What costs and tables count of measures is linked with nothing."""
    known = FactList.sum

    def alone(self: FactList, whole: str, parts: Any, **more: Any) -> None:
        if not whole.startswith(BEGUN):
            known(self, whole, parts, **more)

    patch.setattr(FactList, "sum", alone)


BEGUN = "begun:x"


def curve(persons: int, events: int, **other: Any) -> Curves:
    """A curve of all persons at risk."""
    given = {"definition": Definition("curve", "all", ENDPOINT), "horizons": (365,)}
    return replace(as_curves(kinds.group(persons, events)), **(given | other))


# Thresholds.


def a_curve_too_small_and_then_drawn() -> Attack:
    """Of 50 persons, which are 49 to 54, no curve is drawn: 49. A quarter later one is: 50 to 54."""

    def report(then: int, now: int) -> Any:
        return {NOW: [curve(then, 30)], LATER: [curve(now, 30)]}

    others = [(then, now) for then in range(46, 56) for now in range(then, 60)]
    return Attack(report, (49, 52), others, lambda then, now: now - then)


def a_curve_of_few_events_and_then_drawn() -> Attack:
    """Of 100 persons no curve is drawn: too few events, 19; and then one of 20 to 24."""

    def report(then: int, now: int) -> Any:
        return {NOW: [curve(100, then)], LATER: [curve(100, now)]}

    others = [(then, now) for then in range(17, 26) for now in range(then, 28)]
    return Attack(report, (19, 22), others, lambda then, now: now - then)


def a_model_of_few_events_and_then_shown() -> Attack:
    """Of two coefficients with 18 or 19 events none is told, with 20 to 22 both are."""

    def of(events: int) -> Model:
        def term(factor: str, level: str, happened: int) -> Term:
            return Term(factor=factor, level=level, persons=100, events=happened, non_events=100 - happened)

        # The variance of a coefficient: 1 / events of the level and 1 / all others.
        reach = np.exp(1.96 * np.sqrt(1 / 8 + 1 / (events - 8)))
        fit = SimpleNamespace(
            names=("sex=male", "age=old"), hazard_ratio=np.array([1.2, 1.1]), notes=(),
            lower=np.array([1.2, 1.1]) / reach, upper=np.array([1.2, 1.1]) * reach,
        )  # fmt: skip
        return Model(
            definition=Definition("associations", "m"),
            endpoint="language_b1",
            terms=(term("sex", "male", 8), term("age", "old", 8)),
            references=(term("sex", "female", 12), term("age", "young", 12)),
            fit=fit,
            persons=200,
            events=events,
        )

    def report(then: int, now: int) -> Any:
        return {NOW: [of(then)], LATER: [of(now)]}

    others = [(then, now) for then in range(16, 24) for now in range(then, 40)]
    return Attack(report, (19, 21), others, lambda then, now: now - then)


def levels_of_a_model_are_large() -> Attack:
    """Both levels are 15, each of 16 and more; all at risk are at most 36: who is in none is 4 at most."""

    def report(one: int, other: int, lost: int) -> Any:
        def term(level: str, persons: int) -> Term:
            return Term(factor="sex", level=level, persons=persons, events=8, non_events=persons - 8)

        model = replace(
            kinds.model(one + other, 16, missing=kinds.lost(lost)),
            definition=Definition("associations", "m", ENDPOINT),
            terms=(term("male", one),),
            references=(term("female", other),),
        )
        return {NOW: [model, curve(one + other + lost, 16)]}

    others = product(range(12, 20), range(12, 20), range(1, 8))
    return Attack(report, (16, 16, 4), others, lambda one, other, lost: lost)


def t_scores_of_ten_persons() -> Attack:
    """Quartiles of T-scores are of ten persons and more, of the at most 12 with a goal."""

    def report(scored: int, without: int) -> Any:
        definition = Definition("goal_attainment", "scores")
        n = scored + without

        def table(columns: tuple[str, ...], filled: str) -> CountTable:
            return CountTable(
                definition=definition, rows=("work",), columns=columns, row_dimension="domain",
                column_dimension="x", counts=np.array([[n if name == filled else 0 for name in columns]]),
                shares="of_row", additive=False,
            )  # fmt: skip

        scores = GoalScores(
            definition=definition,
            scores=table(SCORES, "0"),
            findings=table(FINDINGS, "met"),
            persons=np.array([n]),
            after_adaptation=np.array([0]),
            t_scores=DistributionTable(
                definition=definition, rows=("work",), row_dimension="domain", probabilities=(0.5,),
                values=np.array([[50.0]]), persons=np.array([scored]), unit="t_score",
            ),
            t_without=np.array([without]),
        )  # fmt: skip
        return {NOW: [scores]}

    return Attack(report, (10, 2), product(range(5, 20), range(1, 8)), lambda scored, without: without)


def a_histogram_of_an_arm_of_fifty() -> Attack:
    """An arm of 50, which is 48 to 52, has 50 and more where its effect is shown: a small bin has 3 to 7."""
    whole = kinds.effect()

    def report(large: int, small: int) -> Any:
        bins = np.zeros_like(whole.fit.overlap.treated)
        bins[0], bins[-1] = large, small
        overlap = replace(whole.fit.overlap, treated=bins)
        many = large + small
        flow = replace(
            whole.flow, counts=np.array([[many + whole.controls + 30], [30], [many + whole.controls]])
        )
        effect = replace(
            whole,
            treated=many,
            events_treated=20,
            departed_treated=10,
            fit=replace(whole.fit, overlap=overlap),
            flow=flow,
        )
        return {NOW: [effect]}

    return Attack(report, (46, 5), product(range(40, 52), range(1, 8)), lambda large, small: small)


def agreement_of_fifty_pairs() -> Attack:
    """Agreement is told of 50 pairs and more, 43 to 47 of whom gave one rating."""

    def report(large: int, small: int) -> Any:
        pairs = np.zeros((5, 5), dtype=np.int64)
        pairs[4, 4], pairs[3, 4] = large, small
        return {NOW: [perspectives_of(pairs, nobody=40)]}

    others = product(range(44, 48), range(1, 8))
    return Attack(report, (46, 5), others, lambda large, small: small)


# Links.


def nested_ages() -> Attack:
    """Those under 25 and those under 30, each from a curve of its own: who is 25 to 29 is the difference."""

    def by(key: str, cuts: list[int], sizes: dict[str, tuple[int, int]]) -> Curves:
        groups = [kinds.group(*size, level) for level, size in sizes.items()]
        details = {**ENDPOINT, "by": {"column": "age", "cuts": cuts, "combine": []}}
        return replace(
            as_curves(*groups, horizons=(365,)),
            definition=Definition("curve", key, details),
            dimension=key,
            ungrouped=0,
        )

    def report(young: int, between: int) -> Any:
        fine = by(
            "age_group",
            [25, 40],
            {"under_25": (young, 20), "25_to_39": (between + 60, 20), "40_and_over": (80, 20)},
        )
        coarse = by("age_class", [30], {"under_30": (young + between, 20), "30_and_over": (140, 40)})
        return {NOW: [fine, coarse]}

    others = product(range(48, 55), range(1, 6))
    return Attack(report, (50, 2), others, lambda young, between: between, INTERNAL)


def some_of_a_level_in_a_model() -> Attack:
    """Women at risk less women in a model: those who lack another entry."""

    def report(women: int, lacking: int, men_lacking: int) -> Any:
        by = {"column": "sex", "cuts": [], "combine": []}
        men = 100 - men_lacking
        drawn = [kinds.group(women + lacking, 9, "female"), kinds.group(100, 9, "male")]
        curves = replace(
            as_curves(*drawn, horizons=(365,)),
            definition=Definition("curve", "by", {**ENDPOINT, "by": by}),
            dimension="sex",
        )

        def term(level: str, persons: int) -> Term:
            return Term(factor="sex", level=level, persons=persons, events=9, non_events=persons - 9)

        model = replace(
            kinds.model(women + men, 18, missing=kinds.lost(lacking + men_lacking)),
            definition=Definition("associations", "m", {**ENDPOINT, "covariates": {"sex": by}}),
            terms=(term("male", men),),
            references=(term("female", women),),
        )
        return {NOW: [curves, model]}

    others = product(range(55, 62), range(1, 12), range(1, 12))
    return Attack(report, (60, 2, 10), others, lambda women, lacking, men_lacking: lacking, INTERNAL)


def curves_that_begin_on_different_days() -> Attack:
    """All from day 21 on, and by sex from day 35 on: who left in between."""

    def report(stayed: int, gone: int) -> Any:
        def from_day(day: float, level: str, *parts: tuple[int, int, int]) -> Any:
            """Groups of so many persons who all leave on a day, with the event or without."""
            sizes, days, causes = (np.array(column) for column in zip(*parts, strict=True))
            time = np.repeat(days, sizes) + np.concatenate([np.arange(n) for n in sizes])
            drawn = kinds.group(int(sizes.sum()), 0, level)
            return replace(drawn, start_at=day, time=time, cause=np.repeat(causes, sizes))

        rest, half = stayed - 40, stayed // 2
        early = from_day(21.0, "all", (gone, 25, 0), (40, 60, 1), (rest, 100, 0))
        groups = (
            from_day(35.0, "f", (20, 60, 1), (half - 20, 100, 0)),
            from_day(35.0, "m", (20, 80, 1), (stayed - half - 20, 100, 0)),
        )
        by = Definition("curve", "by", {**ENDPOINT, "by": {"column": "sex"}})
        apart = curve(1, 1, definition=by, groups=groups, dimension="sex")
        return {NOW: [curve(1, 1, groups=(early,)), apart]}

    others = product(range(118, 122), range(1, 5))
    return Attack(report, (120, 2), others, lambda stayed, gone: gone, INTERNAL)


def levels_merged_once_and_apart_later() -> Attack:
    """Couples together in one quarter, with and without children in the next: who has come."""

    def by(sizes: dict[str, int], merged: tuple[str, ...] = ()) -> Curves:
        groups = [
            replace(kinds.group(persons, 5, level), merged=merged if level == "couple" else ())
            for level, persons in sizes.items()
        ]
        details = {**ENDPOINT, "by": {"column": "household_type", "cuts": [], "combine": []}}
        return replace(
            as_curves(*groups, horizons=(365,)),
            definition=Definition("curve", "household", details),
            dimension="household",
        )

    def report(before: int, came: int, without: int) -> Any:
        then = by({"single": 200, "couple": before}, ("with", "without"))
        now = by({"single": 230, "with": before + came - without, "without": without})
        return {NOW: [then], LATER: [now]}

    others = product([119, 120, 121], range(1, 12), range(45, 60))
    return Attack(report, (120, 2, 50), others, lambda before, came, without: came, INTERNAL)


def line(persons: int, **other: Any) -> Any:
    given = {"persons": persons, "participations": persons, "cost": 1000.0} | other
    return replace(kinds.cost_line(**given), whom=BEGUN)


def participations_of_all_quarters() -> Attack:
    """13 to 17 participations cost something; 13 to 17 of them began in one quarter, few in the other."""

    def report(first: int, second: int) -> Any:
        all_of_them = line(first + second)
        counts = np.array([[first], [second]])
        begun = CountTable(
            definition=Definition("funding", "begun"), rows=("2016-Q4", NOW), columns=("1",),
            row_dimension="quarter", column_dimension="funding_class", counts=counts, unit="participations",
            persons=counts, shares="of_row",
            links=(Link(whole=f"{BEGUN}|class=1|participations", cells=((0, 0), (1, 0)), rest=True),),
        )  # fmt: skip
        funding = replace(kinds.funding(), begun=begun, lines=all_of_them.lines, whom=BEGUN)
        return {NOW: [all_of_them, funding]}

    return Attack(report, (14, 2), product(range(10, 20), range(1, 8)), lambda first, second: second)


def places_of_a_measure_and_its_costs() -> Attack:
    """43 to 47 persons took part under the one class there is; 43 to 47 began with it, few had it second."""

    def report(first: int, second: int) -> Any:
        order = CountTable(
            definition=Definition("participation_patterns", "order"), rows=("course",),
            columns=("first", "second"), row_dimension="measure", column_dimension="place",
            counts=np.array([[first, second]]),
            links=(Link(whole=f"{BEGUN}|measure=course", cells=((0, 0), (0, 1)), rest=True),),
        )  # fmt: skip
        return {NOW: [line(first + second), order]}

    return Attack(report, (44, 2), product(range(38, 50), range(1, 8)), lambda first, second: second)


def arms_of_groups_and_of_the_whole() -> Attack:
    """Both arms are 98 to 102; of these the levels shown are 43 and thrice 18 at least, one is hidden."""
    design = {"measure": "course", "landmark_days": 90, "horizon_days": 365}
    details = {**ENDPOINT, "trial": design, "adjust_for": {}}
    whole = kinds.effect()

    def report(large: int, small: int, controls: int) -> Any:
        both = large + small + controls + 36
        flow = CountTable(
            definition=Definition("measure_effectiveness", "q/flow", details),
            rows=("cohort", "measure_not_begun_before", "complete", "treated", "controls"),
            columns=("persons",), row_dimension="step", column_dimension="",
            counts=np.array([[400], [both], [60], [20], [40]]), additive=False,
        )  # fmt: skip
        effect = replace(
            whole, definition=Definition("measure_effectiveness", "q", details), flow=flow, fit=None,
            treated=20, controls=40, events_treated=10, events_controls=10,
        )  # fmt: skip
        made = kinds.by_group([[large, 18], [small, 18]], effect, effect)
        levels = replace(
            made.groups[0],
            levels=tuple("abc"),
            merged=((), (), ()),
            persons=np.array([[large, controls], [small, 18], [0, 18]]),
            effects=(effect,) * 3,
        )
        groups: EffectByGroup = replace(
            made,
            definition=Definition("effect_by_group", "q", details),
            groups=(levels,),
            arms=(large + small, controls + 36),
        )
        return {NOW: [effect, groups]}

    others = product(range(42, 48), range(1, 8), range(17, 23))
    return Attack(report, (43, 5, 18), others, lambda large, small, controls: small)


def a_cohort_that_is_no_larger() -> Attack:
    """Eligible are 103 to 107; at risk 103 to 108, of whom 103 to 108 are in one group and few in none."""
    policy = STRICT.model_copy(update={"feasible_values": 5})

    def report(grouped: int, outside: int) -> Any:
        persons = grouped + outside
        flow = CountTable(
            definition=Definition("cohort", "attrition", ENDPOINT), rows=("recorded", "eligible_in_window"),
            columns=("persons",), row_dimension="step", column_dimension="",
            counts=np.array([[300], [persons]]), additive=False,
        )  # fmt: skip
        by = curve(
            grouped,
            60,
            definition=Definition("curve", "by", {**ENDPOINT, "by": {"column": "origin"}}),
            dimension="origin",
            ungrouped=outside,
            ungrouped_events=0,
        )
        return {NOW: [flow, curve(persons, 60), by]}

    others = product(range(101, 109), range(1, 8))
    return Attack(report, (103, 3), others, lambda grouped, outside: outside, policy)


ATTACKS: list[tuple[Callable[[], Attack], Mutation]] = [
    (a_curve_too_small_and_then_drawn, without_rules),
    (a_curve_of_few_events_and_then_drawn, without_rules),
    (a_model_of_few_events_and_then_shown, without_rules),
    (levels_of_a_model_are_large, without_rules),
    (t_scores_of_ten_persons, without_rules),
    (a_histogram_of_an_arm_of_fifty, without_rules),
    (agreement_of_fifty_pairs, without_rules),
    (nested_ages, without_levels),
    (some_of_a_level_in_a_model, without_levels),
    (levels_merged_once_and_apart_later, without_levels),
    (curves_that_begin_on_different_days, without_days),
    (participations_of_all_quarters, without_measures),
    (places_of_a_measure_and_its_costs, without_measures),
    (arms_of_groups_and_of_the_whole, without_links),
    (a_cohort_that_is_no_larger, without_links),
]


@pytest.mark.parametrize(("of", "mutation"), ATTACKS, ids=[of.__name__ for of, _ in ATTACKS])
def test_what_is_told_besides_numbers(
    of: Callable[[], Attack], mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack = of()
    others = list(attack.others)
    attack = replace(attack, others=others)
    # The gate shows each result for itself: turned round, they tell the secret.
    assert attack.tells({})
    # The proof hides more, and they do not.
    hidden = publish(attack.report(*attack.true), attack.policy)
    assert hidden
    assert not attack.tells(hidden)
    # Without the fact it would have let them out as they are.
    mutation(monkeypatch)
    assert publish(attack.report(*attack.true), attack.policy) == {}
