from __future__ import annotations

import pytest

from hamm_eval.errors import ParamsError
from hamm_eval.release.policy import Policy, numbers


def test_strict_holds_the_numbers_of_the_rules() -> None:
    strict = Policy.strict()
    assert (strict.largest_hidden_count, strict.count_rounding, strict.smallest_denominator) == (7, 5, 20)
    assert (strict.quantile_persons, strict.outer_quantile_persons) == (10, 50)
    assert (strict.curve_persons, strict.curve_events, strict.curve_rounding) == (50, 20, 6)
    assert (strict.curve_step_events, strict.curve_at_risk) == (6, 10)
    assert (strict.model_events_per_parameter, strict.model_residual_freedom) == (10, 10)
    assert (strict.level_persons, strict.level_events, strict.level_non_events) == (10, 8, 8)
    assert strict.feasible_values == 6


def test_every_number_can_be_tightened_and_none_loosened() -> None:
    strict = Policy.strict()
    for name, value in strict.model_dump(include=set(numbers())).items():
        loosened = 0
        for change in (value - 1, value + 1):
            try:
                assert getattr(strict.tighten({name: change}), name) == change
            except ParamsError:
                loosened += 1
        # One direction is looser; the other may still contradict another number.
        assert loosened >= 1, name
        assert strict.tighten({name: value}) == strict


def test_all_problems_are_told_at_once_and_name_their_place() -> None:
    with pytest.raises(ParamsError) as caught:
        Policy.strict().tighten({"curve_person": 60, "curve_events": 5, "coefficient_decimals": 4})
    assert [problem.where for problem in caught.value.problems] == [
        "release.tighten.curve_person",
        "release.tighten.curve_events",
        "release.tighten.coefficient_decimals",
    ]
    assert "curve_persons" in caught.value.problems[0].todo


@pytest.mark.parametrize(
    "changes", [{"count_rounding": 20}, {"curve_rounding": 8}, {"coefficient_decimals": 0}]
)
def test_numbers_that_do_not_fit_together_are_refused(changes: dict[str, int]) -> None:
    with pytest.raises(ParamsError, match="fit together"):
        Policy.strict().tighten(changes)


def test_the_digest_tells_policies_apart() -> None:
    strict = Policy.strict()
    assert strict.digest == Policy.strict().digest
    assert strict.digest != strict.tighten({"curve_persons": 51}).digest
