"""`estimate_effect`: identities that hold whatever the data, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import estimate_effect
from hamm_eval.errors import InputError, NotEstimable

ESTIMANDS = ["ATT", "ATE", "ATO"]


@pytest.fixture
def sample():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 3))
    treated = rng.binomial(1, 1 / (1 + np.exp(-0.5 * x[:, 0])))
    outcome = x @ [1.0, -0.5, 0.2] + 0.7 * treated + rng.normal(size=200)
    return outcome, treated, x


@pytest.mark.parametrize("method", ["aipw", "weighting", "standardisation", "unadjusted"])
@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_without_covariates_every_method_compares_arms(sample, method, estimand, family):
    outcome, treated, _ = sample
    y = (outcome > 0).astype(float) if family == "binomial" else outcome
    found = estimate_effect(y, treated, None, method=method, estimand=estimand, outcome_family=family)
    one, zero = y[treated == 1], y[treated == 0]
    assert found.value == pytest.approx(one.mean() - zero.mean(), rel=1e-10)
    expected = np.sqrt(one.var() / one.size + zero.var() / zero.size)
    assert found.std_error == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_saturated_models_agree_with_the_stratified_answer(estimand, family):
    """With one binary covariate each method is the mean of stratum differences over the target population."""
    rng = np.random.default_rng(4)
    stratum = rng.binomial(1, 0.4, size=300).astype(float)
    treated = rng.binomial(1, 0.3 + 0.4 * stratum)
    y = rng.binomial(1, 0.2 + 0.3 * stratum + 0.2 * treated * stratum).astype(float)
    share = np.array([treated[stratum == s].mean() for s in (0, 1)])
    size = np.array([(stratum == s).sum() for s in (0, 1)])
    gap = [
        y[(stratum == s) & (treated == 1)].mean() - y[(stratum == s) & (treated == 0)].mean() for s in (0, 1)
    ]
    target = {"ATE": size, "ATT": size * share, "ATO": size * share * (1 - share)}[estimand]
    expected = np.average(gap, weights=target)
    keywords = {"estimand": estimand, "outcome_family": family}
    found = [
        estimate_effect(y, treated, stratum[:, None], method=method, **keywords)
        for method in ("aipw", "weighting", "standardisation")
    ]
    for effect in found:
        assert effect.value == pytest.approx(expected, rel=1e-9)
        assert effect.std_error == pytest.approx(found[0].std_error, rel=1e-9)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_order_scale_and_replication_do_not_matter(sample, estimand):
    outcome, treated, x = sample
    found = estimate_effect(outcome, treated, x, estimand=estimand)
    order = np.random.default_rng(5).permutation(200)
    shuffled = estimate_effect(outcome[order], treated[order], x[order], estimand=estimand)
    rescaled = estimate_effect(outcome, treated, x * [1e6, 1e-3, 1] + [0, 50, -3], estimand=estimand)
    twice = estimate_effect(
        np.tile(outcome, 2),
        np.tile(treated, 2),
        np.tile(x, (2, 1)),
        estimand=estimand,
        cluster=np.tile(np.arange(200), 2),
    )
    weighted = estimate_effect(outcome, treated, x, estimand=estimand, weights=np.full(200, 3.7))
    for other in (shuffled, rescaled, twice, weighted):
        assert other.value == pytest.approx(found.value, rel=1e-9)
        assert other.std_error == pytest.approx(found.std_error, rel=1e-9)
    assert estimate_effect(outcome * 2, treated, x, estimand=estimand).value == pytest.approx(2 * found.value)


def test_ratio_is_inferred_on_the_log_scale(sample):
    outcome, treated, x = sample
    y = (outcome > 0).astype(float)
    difference = estimate_effect(y, treated, x, outcome_family="binomial")
    ratio = estimate_effect(y, treated, x, outcome_family="binomial", contrast="ratio")
    assert ratio.value == pytest.approx(difference.mean_treated / difference.mean_control)
    assert np.log(ratio.upper / ratio.value) == pytest.approx(1.959963984540054 * ratio.std_error)
    assert np.log(ratio.value / ratio.lower) == pytest.approx(1.959963984540054 * ratio.std_error)


def test_few_clusters_use_student_t(sample):
    outcome, treated, x = sample
    worker = np.arange(200) % 19
    many = estimate_effect(outcome, treated, x, cluster=worker, cluster_t=False)
    few = estimate_effect(outcome, treated, x, cluster=worker)
    assert (many.degrees_of_freedom, few.degrees_of_freedom, few.clusters) == (None, 18, 19)
    assert few.std_error == pytest.approx(many.std_error * np.sqrt(19 / 18))
    assert few.upper - few.value == pytest.approx(2.10092204024096 * few.std_error)
    assert estimate_effect(outcome, treated, x, cluster=np.arange(200) % 50).degrees_of_freedom is None


def test_cluster_means_have_the_textbook_variance():
    """One row per arm and cluster: the paired t interval."""
    rng = np.random.default_rng(6)
    pairs = rng.normal(size=(12, 2)) + np.array([0.5, 0.0])
    found = estimate_effect(
        pairs.ravel(), np.tile([1, 0], 12), None, method="unadjusted", cluster=np.repeat(np.arange(12), 2)
    )
    gap = pairs[:, 0] - pairs[:, 1]
    assert found.value == pytest.approx(gap.mean())
    assert found.std_error == pytest.approx(gap.std(ddof=1) / np.sqrt(12))


def test_inputs_are_left_alone_and_frames_equal_arrays(sample):
    outcome, treated, x = sample
    frame = pd.DataFrame(x, columns=["age", "stay", "need"])
    before = frame.copy()
    found = estimate_effect(outcome, treated, frame)
    pd.testing.assert_frame_equal(frame, before)
    assert found.value == estimate_effect(outcome, treated, x).value
    assert found.balance.names == ("age", "stay", "need")
    assert found.to_frame().shape[0] == 1
    assert (found.n.treated, found.n.control) == (int(treated.sum()), int(200 - treated.sum()))


def test_redundant_columns_are_dropped_with_their_reason(sample):
    outcome, treated, x = sample
    frame = pd.DataFrame(x, columns=["a", "b", "c"]).assign(same=1.0, twice=lambda f: 2 * f["a"] - f["b"])
    found = estimate_effect(outcome, treated, frame)
    assert [(entry.name, entry.reason) for entry in found.dropped] == [
        ("same", "constant"),
        ("twice", "collinear"),
    ]
    assert found.value == pytest.approx(estimate_effect(outcome, treated, x).value)
    assert "twice" in found.balance.names


def test_separation_is_named_not_estimated():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(100, 2))
    with pytest.raises(NotEstimable, match=r"separation; strongest: stay"):
        estimate_effect(
            rng.normal(size=100), (x[:, 1] > 0).astype(int), pd.DataFrame(x, columns=["age", "stay"])
        )


def test_categories_that_one_arm_lacks_are_all_named(sample):
    outcome, treated, x = sample
    frame = pd.DataFrame({"a": x[:, 0], "camp": 0.0, "ward": 0.0})
    frame.loc[np.flatnonzero(treated == 1)[:5], "camp"] = 1.0
    frame.loc[np.flatnonzero(treated == 0)[:5], "ward"] = 1.0
    with pytest.raises(NotEstimable) as caught:
        estimate_effect(outcome, treated, frame)
    text = str(caught.value)
    assert "camp has one value only among the controls" in text
    assert "ward has one value only among the treated" in text


def test_an_arm_without_events_has_no_logistic_model(sample):
    _, treated, x = sample
    y = np.where(treated == 1, np.arange(200) % 3 == 0, 0).astype(float)
    with pytest.raises(NotEstimable, match="All of the controls have the same outcome"):
        estimate_effect(y, treated, x, outcome_family="binomial")
    with pytest.raises(NotEstimable, match="positive mean in both arms"):
        estimate_effect(y, treated, x, method="weighting", contrast="ratio")


def test_an_outcome_that_does_not_vary_has_no_uncertainty(sample):
    _, treated, x = sample
    for method in ("aipw", "weighting", "standardisation", "unadjusted"):
        with pytest.raises(NotEstimable, match="does not vary"):
            estimate_effect(3.7 + 0.3 * treated, treated, x, method=method)


def test_all_problems_are_told_at_once_without_values(sample):
    outcome, treated, x = sample
    frame = pd.DataFrame({"age": x[:, 0], "name": ["Secret"] * 200, "day": pd.Timestamp("2017-01-01")})
    frame.loc[7, "age"] = np.nan
    bad = outcome.copy()
    bad[3] = np.inf
    with pytest.raises(InputError) as caught:
        estimate_effect(bad, treated, frame, weights=np.zeros(200))
    text = str(caught.value)
    assert "outcome: Missing or infinite entries (row 3)" in text
    assert "column age: Missing or infinite entries (row 7)" in text
    assert "column name: Not a column of numbers" in text
    assert "column day: Not a column of numbers" in text
    assert "weights: Entries that are not positive" in text
    assert "Secret" not in text


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"method": "nearest"}, "method: Expected one of"),
        ({"estimand": "ATU"}, "estimand: Expected one of"),
        ({"contrast": "odds"}, "contrast: Expected one of"),
        ({"interactions": "x1"}, "interactions"),
        ({"interactions": ["nobody"]}, "interactions"),
        ({"confidence": 95}, "confidence"),
        ({"cluster": [1.0] * 199 + [np.nan]}, "cluster: Missing labels"),
        ({"cluster": ["one"] * 200}, "One cluster"),
    ],
)
def test_wrong_keywords_are_refused(sample, keywords, message):
    with pytest.raises(InputError, match=message):
        estimate_effect(*sample, **keywords)


def test_one_arm_or_codes_1_and_2_are_refused(sample):
    outcome, treated, x = sample
    with pytest.raises(InputError, match="same arm"):
        estimate_effect(outcome, np.ones(200), x)
    with pytest.raises(InputError, match="Entries other than 0 and 1"):
        estimate_effect(outcome, treated + 1, x)
