"""An intruder with all reports of a series, who takes each printed number as the interval it stands for.

Nothing of the project's facts or proof is used to attack: the intruder knows the rules by which numbers are
rounded, the definitions, and that a cohort only grows. What is tested is that it suffices without the gate,
or without one of its parts, and not with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import every_kind as kinds
import numpy as np
import pandas as pd
import pytest
from inverse import Report, publish
from perspective_samples import agreement_of, perspectives_of
from scipy.optimize import Bounds, LinearConstraint, milp
from test_volunteers import City, asked

from hamm_eval.analysis.volunteers import volunteer_coverage
from hamm_eval.effects import estimate_effect
from hamm_eval.estimate import CountTable, Definition, Effect, EffectByGroup, Estimate, Responses
from hamm_eval.release import balance
from hamm_eval.release.facts import perspectives
from hamm_eval.release.facts.base import FactList
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import conceal

STRICT, INTERNAL = Policy.strict(), Policy.internal()
FEW, SMALL = 6, 7
Q1, Q2 = "2017-Q1", "2017-Q2"

Range = tuple[float, float]
Expression = Mapping[str, float]


def behind(cell: Any, *, midpoints: bool = False, exact: bool = False) -> Range:
    """Numbers that are printed like this one."""
    if cell is None or cell.linked or not cell.recorded:
        return 0, np.inf
    largest = 2 if exact else SMALL
    if cell.value is None:
        return 1, largest
    if exact or not cell.value:
        return cell.value, cell.value
    if not midpoints:
        return max(cell.value - 2, largest + 1), cell.value + 2
    alike = [
        n
        for n in range(largest + 1, cell.value + 12)
        if (2 * (-(-n // 6) * 6 - 3) + 5) // 10 * 5 == cell.value
    ]
    return alike[0], alike[-1]


class Intruder:
    """Numbers, each within an interval, and what they add up to."""

    def __init__(self) -> None:
        self._ranges: dict[str, Range] = {}
        self._sums: list[tuple[Expression, Range]] = []

    def sees(self, name: str, cell: Any, **how: bool) -> None:
        low, high = behind(cell, **how)
        least, most = self._ranges.get(name, (0, np.inf))
        self._ranges[name] = max(low, least), min(high, most)

    def knows(self, expression: Expression, low: float = 0, high: float = np.inf) -> None:
        for name in expression:
            self._ranges.setdefault(name, (0, np.inf))
        self._sums.append((expression, (low, high)))

    def adds_up(self, whole: str, parts: Iterable[str]) -> None:
        self.knows({whole: -1, **dict.fromkeys(parts, 1)}, 0, 0)

    def concludes(self, expression: Expression) -> Range:
        """The least and the greatest value that is possible."""
        names = list(self._ranges)
        row = lambda of: np.array([of.get(name, 0.0) for name in names])  # noqa: E731
        known = [LinearConstraint(row(of), *ends) for of, ends in self._sums]
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * row(expression),
                constraints=known,
                bounds=Bounds(*zip(*self._ranges.values(), strict=True)),
                integrality=np.ones(len(names)),
            )
            assert found.x is not None or found.status in (3, 4), "what is printed contradicts itself"
            ends.append(sign * np.inf * -1 if found.x is None else round(sign * found.fun))
        return ends[0], ends[1]

    def tells(self, expression: Expression) -> bool:
        """Whether a number is known to be small, not 0, and too exactly."""
        low, high = self.concludes(expression)
        return low >= 1 and high <= SMALL and high - low + 1 < FEW


def seen(report: Report, hidden: Mapping[str, Any], policy: Policy = STRICT) -> dict[str, list[Any]]:
    """What readers have in hands; None for a result that is withheld whole."""
    found: dict[str, list[Any]] = {}
    for quarter, estimates in report.items():
        for each in estimates:
            places = hidden.get(f"{each.definition.id}@{quarter}", ())
            shown = None if places is None else conceal(release(each, policy), places)
            found.setdefault(quarter, []).append(shown)
    return found


# Ratings: who came to a group between two quarters. The groups add up to the number beside them, for that
# nobody lacks an entry is known.


def ratings(women: int, men: int) -> Any:
    """So many whose participation has ended, 60 of them rated from both sides."""
    pairs = np.zeros((5, 5), dtype=np.int64)
    pairs[4, 4], pairs[3, 3] = 40, 20
    levels = tuple(
        Responses(dimension="sex", level=level, persons=persons, given=(30, 30))
        for level, persons in (("female", women), ("male", men))
    )
    return perspectives_of(pairs, nobody=women + men - 60, levels=levels, of=agreement_of(pairs))


def men_who_came(quarters: Mapping[str, list[Any]]) -> tuple[Intruder, Expression]:
    intruder = Intruder()
    for quarter, (shown,) in quarters.items():
        intruder.sees(f"all {quarter}", shown.persons)
        for level in shown.responses[1:]:
            intruder.sees(f"{level.level} {quarter}", level.persons)
        intruder.adds_up(f"all {quarter}", [f"female {quarter}", f"male {quarter}"])
    return intruder, {f"male {Q2}": 1, f"male {Q1}": -1}


# 58 women and 58 men, printed as 60 and 60 of 115; then 67 and 62, printed as 65 and 60 of 130.
RATED: Report = {Q1: [ratings(58, 58)], Q2: [ratings(67, 62)]}


# Pairs of ratings by how far they lie apart are all pairs, as those by either rating are.


def pairs_of(alike: tuple[int, int, int], refugee_one_more: tuple[int, int, int]) -> Any:
    pairs = np.zeros((5, 5), dtype=np.int64)
    for rating, (same, more) in enumerate(zip(alike, refugee_one_more, strict=True), start=1):
        pairs[rating, rating], pairs[rating, rating + 1] = same, more
    return perspectives_of(pairs)


def apart(quarters: Mapping[str, list[Any]]) -> tuple[Intruder, Expression]:
    intruder = Intruder()
    for quarter, (shown,) in quarters.items():
        intruder.sees(f"all {quarter}", shown.persons)
        intruder.knows({f"all {quarter}": 1, f"pairs {quarter}": -1})
        told = shown.agreement
        for what, cells in (("worker", enumerate(told.worker)), ("apart", told.apart)):
            names = []
            for name, cell in cells:
                names.append(f"{what} {name} {quarter}")
                intruder.sees(names[-1], cell)
            if names:
                intruder.adds_up(f"pairs {quarter}", names)
    return intruder, {f"apart refugee_1 {Q2}": 1, f"apart refugee_1 {Q1}": -1}


# 58 of 116 are of one mind, 58 apart; then 67 and 62 of 129, whom the ratings of workers count again.
APART: Report = {Q1: [pairs_of((15, 16, 27), (15, 17, 26))], Q2: [pairs_of((17, 20, 30), (16, 18, 28))]}


# Arms of an effect: both groups divide the same persons.

DESIGN = {"measure": "course", "landmark_days": 90, "horizon_days": 365}
DETAILS = {
    "endpoint": {"origin": "eligibility", "event": {"table": "tests"}},
    "cohort": {"population": "refugee", "eligible_from": "2015-01-01"},
    "trial": DESIGN,
    "adjust_for": {"sex": {"column": "sex"}},
}


def arms_by(treated: Mapping[str, list[int]], others: int = 2) -> EffectByGroup:
    """Levels of the treated, group by group; controls by the hundred, as many in each group."""
    most = max(map(len, treated.values()))
    part = replace(kinds.effect(), fit=None, failures=())
    groups = []
    for dimension, counts in treated.items():
        made = kinds.by_group([[100, 100]] * 2, part, part, dimension=dimension).groups[0]
        controls = [100] * (len(counts) - 1) + [100 * (most - len(counts) + 1)]
        groups.append(
            replace(
                made,
                levels=tuple(f"{dimension}{k}" for k in range(len(counts))),
                merged=((),) * len(counts),
                persons=np.array([counts, controls]).T,
                effects=(part,) * len(counts),
            )
        )
    return replace(
        kinds.by_group([[100, 100]] * 2, part, part),
        definition=Definition("effect_by_group", "q", DETAILS),
        groups=tuple(groups),
        arms=(sum(next(iter(treated.values()))), 100 * most),
    )


def sees_arms(intruder: Intruder, shown: Any) -> None:
    for group in shown.groups if shown else ():
        for level in group.levels:
            intruder.sees(level.level, level.treated)
        intruder.adds_up("treated", [level.level for level in group.levels])


def few_of_an_age(quarters: Mapping[str, list[Any]]) -> tuple[Intruder, Expression]:
    intruder = Intruder()
    sees_arms(intruder, quarters[Q1][0])
    return intruder, {"age1": 1}


# 101 to 109 by sex; 93 to 97 are of one age, so that at least 4 are of the other.
AGES: Report = {Q1: [arms_by({"sex": [58, 43], "age": [94, 7]})]}


# Arms of an effect are those of its groups, less those whose characteristics are too rare.


def compared(treated: int, controls: int, begun: int, fit: Any = None) -> Effect:
    flow = CountTable(
        definition=Definition("measure_effectiveness", "q/flow", DETAILS),
        rows=("cohort", "measure_not_begun_before", "covariates_known", "treated", "controls"),
        columns=("persons",), row_dimension="step", column_dimension="", additive=False,
        counts=np.array([[800], [begun], [treated + controls], [treated], [controls]]),
    )  # fmt: skip
    return replace(
        kinds.effect(), definition=Definition("measure_effectiveness", "q", DETAILS), flow=flow, fit=fit,
        treated=treated, controls=controls, events_treated=30, events_controls=30,
    )  # fmt: skip


def left_out(quarters: Mapping[str, list[Any]]) -> tuple[Intruder, Expression]:
    intruder = Intruder()
    effect, groups = quarters[Q1]
    sees_arms(intruder, groups)
    for row, (cell,) in zip(effect.flow.rows, effect.flow.cells, strict=True) if effect else ():
        intruder.sees(row if row in ("covariates_known", "controls") else f"of {row}", cell)
    intruder.adds_up("covariates_known", ["of treated", "controls"])
    intruder.knows({"treated": 1, "of treated": -1})
    return intruder, {"treated": 1, "of treated": -1}


# By sex at least 101 are treated, by age at most; compared are 96 or 97, for both arms are 193 at least.
RARE: Report = {Q1: [compared(97, 97, 401), arms_by({"sex": [58, 43], "age": [32, 32, 37]})]}


# Support by volunteers: both tables are of the persons of a quarter.


def supported() -> Iterator[Estimate]:
    city = City(["2016-04-01"] * 107)
    spells = [(f"p{i}", "mentorship" if i < 7 else "errands", "2016-05-01", None) for i in range(13)]
    city.support(*spells)
    label = {"de": "x", "en": "x"}
    params = asked(
        volunteers={
            key: {"label": label, "kinds": of, "reporting_delay_days": 0}
            for key, of in (("any", ["mentorship", "errands"]), ("mentorship", ["mentorship"]))
        }
    )
    for key in ("any", "mentorship"):
        yield volunteer_coverage(city.file, params, key)


def few_mentored(quarters: Mapping[str, list[Any]]) -> tuple[Intruder, Expression]:
    intruder = Intruder()
    for table in quarters[Q1]:
        row = table.rows.index("2016-Q2")
        names = [f"{table.id} {column}" for column in table.columns]
        for name, cell in zip(names, table.cells[row], strict=True):
            intruder.sees(name, cell)
        intruder.adds_up("there", names)
    return intruder, {f"{quarters[Q1][1].id} supported": 1}


Asks = Callable[[Mapping[str, list[Any]]], tuple[Intruder, Expression]]


def without_entries_known(patch: pytest.MonkeyPatch) -> None:
    """Levels are some of the persons, however many: as if nobody knew whether some lack an entry."""
    patch.setattr(FactList, "divided", FactList.left)


def without_pairs_apart(patch: pytest.MonkeyPatch) -> None:
    """Of pairs nothing is declared but the ratings."""
    patch.setattr(perspectives, "_apart", lambda *args: None)


def without_names_for_the_rest(patch: pytest.MonkeyPatch) -> None:
    """What a difference to another result leaves is protected by nothing."""
    known = FactList.elsewhere

    def unnamed(self: FactList, whole: str, parts: Any, *, rest: bool = True, left: str = "") -> None:
        known(self, whole, parts, rest=rest)

    patch.setattr(FactList, "elsewhere", unnamed)


@pytest.mark.parametrize(
    ("report", "asks", "without"),
    [
        (lambda: RATED, men_who_came, without_entries_known),
        (lambda: APART, apart, without_pairs_apart),
        (lambda: AGES, few_of_an_age, without_entries_known),
        (lambda: RARE, left_out, without_names_for_the_rest),
        (lambda: {Q1: list(supported())}, few_mentored, None),
    ],
    ids=["ratings by group", "pairs apart", "arms by group", "arms compared", "volunteers"],
)
def test_results_of_the_same_persons(
    report: Callable[[], Report], asks: Asks, without: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = report()
    # Each result has passed the gate for itself: together they tell.
    intruder, secret = asks(seen(made, {}))
    assert intruder.tells(secret)
    hidden = publish(made, STRICT)
    intruder, secret = asks(seen(made, hidden))
    assert not intruder.tells(secret)
    # Without the fact the proof would have let them out.
    if without is not None:
        without(monkeypatch)
        intruder, secret = asks(seen(made, publish(made, STRICT)))
        assert intruder.tells(secret)


def test_of_a_flow_the_unknown_are_no_step() -> None:
    """399 of 400 are compared, though of 30 a characteristic is unknown: one has a rare one."""
    effect = compared(199, 200, 400)
    rows = ("cohort", "measure_not_begun_before", "unknown:sex", "covariates_imputed", "treated", "controls")
    counts = np.array([[800], [400], [30], [399], [199], [200]])
    exact = replace(effect, flow=replace(effect.flow, rows=rows, counts=counts))
    assert publish({Q1: [exact]}, INTERNAL)


# Balance before weighting: two counts of each level in one figure.


def fit_of(treated: tuple[int, int], controls: tuple[int, int]) -> Any:
    """Shares of a level in both arms, and what the difference of these shares is."""
    shares = [count / persons for count, persons in (treated, controls)]
    spread = np.sqrt(
        sum(p * (1 - p) * n / (n - 1) for p, (_, n) in zip(shares, (treated, controls), strict=True)) / 2
    )
    found = SimpleNamespace(
        names=("sex=female",),
        smd=np.array([(shares[0] - shares[1]) / spread]),
        mean_treated=np.array(shares[:1]),
        mean_control=np.array(shares[1:]),
    )
    return SimpleNamespace(
        balance_before=found, balance=SimpleNamespace(names=found.names, smd=np.array([0.004]))
    )


def printed(women: int, treated: int, others: int, controls: int) -> float:
    effect: Any = SimpleNamespace(
        fit=fit_of((women, treated), (others, controls)), treated=treated, controls=controls
    )
    (row,) = balance.release_balance(effect, STRICT)
    return row.before


def numbers_left(true: tuple[int, int, int, int], *, with_balance: bool) -> list[int]:
    """How many values are left to women treated, treated, women among controls, and controls."""

    def rounded(count: int) -> int:
        return 0 if count <= SMALL else (2 * count + 5) // 10 * 5

    def counts(women: int, treated: int, others: int, controls: int) -> list[int]:
        told = (women, treated - women, treated, others, controls - others, controls, treated + controls)
        return list(map(rounded, told))

    def near(count: int) -> range:
        return range(1, SMALL + 1) if count <= SMALL else range(max(count - 4, SMALL + 1), count + 5)

    alike = [tried for tried in product(*map(near, true)) if counts(*tried) == counts(*true)]
    if with_balance:
        before = printed(*true)
        alike = [tried for tried in alike if printed(*tried) == before]
    return [len({tried[at] for tried in alike}) for at in range(4)]


# As published: 69 of 240 treated and 148 of 372 controls; and few, hidden where arms are told by group.
BALANCED = [(69, 240, 148, 372), (6, 61, 101, 299)]


@pytest.mark.parametrize("true", BALANCED)
def test_balance_before_weighting_tells_no_more_than_the_counts_beside_it(
    true: tuple[int, int, int, int],
) -> None:
    assert numbers_left(true, with_balance=True) == numbers_left(true, with_balance=False)


@pytest.mark.parametrize("true", BALANCED)
def test_the_attack_works_on_differences_of_exact_shares(
    true: tuple[int, int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def exact(treated: float, control: float, effect: Any, policy: Policy) -> float:
        return float(effect.fit.balance_before.smd[0])

    monkeypatch.setattr(balance, "_of_counts", exact)
    assert numbers_left(true, with_balance=False)[0] >= 5
    assert numbers_left(true, with_balance=True)[0] <= 2


def test_a_level_that_is_adjusted_for_is_none_of_the_smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six treated women are printed as at most 7; that sex is adjusted for says that there are 5."""
    rng = np.random.default_rng(3)
    treated = np.repeat([1, 0], [60, 200])
    women = np.concatenate([np.arange(60) < 6, np.arange(200) < 90]).astype(float)
    fit = estimate_effect(
        (rng.random(260) < 0.4).astype(int),
        treated,
        pd.DataFrame({"sex=female": women}),
        outcome_family="binomial",
    )
    whole = compared(60, 200, 260, fit)
    groups = arms_by({"sex": [6, 54]})
    named = replace(groups.groups[0], levels=("female", "male"), persons=np.array([[6, 90], [54, 110]]))
    report = {Q1: [whole, replace(groups, groups=(named,), arms=(60, 200))]}

    def least_and_most(hidden: Mapping[str, Any]) -> Range:
        effect, shown = seen(report, hidden)[Q1]
        intruder = Intruder()
        intruder.sees("women", shown.groups[0].levels[0].treated if shown else None)
        if effect and any(row.covariate == "sex=female" for row in effect.balance):
            intruder.knows({"women": 1}, 5)
        return intruder.concludes({"women": 1})

    assert least_and_most({}) == (5, 7)
    low, high = least_and_most(publish(report, STRICT))
    assert high - low + 1 >= FEW


