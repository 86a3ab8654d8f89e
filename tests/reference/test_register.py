"""Every result of R: which test reproduces it, or why none does. Of survival analysis, value by value.

A new result or value in a file fails here until a test or a reason is named.
"""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cox_cases import CASES, TESTS_OF_PROPORTIONALITY
from test_reference_agreement import ALPHAS, ICCS, KAPPAS
from test_reference_clustered import GEE
from test_reference_curves import CURVES, INCIDENCES, LOGRANK
from test_reference_ordinal import LINK_NAMES
from test_reference_states import FINE_GRAY

from hamm_eval.ratings.clustered_regression import KINDS

HERE = Path(__file__).parent
COX, CURVE, STATES = "test_reference_cox", "test_reference_curves", "test_reference_states"
AGREEMENT, ORDINAL, CLUSTERED = (
    "test_reference_agreement",
    "test_reference_ordinal",
    "test_reference_clustered",
)

# Data sets and methods of effects, their sensitivity and multiplicity: named by the tests of effects.
EFFECTS = ("jobs2", "lalonde", "weighted_cox")
EFFECT_METHODS = ("e_value", "multiplicity")
NHEFS_SURVIVAL = ("km_", "logrank_", "cox_")

REPRODUCED = {
    **dict.fromkeys(CASES, (COX, "test_coefficients_and_errors")),
    **dict.fromkeys(TESTS_OF_PROPORTIONALITY, (COX, "test_proportionality")),
    **dict.fromkeys(CURVES, (CURVE, "test_kaplan_meier")),
    **dict.fromkeys(LOGRANK, (CURVE, "test_logrank")),
    **dict.fromkeys(INCIDENCES, (CURVE, "test_aalen_johansen")),
    **dict.fromkeys(FINE_GRAY, (STATES, "test_fine_gray")),
    **{
        ("lung", f"survreg_{family}"): (STATES, "test_parametric")
        for family in ("weibull", "lognormal", "loglogistic", "exponential")
    },
    ("unempdur", "cox_predict"): (COX, "test_predictions"),
    ("lung", "cox_predict"): (COX, "test_predictions"),
    ("lung", "residuals"): (COX, "test_residuals"),
    ("nhefs", "cox_g_formula"): (COX, "test_standardised_survival"),
    ("mgus2", "multistate_cox"): (COX, "test_multistate_model_is_one_model_per_transition"),
    ("lung", "km_weighted_age"): (CURVE, "test_weighted_curve_is_robust"),
    ("retinopathy", "km_cluster_se"): (CURVE, "test_clustered_curve"),
    ("nhefs", "km_iptw"): (CURVE, "test_curve_weighted_by_treatment_probability"),
    ("channing", "n"): (CURVE, "test_persons_of_channing_house"),
    ("channing", "km_lt_conditional_816"): (CURVE, "test_conditional_curve"),
    ("mgus2", "aj_left_truncated_age_scale"): (CURVE, "test_aalen_johansen_with_late_entry"),
    ("recurrent_open", "valveseat_mcf"): (CURVE, "test_mean_cumulative_function"),
    ("sir_cont", "survfit_state_occupation"): (STATES, "test_reversible_states"),
    ("sir_cont", "etm_P0t"): (STATES, "test_transition_matrices"),
    ("sir_cont", "aj_matrix_10_30"): (STATES, "test_transition_matrix_from_day_10"),
    ("mgus2", "etm_P0t"): (STATES, "test_transition_matrices"),
    ("mgus2", "etm_P60t"): (STATES, "test_transition_matrices"),
    ("mgus2", "multistate_overall"): (STATES, "test_illness_and_death"),
    ("mgus2", "multistate_by_sex"): (STATES, "test_illness_and_death_by_sex"),
    ("late_entry_and_states", "finegray_age_scale"): (STATES, "test_fine_gray_with_late_entry"),
    ("late_entry_and_states", "gray_age3"): (STATES, "test_gray_of_three_groups"),
    ("late_entry_and_states", "sir_cont_influence"): (STATES, "test_reversible_states"),
    **dict.fromkeys((("agreement", key) for key in KAPPAS), (AGREEMENT, "test_kappa")),
    **dict.fromkeys((("agreement", key) for key in ICCS), (AGREEMENT, "test_icc")),
    **dict.fromkeys((("agreement", key) for key in ALPHAS), (AGREEMENT, "test_krippendorff_alpha")),
    ("agreement", "fleiss_kappa_diagnoses"): (AGREEMENT, "test_fleiss_kappa"),
    **{("wine", f"clm_{link}"): (ORDINAL, "test_cumulative_models") for link in LINK_NAMES},
    ("wine", "clm_nominal_test"): (ORDINAL, "test_proportional_odds"),
    ("wine", "clm_partial_po"): (ORDINAL, "test_partial_proportional_odds"),
    ("wine", "clm_profile_ci"): (ORDINAL, "test_profile_intervals"),
    ("wine", "clm_predict"): (ORDINAL, "test_predictions"),
    ("wine", "polr"): (ORDINAL, "test_polr"),
    **{("wine", f"clmm_nAGQ{nodes}"): (ORDINAL, "test_random_intercept") for nodes in (1, 10)},
    **{
        ("gee", f"ohio_glmer_nAGQ{nodes}"): (ORDINAL, "test_two_categories_are_mixed_logistic_regression")
        for nodes in (1, 15)
    },
    **{("gee", f"{name}_{kind}"): (CLUSTERED, "test_estimating_equations") for name, kind in GEE},
    ("gee", "ohio_ar1"): (CLUSTERED, "test_estimating_equations_where_geepack_stops"),
    **{("gee", f"ohio_logit_{kind}"): (CLUSTERED, "test_children_of_ohio") for kind in KINDS},
    ("gee", "ohio_logit_vcovCL"): (CLUSTERED, "test_sandwich_package_of_children"),
    ("achievement_awards", "counts"): (CLUSTERED, "test_girls_counted"),
    **{("achievement_awards", f"lm_{kind}"): (CLUSTERED, "test_girls_of_34_schools") for kind in KINDS},
    ("achievement_awards", "logit_CR2"): (CLUSTERED, "test_logistic_regression_of_few_schools"),
    ("achievement_awards", "wald_HTZ"): (CLUSTERED, "test_joint_test"),
    ("achievement_awards", "vcovCL_HC1"): (CLUSTERED, "test_sandwich_package_of_schools"),
    **{("sleepstudy", f"ols_{kind}"): (CLUSTERED, "test_sleepers") for kind in ("CR0", "CR1", "CR2")},
    **{
        ("sleepstudy", f"ri_{method}"): (CLUSTERED, "test_random_intercept_of_sleepers")
        for method in ("reml", "ml")
    },
    **{
        ("sleepstudy", f"rs_{method}"): (CLUSTERED, "test_random_slope_of_sleepers")
        for method in ("reml", "ml")
    },
    ("sleepstudy", "rs_satterthwaite"): (CLUSTERED, "test_degrees_of_freedom"),
    ("sleepstudy", "null_icc"): (CLUSTERED, "test_share_of_variance"),
    ("mi_pooling", "pool_lm"): ("test_effects_imputation", "test_pooled_linear_model"),
}
NO_FRAILTY = "no frailty models: households are clusters of a marginal model"
NO_GROUPED_TIME = "no binomial models of grouped time: time is in days, its ties are Efron's"
NOT_REPRODUCED = {
    ("lung", "cox_exact"): "only Efron's and Breslow's ties are offered",
    ("retinopathy", "cox_gamma_frailty"): "no frailty models: households are clusters of a marginal model",
    (
        "recurrent_open",
        "kidney_gamma_frailty",
    ): "no frailty models: households are clusters of a marginal model",
    ("unempdur", "peto_ui"): "the log-rank test is offered unweighted only (rho = 0)",
    ("lung", "peto_sex"): "the log-rank test is offered unweighted only (rho = 0)",
    (
        "rossi",
        "discrete_time_cloglog",
    ): "no binomial models of grouped time: ties are Efron's, time is in days",
    ("rossi", "discrete_time_logit"): "no binomial models of grouped time: ties are Efron's, time is in days",
    ("gee", "ohio_mcnemar"): "no test of two proportions of the same persons: marginal models compare them",
    ("rossi", "logistic_52w"): "no logistic regression as a result of its own; effects standardise over one",
}

