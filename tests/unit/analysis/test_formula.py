"""Formulas are read, never executed; a list of names and a formula of them are one model."""

from __future__ import annotations

import numpy as np
import pytest

import hamm_eval
from hamm_eval.analysis.formula import read_formula
from hamm_eval.errors import NotEstimable, UsageError

KNOWN = ("age_group", "sex", "age", "origin", "schooling")


def test_names_calls_and_products_are_read():
    formula = read_formula("~ age_group * sex + C(origin) + log(age) + I(age**2)", KNOWN)
    assert formula.covariates == ("age_group", "sex", "origin", "log_age", "square_age")
    assert formula.interactions == (("age_group", "sex"),)
    assert read_formula("age_group + sex", KNOWN) == read_formula("~ age_group + sex + sex", KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "~ __import__('os').system('touch pwned')",
        "~ sex + {open('pwned', 'w')}",
        "~ C(sex, levels=open('pwned', 'w'))",
        "~ log(open('pwned', 'w'))",
        "~ I(age**2 if open('pwned', 'w') else 1)",
        "~ exec('x')",
        "~ sex.__class__",
        "~ np.log(age)",
        "~ bs(age, 3)",
        "~ sex +",
        "~ )(",
        "",
        "~ 1",
        "~ sex - 1",
        "age ~ sex",
        "~ sex:age",
        "~ sex * age * origin",
    ],
)
def test_whatever_else_is_refused_and_inert(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="formula"):
        read_formula(text, KNOWN)
    assert list(tmp_path.iterdir()) == []


def test_all_unknown_names_are_told_with_the_nearest():
    with pytest.raises(UsageError) as told:
        read_formula("~ agegroup + sexx + nothing_like_it", KNOWN)
    message = str(told.value)
    assert "Did you mean age_group?" in message
    assert "Did you mean sex?" in message
    assert "no covariate nothing_like_it" in message


@pytest.fixture(scope="module")
def study():
    return hamm_eval.open_study("params/2017-Q2.yaml")


def test_a_formula_of_groups_is_the_list_of_them(study):
    by_list = study.cox("language_b1", ["age_group", "sex"])
    by_formula = study.cox("language_b1", "~ age_group + sex")
    assert by_formula.fit.names == by_list.fit.names
    np.testing.assert_array_equal(by_formula.fit.coefficients, by_list.fit.coefficients)
    assert by_formula.definition.digest == by_list.definition.digest


def test_columns_of_the_cohort_enter_with_the_people_behind_them(study):
    model = study.cox("language_b1", "~ sex * any_german + status + C(origin) + log(age)")
    assert "status=recognised" in model.fit.names
    assert "log_age" in model.fit.names
    (product,) = [term for term in model.terms if ":" in term.factor]
    assert (product.factor, product.level) == ("sex:any_german", "female:A1_or_more")
    rows = study.cohort("language_b1").episodes
    both = rows[(rows["sex"] == "female") & (rows["german_on_arrival"] != "none")]
    assert 0 < product.persons <= len(both)
    assert product.events + product.non_events == product.persons
    # Every level has the persons that the policy asks.
    assert min(term.persons for term in model.terms) >= 8


def test_a_product_of_small_cells_is_not_estimable(study):
    with pytest.raises(NotEstimable, match="combinations"):
        study.cox("language_b1", "~ schooling * household_type")


@pytest.mark.parametrize("name", ["social_worker", "person_id", "household_id", "time", "cause", "ending"])
def test_ids_single_workers_and_outcomes_are_no_covariates(study, name):
    with pytest.raises(UsageError, match=f"no covariate {name}"):
        study.cox("language_b1", f"~ sex + {name}")


def test_a_transform_of_what_is_no_number_is_refused(study):
    with pytest.raises(UsageError, match="no number"):
        study.cox("language_b1", "~ log(sex)")
