"""`weighted_cox`: identities, the stacked variance against its definition, and what it refuses.

Numerical derivatives by the sampling weight of each unit go through all models at once, so the variance must
be the sum of their squares. No formula of the library enters that check.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import balance, weighted_cox
from hamm_eval.effects.weighted_cox_rows import time_terms
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import cox

STEP = 1e-4


def one_row_each(draw, rows=48, seed=21, monthly=False):
    sample = draw(np.random.default_rng(seed), rows=rows, monthly=monthly)
    return sample.time, (sample.cause == 1).astype(float), sample.treated, sample.x


def histories(rng, persons=60, months=8, confounding=0.8, effect=0.5):
    """Monthly rows: who does worse last month starts sooner, and has the event sooner."""
    found = []
    for person in range(persons):
        fixed, state, started = rng.normal(), rng.normal(), 0
        for month in range(months):
            state = 0.6 * state + 0.8 * rng.normal()
            if not started:
                started = rng.binomial(1, 1 / (1 + np.exp(1.8 - confounding * state - 0.3 * fixed)))
            hazard = 0.08 * np.exp(confounding * state + 0.3 * fixed + effect * started)
            wait = rng.exponential(1 / hazard)
            stop, event = (month + wait, 1) if wait < 1 else (month + 1.0, 0)
            found.append((person, month, stop, event, started, fixed, state))
            if event:
                break
    return pd.DataFrame(found, columns=["person", "start", "stop", "event", "treated", "fixed", "state"])


def fit_histories(d, **keywords):
    return weighted_cox(
        d["stop"],
        d["event"],
        d["treated"],
        d[["fixed", "state"]],
        start=d["start"],
        person=d["person"],
        **keywords,
    )


def derivatives(estimate, unit):
    """By the weight of each unit's rows."""
    slopes = []
    for one in np.unique(unit):
        low, high = (estimate(1.0 + step * (unit == one)) for step in (-STEP, STEP))
        slopes.append((high - low) / (2 * STEP))
    return np.array(slopes)


def test_without_covariates_it_is_the_cox_model(draw_followed):
    stop, event, treated, _ = one_row_each(draw_followed)
    found, plain = weighted_cox(stop, event, treated, None), cox(stop, event, treated)
    assert found.weights == pytest.approx(np.ones(stop.size), rel=1e-9)
    assert found.coefficients == pytest.approx(plain.coefficients, rel=1e-8)
    assert found.naive_std_error == pytest.approx(plain.std_error, rel=1e-8)
    assert found.concordance == pytest.approx(plain.concordance)
    assert found.names == ("treated",)
    assert (found.n, found.events) == (plain.n, plain.events)


def test_one_binary_covariate_weights_by_its_shares(draw_followed):
    stop, event, treated, x = one_row_each(draw_followed, rows=200)
    group = (x[:, 0] > 0).astype(float)
    share = np.array([treated[group == g].mean() for g in (0, 1)])[group.astype(int)]
    expected = np.where(treated == 1, treated.mean() / share, (1 - treated.mean()) / (1 - share))
    found = weighted_cox(stop, event, treated, group[:, None])
    assert found.weights == pytest.approx(expected, rel=1e-9)
    known = cox(stop, event, treated, weights=expected)
    assert found.coefficients == pytest.approx(known.coefficients, rel=1e-9)
    assert found.std_error_known_weights == pytest.approx(known.std_error, rel=1e-9)
    assert found.balance.worst < 1e-9 < found.balance_before.worst
    assert found.balance.smd == pytest.approx(balance(group[:, None], treated, expected).smd, abs=1e-12)
    other = weighted_cox(stop, event, treated, group[:, None], stabilised=False, weights=np.full(200, 2.0))
    assert other.weights == pytest.approx(2 / np.where(treated == 1, share, 1 - share), rel=1e-9)


