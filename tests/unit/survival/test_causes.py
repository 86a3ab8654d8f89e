"""Codes of causes: declared, or without a gap; never an event of a code that nobody declared."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import aalen_johansen, fine_gray, gray_test, pseudo_observations
from hamm_eval.survival.causes import checked_causes

TIME = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
X = np.array([1.0, 0, 1, 0, 1, 1, 0, 0])

METHODS = {
    "aalen_johansen": lambda cause, **options: aalen_johansen(TIME, cause, **options),
    "fine_gray": lambda cause, **options: fine_gray(TIME, cause, X, **options),
    "gray_test": lambda cause, **options: gray_test(TIME, cause, X, **options),
    "pseudo_observations": lambda cause, **options: pseudo_observations(TIME, cause, at=[4], **options),
}
EACH = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
ABOUT_ONE = pytest.mark.parametrize("method", [m for name, m in METHODS.items() if name != "aalen_johansen"])


@EACH
def test_a_code_for_unknown_is_no_cause(method):
    with pytest.raises(InputError, match="cause: No row has code 2, 3, 4, 5, 6 and 92 more") as refused:
        method([1, 1, 0, 1, 99, 1, 0, 1])
    assert "causes=" in str(refused.value)
    assert "99" not in str(refused.value)


@EACH
def test_gaps_are_named_and_declared(method):
    gap = [1, 3, 0, 1, 3, 1, 0, 1]
    with pytest.raises(InputError, match="No row has code 2, but"):
        method(gap)
    method(gap, causes=3)
    method(gap, causes=np.int64(4))
    with pytest.raises(InputError, match="beyond the number"):
        method(gap, causes=2)


@EACH
@pytest.mark.parametrize("causes", [2.7, 2.0, 0, -1, True, "2", np.nan])
def test_a_number_of_causes_is_a_whole_number(method, causes):
    with pytest.raises(InputError, match="causes: Must be a whole number"):
        method([1, 2, 0, 1, 2, 1, 0, 1], causes=causes)


@ABOUT_ONE
@pytest.mark.parametrize("of", [0, 7, 1.5, -1, True, "1"])
def test_of_is_a_code_of_a_cause(method, of):
    with pytest.raises(InputError, match="of: Must be the code of a cause"):
        method([1, 2, 0, 1, 2, 1, 0, 1], of=of)


def test_a_declared_cause_without_events_has_incidence_0():
    found = pseudo_observations(TIME, [1, 1, 0, 1, 0, 1, 0, 1], at=[4], of=2, causes=2)
    assert not found.any()
    for method in (fine_gray, gray_test):
        with pytest.raises(NotEstimable, match="no event of this cause"):
            method(TIME, [1, 1, 0, 1, 0, 1, 0, 1], X, of=2, causes=2)


def test_large_codes_need_no_memory():
    with pytest.raises(InputError, match="and 1999999993 more"):
        checked_causes([1, 2_000_000_000], None, length=2)


def test_all_censored_is_one_cause():
    assert checked_causes([0, 0], None, length=2)[1] == 1
