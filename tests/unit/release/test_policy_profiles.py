"""The profile for researchers inside the city, and the one file that may loosen a policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import every_kind as kinds
import numpy as np
import pytest
import yaml
from every_kind import one_of_each, table, told
from exact import as_curves

from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.estimate import CountTable, Estimate, StateShares, TwoPerspectives
from hamm_eval.params import load_params
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json, to_json
from hamm_eval.release.policy import INTERNAL, Policy, floors, numbers, policy_of
from hamm_eval.report import render
from hamm_eval.report.wording import Wording

ROOT = Path(__file__).parents[3]
STRICT, INSIDE = Policy.strict(), Policy.internal()
EACH = one_of_each()


def with_release(tmp_path: Path, release: object, file: object = None) -> Path:
    """A project whose params ask for this policy, with this policy file."""
    (tmp_path / "params").mkdir(exist_ok=True)
    content = yaml.safe_load((ROOT / "params/2017-Q2.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "params/2017-Q2.yaml"
    path.write_text(yaml.safe_dump(content | {"release": release}, allow_unicode=True), encoding="utf-8")
    if file is not None:
        (tmp_path / "policy.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    return path


def policy(tmp_path: Path, release: object, file: object = None) -> Policy:
    return policy_of(load_params(with_release(tmp_path, release, file)))


@pytest.mark.parametrize("kind", EACH, ids=lambda kind: kind.__name__)
def test_internal_serves_every_kind_that_strict_serves(kind: type[Estimate]) -> None:
    strict, inside = release(EACH[kind], STRICT), release(EACH[kind], INSIDE)
    assert from_json(json.loads(json.dumps(to_json(inside)))) == inside
    assert inside.policy == "internal"
    assert not getattr(inside, "withheld", ())
    # Beside exact parts more is hidden, where a sum would give a small part back.
    assert told(to_json(inside)) >= told(to_json(strict)) or kind in (StateShares, TwoPerspectives)
    for language in ("de", "en"):
        assert render(inside, Wording(language)).html


def test_internal_shows_exact_counts_from_three_on() -> None:
    shown = release(table([0, 1, 2, 3, 4, 43]), INSIDE)
    assert [row[0].value for row in shown.cells] == [0, None, None, 3, 4, 43]
    sensitive = release(table([0, 3], sensitive=True), INSIDE)
    assert [row[0].value for row in sensitive.cells] == [None, 3]


def feasible(shown: list[int | None], total: int | None) -> Iterator[int]:
    """Values of the one hidden cell that agree with exact cells and an exact total."""
    known = sum(value or 0 for value in shown)
    for value in (1, 2):
        if total is None or known + value == total:
            yield value


def test_an_exact_total_does_not_give_a_hidden_cell_back() -> None:
    # With the total beside exact cells, the hidden one is the difference.
    assert list(feasible([40, 31, None], 73)) == [2]
    shown = release(table([40, 31, 2], total=73), INSIDE)
    cells = [row[0].value for row in shown.cells]
    assert cells == [40, 31, None]
    assert list(feasible(cells, None if shown.total is None else shown.total.value)) == [1, 2]


def test_an_exact_curve_of_all_does_not_give_a_small_group_back() -> None:
    few, many = kinds.group(2, 0, "few"), kinds.group(100, 50, "many")
    shown = release(as_curves(few, many), INSIDE).curves
    assert shown[0].persons.value is None
    # All 102 stand elsewhere: the other group's number of persons is kept back as well, and says why.
    assert (shown[1].persons.value, shown[1].persons.linked) == (None, True)


def test_internal_curves_follow_the_exact_ones() -> None:
    from exact import draw_group, exact_incidence

    one = draw_group(600, 4, late=False)
    strict, inside = (release(as_curves(one), policy).curves[0] for policy in (STRICT, INSIDE))
    assert len(inside.time) > len(strict.time)
    errors = [
        np.abs(np.array(curve.incidence) - exact_incidence(one, np.array(curve.time))).max()
        for curve in (strict, inside)
    ]
    assert errors[1] < errors[0]


def test_no_profile_is_looser_than_internal_and_none_switches_the_gate_off() -> None:
    assert INSIDE.largest_hidden_count == 2
    assert set(INTERNAL) <= set(numbers())
    for name in numbers():
        assert floors("internal")[name] == getattr(INSIDE, name)
    with pytest.raises(ValueError, match="valid"):
        Policy.model_validate({"name": "off"})
    with pytest.raises(ValueError, match="loosen"):
        Policy(curve_persons=19)


def test_params_choose_a_profile_and_tighten_it(tmp_path: Path) -> None:
    assert policy(tmp_path, {}) == STRICT
    assert policy(tmp_path, {"policy": "internal"}) == INSIDE
    assert policy(tmp_path, {"policy": "internal", "tighten": {"curve_persons": 60}}).curve_persons == 60
    with pytest.raises(ParamsError, match="policy_file"):
        policy(tmp_path, {"tighten": {"curve_persons": 40}})
    with pytest.raises(ParamsError, match="allowed words"):
        policy(tmp_path, {"policy": "off"})


FILE = {
    "profile": "strict",
    "reason": "Decided by the data protection officer on 1 June 2017.",
    "numbers": {"curve_persons": 40, "curve_events": 30},
}


def test_a_policy_file_loosens_and_tightens_and_params_only_tighten(tmp_path: Path) -> None:
    named = {"policy_file": "policy.yaml"}
    loosened = policy(tmp_path, named, FILE)
    assert (loosened.curve_persons, loosened.curve_events, loosened.name) == (40, 30, "strict")
    assert loosened.digest != STRICT.digest
    assert policy(tmp_path, named | {"tighten": {"curve_persons": 45}}, FILE).curve_persons == 45
    with pytest.raises(ParamsError, match="loosen"):
        policy(tmp_path, named | {"tighten": {"curve_persons": 39}}, FILE)


@pytest.mark.parametrize(
    "number", ["largest_hidden_count", "count_rounding", "curve_rounding", "level_events", "feasible_values"]
)
def test_a_report_that_is_passed_on_keeps_what_protects_hidden_counts(tmp_path: Path, number: str) -> None:
    low = getattr(STRICT, number) - 1
    with pytest.raises(ParamsError, match="profile internal"):
        policy(tmp_path, {"policy_file": "policy.yaml"}, FILE | {"numbers": {number: low}})
    inside = {"policy": "internal", "policy_file": "policy.yaml"}
    file = FILE | {"profile": "internal", "numbers": {number: INTERNAL[number] + 1}}
    assert getattr(policy(tmp_path, inside, file), number) == INTERNAL[number] + 1


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (FILE | {"numbers": {"curve_persons": 19}}, "At least 20"),
        (FILE | {"numbers": {"curve_decimals": 4}}, "At most 3"),
        (FILE | {"numbers": {"curve_person": 40}}, "Did you mean curve_persons"),
        (FILE | {"profile": "internal"}, "another profile"),
        (FILE | {"reason": ""}, "at least 10"),
        ({"profile": "strict", "numbers": {}}, "reason"),
        (FILE | {"numbers": {"count_rounding": 50}}, "fit together"),
    ],
)
def test_a_policy_file_that_cannot_be_used_is_refused(tmp_path: Path, file: object, said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        policy(tmp_path, {"policy_file": "policy.yaml"}, file)


def test_a_policy_file_must_be_there_and_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        policy(tmp_path, {"policy_file": "nowhere.yaml"})
    from hamm_eval.params import Release

    with pytest.raises(ParamsError, match="not read"):
        _ = Release.model_validate({"policy_file": "policy.yaml"}).file
    with pytest.raises(ValueError, match="_file"):
        Release.model_validate({"_file": {"profile": "strict"}})


def test_every_fragment_of_the_profile_internal_says_so(tmp_path: Path) -> None:
    params = load_params(with_release(tmp_path, {"policy": "internal"}))
    for language, mark in (("de", "nicht zur Weitergabe"), ("en", "not for passing on")):
        wording = Wording(language, params)
        assert wording.internal
        assert mark in wording.synthetic_mark
        html = render(release(EACH[CountTable], INSIDE), wording).html
        assert wording.hidden == "≤2"
        assert ("genau" if language == "de" else "exact") in html
        assert ("gerundet" if language == "de" else "rounded") not in html
