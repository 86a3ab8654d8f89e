"""What the room refuses: by the name of the argument, in words that hold no value."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval import ratings
from hamm_eval.errors import InputError, NotEstimable

A = [1, 2, 3, 4, 5, 3, 2, 1, 4, 4, 2, 5]
X = [0.0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0]
G = list("aabbccddeeff")


def kappa(a=A, b=A[::-1], **more):
    return ratings.weighted_kappa(a, b, **more)


def ordinal(rating=A, covariates=X, **more):
    return ratings.ordinal_regression(rating, covariates, **more)


def mixed(rating=A, covariates=X, group=G, **more):
    return ratings.ordinal_mixed(rating, covariates, group, **more)


def linear(outcome=A, covariates=X, group=G, **more):
    return ratings.linear_mixed(outcome, covariates, group, **more)


def marginal(outcome=A, covariates=X, cluster=G, **more):
    return ratings.marginal_model(outcome, covariates, cluster, **more)


def clustered(outcome=A, covariates=X, cluster=G, **more):
    return ratings.clustered_regression(outcome, covariates, cluster, **more)


def proportional(rating=A, covariates=X, **more):
    return ratings.proportional_odds_test(rating, covariates, **more)


TOKEN = "secret-4711"
BAD_INPUT = [
    (kappa, {"b": A[:-1]}, "b: Expected 12 entries, got 11"),
    (kappa, {"a": [np.nan, *A[1:]]}, r"a: Missing or infinite entries \(row 0\)"),
    (kappa, {"a": [TOKEN, *A[1:]]}, "categories: Labels have no order of their own"),
    (kappa, {"a": [TOKEN, *"bcdefghijkl"], "b": list("abcdefghijkl"), "categories": list("abcdefghijkl")},
     r"a: Ratings that are not among the categories \(row 0\)"),
    (kappa, {"a": [None, *"bb"], "b": list("aab"), "categories": ["a", "b"]}, r"a: Missing labels \(row 0\)"),
    (kappa, {"categories": [1, 2, 3, 4]}, "a: Ratings that are not among the categories"),
    (kappa, {"categories": [5, 4, 3, 2, 1]}, "categories: Not in increasing order"),
    (kappa, {"a": list("ab"), "b": list("ba"), "categories": list("aab")}, "categories: .* named twice"),
    (kappa, {"weights": TOKEN}, 'weights: Must be "quadratic"'),
    (kappa, {"confidence": 1.5}, "confidence: Must lie between"),
    (kappa, {"cluster": G, "resamples": 1}, "resamples: At least two"),
    (kappa, {"cluster": [None, *G[1:]]}, "cluster: Missing labels"),
    (ratings.intraclass_correlation, {"ratings": [[1, 2], [np.nan, 3]]}, r"ratings: Missing .* \(row 1\)"),
    (ratings.intraclass_correlation, {"ratings": [1, 2, 3]}, "ratings: Expected two dimensions, got 1"),
    (ratings.intraclass_correlation, {"ratings": [[1, 2], [3, 5]], "kind": TOKEN}, "kind: Must be one of"),
    (ratings.krippendorff_alpha, {"ratings": [[1, 2], [3, 5]], "level": TOKEN}, "level: Must be one of"),
    (ratings.krippendorff_alpha, {"ratings": [[TOKEN, "b"], ["a", "b"]], "level": "ordinal"},
     "ratings: Not all entries are numbers"),
    (ratings.krippendorff_alpha, {"ratings": [[-1, 2], [3, 5]], "level": "ratio"}, "ratings: Negative"),
    (ratings.krippendorff_alpha, {"ratings": [1, 2]}, "ratings: Expected two dimensions"),
    (ratings.fleiss_kappa, {"ratings": [["a", None], ["b", "b"]]}, "ratings: Missing labels"),
    (ratings.goal_attainment_t, {"scores": []}, "scores: There is no goal"),
    (ratings.goal_attainment_t, {"scores": [0, 3]}, r"scores: .* from -2 to 2 \(row 1\)"),
    (ratings.goal_attainment_t, {"scores": [0, 0.5]}, r"scores: .* whole numbers"),
    (ratings.goal_attainment_t, {"scores": [0, np.nan]}, "scores: Missing"),
    (ratings.goal_attainment_t, {"scores": [0], "weights": [0]}, "weights: .* not above 0"),
    (ratings.goal_attainment_t, {"scores": [0], "weights": [1, 2]}, "weights: Expected 1 entries"),
    (ratings.goal_attainment_t, {"scores": [0], "rho": 1.2}, "rho: Must lie between 0 and 1"),
    (ordinal, {"link": TOKEN}, "link: Must be one of logit"),
    (ordinal, {"interval": TOKEN}, 'interval: Must be "wald"'),
    (ordinal, {"interval": "profile", "cluster": G}, "interval: With clusters"),
    (ordinal, {"covariates": [np.nan, *X[1:]]}, r"covariates\[x1\]: 1 missing"),
    (ordinal, {"covariates": X[1:]}, "covariates: Expected 12 rows"),
    (ordinal, {"rating": [np.inf, *A[1:]]}, "rating: Missing or infinite"),
    (proportional, {"terms": {"x": ["nobody"]}}, r"terms\[x\]: Not a list of names"),
    (proportional, {"terms": {}}, "terms: There is no term"),
    (mixed, {"nodes": 0}, "nodes: Must be a whole number from 1"),
    (mixed, {"group": G[1:]}, "group: Expected 12 entries"),
    (linear, {"method": TOKEN}, 'method: Must be "reml"'),
    (linear, {"slope": X[1:]}, "slope: Expected 12 entries"),
    (marginal, {"correlation": TOKEN}, "correlation: Must be one of"),
    (marginal, {"family": TOKEN}, 'family: Must be "gaussian"'),
    (marginal, {"family": "binomial"}, "outcome: Entries other than 0 and 1"),
    (marginal, {"position": [0] * 12}, "position: A second row of a cluster at one position"),
    (clustered, {"kind": TOKEN}, "kind: Must be one of CR0"),
    (clustered, {"outcome": [np.nan, *A[1:]]}, "outcome: Missing"),
]  # fmt: skip
CANNOT = [
    (kappa, {"a": [], "b": []}, "a: There is no pair"),
    (kappa, {"b": [3] * 12}, "b: All ratings are the same"),
    (kappa, {"cluster": ["a"] * 12}, "cluster: All rows are of one cluster"),
    (kappa, {"a": [1, 1, 1, 2], "b": [1, 1, 1, 2], "cluster": [1, 1, 1, 2]}, "cluster: Too many bootstrap"),
    (ratings.intraclass_correlation, {"ratings": [[2, 2], [2, 2]]}, "ratings: .* do not vary"),
    (ratings.intraclass_correlation, {"ratings": [[2, 3]]}, "ratings: At least two subjects"),
    (ratings.krippendorff_alpha, {"ratings": [[1, np.nan], [np.nan, 2]]}, "ratings: No unit was rated twice"),
    (ratings.krippendorff_alpha, {"ratings": [[1, 1], [1, 1]]}, "ratings: All ratings are the same"),
    (ratings.fleiss_kappa, {"ratings": [["a", "a"], ["a", "a"]]}, "ratings: All ratings are the same"),
    (ordinal, {"rating": [2] * 12}, "rating: All ratings are the same"),
    (ordinal, {"categories": [1, 2, 3, 4, 5, 6]}, "categories: Of the 6 points of the scale 1 were"),
    (ordinal, {"covariates": [1] * 12}, r"covariates\[x1\]: Does not vary"),
    (ordinal, {"covariates": np.column_stack([X, np.multiply(X, -2)])}, r"covariates\[x\d\]: A combination"),
    (ordinal, {"covariates": [float(a == 5) for a in A]}, r"covariates\[x1\]: Grows without bound"),
    (ordinal, {"covariates": A}, r"covariates\[x1\]: Grows without bound"),
    (ordinal, {"cluster": ["a"] * 12}, "cluster: All rows are of one cluster"),
    (ordinal, {"covariates": np.column_stack([X, X[::-1]]), "cluster": [1, 2] * 6}, "cluster: The robust"),
    (proportional, {"rating": X}, "rating: A scale of two points"),
    (mixed, {"group": ["a"] * 12}, "group: There is one group only"),
    (mixed, {"group": range(12)}, "group: No group has two rows"),
    (mixed, {"covariates": A}, r"covariates\[x1\]: Grows without bound"),
    (linear, {"outcome": [1.0] * 12}, "outcome: The model leaves no variation"),
    (linear, {"outcome": X}, "outcome: The model leaves no variation"),
    (linear, {"group": range(12)}, "group: No group has two rows"),
    (marginal, {"cluster": range(12)}, "cluster: No cluster has two rows"),
    (marginal, {"outcome": X, "family": "binomial"}, r"covariates\[x1\]: Grows without bound"),
    (marginal, {"cluster": list("aab" + "c" * 9), "correlation": "unstructured",
                "position": [0, 1, 2, *range(3, 12)]}, "position: Two positions never occur"),
    (clustered, {"covariates": [1.0, 1, *[0] * 10]}, "One cluster alone tells this coefficient"),
    (clustered, {"cluster": ["a"] * 12}, "cluster: All rows are of one cluster"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments", "words"), BAD_INPUT)
def test_bad_input_is_refused(call, arguments, words):
    with pytest.raises(InputError, match=words) as refused:
        call(**arguments)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(("call", "arguments", "words"), CANNOT)
def test_what_cannot_be_estimated_is_said(call, arguments, words):
    with pytest.raises(NotEstimable, match=words):
        call(**arguments)


def test_joint_tests_need_names_and_clusters():
    found = clustered(covariates=np.column_stack([X, X[::-1], np.arange(12) % 3]), cluster=list("abc" * 4))
    with pytest.raises(InputError, match="names: Not a list"):
        found.joint_test(["nobody"])
    with pytest.raises(NotEstimable, match="names: 3 clusters cannot carry"):
        found.joint_test(["x1", "x2", "x3"])


def test_inputs_are_left_as_they_were_and_results_are_frozen():
    a, x = np.array(A), np.array(X)
    before = a.copy(), x.copy()
    found = ratings.ordinal_regression(a, x)
    kappa(a, a[::-1], cluster=np.array(G))
    mixed(a, x)
    assert np.array_equal(a, before[0]) and np.array_equal(x, before[1])
    with pytest.raises(ValueError, match="read-only"):
        found.coefficients[0] = 0
    with pytest.raises(AttributeError):
        found.n = 3
    with pytest.raises(InputError, match="covariates: Expected 1 covariates, got 2"):
        found.predict([[0, 1]])


def test_six_providers_are_said_to_be_few():
    assert "Only 6 clusters" in ordinal(cluster=G).notes[0]
    assert "Only 6 groups" in mixed().notes[0]
    assert "Only 6 groups" in linear().notes[0]
    assert "Only 6 clusters" in marginal().notes[0]
