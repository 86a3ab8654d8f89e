"""Landmark analysis: who is compared, who was exposed by then, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hamm_eval.errors import InputError
from hamm_eval.survival import landmark


def test_everyone_is_compared_or_excluded_for_one_reason() -> None:
    found = landmark(
        time=[30, 31, 10, 20, 50, 60, 90],
        cause=[1, 1, 2, 0, 0, 1, 2],
        exposed_from=[5, 30, np.nan, np.inf, 31, -4, 2],
        at=30,
        entry=[0, 0, 0, 0, 30, 0, 31],
    )
    # Ended on the landmark: no longer at risk. Entered on it: at risk just after. Begun on it: exposed.
    assert found.rows.tolist() == [1, 4, 5]
    assert found.exposed.tolist() == [1, 0, 1]
    assert found.time.tolist() == [31, 50, 60]
    assert found.cause.tolist() == [1, 0, 1]
    assert found.entry.tolist() == [30, 30, 30]
    assert (found.excluded_late, found.excluded_ended.tolist()) == (1, [1, 1, 1])
    assert found.rows.size + found.excluded_late + found.excluded_ended.sum() == 7


def test_what_begins_after_the_landmark_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    time, cause = rng.integers(1, 100, 200), rng.integers(0, 3, 200)
    begin = rng.integers(0, 100, 200).astype(float)
    first = landmark(time, cause, begin, at=40)
    other = landmark(time, cause, np.where(begin > 40, np.nan, begin), at=40)
    np.testing.assert_array_equal(first.exposed, other.exposed)
    np.testing.assert_array_equal(first.rows, other.rows)


def test_a_landmark_at_the_origin_keeps_all() -> None:
    found = landmark([3, 4], [0, 1], [0, 1], at=0)
    assert (found.rows.tolist(), found.exposed.tolist()) == ([0, 1], [1, 0])


def test_nobody_left_is_an_empty_result() -> None:
    found = landmark([3, 4], [0, 1], [0, 1], at=4)
    assert found.rows.size == found.time.size == found.exposed.size == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"at": -1}, "^at: "),
        ({"at": np.nan}, "^at: "),
        ({"exposed_from": [1.0]}, "^exposed_from: Expected 2"),
        ({"exposed_from": ["secret", 1]}, "^exposed_from: Not all"),
        ({"exposed_from": [-np.inf, 1]}, r"^exposed_from: .*row 0"),
        ({"cause": [0.5, 1]}, "^cause: .*row 0"),
        ({"entry": [5, 0]}, "entry"),
        ({"time": [np.nan, 4]}, "time"),
    ],
)
def test_mistakes_are_told(changed: dict[str, Any], told: str) -> None:
    given = {"time": [3, 4], "cause": [0, 1], "exposed_from": [0, 1], "at": 1}
    with pytest.raises(InputError, match=told) as refused:
        landmark(**{**given, **changed})
    assert "secret" not in str(refused.value)
