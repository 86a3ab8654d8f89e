"""Matching on LaLonde's data: against the R packages Matching and MatchIt, and what they cannot be held to.

MatchIt 4.5.1, as it computed the stored results, takes distances of a propensity score through C's `abs` of
whole numbers (its news of a later version: "calipers would not work properly on some systems"): differences
below 1 are 0 to it. Redone with that fault its pairs come out one and all; redone without it they are those
found here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import Matching, PerArm, estimate_effect
from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.effects.engine import fit_propensity

ADJUSTMENT = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
TRUNCATED = "MatchIt 4.5.1 compared distances cut to whole numbers; shown below by doing the same"
NOT_REPRODUCED = {
    "match_nearest_ps": TRUNCATED,
    "match_nearest_ps_link": TRUNCATED,
    "match_nearest_caliper02": TRUNCATED,
    "match_nearest_caliper02_link": TRUNCATED,
    "match_nearest_replace": TRUNCATED,
    "match_nearest_exact_race": TRUNCATED,
    "subclass5": "subclassification is not offered: five classes leave bias that weighting does not",
    "match_cem": "coarsened exact matching is not offered: most treated would stay unmatched",
}
REPRODUCED = {"match_mahalanobis", "match_ratio2", "matching_pkg_ps", "matching_pkg_bias_adjusted"}


@pytest.fixture
def lalonde(reference):
    return reference("lalonde")


@pytest.fixture
def men(data):
    frame = data("lalonde")
    return frame.assign(
        black=(frame["race"] == "black").astype(int), hispan=(frame["race"] == "hispan").astype(int)
    )


@pytest.fixture
def propensity(men):
    treated = men["treat"].to_numpy(dtype=float)
    given = checked_covariates(men[ADJUSTMENT], len(men))
    return fit_propensity(treated, np.ones(len(men)), given).fitted


def matched(men, covariates=None, **options):
    found = men[ADJUSTMENT] if covariates is None else covariates
    return estimate_effect(men["re78"], men["treat"], found, method="matching", matching=Matching(**options))


def test_each_stored_result_is_reproduced_or_has_a_reason(lalonde):
    stored = {key for key in lalonde if key.startswith(("match", "subclass"))}
    assert stored == REPRODUCED | NOT_REPRODUCED.keys()
    assert not REPRODUCED & NOT_REPRODUCED.keys()


def test_matching_on_a_given_propensity_with_ties_and_abadie_imbens_variance(men, lalonde, propensity):
    expected = lalonde["matching_pkg_ps"]
    # Matching's distance.tolerance is 1e-5, of squared distances.
    found = matched(
        men,
        pd.DataFrame({"propensity": propensity}),
        distance="inverse_variance",
        caliper=None,
        variance_neighbours=0,
        tie_tolerance=1e-5,
    )
    assert found.value == pytest.approx(expected["att"], rel=1e-9)
    assert found.std_error == pytest.approx(expected["se_abadie_imbens"], rel=1e-9)
    assert found.n.treated == 185


def test_matching_on_covariates_with_bias_adjustment(men, lalonde):
    expected = lalonde["matching_pkg_bias_adjusted"]
    options = {"distance": "inverse_variance", "caliper": None, "variance_neighbours": 0}
    plain = matched(men, **options)
    assert plain.value == pytest.approx(expected["att_unadjusted"], rel=1e-9)
    found = matched(men, bias_adjustment=True, **options)
    assert found.value == pytest.approx(expected["att"], rel=1e-9)
    assert found.std_error == pytest.approx(expected["se_abadie_imbens"], rel=1e-9)


def test_mahalanobis_without_replacement(men, lalonde):
    expected = lalonde["match_mahalanobis"]
    found = matched(men, distance="mahalanobis", replace=False, caliper=None)
    assert found.value == pytest.approx(expected["att"], rel=1e-9)
    # R's sandwich clusters in pairs and has the factors G / (G - 1) and (n - 1) / (n - 2) of its HC1.
    factor = 185 / 184 * 369 / 368
    assert found.std_error * np.sqrt(factor) == pytest.approx(expected["att_se"], rel=1e-9)
    means = men.groupby("treat")[ADJUSTMENT].mean(), men.groupby("treat")[ADJUSTMENT].std()
    pooled = np.sqrt((means[1].loc[0] ** 2 + means[1].loc[1] ** 2) / 2)
    for name in ("age", "educ", "re74", "re75"):
        k = found.balance.names.index(name)
        in_treated_deviations = found.balance.smd[k] * pooled[name] / means[1].loc[1, name]
        assert in_treated_deviations == pytest.approx(expected["smd_after"][name], rel=1e-9)


def test_two_matches_each_without_replacement(men, lalonde):
    """370 of 429 controls: whom distances cut to whole numbers paired otherwise is used all the same."""
    found = matched(men, matches=2, replace=False, caliper=None)
    assert found.value == pytest.approx(lalonde["match_ratio2"]["att"], rel=1e-9)
    assert found.n == PerArm(185, 370)


def test_the_nearest_propensity_gives_the_balance_that_matchit_publishes(men):
    """Means of the controls in MatchIt's own introduction (versions without the fault, and up to 4.5.0)."""
    published = {
        "age": 25.3027,
        "educ": 10.6054,
        "married": 0.2108,
        "nodegree": 0.6378,
        "re74": 2342.1076,
        "re75": 1614.7451,
    }
    found = matched(men, replace=False, caliper=None)
    deviations = men.groupby("treat")[ADJUSTMENT].std()
    pooled = np.sqrt((deviations.loc[0] ** 2 + deviations.loc[1] ** 2) / 2)
    treated = men.loc[men["treat"] == 1, ADJUSTMENT].mean()
    for name, mean in published.items():
        k = found.balance.names.index(name)
        assert treated[name] - found.balance.smd[k] * pooled[name] == pytest.approx(mean, abs=5.1e-5)


