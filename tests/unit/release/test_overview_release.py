"""Overview and robustness as they may be shown: nothing beyond each effect's own release, and rounded."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from effect_samples import make, tipping

from hamm_eval.effects import DesignCheck, DesignFailure, EValue, LeaveOneOut, PerArm
from hamm_eval.estimate import Definition, Effect, EffectOverview
from hamm_eval.release.design_checks import release_checks
from hamm_eval.release.effects import release_effect
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json, to_json
from hamm_eval.release.policy import Policy
from hamm_eval.report import render
from hamm_eval.report.wording import Wording

STRICT = Policy.strict()
SMALL = make(120)
WITHHELD = (DesignFailure("balance", 0.3127, 0.1, covariate="age"),)


@pytest.fixture(scope="module")
def effect() -> Effect:
    return make()


def overview(*effects: Effect, adjusted: Any = None, confirmatory: bool = True) -> EffectOverview:
    named = tuple(
        replace(each, definition=Definition("measure_effectiveness", f"question_{i}"))
        for i, each in enumerate(effects)
    )
    return EffectOverview(
        definition=Definition("effect_overview", "all"),
        effects=named,
        primary=tuple(i == 0 for i in range(len(named))),
        adjusted=adjusted or (0.001,) * len(named),
        confirmatory=confirmatory,
    )


def test_a_row_shows_the_figures_of_its_effect(effect: Effect) -> None:
    shown, (row,) = release_effect(effect, STRICT), release(overview(effect), STRICT).rows
    assert row.difference == shown.difference
    assert row.detectable == shown.detectable
    assert (row.withheld, row.key, row.primary) == ((), "question_0", True)


def test_a_withheld_effect_has_no_estimate_in_release_json_or_page(effect: Effect) -> None:
    bad = replace(effect, failures=WITHHELD)
    release_of = release(overview(effect, bad), STRICT)
    row = release_of.rows[1]
    assert (row.difference, row.detectable, row.decision) == (None, None, "")
    assert row.withheld == (("balance", {"value": 0.31, "limit": 0.1, "covariate": "age"}),)
    # Neither the release nor the page may change with the estimate that is withheld.
    other = replace(bad, fit=replace(bad.fit, value=0.77, lower=0.66, upper=0.88, p_value=1e-9))
    again = release(overview(effect, other, adjusted=(0.001, 1e-9)), STRICT)
    assert to_json(again) == to_json(release_of)
    alone = release(replace(other, e_value=EValue(9.9, 8.8)), STRICT)
    assert to_json(alone) == to_json(release(bad, STRICT))
    assert alone.sensitivity is None
    for language in ("de", "en"):
        html = re.sub(r"base64,[^\"]+", "", render(again, Wording(language)).html)
        assert not re.search(r"\b(77|66|88)\b", html)
        assert render(again, Wording(language)).html == render(release_of, Wording(language)).html


def test_decisions_are_made_once_a_year_and_only_where_the_interval_shown_agrees(effect: Effect) -> None:
    fit = replace(effect.fit, value=0.2, lower=0.1, upper=0.3)
    apart = replace(effect, fit=fit, by_worker=fit)
    covers = replace(effect, fit=replace(effect.fit, value=0.1, lower=0.004, upper=0.2))
    rows = release(overview(apart, apart, covers, adjusted=(0.04, 0.06, 0.04)), STRICT).rows
    # The third interval begins at 0 as it is shown.
    assert [row.decision for row in rows] == ["confirmed", "not_confirmed", "not_confirmed"]
    interim = release(overview(apart, apart, confirmatory=False), STRICT)
    assert [row.decision for row in interim.rows] == ["", ""]
    # Interim releases do not even depend on the adjusted p-values.
    same = release(overview(apart, apart, adjusted=(0.9, 0.9), confirmatory=False), STRICT)
    assert to_json(same) == to_json(interim)


def test_confirmed_is_only_what_stands_by_worker_and_where_the_control_finds_nothing(effect: Effect) -> None:
    fit = replace(effect.fit, value=0.2, lower=0.1, upper=0.3)
    sound = replace(effect, fit=fit, by_worker=fit)
    assert sound.negative_control is not None
    covers = replace(sound, by_worker=replace(fit, lower=-0.02, upper=0.42))
    unknown = replace(sound, by_worker=None, by_worker_missing="few_workers")
    apart = replace(sound.negative_control, fit=replace(fit, value=-0.1, lower=-0.15, upper=-0.05))
    spoilt = replace(sound, negative_control=apart)
    rows = release(overview(sound, covers, unknown, spoilt), STRICT).rows
    assert [row.decision for row in rows] == ["confirmed", *["not_confirmed"] * 3]
    against = [(), ("by_worker",), ("by_worker_unknown",), ("negative_control",)]
    assert [row.against for row in rows] == against
    for language in ("de", "en"):
        wording = Wording(language)
        html = render(release(overview(sound, covers, unknown, spoilt), STRICT), wording).html
        for key in ("by_worker", "by_worker_unknown", "negative_control"):
            assert html.count(wording.text(f"effect_overview.against.{key}")) == 1
        # A comparison that does not hold is told in every quarter.
        interim = render(release(overview(covers, spoilt, confirmatory=False), STRICT), wording).html
        assert wording.text("effect_overview.against.negative_control") in interim
        assert wording.text("effect_overview.against.by_worker") not in interim


def test_an_overview_survives_its_storing(effect: Effect) -> None:
    shown = release(overview(effect, replace(effect, failures=WITHHELD)), STRICT)
    assert from_json(json.loads(json.dumps(to_json(shown)))) == shown
    one = release(effect, STRICT)
    assert from_json(json.loads(json.dumps(to_json(one)))) == one


def test_checks_are_shown_whether_the_effect_is_or_not(effect: Effect) -> None:
    shown = release_effect(effect, STRICT).checks
    assert release_effect(replace(effect, failures=WITHHELD), STRICT).checks == shown
    by_key = {(check.key, check.arm, check.model): check for check in shown}
    assert by_key["events_per_parameter", "", "outcome"].value is None
    size = by_key["effective_n", "control", ""].value
    assert size == release_effect(effect, STRICT).effective_controls
    for arm in ("treated", "control"):
        for key in ("weight_share", "weight_tail"):
            value = by_key[key, arm, ""].value
            assert value * 20 == pytest.approx(round(value * 20))
    assert by_key["weight_tail", "control", ""].limit is None


def test_a_small_effective_size_is_hidden_among_the_checks(effect: Effect) -> None:
    checks = tuple(replace(c, value=4.2) if c.key == "effective_n" else c for c in effect.checks)
    shown = release_effect(replace(effect, checks=checks), STRICT).checks
    assert [check.value for check in shown if check.key == "effective_n"] == [None, None]


def check(key: str, value: float, **other: Any) -> float | None:
    """What the gate lets out of one check."""
    given = (DesignCheck(key, value, None, True, **other),)
    return release_effect(replace(SMALL, checks=given), STRICT).checks[0].value


def test_warnings_are_coarse() -> None:
    assert check("variance_ratio", 2.31, covariate="age") == 2.5
    assert check("variance_ratio", 0.431, covariate="age") == 0.4
    assert check("variance_ratio", 0.004, covariate="age") == 0.1
    assert check("fewer_effective_controls", 52.4, arm="control") is None


@pytest.mark.parametrize("persons", [11, 47, 48, 60, 119, 120, 241, 600, 1400])
def test_the_share_of_a_level_leaves_as_many_counts_as_a_hidden_cell_keeps(
    persons: int,
) -> None:
    # Both are known: how many persons are in the level, and that a level has five of each arm at the least.
    shown = [release_checks(_with_share(count, persons), STRICT)[0].value for count in range(5, persons - 4)]
    assert min((shown.count(value) for value in shown if value is not None), default=99) >= (
        STRICT.feasible_values
    )
    told = release_checks(_with_share(5, persons), STRICT)[0]
    assert (told.step is None) == (told.value is None)
    assert (persons < 48) == (shown[:1] in ([None], []))
    assert all(value is None or value >= count / persons - 1e-9 for count, value in enumerate(shown, start=5))
    # To whole percent, without the gate's step, the smallest count of a level of this size is read exactly.
    if persons <= 100:
        assert sum(round(count / persons, 2) == round(5 / persons, 2) for count in range(5, persons)) == 1


def _with_share(count: int, persons: int) -> Effect:
    given = (DesignCheck("positivity", count / persons, None, True, "kind=x", "treated", of=persons),)
    return replace(SMALL, checks=given)


def test_merged_and_left_out_levels_are_named() -> None:
    changed = replace(SMALL, merged={"kind=rare": ("a", "b")}, left_out=("origin=x",))
    shown = release_effect(changed, STRICT)
    assert (shown.merged, shown.left_out) == ((("kind=rare", ("a", "b")),), ("origin=x",))
    assert from_json(json.loads(json.dumps(to_json(shown)))) == shown


def test_robustness_is_rounded(effect: Effect) -> None:
    fit = replace(effect.fit, value=0.131, lower=0.052, upper=0.21)
    found = LeaveOneOut(("age", "sex"), np.array([0.1834, 0.1312]), 0.131)
    shown = release_effect(replace(effect, fit=fit, leave_one_out=found), STRICT).sensitivity
    assert shown is not None and shown.without is not None and shown.tipping is not None
    assert (shown.without.lower, shown.without.upper, shown.without_most) == (0.13, 0.18, "age")
    assert shown.e_value is not None and shown.e_value_step is not None
    assert abs(shown.e_value - effect.e_value.point) <= shown.e_value_step / 2 + 1e-9
    assert (shown.tipping.arm, shown.tipping.vanishes, shown.tipping.unclear) == ("control", 0.5, 0.3)


def test_few_departures_are_not_told_by_a_tipping_point(effect: Effect) -> None:
    fit = replace(effect.fit, value=0.131, lower=0.052, upper=0.21)
    few = replace(effect, fit=fit, tipping=tipping(departed=PerArm(30, 7)))
    shown = release_effect(few, STRICT).sensitivity
    assert shown is not None and shown.tipping is not None
    assert (shown.tipping.few, shown.tipping.vanishes, shown.tipping.unclear) == (True, None, None)
    negative = replace(few, fit=replace(fit, value=-0.13, lower=-0.2, upper=-0.05))
    shown = release_effect(negative, STRICT).sensitivity
    assert shown is not None and shown.tipping is not None
    assert shown.tipping.arm == "treated"


def test_no_tipping_point_of_an_effect_that_is_unclear_anyway(effect: Effect) -> None:
    fit = replace(effect.fit, value=0.031, lower=-0.052, upper=0.11)
    shown = release_effect(replace(effect, fit=fit), STRICT).sensitivity
    assert shown is not None
    assert shown.tipping is None


def test_an_effect_without_analyses_of_robustness_is_shown_all_the_same(effect: Effect) -> None:
    bare = replace(effect, e_value=None, tipping=None, leave_one_out=None)
    shown = release_effect(bare, STRICT)
    assert shown.difference is not None
    assert shown.sensitivity is not None
    assert (shown.sensitivity.e_value, shown.sensitivity.tipping, shown.sensitivity.without) == (None,) * 3