# How a value is accounted for: a test (module, name), what it only names, or a reason.
LABEL = "names what was computed"
COEFFICIENTS, RATIOS = (COX, "test_coefficients_and_errors"), (COX, "test_ratios_and_tests")
MODEL, ROWS = (COX, "test_tests_of_the_whole_model"), (COX, "test_prepared_rows_are_those_of_r")
OF_COX = {
    **dict.fromkeys(("formula", "ties"), LABEL),
    **dict.fromkeys(("n", "events", "coef", "se", "naive_se", "vcov"), COEFFICIENTS),
    # p is that of z, and compared as such.
    **dict.fromkeys(("z", "p", "hr", "hr_lower", "hr_upper", "loglik", "loglik_null"), RATIOS),
    **dict.fromkeys(("lr_test", "wald_test", "score_test", "aic"), MODEL),
    "concordance": {
        "c": (COX, "test_concordance"),
        **dict.fromkeys(
            ("se", "concordant", "discordant", "tied_x", "tied_y"),
            "concordance is offered as a description, without its error and its counts of pairs",
        ),
    },
    "robust_score_test": "the scores at 0 behind it are not offered; tests of a robust model are Wald's",
    "baseline_cumhaz_at_x0": (COX, "test_baseline_at_zero"),
    **dict.fromkeys(("n_landmark", "n_tx30"), ROWS),
}
KM = (CURVE, "test_kaplan_meier")
OF_KM = {
    **dict.fromkeys(("n", "events", "times", "surv", "std_err", "ci"), KM),
    "conf_level": LABEL,
    "n_risk": (CURVE, "test_persons_at_risk"),
    **dict.fromkeys(
        ("cumhaz_nelson_aalen", "std_cumhaz"), (CURVE, "test_cumulative_hazard_follows_from_the_counts")
    ),
    **dict.fromkeys(("rmst", "rmst_difference"), (CURVE, "test_restricted_means")),
}
RANK = (CURVE, "test_logrank")
OF_LOGRANK = {
    "rho": LABEL,
    **dict.fromkeys(("groups", "n", "observed", "expected", "chisq", "df", "p"), RANK),
    # Of three groups not from public fields; the statistic is made of it.
    "var": RANK,
}
AJ = (CURVE, "test_aalen_johansen")
OF_INCIDENCE = {
    **dict.fromkeys(
        (
            "n_events",
            "times",
            "cif",
            "event_free",
            "se_infinitesimal_jackknife",
            "ci_loglog_ij",
            "cmprsk_est",
            "var_greenwood_etm",
            "rmtl",
        ),
        AJ,
    ),
    **dict.fromkeys(("n", "n_risk"), (CURVE, "test_persons_behind_incidences")),
    "etm_est": (CURVE, "test_aalen_johansen_with_late_entry"),
    "var_aalen_cmprsk": "another estimator of the variance (Aalen's) than the infinitesimal jackknife",
    "gray_test": (STATES, "test_gray"),
}
FG, CRR = (STATES, "test_fine_gray"), (STATES, "test_crr_is_the_same_model_with_another_order_of_ties")
OF_FINE_GRAY = {
    **dict.fromkeys(("cause", "note"), LABEL),
    "n": FG,
    **{f"finegray_{ties}_{part}": FG for ties in ("efron", "breslow") for part in ("coef", "robust_se")},
    "finegray_rows": "rows of R's expanded data: ours is not expanded",
    **dict.fromkeys(("crr_coef", "crr_loglik", "crr_loglik_null", "crr_p"), CRR),
    # To 1 %, and used in crr_p: crr counts that the weights are estimated, we take them as known.
    "crr_se": FG,
}
OF_STATES = {
    "states": LABEL,
    **dict.fromkeys(("times", "transitions", "pstate", "se_ij"), (STATES, "test_illness_and_death")),
    "restricted_mean_time_in_state": (STATES, "test_illness_and_death"),
}
OF_ETM = {
    **dict.fromkeys(("times", "P"), (STATES, "test_transition_matrices")),
    "var": "Greenwood's variance, which takes the transitions of one person as unrelated; ours is by person",
}
SURVREG = (STATES, "test_parametric")
SINGLE: dict[tuple[str, str], dict[str, Any]] = {
    ("lung", "residuals"): {
        **dict.fromkeys(("martingale", "score", "dfbeta", "schoenfeld_first5"), (COX, "test_residuals")),
        **dict.fromkeys(("deviance", "scaledsch_first5"), (COX, "test_residuals_that_follow_from_these")),
    },
    ("lung", "km_weighted_age"): {
        **dict.fromkeys(("times", "surv", "std_err_robust"), (CURVE, "test_weighted_curve_is_robust")),
        "std_err_default": "takes weights as numbers of persons; variance under weights is always robust",
    },
    ("mgus2", "multistate_cox"): {
        **dict.fromkeys(
            ("coef", "naive_se", "se", "loglik"), (COX, "test_multistate_model_is_one_model_per_transition")
        ),
        **dict.fromkeys(("cmap", "note"), LABEL),
    },
}
PREDICTED = {
    **dict.fromkeys(("newdata", "note"), LABEL),
    **dict.fromkeys(("times", "surv", "std_err", "lower_log", "upper_log"), (COX, "test_predictions")),
}


