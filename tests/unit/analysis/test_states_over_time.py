"""Shares of states of a cohort: counts where nobody is lost, by household, and what the gate lets out."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, params

from hamm_eval.analysis.states_over_time import states_over_time
from hamm_eval.cohort import StateCohort
from hamm_eval.estimate import Definition, StateShares
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.survival import state_occupation

PATH = {
    "label": LABEL,
    "states": {"begin": {"label": LABEL}, "there": {"label": LABEL, "endpoint": "goal"}},
    "leaving": {"table": "departures", "date": "departed_on"},
    "horizons_months": (6, 12),
    "reporting_delay_days": 0,
}
STATES = ("begin", "there", "left")


def cohort_of(there: np.ndarray, left: np.ndarray, until: np.ndarray, household: np.ndarray) -> StateCohort:
    """Who gets there on a day, who leaves on a day (inf: never), whom follow-up ends for."""
    rows = []
    for i, (step, gone, end) in enumerate(zip(there, left, until, strict=True)):
        last = min(gone, end)
        to_last = "left" if gone <= end else None
        if step < last:
            rows += [(i, 0, step, "begin", "there"), (i, step, last, "there", to_last)]
        else:
            rows.append((i, 0, last, "begin", to_last))
    frame = pd.DataFrame(rows, columns=["person_id", "start", "stop", "from_state", "to_state"])
    frame["household_id"] = household[frame["person_id"]]
    frame["person_id"] = frame["person_id"].astype(str)
    return StateCohort("way", STATES, frame, until.astype(np.int64), (), params().data_cut)


@pytest.fixture
def lives() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    n = 400
    return {
        "there": np.ceil(rng.exponential(300, n)),
        "left": np.ceil(rng.exponential(900, n)),
        "until": np.full(n, 400.0),
        "household": np.array([f"h{i // 2}" for i in range(n)]),
    }


def test_shares_are_counts_where_nobody_is_lost(lives: dict[str, np.ndarray]) -> None:
    found = states_over_time(cohort_of(**lives), params(states_over_time={"way": PATH}))
    frame = found.to_frame()
    for day in found.horizons:
        at = frame[frame["days"] == day].set_index("state")["share"]
        gone = lives["left"] <= day
        assert at["left"] == pytest.approx(gone.mean(), abs=1e-12)
        assert at["there"] == pytest.approx((~gone & (lives["there"] <= day)).mean(), abs=1e-12)
    assert (found.known == 400).all()
    assert found.horizons == (183, 365)


def test_standard_errors_are_by_household(lives: dict[str, np.ndarray]) -> None:
    cohort = cohort_of(**lives)
    found = states_over_time(cohort, params(states_over_time={"way": PATH}))
    day = found.horizons[-1]
    share = (lives["left"] <= day).astype(float)
    errors = np.bincount(np.arange(400) // 2, weights=share - share.mean())
    shown = found.to_frame()
    at = shown[(shown["days"] == day) & (shown["state"] == "left")]
    assert float(at["std_error"].iloc[0]) == pytest.approx(np.sqrt((errors**2).sum()) / 400, rel=1e-9)


def exact(counts: tuple[int, ...]) -> StateShares:
    """So many persons in each state from the beginning on, nobody lost."""
    n = sum(counts)
    start = np.zeros(n)
    state = np.repeat(np.array(STATES, dtype=object), counts)
    fit = state_occupation(np.arange(n), start, start + 400, state, state, states=STATES)
    return StateShares(
        definition=Definition("states_over_time", "way"),
        path="way",
        states=STATES,
        times=(0, 183, 365),
        horizons=(183, 365),
        persons=n,
        known=np.full(3, n),
        fit=fit,
    )


@pytest.mark.parametrize("few", [1, 4, 7])
@pytest.mark.parametrize("n", [61, 212])
def test_no_count_is_read_from_a_share(few: int, n: int) -> None:
    strict = Policy.strict()
    estimate = exact((n - few - 20, 20, few))
    # Without the gate: a share of a known number of persons is a count.
    frame = estimate.to_frame()
    told = frame[(frame["days"] == 365) & (frame["state"] == "left")]["share"].iloc[0] * n
    assert round(float(told)) == few

    shown = release(estimate, strict)
    feasible = set()
    for guess, there, whole in itertools.product(range(13), range(18, 23), range(n - 4, n + 5)):
        other = release(exact((whole - there - guess, there, guess)), strict)
        if (other.shares, other.known) == (shown.shares, shown.known):
            feasible.add(guess)
    assert len(feasible) >= strict.feasible_values


def test_too_few_persons_show_nothing() -> None:
    shown = release(exact((30, 10, 5)), Policy.strict())
    assert shown.withheld == "group_too_small"
    assert shown.shares == ()


def test_shares_end_where_too_few_are_known() -> None:
    import dataclasses

    cut = dataclasses.replace(exact((60, 30, 20)), known=np.array([110, 60, 40]))
    shown = release(cut, Policy.strict())
    assert shown.times == (0, 183)
    assert shown.horizons == (183,)
