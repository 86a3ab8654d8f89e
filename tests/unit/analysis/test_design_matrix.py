"""Dummies, references, merging and leaving out: what a published model may rest on."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from analysis_params import params

from hamm_eval.analysis.design_matrix import columns_of, design_matrix, settle_covariates
from hamm_eval.errors import UsageError

GROUPS = params().groups


def smaller_than(least: int) -> Callable[[pd.Series], pd.Series]:
    return lambda values: values.value_counts() < least


def test_the_most_frequent_level_is_the_reference_and_numbers_stay_numbers() -> None:
    rows = pd.DataFrame({"kind": list("aabbbc"), "age": [20, 30, 40, 50, 60, 70]})
    matrix = design_matrix(rows, ["kind", "age"], GROUPS, smaller_than(1))
    assert list(matrix.columns.columns) == ["kind=a", "kind=c", "age"]
    assert matrix.terms == (("kind", "a"), ("kind", "c"), ("age", ""))
    assert matrix.references == (("kind", "b"),)
    assert matrix.columns["kind=a"].tolist() == [1, 1, 0, 0, 0, 0]
    assert matrix.kept.all()


def test_yes_is_compared_with_no_however_frequent() -> None:
    rows = pd.DataFrame({"flag": pd.array([True, True, True, False], dtype="boolean")})
    matrix = design_matrix(rows, ["flag"], GROUPS, smaller_than(1))
    assert matrix.columns["flag=yes"].tolist() == [1, 1, 1, 0]
    assert matrix.references == (("flag", "no"),)


def test_models_beside_each_other_can_compare_with_one_level() -> None:
    rows = pd.DataFrame({"kind": list("aabbbc")})
    matrix = design_matrix(rows, ["kind"], GROUPS, smaller_than(1), references={"kind": "c"})
    assert matrix.references == (("kind", "c"),)
    assert list(matrix.columns.columns) == ["kind=a", "kind=b"]
    # A level that is not there is compared with by nobody.
    matrix = design_matrix(rows, ["kind"], GROUPS, smaller_than(1), references={"kind": "d"})
    assert matrix.references == (("kind", "b"),)


def test_small_levels_are_merged_and_named() -> None:
    rows = pd.DataFrame({"kind": list("abb" + "c" * 9)})
    matrix = design_matrix(rows, ["kind"], GROUPS, smaller_than(3))
    assert list(matrix.columns.columns) == ["kind=ab"]
    assert matrix.merged == {"kind=ab": ("a", "b")}
    assert matrix.left_out == ()


def test_what_cannot_be_merged_is_left_out_and_named() -> None:
    rows = pd.DataFrame({"kind": list("d" + "c" * 9 + "a" * 5), "age": 30})
    matrix = design_matrix(rows, ["kind", "age"], GROUPS, smaller_than(3))
    assert matrix.left_out == ("kind=d",)
    assert not matrix.kept.iloc[0]
    assert len(matrix.columns) == 14


def test_missing_covariates_leave_a_person_out() -> None:
    rows = pd.DataFrame({"kind": [None, "a", "a", "c", "c", "c"], "age": [20, None, 40, 50, 60, 70]})
    matrix = design_matrix(rows, ["kind", "age"], GROUPS, smaller_than(1))
    assert matrix.kept.tolist() == [False, False, True, True, True, True]


def test_leaving_out_is_repeated_until_nothing_is_too_small() -> None:
    # Without the one in d, flag "yes" is down to two.
    rows = pd.DataFrame({"kind": list("d" + "c" * 9), "flag": [True, True, True] + [False] * 7})
    matrix = design_matrix(rows, ["kind", "flag"], GROUPS, smaller_than(3))
    assert matrix.left_out == ("kind=d", "flag=yes")
    assert matrix.kept.sum() == 7


def test_combined_levels_count_as_one_from_the_beginning() -> None:
    rows = pd.DataFrame({"kind": list("aaabbbcccc")})
    matrix = design_matrix(rows, ["coarse"], GROUPS, smaller_than(1))
    assert list(matrix.columns.columns) == ["coarse=c"]
    assert matrix.merged == {}


def test_unknown_names_are_said() -> None:
    rows = pd.DataFrame({"kind": ["a"]})
    with pytest.raises(UsageError, match="no group knid"):
        design_matrix(rows, ["knid"], GROUPS, smaller_than(1))
    with pytest.raises(UsageError, match=r"groups.age.column"):
        design_matrix(rows, ["age"], GROUPS, smaller_than(1))


def test_missing_covariates_can_be_kept_for_imputation() -> None:
    rows = pd.DataFrame({"kind": [None, "a", "a", "c", "c", "d"], "age": [20, None, 40, 50, 60, 70]})
    settled = settle_covariates(rows, ["kind", "age"], GROUPS, smaller_than(2), keep_missing=True)
    assert settled.kept.tolist() == [True, True, True, True, True, False]
    assert settled.table["kind"].isna().tolist() == [True, False, False, False, False]
    assert settled.numbers == ("age",)
    assert settled.left_out == ("kind=d",)
    completed = settled.table.assign(kind=["c", "a", "a", "c", "c"], age=30.0)
    assert columns_of(settled, completed, GROUPS).columns["kind=c"].tolist() == [1, 0, 0, 1, 1]