# What holds: a number printed in two quarters, one person more in the later, and the sums it stands in.


def goals(met: int) -> list[Estimate]:
    return [kinds.goals(200, met, adapted=40)]


def sees_goals(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    (found,) = shown
    for k, curve in enumerate(found.curves.curves):
        intruder.sees(f"persons {quarter}", curve.persons, midpoints=not exact, exact=exact)
        intruder.sees(f"secret {quarter}", curve.events, midpoints=not exact, exact=exact)
        assert k < 2
    intruder.sees(f"after {quarter}", found.attained_adapted, midpoints=not exact, exact=exact)
    intruder.knows({f"secret {quarter}": 1, f"after {quarter}": -1})


def states(there: int) -> list[Estimate]:
    return [kinds.states((120, there, 40))]


def sees_states(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    (found,) = shown
    base = found.known[0].value
    for state, share in zip(found.states, found.shares[0], strict=True):
        name = f"secret {quarter}" if state == "there" else f"{state} {quarter}"
        step = 1 if exact else 5
        alike = [n for n in range(0, base + 1, step) if abs(n / base - share.value) <= 0.005 + 1e-9]
        intruder.knows({name: 1}, alike[0] - step // 2, alike[-1] + step // 2)
    intruder.sees(f"known {quarter}", found.known[0], exact=exact)
    intruder.sees(f"known {quarter}", found.persons, exact=exact)
    parts = [f"coming {quarter}", f"secret {quarter}", f"left {quarter}"]
    intruder.adds_up(f"known {quarter}", parts)


def costs(persons: int) -> list[Estimate]:
    return [kinds.cost_line(persons=persons, participations=persons)]


def sees_costs(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    (line,) = shown[0].lines
    intruder.sees(f"secret {quarter}", line.persons, exact=exact)
    # One participation a person, at a price that is known: the amount is a number once more.
    intruder.sees(f"without {quarter}", line.without_cost, exact=exact)


def access(entered_before: int) -> list[Estimate]:
    return [kinds.access(prevalent=entered_before)]


def sees_access(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    intruder.sees(f"secret {quarter}", shown[0].prevalent[0], exact=exact)
    intruder.sees(f"at risk {quarter}", shown[0].curves.curves[0].persons, midpoints=not exact, exact=exact)


def funnel(persons: int) -> list[Estimate]:
    other = replace(kinds.funnel(persons, dimension="social_space"), column="social_space")
    return [kinds.funnel(persons), replace(other, definition=Definition("providers", "goal/social_space"))]


def sees_funnel(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    provider, space = (found.groups for found in shown)
    for side, groups in (("provider", provider), ("space", space)):
        names = ["secret" if side == "provider" and k == 1 else f"{side}{k}" for k in range(len(groups))]
        for name, group in zip(names, groups, strict=True):
            intruder.sees(f"{name} {quarter}", group.persons, exact=exact)
        intruder.adds_up(f"all {quarter}", [f"{name} {quarter}" for name in names])


def model(men: int) -> list[Estimate]:
    return [kinds.model(persons=men + 90, level=(men, 25, men - 25))]


def sees_model(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    found = shown[0]
    intruder.sees(f"all {quarter}", found.persons, exact=exact)
    for term in found.terms:
        name = "secret" if term.level == "male" else term.level
        intruder.sees(f"{name} {quarter}", term.persons, exact=exact)
    intruder.adds_up(f"all {quarter}", [f"secret {quarter}", f"female {quarter}"])


def closed(begun: int) -> list[Estimate]:
    return [kinds.funding(begun)]


def sees_closed(intruder: Intruder, quarter: str, shown: list[Any], exact: bool) -> None:
    cells = shown[0].begun.cells
    intruder.sees(f"secret {quarter}", cells[0][0], exact=exact)
    intruder.sees(f"later {quarter}", cells[1][0], exact=exact)


Family = tuple[Callable[[int], list[Estimate]], Callable[[Intruder, str, list[Any], bool], None], range]

FAMILIES: dict[str, Family] = {
    "goals": (goals, sees_goals, range(100, 106)),
    "states": (states, sees_states, range(60, 65)),
    "costs": (costs, sees_costs, range(200, 205)),
    "access": (access, sees_access, range(40, 45)),
    "funnel": (funnel, sees_funnel, range(143, 148)),
    "model": (model, sees_model, range(80, 85)),
    "funding": (closed, sees_closed, range(60, 65)),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_one_person_more_in_the_next_quarter(family: str) -> None:
    make, sees, numbers = FAMILIES[family]

    def who_came(number: int, policy: Policy) -> Intruder:
        report = {Q1: make(number), Q2: make(number + 1)}
        hidden = publish(report, policy) if policy is STRICT else {}
        intruder = Intruder()
        for quarter, shown in seen(report, hidden, policy).items():
            sees(intruder, quarter, shown, policy.exact)
        intruder.knows({f"secret {Q2}": 1, f"secret {Q1}": -1})
        return intruder

    secret = {f"secret {Q2}": 1, f"secret {Q1}": -1}
    # As they are, two quarters tell that one came.
    assert who_came(numbers[0], INTERNAL).tells(secret)
    # Wherever in its rounding the number lies, they do not.
    for number in numbers:
        assert not who_came(number, STRICT).tells(secret), number