CASES = [
    {},
    {"stabilised": False},
    {"ties": "breslow"},
    {"numerator": ["x2"]},
    {"truncate": 0.85},
    {"strata": np.arange(48) % 2},
]


@pytest.mark.parametrize(
    ("keywords", "monthly"),
    [(case, False) for case in CASES] + [(CASES[0], True), (CASES[2], True), (CASES[5], True)],
    ids=lambda k: "-".join(k) or "plain" if isinstance(k, dict) else {True: "tied", False: "untied"}[k],
)
def test_variance_of_one_row_each(draw_followed, keywords, monthly):
    stop, event, treated, x = one_row_each(draw_followed, monthly=monthly)

    def coefficients(weights):
        return weighted_cox(stop, event, treated, x, weights=weights, **keywords).coefficients

    slopes = derivatives(coefficients, np.arange(48))
    found = weighted_cox(stop, event, treated, x, **keywords)
    assert found.covariance == pytest.approx(slopes.T @ slopes, rel=2e-5, abs=1e-9)
    assert found.std_error != pytest.approx(found.std_error_known_weights, rel=1e-3)
    household = np.arange(48) // 3
    sums = np.stack([slopes[household == h].sum(axis=0) for h in range(16)])
    found = weighted_cox(stop, event, treated, x, cluster=household, cluster_t=False, **keywords)
    assert found.covariance == pytest.approx(sums.T @ sums, rel=2e-5, abs=1e-9)


