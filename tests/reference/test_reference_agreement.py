"""Agreement of raters against R: kappa, intraclass correlation, Krippendorff's alpha."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hamm_eval.ratings import fleiss_kappa, intraclass_correlation, krippendorff_alpha, weighted_kappa

CLOSED = 1e-10
KAPPAS = ("kappa_anxiety_1_2", "kappa_anxiety_1_3", "kappa_anxiety_2_3", "kappa_diagnoses_1_2")
ICCS = {"icc_shrout_fleiss": "shrout_fleiss", "icc_anxiety": "anxiety"}
ALPHAS = {
    **{f"krippendorff_C_{level}": level for level in ("nominal", "ordinal", "interval", "ratio")},
    **{f"krippendorff_anxiety_{level}": level for level in ("nominal", "ordinal", "interval")},
}
WEIGHTS = {"none": "fce_unweighted", "linear": "fce_linear", "quadratic": "fce_quadratic"}
PSYCH = {"none": "psych_unweighted", "linear": "psych_linear", "quadratic": "psych_quadratic"}


def raters(name, data):
    """The two raters that a result names, and the points of the scale."""
    table = data(name.split("_")[1])
    a, b = (table.iloc[:, int(place) - 1] for place in name.split("_")[2:])
    return a, b


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("name", KAPPAS)
def test_kappa(name, weights, reference, data):
    values = reference("agreement")[name]
    a, b = raters(name, data)
    levels = values["levels"] if "diagnoses" in name else [int(level) for level in values["levels"]]
    found = weighted_kappa(a, b, weights=weights, categories=levels)
    expected = values[WEIGHTS[weights]]
    assert found.n == values["n"]
    assert found.table.tolist() == values["table"]["data"]
    got = [
        found.value,
        found.observed_agreement,
        found.expected_agreement,
        found.std_error,
        found.null_std_error,
    ]
    assert_allclose(got, [expected[key] for key in ("kappa", "po", "pe", "se", "se0")], rtol=CLOSED)
    assert_allclose(found.value, values[PSYCH[weights]], rtol=CLOSED)
    if weights == "none":
        # psych's variance is right where nothing is weighted.
        assert_allclose(found.std_error**2, values["psych_var_kappa"], rtol=CLOSED)
        interval = values["psych_confid_quadratic_call"]["data"][0]
        assert_allclose([found.lower, found.value, found.upper], interval, rtol=CLOSED)


def test_scales_of_numbers_need_no_declaration(reference, data):
    """Nobody of raters 2 and 3 gave a 5: numbers keep their distances."""
    a, b = raters("kappa_anxiety_2_3", data)
    expected = reference("agreement")["kappa_anxiety_2_3"]["fce_quadratic"]["kappa"]
    found = weighted_kappa(a, b)
    assert 5 not in found.categories
    assert_allclose(found.value, expected, rtol=CLOSED)


@pytest.mark.parametrize("name", ICCS)
def test_icc(name, reference, data):
    values = reference("agreement")[name]
    table = data(ICCS[name]).to_numpy()
    for k, kind in enumerate(values["type"]):
        found = intraclass_correlation(table, kind)
        got = [found.value, found.lower, found.upper, found.statistic, *found.dof, found.p_value]
        keys = ("icc", "lower", "upper", "F", "df1", "df2", "p")
        assert_allclose(got, [values[key][k] for key in keys], rtol=CLOSED, err_msg=kind)


def test_fleiss_kappa(reference, data):
    values = reference("agreement")["fleiss_kappa_diagnoses"]
    found = fleiss_kappa(data("diagnoses"))
    got = [found.value, found.null_std_error, found.statistic, found.p_value]
    assert_allclose(got, [values[key] for key in ("kappa", "se0", "z", "p")], rtol=CLOSED)


@pytest.mark.parametrize("name", ALPHAS)
def test_krippendorff_alpha(name, reference, data):
    values = reference("agreement")[name]
    table = data("krippendorff_c").iloc[:, 1:] if "_C_" in name else data("anxiety")
    found = krippendorff_alpha(table.to_numpy(dtype=float).T, ALPHAS[name])
    got = [found.value, found.observed_disagreement, found.expected_disagreement, found.pairable]
    keys = ("alpha", "observed_disagreement", "expected_disagreement", "pairable_values")
    assert_allclose(got, [values[key] for key in keys], rtol=CLOSED)


def test_what_psych_and_irr_have_wrong_is_not_met(reference, data):
    """DIVERGENCES.md, 7 and 8: psych's weighted variance, irr's alpha of complete tables."""
    values = reference("agreement")["kappa_anxiety_1_2"]
    a, b = raters("kappa_anxiety_1_2", data)
    found = weighted_kappa(a, b)
    assert values["psych_var_weighted_quadratic"] > 10 * found.std_error**2
    alpha = krippendorff_alpha(data("anxiety").to_numpy(dtype=float).T, "nominal").value
    assert abs(alpha - -0.0324) > 0.008
    # The formula by hand: pairs within a subject against pairs of all.
    table = data("anxiety").to_numpy()
    within = np.mean([r[i] != r[j] for r in table for i in range(3) for j in range(3) if i != j])
    flat = table.ravel()
    among = (flat[:, None] != flat).sum() / (flat.size * (flat.size - 1))
    assert_allclose(alpha, 1 - within / among, rtol=CLOSED)
