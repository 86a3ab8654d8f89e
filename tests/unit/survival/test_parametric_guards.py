"""What a parametric model refuses to tell, in words that hold no value."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.errors import InputError
from hamm_eval.survival import parametric


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(2)
    return parametric(rng.exponential(size=60) + 0.01, np.ones(60), rng.normal(size=60))


@pytest.mark.parametrize(
    ("times", "at", "words"),
    [
        (["secret"], [0.0], "times: Not all entries are numbers"),
        (["12"], [0.0], "times: Not all entries are numbers"),
        (np.array(["2017-01-01"], dtype="datetime64[D]"), [0.0], "times: Not all entries are numbers"),
        ([-1.0], [0.0], "times: Negative times"),
        ([np.nan], [0.0], "times: Missing"),
        ([1.0], ["secret"], "at: Not all entries are numbers"),
        ([1.0], [np.nan], "at: Missing"),
        ([1.0], [0.0, 1.0], "at: Expected 1 values"),
        ([1.0], None, "at: Expected 1 values"),
    ],
)
def test_refusals(fit, times, at, words):
    with pytest.raises(InputError, match=words) as refused:
        fit.survival(times, at)
    assert "secret" not in str(refused.value)


def test_nobody_has_the_event_at_time_0(fit):
    assert fit.survival([0.0], [0.0]).tolist() == [1.0]


def test_confidence_is_a_number():
    with pytest.raises(InputError, match="confidence: Must be a finite number"):
        parametric([1, 2, 3], [1, 1, 0], confidence="secret")