@pytest.mark.parametrize(
    "keywords",
    [{}, {"numerator": ["fixed"]}, {"stabilised": False}, {"truncate": 0.9}],
    ids=lambda k: "-".join(k) or "plain",
)
def test_variance_of_histories(keywords):
    d = histories(np.random.default_rng(5), persons=24, months=5)

    def coefficients(weights):
        return fit_histories(d, weights=weights, **keywords).coefficients

    sums = derivatives(coefficients, d["person"].to_numpy())
    found = fit_histories(d, cluster_t=False, **keywords)
    assert found.covariance == pytest.approx(sums.T @ sums, rel=2e-5, abs=1e-9)
    assert found.clusters == 24
    few = fit_histories(d, cluster=d["person"] // 2, **keywords)
    assert few.covariance[0, 0] == pytest.approx(
        12 / 11 * np.sum([sums[p : p + 2, 0].sum() ** 2 for p in range(0, 24, 2)]), rel=2e-5
    )
    assert "12 clusters" in few.notes[0]


def test_weights_are_products_until_the_start():
    """Multiplied up by hand from another library's pooled logistic fit."""
    statsmodels = pytest.importorskip("statsmodels.api")
    d = histories(np.random.default_rng(6), persons=150, months=6)
    found = fit_histories(d, stabilised=False)
    before = d.groupby("person")["treated"].shift(fill_value=0)
    open_rows = d[before == 0]
    when, _ = time_terms(open_rows["start"].to_numpy(float), open_rows["treated"].to_numpy() == 1)
    design = np.column_stack([np.ones(len(open_rows)), when, open_rows[["fixed", "state"]]])
    chance = statsmodels.GLM(open_rows["treated"], design, family=statsmodels.families.Binomial()).fit(
        tol=1e-12
    )
    expected = np.ones(len(d))
    for rows in d.groupby("person").groups.values():
        weight = 1.0
        for row in rows:
            if before[row] == 0:
                e = chance.fittedvalues[row]
                weight /= e if d.loc[row, "treated"] else 1 - e
            expected[row] = weight
    assert found.weights == pytest.approx(expected, rel=1e-6)


def test_stabilised_weights_average_one_and_balance_starters():
    d = histories(np.random.default_rng(7), persons=1000)
    found = fit_histories(d)
    assert found.weights.mean() == pytest.approx(1, abs=0.03)
    assert found.balance_before.worst > 0.5
    assert found.balance.worst < 0.12
    assert found.overlap.effective_n.treated < found.persons.treated
    assert found.effective_n.treated < found.persons.treated == d.loc[d["treated"] == 1, "person"].nunique()
    assert found.persons.control <= 1500
    assert found.arm_events.treated + found.arm_events.control == found.events
    less = fit_histories(d, numerator=["fixed"])
    assert less.names == ("treated", "fixed")
    assert less.weights.std() < found.weights.std() < fit_histories(d, stabilised=False).weights.std()


def test_weighting_removes_what_is_confounded_over_time():
    """No effect is planted; the unweighted model claims harm."""
    d = histories(np.random.default_rng(8), persons=1500, effect=0.0)
    plain = cox(d["stop"], d["event"], d["treated"], start=d["start"], cluster=d["person"])
    found = fit_histories(d)
    assert plain.lower[0] > 1.1
    assert abs(found.coefficients[0]) < 3 * found.std_error[0]


def test_order_of_rows_and_scale_do_not_matter():
    d = histories(np.random.default_rng(9), persons=150)
    found = fit_histories(d, truncate=0.95)
    shuffled = d.sample(frac=1, random_state=1)
    other = fit_histories(shuffled.assign(state=1e4 * shuffled["state"]), truncate=0.95)
    assert other.coefficients == pytest.approx(found.coefficients, rel=1e-8)
    assert other.std_error == pytest.approx(found.std_error, rel=1e-7)
    assert other.weights == pytest.approx(found.weights[shuffled.index], rel=1e-8)


def test_truncation_counts_and_bounds(draw_followed):
    stop, event, treated, x = one_row_each(draw_followed, rows=200)
    plain, cut = (weighted_cox(stop, event, treated, x, truncate=t) for t in (None, 0.95))
    arms = [treated == value for value in (1, 0)]
    expected = plain.weights.copy()
    for arm in arms:
        expected[arm] = np.minimum(expected[arm], np.quantile(plain.weights[arm], 0.95))
    assert cut.weights == pytest.approx(expected)
    assert (plain.truncated.treated, plain.truncated.control) == (0, 0)
    counts = [int((plain.weights[arm] > cut.weights[arm]).sum()) for arm in arms]
    assert [cut.truncated.treated, cut.truncated.control] == counts
    assert min(counts) > 3
    with pytest.raises(InputError, match="truncate: Expected a quantile"):
        weighted_cox(stop, event, treated, x, truncate=0.05)


def test_it_is_a_frozen_cox_model(draw_followed):
    stop, event, treated, x = one_row_each(draw_followed)
    found = weighted_cox(stop, event, treated, x)
    assert found.residuals("martingale").shape == stop.shape
    assert found.proportionality_test().p_value.shape == (1,)
    with_it, without = (found.baseline([value]).cumulative_hazard for value in (1.0, 0.0))
    assert with_it == pytest.approx(without * found.hazard_ratio[0])
    assert found.hazard_ratio == pytest.approx(np.exp(found.coefficients))
    assert list(found.to_frame()["name"]) == ["treated"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.truncated = 3
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0] = 1


def test_a_person_who_stops_is_named():
    d = histories(np.random.default_rng(10), persons=80)
    before = d.groupby("person")["treated"].shift(fill_value=0)
    row = int(np.flatnonzero(before == 1)[0])
    d.loc[row, "treated"] = 0
    with pytest.raises(InputError, match=rf"treated: Rows without the measure after .*\(row {row}"):
        fit_histories(d)


def test_rows_split_only_at_the_start_are_refused():
    with pytest.raises(InputError, match="start: Rows are split only where someone starts"):
        weighted_cox(
            [3, 5, 4, 6, 9],
            [0, 1, 1, 0, 1],
            [0, 1, 0, 0, 0],
            None,
            start=[0, 3, 0, 0, 0],
            person=[1, 1, 2, 3, 4],
        )


def test_overlaps_gaps_and_missing_starts_are_refused():
    d = histories(np.random.default_rng(11), persons=50)
    second = int(np.flatnonzero(d["start"] == 1)[0])
    for shift, what in ((0.5, "leave a gap"), (-0.5, "overlap")):
        moved = d.assign(start=d["start"] + shift * (d.index == second))
        with pytest.raises(InputError, match=f"person: Rows of one person {what} at positions {second}"):
            fit_histories(moved)
    with pytest.raises(InputError, match="start: Persons have several rows"):
        weighted_cox(d["stop"], d["event"], d["treated"], None, person=d["person"])
    with pytest.raises(InputError, match="cluster: Rows of one person lie in different clusters"):
        fit_histories(d, cluster=np.arange(len(d)))


def test_all_problems_are_told_at_once():
    with pytest.raises(InputError) as caught:
        weighted_cox(
            [1, 2, np.nan, 4],
            [0, 1, 2, 1],
            [0, 1, 0, 1],
            [["a"], ["b"], ["c"], ["d"]],
            ties="exact",
            truncate=1.5,
        )
    assert [p.where for p in caught.value.problems] == ["ties"]
    with pytest.raises(InputError) as caught:
        weighted_cox(
            [1, 2, np.nan, 4],
            [0, 1, 2, 1],
            [0, 1, 0, 1],
            np.eye(4)[:, :1],
            truncate=1.5,
            weights=[1] * 3,
        )
    assert {p.where for p in caught.value.problems} == {"stop", "event", "truncate", "weights"}


@pytest.mark.parametrize(
    ("numerator", "message"),
    [
        ("fixed", "Expected a list"),
        (["age"], "not among the covariates"),
        (["state"], r"Rows that differ from the same person's first row.*\(row "),
    ],
)
def test_numerators_that_cannot_be_used(numerator, message):
    d = histories(np.random.default_rng(12), persons=50)
    with pytest.raises(InputError, match=f"numerator: .*{message}"):
        fit_histories(d, numerator=numerator)


def test_a_numerator_needs_stabilised_weights_and_a_free_name(draw_followed):
    stop, event, treated, x = one_row_each(draw_followed)
    with pytest.raises(InputError, match="no numerator"):
        weighted_cox(stop, event, treated, x, numerator=["x1"], stabilised=False)
    named = pd.DataFrame(x, columns=["treated", "other"])
    with pytest.raises(InputError, match="name of the measure's column"):
        weighted_cox(stop, event, treated, named, numerator=["treated"])
    twice = pd.DataFrame({"a": x[:, 0], "b": 2 * x[:, 0]})
    with pytest.raises(InputError, match="constant or repeats"):
        weighted_cox(stop, event, treated, twice, numerator=["b"])
    assert weighted_cox(stop, event, treated, twice).dropped[0].name == "b"


def test_separation_and_arms_without_events(draw_followed):
    stop, event, treated, x = one_row_each(draw_followed)
    with pytest.raises(NotEstimable, match="propensity model"):
        weighted_cox(stop, event, treated, np.column_stack([x, treated + 0.01 * x[:, 0] ** 2]))
    with pytest.raises(NotEstimable, match=r"covariates\[treated\]"):
        weighted_cox(stop, event * (1 - treated), treated, x)
    with pytest.raises(InputError, match="same arm"):
        weighted_cox(stop, event, np.ones(48), x)


def test_the_spline_is_linear_beyond_its_last_knots():
    start = np.arange(40.0)
    begins = start < 30
    columns, names = time_terms(start, begins)
    assert names == ("time", "time'", "time''")
    assert columns.std(axis=0) == pytest.approx(np.ones(3))
    second = np.diff(columns, n=2, axis=0)
    assert np.abs(second[29:]).max() < 1e-12 < np.abs(second[5:20, 1:]).max()
    assert time_terms(np.zeros(4), np.ones(4, dtype=bool))[1] == ()
    assert time_terms(np.array([0.0, 1.0, 1.0]), np.array([False, True, True]))[1] == ("time",)