def family(name: str, key: str) -> dict[str, Any] | None:
    """How each value of a result is accounted for; None where the one test named compares all of them."""
    if (name, key) in SINGLE:
        return SINGLE[name, key]
    for cases, values in (
        (CASES, OF_COX),
        (CURVES, OF_KM),
        (LOGRANK, OF_LOGRANK),
        ({*INCIDENCES, ("mgus2", "aj_left_truncated_age_scale")}, OF_INCIDENCE),
        (FINE_GRAY, OF_FINE_GRAY),
    ):
        if (name, key) in cases:
            return values
    for prefix, values in (
        ("etm_", OF_ETM),
        ("multistate_", OF_STATES),
        ("survfit_state", OF_STATES),
        ("cox_predict", PREDICTED),
        ("survreg_", dict.fromkeys(("coef", "se", "scale", "loglik"), SURVREG)),
    ):
        if key.startswith(prefix):
            return values
    return None


@cache
def results(name: str) -> dict[str, Any]:
    return json.loads((HERE / "results" / f"{name}.json").read_text(encoding="utf-8"))["results"]


def stored() -> list[tuple[str, str]]:
    names = sorted(path.stem for path in (HERE / "results").glob("*.json"))
    return [(name, key) for name in names for key in results(name)]


def of_effects(name: str, key: str) -> bool:
    """Whether a result is one of effects: the tests of effects name it."""
    if (name, key) in REPRODUCED:
        return False
    return (
        name in EFFECTS
        or results(name)[key]["method"] in EFFECT_METHODS
        or (name == "nhefs" and not key.startswith(NHEFS_SURVIVAL))
    )