def cut_to_whole(difference):
    """C's `abs` of a floating-point number where it takes a whole one."""
    return abs(int(difference))


def greedy(score, treated, measure, *, caliper=np.inf, ratio=1, strata=None, replace=False):
    """MatchIt's search: the first free control below and above in order of score; the lower if as near."""
    order = np.argsort(score, kind="stable")
    position = np.argsort(order)
    takers = np.flatnonzero(treated == 1)
    free = treated == 0
    pairs = {int(row): [] for row in takers}
    for _ in range(ratio):
        for row in takers[np.argsort(-score[takers], kind="stable")]:
            found = []
            for way in (order[: position[row]][::-1], order[position[row] + 1 :]):
                for other in way:
                    if not free[other] or other in pairs[row]:
                        continue
                    if measure(score[row] - score[other]) > caliper:
                        break
                    if strata is None or strata[row] == strata[other]:
                        found.append(other)
                        break
            if found:
                best = min(found, key=lambda other: measure(score[row] - score[other]))
                pairs[row].append(best)
                free[best] = replace
    return pairs


def difference(men, pairs):
    """Mean outcome of the matched treated less that of their controls, and how many have none."""
    outcome = men["re78"].to_numpy()
    gaps = [outcome[row] - outcome[controls].mean() for row, controls in pairs.items() if controls]
    return np.mean(gaps), sum(not controls for controls in pairs.values())


CALLS = {
    "match_nearest_ps": ("ps", {}),
    "match_nearest_ps_link": ("logit", {}),
    "match_nearest_caliper02": ("ps", {"caliper": 0.2}),
    "match_nearest_caliper02_link": ("logit", {"caliper": 0.2}),
    "match_nearest_replace": ("ps", {"replace": True}),
    "match_nearest_exact_race": ("ps", {"strata": "race"}),
    "match_ratio2": ("ps", {"ratio": 2}),
}


def redo(men, propensity, key, measure):
    """One of the calls with a measure of distance."""
    scale, options = CALLS[key]
    score = propensity if scale == "ps" else np.log(propensity / (1 - propensity))
    options = dict(options)
    if "caliper" in options:
        options["caliper"] *= score.std(ddof=1)
    if "strata" in options:
        options["strata"] = men["race"].to_numpy()
    return greedy(score, men["treat"].to_numpy(), measure, **options)


@pytest.mark.parametrize("key", CALLS)
def test_distances_cut_to_whole_numbers_give_every_pair_of_matchit(men, lalonde, propensity, key):
    expected = lalonde[key]
    pairs = redo(men, propensity, key, cut_to_whole)
    assert difference(men, pairs)[0] == pytest.approx(expected["att"], rel=1e-9)
    names = men["id"].to_numpy()
    theirs = dict(zip(expected["match_matrix"]["treated"], expected["match_matrix"]["control"], strict=True))
    ours = {names[row]: names[controls[0]] if controls else None for row, controls in pairs.items()}
    assert ours == theirs


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("match_nearest_ps", {"caliper": None}),
        ("match_nearest_ps_link", {"caliper": None}),
        ("match_nearest_caliper02_link", {"caliper": 0.2}),
        ("match_nearest_exact_race", {"caliper": None, "exact": ["black", "hispan"]}),
        ("match_ratio2", {"caliper": None, "matches": 2}),
    ],
)
def test_without_the_cut_the_same_search_gives_what_is_found_here(men, propensity, key, options):
    value, unmatched = difference(men, redo(men, propensity, key, abs))
    found = matched(men, replace=False, **options)
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.unmatched == PerArm(unmatched, 0)
