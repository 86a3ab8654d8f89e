"""The stored truths are those of the scenarios and the code, and mean what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hamm_eval.synthetic.hazards import Baseline
from hamm_eval.synthetic.life import log_hazard, outcomes
from hamm_eval.synthetic.referrals import referrals
from hamm_eval.synthetic.scenario import Scenario, load_scenario
from hamm_eval.synthetic.starts import Referral
from hamm_eval.synthetic.truth import simulate_truth
from hamm_eval.synthetic.truth.contrasts import ADHERENCES, CONTRASTS, ESTIMANDS, HORIZON_MONTHS, Contrast
from hamm_eval.synthetic.truth.effects import EFFECTS
from hamm_eval.synthetic.truth.potential import Subjects, goals, stays, subjects_of
from hamm_eval.synthetic.truth.simulate import count_truth
from hamm_eval.synthetic.truth.stored import FOLDER, NAMES
from hamm_eval.synthetic.truth.tally import Tally
from hamm_eval.synthetic.world import World, build_world

COMMITTED = Path(__file__).parents[3] / "synthetic_data" / "hamm" / "truth.json"
COURSE, B1 = "language_course_intensive", "language_b1"
POINTS = 0.002  # 0.2 percentage points
CHECK_SCALE = 10.0

Row = dict[str, Any]


def _stored(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return _stored("hamm")


@pytest.fixture(scope="module")
def block(scenario: Scenario) -> World:
    """A block of the size that the truth is simulated in."""
    return build_world(scenario, np.random.default_rng(7), scale=CHECK_SCALE)


def _effects(truth: dict[str, Any], **asked: Any) -> list[Row]:
    """The effects with these properties."""
    return [row for row in truth["effects"] if all(row[name] == value for name, value in asked.items())]


def _effect(truth: dict[str, Any], **asked: Any) -> Row:
    """The one effect with these properties: total, ATT, after 12 months unless said."""
    (found,) = _effects(truth, **{"effect": "total", "estimand": "ATT", "horizon_months": 12, **asked})
    return found


def _pairs(truth: dict[str, Any], name: str, one: str, other: str, **asked: Any) -> Iterator[tuple[Row, Row]]:
    """Rows that differ in one property alone."""
    same = ["measure", "endpoint", "strategies", "adherence", "effect", "horizon_months", "estimand"]
    same.remove(name)
    second = {tuple(row[k] for k in same): row for row in _effects(truth, **{name: other}, **asked)}
    for row in _effects(truth, **{name: one}, **asked):
        yield row, second[tuple(row[k] for k in same)]


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_truth_is_of_its_scenario(name: str) -> None:
    stored, scenario = _stored(name), load_scenario(name)
    assert stored["scenario_digest"] == scenario.digest, "run python -m hamm_eval.synthetic.truth"
    assert (stored["scale"], stored["seed"]) == (scenario.truth.scale, scenario.truth.seed)


def test_cities_that_differ_in_size_share_a_truth() -> None:
    assert {load_scenario(name).digest for name in ("hamm", "tiny", "national")} == {
        _stored("hamm")["scenario_digest"]
    }


def test_the_committed_city_has_the_stored_truth() -> None:
    assert COMMITTED.read_bytes() == (FOLDER / "hamm.json").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_precise_and_from_a_million_persons(name: str) -> None:
    stored = _stored(name)
    assert max(row["std_error"] for row in stored["effects"]) < POINTS
    assert max(row["std_error"] for row in stored["incidence"]) < POINTS
    for pair in load_scenario(name).truth_pairs:
        if pair.endpoint != "school_entry":  # children of school age are fewer
            trials = _effects(stored, measure=pair.measure, endpoint=pair.endpoint, estimand="ATE")
            assert min(row["persons"] for row in trials) >= 1_000_000, pair


def test_every_estimand_is_there_for_every_pair(truth: dict[str, Any], scenario: Scenario) -> None:
    asked = set(product(ADHERENCES, EFFECTS, HORIZON_MONTHS, ESTIMANDS))
    keys = {contrast.key for contrast in CONTRASTS}
    for pair in scenario.truth_pairs:
        rows = _effects(truth, measure=pair.measure, endpoint=pair.endpoint)
        strategies = {row["strategies"] for row in rows}
        # A start of mentoring acts within a month: from a landmark later on there is no such contrast.
        assert strategies == keys - ({"started_by_landmark"} if pair.measure == "mentoring_club" else set())
        found = {
            (r["strategies"], r["adherence"], r["effect"], r["horizon_months"], r["estimand"]) for r in rows
        }
        assert len(found) == len(rows) == len(strategies) * len(asked)
    assert set(truth["strategies"]) == keys


def test_another_simulation_agrees(truth: dict[str, Any], scenario: Scenario) -> None:
    """With another seed and far smaller: guards against a truth older than the code.

    Of some 1,400 standardised differences the largest lies beyond 5 in fewer than one run of 1,000.
    """
    fresh = simulate_truth(scenario, scale=CHECK_SCALE, seed=99)
    widen = np.sqrt(1 + truth["scale"] / CHECK_SCALE)
    for kind, value, error in (
        ("incidence", "goal", "std_error"),
        ("effects", "risk_difference", "std_error"),
        ("effects", "months_difference", "months_std_error"),
        ("ratings", "refugee_mean", "std_error"),
    ):
        for old, new in zip(truth[kind], fresh[kind], strict=True):
            assert abs(old[value] - new[value]) <= 5 * widen * old[error] + 2e-5, (kind, old, new)


def test_the_planted_effects(truth: dict[str, Any]) -> None:
    course = _effect(truth, measure=COURSE, endpoint=B1, landmark_days=90, adherence="intention_to_treat")
    assert 0.12 < course["risk_difference"] < 0.22
    assert course["departure_difference"] < 0  # fewer departures before the goal, for it comes sooner
    for row in _effects(truth, measure="job_coaching"):
        assert 0 < row["risk_difference"] < 0.12
    for row in _effects(truth, measure="work_opportunity"):  # it harms
        assert row["risk_difference"] < 0 > row["months_difference"]
    for measure, endpoint in (
        ("application_training", "employment_13_weeks"),
        (COURSE, "social_participation"),
    ):
        for row in _effects(truth, measure=measure, endpoint=endpoint):
            assert row["risk_difference"] == row["months_difference"] == row["departure_difference"] == 0.0


def test_an_effect_on_the_departure_alone_is_total_but_not_when_departure_is_prevented(
    truth: dict[str, Any],
) -> None:
    for total, prevented in _pairs(
        truth, "effect", "total", "departure_prevented", measure="mentoring_club", endpoint=B1
    ):
        assert total["departure_difference"] < 0 < total["risk_difference"]
        assert prevented["risk_difference"] == prevented["departure_treated"] == 0.0


def test_strategies_and_effects_stand_in_the_order_they_must(truth: dict[str, Any]) -> None:
    for itt, protocol in _pairs(truth, "adherence", "intention_to_treat", "per_protocol"):
        assert itt["risk_treated"] == protocol["risk_treated"]
        assert abs(protocol["risk_difference"]) >= abs(itt["risk_difference"]) - 1e-9
    for total, prevented in _pairs(truth, "effect", "total", "departure_prevented"):
        assert prevented["risk_control"] >= total["risk_control"]
        assert prevented["departure_control"] == 0.0
    for row in truth["effects"]:
        rounding = 1.1e-5
        assert row["risk_treated"] - row["risk_control"] == pytest.approx(
            row["risk_difference"], abs=rounding
        )
        assert row["risk_treated"] + row["departure_treated"] <= 1
        assert abs(row["months_difference"]) <= row["horizon_months"] * 1.01
    for sooner, later in pairwise(HORIZON_MONTHS):
        for a, b in _pairs(truth, "horizon_months", sooner, later):  # type: ignore[arg-type]
            assert a["risk_control"] <= b["risk_control"]


def test_without_effects_no_truth_differs_from_zero() -> None:
    for row in _stored("null")["effects"]:
        assert row["risk_difference"] == row["months_difference"] == row["departure_difference"] == 0.0


def test_strong_effects_are_stronger(truth: dict[str, Any]) -> None:
    for mild, strong in zip(truth["effects"], _stored("strong")["effects"], strict=True):
        if mild["std_error"] and abs(mild["risk_difference"]) > 0.01:
            assert abs(strong["risk_difference"]) > abs(mild["risk_difference"])
            assert np.sign(strong["risk_difference"]) == np.sign(mild["risk_difference"])


def test_incidences_add_up_and_grow(truth: dict[str, Any]) -> None:
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in truth["incidence"]:
        rows.setdefault((row["endpoint"], row["level"]), []).append(row)
        assert row["goal"] + row["departure"] <= 1
    for found in rows.values():
        assert [r["months"] for r in found] == [3, 6, 12, 18, 24]
        assert all(a["goal"] <= b["goal"] for a, b in pairwise(found))
    (b1,) = (r for r in rows[(B1, "all")] if r["months"] == 12)
    assert 0.25 < b1["goal"] < 0.35


def test_the_natural_course_is_one_of_the_potential_ones(block: World) -> None:
    """Goal and departure, computed again for each person from the own starts, are those of the world."""
    s, who = block.scenario, _subjects(block)
    index = np.flatnonzero(np.isin(block.draws.endpoint[B1], who.draws.endpoint[B1]))  # a draw tells a person
    assert len(index) == len(who)
    np.testing.assert_array_equal(stays(s, who, who.natural), block.stay[index])
    residents = block.residents
    natural = outcomes(
        s,
        block.people,
        block.frailty,
        block.draws,
        block.natural,
        residents.waited,
        residents.recognised,
    )
    np.testing.assert_array_equal(goals(s, who, who.natural, B1), natural.endpoint[B1][index])


def _subjects(block: World) -> Subjects:
    return subjects_of(block, B1, COURSE, referrals(block.scenario, block.residents))


def test_the_risk_without_the_measure_is_that_of_the_hazard(block: World) -> None:
    """Never starting, departure prevented: 1 - exp(-cumulative hazard), averaged; no inversion involved."""
    s, who = block.scenario, _subjects(block)
    law, end = s.endpoints[B1], 365.0
    base = Baseline.monthly(law.monthly)
    ratio = np.exp(log_hazard(s, law.hazard, who.people, who.frailty, "outcome"))
    step = np.minimum(who.recognised, end)
    before, after = base.cumulative(step), base.cumulative(np.full(len(step), end)) - base.cumulative(step)
    risk = -np.expm1(-ratio * (before + after * np.exp(law.recognised)))
    never = goals(s, who, {**who.natural, COURSE: np.full(len(who), 1e6)}, B1)
    error = np.sqrt((risk * (1 - risk)).sum()) / len(risk)
    assert (never <= end).mean() == pytest.approx(risk.mean(), abs=4 * error)


WEIGHTS = {  # of who starts in the days named, and of who does not, by the true chance of that
    "ATE": (lambda p: 1 / p, lambda p: 1 / (1 - p)),
    "ATT": (lambda p: np.ones_like(p), lambda p: p / (1 - p)),
    "ATO": (lambda p: 1 - p, lambda p: p),
}


@pytest.mark.parametrize(
    "contrast", [c for c in CONTRASTS if not c.trials[0].at_the_latest], ids=lambda contrast: contrast.key
)
def test_weighting_the_natural_course_by_the_true_chance_gives_the_truth(
    truth: dict[str, Any], block: World, contrast: Contrast
) -> None:
    """What an analysis with perfect data and the true propensity finds is what the truth says, for every
    estimand, grace and pooled trials: the natural course reveals one of the potential outcomes.

    Twelve comparisons a contrast at four clustered standard errors: by chance in one run of 1,000.
    """
    s, who = block.scenario, _subjects(block)
    start, goal, stay = who.natural[COURSE], goals(s, who, who.natural, B1), stays(s, who, who.natural)
    law = Referral.of(s, s.measures[COURSE], who.people, who.frailty)
    found: dict[tuple[str, str], list[tuple[np.ndarray, np.ndarray]]] = {}
    for trial in contrast.trials:
        chance = np.clip(law.chance_between(trial.after, trial.by), 1e-12, 1 - 1e-12)
        at_risk = law.able & (start > trial.after) & (goal > trial.zero) & (stay > trial.zero)
        end = trial.zero + 365
        reached = ((goal <= end) & (goal <= stay)).astype(float)
        for estimand, (of_starters, of_others) in WEIGHTS.items():
            for name, arm, weigh in (
                ("risk_treated", start <= trial.by, of_starters),
                ("risk_control", start > trial.by, of_others),
            ):
                weight = np.where(at_risk & arm, weigh(chance), 0.0)
                found.setdefault((estimand, name), []).append((reached, weight))
    household = np.tile(who.people.household, len(contrast.trials))
    tally = Tally()
    for (estimand, name), parts in found.items():
        values, weights = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        tally.add(name, values, weights, household)
        planted = _effect(
            truth,
            measure=COURSE,
            endpoint=B1,
            strategies=contrast.key,
            adherence="intention_to_treat",
            estimand=estimand,
        )
        assert tally.mean(name) == pytest.approx(planted[name], abs=4 * tally.std_error(name)), (
            estimand,
            name,
        )
        tally.sums.clear()


def test_a_start_after_what_ends_the_referral_changes_nothing(block: World) -> None:
    """Whoever has found a club is not referred to the mentoring for it, and not kept in the city by it."""
    s = block.scenario
    who = subjects_of(block, B1, "mentoring_club", referrals(s, block.residents))
    never = {**who.natural, "mentoring_club": np.full(len(who), 1e6)}
    goal = goals(s, who, never, "social_participation")
    late = {**who.natural, "mentoring_club": np.where(goal < 1e6, goal + 1, 1e6)}
    np.testing.assert_array_equal(stays(s, who, late), stays(s, who, never))
    soon = {**who.natural, "mentoring_club": np.ones(len(who))}
    assert (stays(s, who, soon) >= stays(s, who, never)).all()
    assert (stays(s, who, soon) > stays(s, who, never)).sum() > 100


def test_pairs_without_effect_are_all_the_others(truth: dict[str, Any], scenario: Scenario) -> None:
    told = {(pair.measure, pair.endpoint) for pair in scenario.truth_pairs}
    without = {(row["measure"], row["endpoint"]) for row in truth["without_effect"]}
    own = {(name, name) for name in scenario.measures if name in scenario.endpoints}
    assert not told & without
    assert told | without | own == set(product(scenario.measures, scenario.endpoints))


def test_any_number_of_workers_counts_the_same(scenario: Scenario) -> None:
    """To the last bit: a block has its own random numbers, and sums are added in the order of the blocks."""
    one, two = (
        count_truth(scenario, scale=1.5, seed=3, workers=workers, block_scale=0.5) for workers in (1, 2)
    )
    for a, b in ((one.incidence, two.incidence), (one.effects, two.effects), (one.ratings, two.ratings)):
        assert a.sums.keys() == b.sums.keys()
        assert all(np.array_equal(a.sums[key], b.sums[key], equal_nan=True) for key in a.sums)
    again = count_truth(scenario, scale=1.5, seed=4, block_scale=0.5)
    key = next(iter(one.effects.sums))
    assert not np.array_equal(one.effects.sums[key], again.effects.sums[key])