def exists(test: tuple[str, str]) -> bool:
    tree = ast.parse((HERE / f"{test[0]}.py").read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == test[1] for node in tree.body)


def unaccounted(values: dict[str, Any], known: dict[str, Any]) -> set[str]:
    """Values of a result that are not named; names of groups and of states are stepped over."""
    found: set[str] = set()
    for key, value in values.items():
        if key in known:
            if isinstance(known[key], dict):
                found |= {f"{key}/{part}" for part in set(value) - set(known[key])}
        elif isinstance(value, dict):
            found |= unaccounted(value, known)
        else:
            found.add(key)
    return found


@pytest.mark.parametrize(("name", "key"), stored(), ids="-".join)
def test_each_result_is_reproduced_or_excused(name: str, key: str) -> None:
    said = [(name, key) in REPRODUCED, (name, key) in NOT_REPRODUCED, of_effects(name, key)]
    assert sum(said) == 1, "name the test that reproduces it, or the reason why none does"
    known = family(name, key) if said[0] else None
    if known is not None:
        assert unaccounted(results(name)[key]["values"], known) == set()


def test_nothing_is_named_that_is_not_stored() -> None:
    assert {*REPRODUCED, *NOT_REPRODUCED, *SINGLE} <= set(stored())


def test_every_test_named_is_there_and_every_reason_is_said() -> None:
    families = [
        OF_COX,
        OF_COX["concordance"],
        OF_KM,
        OF_LOGRANK,
        OF_INCIDENCE,
        OF_FINE_GRAY,
        OF_STATES,
        OF_ETM,
    ]
    named = {*REPRODUCED.values(), SURVREG}
    for values in (*families, *SINGLE.values(), PREDICTED):
        for how in values.values():
            assert how
            if isinstance(how, tuple):
                named.add(how)
    assert [test for test in named if not exists(test)] == []
    assert all(NOT_REPRODUCED.values())
