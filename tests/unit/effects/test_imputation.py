"""Chained equations: what is drawn, what it learns from whom, what is left alone."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import impute_covariates
from hamm_eval.effects.imputation_draws import draw_categories, draw_numbers
from hamm_eval.effects.imputation_table import Households, outcome_predictors
from hamm_eval.effects.regression import fit_model
from hamm_eval.errors import InputError


def table(rng, rows=200, share=0.2):
    """Every kind of column, a fifth of the entries missing."""
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 60, rows).astype(float),
            "children": pd.array(rng.integers(0, 5, rows), dtype="Int64"),
            "woman": rng.integers(0, 2, rows).astype(float),
            "head": pd.array(rng.integers(0, 2, rows) == 1, dtype="boolean"),
            "schooling": pd.array(rng.choice(["none", "primary", "more"], rows), dtype="string[pyarrow]"),
            "origin": rng.choice(["a", "b", "c", "d"], rows),
            "provider": pd.Categorical(rng.choice(["x", "y"], rows), categories=["x", "y", "never"]),
        }
    )
    gaps = rng.random(frame.shape) < share
    return frame.mask(gaps), gaps


def test_every_kind_of_column_is_completed_with_values_that_occur():
    rng = np.random.default_rng(1)
    given, gaps = table(rng)
    imputation = impute_covariates(given, rng=rng, imputations=3, iterations=2)
    assert imputation.missing["missing"].tolist() == gaps.sum(axis=0).tolist()
    assert imputation.incomplete == gaps.any(axis=1).sum()
    completed = list(imputation.completed())
    assert len(completed) == 3
    for one in completed:
        assert one.dtypes.equals(given.dtypes)
        assert not one.isna().any(axis=None)
        for name in given:
            pd.testing.assert_series_equal(one[name][given[name].notna()], given[name].dropna())
            assert set(one[name]) <= set(given[name].dropna())
    assert not completed[0].equals(completed[1])


def test_input_is_not_edited_and_tables_are_apart():
    rng = np.random.default_rng(2)
    given, _ = table(rng)
    before = given.copy(deep=True)
    imputation = impute_covariates(given, rng=rng, imputations=2, iterations=1)
    first = next(imputation.completed())
    first.loc[:, "age"] = -1.0
    assert next(imputation.completed())["age"].min() >= 18
    given.loc[:, "age"] = -1.0
    assert next(imputation.completed())["age"].min() >= 18
    given["age"] = before["age"]
    pd.testing.assert_frame_equal(given, before)


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    given, _ = table(np.random.default_rng(3))

    def first(seed):
        found = impute_covariates(given, rng=np.random.default_rng(seed), imputations=2, iterations=2)
        return next(found.completed())

    pd.testing.assert_frame_equal(first(5), first(5))
    assert not first(5).equals(first(6))


def test_counts_by_arm_and_the_trace_of_each_chain():
    rng = np.random.default_rng(4)
    given = pd.DataFrame({"age": [20.0, None, 30.0, None, 40.0, None], "known": [1.0, 2, 3, 4, 5, 6]})
    found = impute_covariates(given, rng=rng, treated=[1, 1, 1, 0, 0, 0], imputations=7, iterations=6)
    assert found.missing.loc["age"].to_dict() == {"missing": 3, "treated": 1, "control": 2}
    assert found.missing.loc["known"].tolist() == [0, 0, 0]
    assert found.trace["age"].shape == (6, 7)
    drawn = [one["age"][given["age"].isna()].mean() for one in found.completed()]
    assert found.trace["age"][-1] == pytest.approx(drawn)
    convergence = found.convergence()
    assert convergence.index.tolist() == ["age"]
    assert convergence.loc["age", "last"] == pytest.approx(np.mean(drawn))
    assert 0.5 < convergence.loc["age", "r_hat"] < 2


def test_nothing_missing_leaves_the_table_as_it_is():
    given = pd.DataFrame({"age": [20.0, 30.0]})
    found = impute_covariates(given, rng=np.random.default_rng(0), imputations=2)
    assert found.incomplete == 0
    assert found.convergence().empty
    for one in found.completed():
        pd.testing.assert_frame_equal(one, given)


@pytest.mark.parametrize("kind", ["category", "number"])
def test_households_help_where_members_share_the_value(kind):
    rng = np.random.default_rng(5)
    household = np.repeat(np.arange(300), 3)
    shared = rng.integers(0, 3, 300)[household]
    values = np.array(["a", "b", "c"])[shared] if kind == "category" else shared * 10.0
    truth = pd.Series(values)
    given = pd.DataFrame({"shared": truth.mask(rng.random(900) < 0.15), "noise": rng.normal(size=900)})
    gap = given["shared"].isna()

    def share_right(**more):
        found = impute_covariates(given, rng=rng, imputations=10, **more)
        return np.mean([(one["shared"][gap] == truth[gap]).mean() for one in found.completed()])

    assert share_right() < 0.45
    assert share_right(household=household) > 0.85


def test_imputed_values_follow_arm_and_outcome():
    """Without them an imputed confounder would be unrelated to both, and the confounding hidden."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=2000)
    treated = rng.binomial(1, 1 / (1 + np.exp(-1.5 * x)))
    time = rng.exponential(np.exp(-x))
    given = pd.DataFrame({"x": pd.Series(x).mask(rng.random(2000) < 0.3)})
    gap = given["x"].isna()

    def drawn(**more):
        found = impute_covariates(given, rng=rng, imputations=2, iterations=1, **more)
        return next(found.completed())["x"][gap]

    informed = drawn(treated=treated, time=np.minimum(time, 2), cause=(time <= 2).astype(int))
    for told in (treated[gap], np.log(time[gap])):
        truth = np.corrcoef(x[gap], told)[0, 1]
        assert abs(np.corrcoef(informed, told)[0, 1] - truth) < 0.1
        assert abs(np.corrcoef(drawn(), told)[0, 1]) < 0.1


