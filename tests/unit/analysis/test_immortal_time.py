"""What begins after day 0 is no group from day 0 on: the error says why, and its advice works."""

from __future__ import annotations

import numpy as np
import pytest

import hamm_eval
from hamm_eval.cohort import TimeVarying
from hamm_eval.errors import UsageError
from hamm_eval.survival import cox


@pytest.fixture(scope="module")
def study():
    return hamm_eval.open_study("params/2017-Q2.yaml")


@pytest.mark.parametrize(
    "ask",
    [
        lambda study: study.time_to_integration("language_b1", by="language_course_intensive"),
        lambda study: study.cox("language_b1", ["sex", "language_course_intensive"]),
        lambda study: study.cox("language_b1", "~ sex * language_course_intensive"),
    ],
)
def test_a_measure_is_no_group_of_day_0(study, ask):
    with pytest.raises(UsageError) as told:
        ask(study)
    message = str(told.value)
    assert "immortal time" in message
    assert 'study.measure_effectiveness("intensive_course_on_b1")' in message
    assert 'TimeVarying("participations", {"measure_id": "language_course_intensive"})' in message


@pytest.mark.parametrize("name", ["volunteer", "phase", "employed"])
def test_other_exposures_that_begin_later_are_refused_too(study, name):
    with pytest.raises(UsageError, match="immortal time") as told:
        study.cox("language_b1", f"~ sex + {name}")
    # The advice is a call that works.
    advice = str(told.value).partition("time_varying=")[2].removesuffix(").")
    model = study.cox("language_b1", ["sex"], time_varying=eval(advice, {"TimeVarying": TimeVarying}))
    assert any(column.startswith(name) for column in model.fit.names)


@pytest.mark.parametrize("name", ["language_b1", "employment_13_weeks", "departure", "cause", "ending"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda study, name: study.time_to_integration("language_b1", by=name),
        lambda study, name: study.cox("language_b1", ["sex", name]),
        lambda study, name: study.cox("language_b1", f"~ sex + {name}"),
        lambda study, name: study.cox("language_b1", ["sex"], strata=[name]),
    ],
    ids=["by", "covariates", "formula", "strata"],
)
def test_an_outcome_is_no_group_and_why_is_told(study, ask, name):
    with pytest.raises(
        UsageError, match=f"{name}. .*immortal time.*Group by what is known on day 0;"
    ) as told:
        ask(study, name)
    assert told.value.problems[0].where in ("by", "covariates", "formula", "strata")


def test_single_social_workers_are_no_group_either(study):
    with pytest.raises(UsageError, match="single social workers, who are never compared"):
        study.time_to_integration("language_b1", by="social_worker")


def test_an_ordinary_unknown_name_is_not_accused(study):
    with pytest.raises(UsageError) as told:
        study.cox("language_b1", ["sex", "shoe_size"])
    assert "immortal" not in str(told.value)


def test_why_it_is_refused():
    """A measure that does nothing: ever against never invents an effect, the right ways find none."""
    rng = np.random.default_rng(8)
    n = 4000
    event, begins = rng.exponential(12, n), rng.exponential(12, n)
    time = np.minimum(event, 18)
    happened, ever = event <= 18, begins < time
    naive = cox(time, happened, ever[:, None].astype(float))
    assert naive.upper[0] < 0.5
    # From its beginning on.
    start = np.concatenate([np.zeros(n), begins[ever]])
    stop = np.concatenate([np.where(ever, begins, time), time[ever]])
    reached = np.concatenate([happened & ~ever, happened[ever]])
    exposed = np.concatenate([np.zeros(n), np.ones(ever.sum())])
    varying = cox(stop, reached, exposed[:, None], start=start)
    assert varying.lower[0] < 1 < varying.upper[0]
    # From a landmark on.
    left = time > 6
    landmark = cox(time[left] - 6, happened[left], (begins[left] <= 6)[:, None].astype(float))
    assert landmark.lower[0] < 1 < landmark.upper[0]