def test_all_problems_at_once_and_no_value():
    given = pd.DataFrame(
        {
            "born": pd.to_datetime(["1999-04-07", None, None]),
            "nothing": [None, None, None],
            "infinite": [4711.0, np.inf, None],
        }
    )
    with pytest.raises(InputError) as error:
        impute_covariates(
            given,
            rng=42,
            treated=[1, 0],
            time=[1, 2, 3],
            household=["a", None, "b"],
            imputations=1,
            iterations=0,
        )
    assert [problem.where for problem in error.value.problems] == [
        "covariates, column born",
        "covariates, column nothing",
        "covariates, column infinite",
        "treated",
        "time, cause",
        "household",
        "imputations",
        "iterations",
        "rng",
    ]
    assert "4711" not in str(error.value)
    assert "1999" not in str(error.value)
    many = pd.DataFrame({"day": [dt.date(2016, 1, 1 + k) for k in range(25)] + [None]})
    with pytest.raises(InputError, match="more than 20 levels"):
        impute_covariates(many, rng=np.random.default_rng(0))


def test_a_category_of_many_levels_may_tell_of_others() -> None:
    given = pd.DataFrame({"worker": [f"w{k % 30}" for k in range(90)], "age": np.arange(90.0)})
    given.loc[::9, "age"] = np.nan
    found = impute_covariates(given, rng=np.random.default_rng(0), imputations=2, iterations=2)
    assert not next(found.completed()).isna().any(axis=None)


def test_cumulative_hazards_are_nelson_aalens():
    rng = np.random.default_rng(7)
    time, cause = rng.integers(1, 9, 60).astype(float), rng.integers(0, 3, 60)
    found = outcome_predictors(time, cause)
    assert found.shape == (60, 4)
    for k, code in enumerate((1, 2)):
        assert found[:, 2 * k].tolist() == (cause == code).tolist()
        for row in range(60):
            expected = sum(
                ((time == t) & (cause == code)).sum() / (time >= t).sum()
                for t in range(1, int(time[row]) + 1)
            )
            assert found[row, 2 * k + 1] == pytest.approx(expected)


def test_means_are_of_the_others_only():
    homes = Households.of(np.array([0, 0, 0, 1]))
    assert homes.means_of_others(np.array([[1.0], [2.0], [6.0], [9.0]]))[:, 0].tolist() == [4, 3.5, 1.5, 0]
    assert homes.alone()[:, 0].tolist() == [0, 0, 0, 1]


def test_coefficients_are_those_of_a_logistic_regression_where_data_are_many():
    rng = np.random.default_rng(8)
    design = np.column_stack([np.ones(20_000), rng.normal(size=(20_000, 2))])
    codes = rng.binomial(1, 1 / (1 + np.exp(-design @ [0.3, 1.0, -0.5])))
    drawn, found = draw_categories(design, codes, design, rng)
    direct = fit_model(design, codes.astype(float), np.ones(20_000), "binomial", "abc", "model")
    assert found[:, 0] == pytest.approx(direct.coefficients, abs=2e-3)
    assert drawn.mean() == pytest.approx(codes.mean(), abs=0.02)


def test_draws_have_the_shares_and_the_uncertainty_of_their_model():
    """With an intercept only the posterior of three shares is nearly Dirichlet's."""
    rng = np.random.default_rng(9)
    codes = np.repeat([0, 1, 2], [30, 20, 10])
    ones = np.ones((60, 1))
    shares = (
        np.array(
            [
                np.bincount(draw_categories(ones, codes, np.ones((5000, 1)), rng)[0], minlength=3)
                for _ in range(400)
            ]
        )
        / 5000
    )
    assert shares.mean(axis=0) == pytest.approx([1 / 2, 1 / 3, 1 / 6], abs=0.02)
    expected = np.sqrt(np.array([1 / 2, 1 / 3, 1 / 6]) * np.array([1 / 2, 2 / 3, 5 / 6]) / 60)
    assert shares.std(axis=0) == pytest.approx(expected, rel=0.15)


def test_a_separated_category_stays_finite():
    rng = np.random.default_rng(10)
    x = np.r_[-np.ones(30), np.ones(30)]
    design = np.column_stack([np.ones(60), x])
    drawn, coefficients = draw_categories(design, (x > 0).astype(np.int64), design, rng)
    assert np.abs(coefficients).max() < 20
    assert (drawn == (x > 0)).mean() > 0.9


def test_matching_keeps_the_slope_and_the_spread():
    rng = np.random.default_rng(11)
    x = rng.normal(size=4000)
    y = 2 * x + rng.normal(size=4000)
    design = np.column_stack([np.ones(4000), x])
    drawn = draw_numbers(design[:3000], y[:3000], design[3000:], rng)
    assert np.polyfit(x[3000:], drawn, 1)[0] == pytest.approx(2, abs=0.15)
    assert (drawn - 2 * x[3000:]).std() == pytest.approx(1, abs=0.1)


def test_few_donors_and_predictors_that_repeat_each_other():
    rng = np.random.default_rng(12)
    design = np.column_stack([np.ones(5), np.arange(5.0), 2 * np.arange(5.0), np.zeros(5)])
    drawn = draw_numbers(design[:3], np.array([1.0, 2.0, 4.0]), design[3:], rng)
    assert set(drawn) <= {1.0, 2.0, 4.0}
