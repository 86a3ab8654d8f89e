"""Effects on public data beside experiments, published figures and R, for docs/verification.md.

    python tests/reference/verify_public.py

The data are read from ../shared/reference/data, as the tests beside this file do (README.md).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import public_samples as samples
import survival_data as sd
from public_table import Group, Number, Row, of_effect, of_ratio, table, verdict
from survival_data import Load

from hamm_eval.effects import Matching, effect_at_horizon, estimate_effect, weighted_cox
from hamm_eval.survival import cox
from hamm_eval.synthetic.marked import with_tables

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "reference" / "data"
PAGE = HERE.parents[1] / "docs" / "verification.md"
MISSING = (
    "needs the public data sets named in tests/reference/README.md as CSV files in ../shared/reference/data"
)


def published(dataset: str, result: str, path: str) -> float:
    """A number of the literature, as PUBLISHED.json has it."""
    entries = json.loads((HERE / "PUBLISHED.json").read_text(encoding="utf-8"))
    key = {"dataset": dataset, "result": result, "path": path}
    (entry,) = [entry for entry in entries if all(entry[name] == value for name, value in key.items())]
    return float(entry["published"])


def stored(dataset: str, result: str) -> dict[str, Any]:
    """What R computed."""
    path = HERE / "results" / f"{dataset}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["results"][result]["values"]
    return found


def smoking(load: Load) -> Group:
    """NHEFS: what giving up smoking does to weight."""
    frame, x = samples.followed(load)
    outcome, treated = frame["wt82_71"], frame["qsmk"]
    to_all = [published("nhefs", "g_formula", f"over_1629/mean{arm}") for arm in (1, 0)]
    by_r = stored("nhefs", "aipw_separate")["ate"]

    def row(estimator: str, expected: float, source: str, test: str, within: float, **options: Any) -> Row:
        found = estimate_effect(outcome, treated, x, estimand="ATE", **options)
        return Row(
            f"{estimator}, ATE",
            f"{expected:.2f} kg ({source})",
            of_effect(found, "{:.2f}", " kg"),
            verdict(found),
            f"test_effects_nhefs.py::{test}",
            expected,
            within,
        )

    return Group(
        f"NHEFS, {len(frame):,} smokers: kilograms gained in 11 years by giving up smoking",
        "quitters against smokers",
        of_effect(estimate_effect(outcome, treated, None, method="unadjusted"), "{:.2f}", " kg"),
        (
            row(
                "weighting (IPTW)",
                published("nhefs", "iptw_gee", "coef/qsmk"),
                "*What If*, Program 12.2",
                "test_weighting",
                1e-4,
                method="weighting",
            ),
            # The book standardises to all 1,629 persons, those included whose weight in 1982 is not known.
            row(
                "standardisation (g-formula)",
                to_all[0] - to_all[1],
                "*What If*, Program 13.3",
                "test_standardisation",
                2e-3,
                method="standardisation",
                interactions=["smokeintensity"],
            ),
            row("AIPW", by_r, "R", "test_aipw_with_outcome_models_by_arm", 1e-5),
        ),
    )


def survival(load: Load) -> Group:
    """NHEFS: what giving up smoking does to life."""
    d = sd.nhefs(load)
    asked = {"horizon": 120, "estimand": "ATE"}
    outcome = d["survtime"], d["death"], d["qsmk"]
    crude = effect_at_horizon(*outcome, None, method="unadjusted", **asked)
    found = effect_at_horizon(*outcome, samples.covariates_of(d), method="weighting", **asked)
    alive = [published("nhefs", "km_iptw", f"qsmk={arm}/surv/4") for arm in (1, 0)]
    return Group(
        f"NHEFS, {len(d):,} smokers: alive after 120 months, all having given up smoking against none",
        "quitters against smokers",
        _alive(crude),
        (
            Row(
                "weighting (IPTW), ATE",
                f"{alive[0]:.1%} against {alive[1]:.1%} (*What If*, chapter 17)",
                _alive(found),
                verdict(found),
                "test_effects_weights.py::test_marginal_survival",
                100 * (alive[0] - alive[1]),
                # Both shares are published to a tenth of a percent.
                0.1,
                _arms(found),
            ),
        ),
        _arms(crude),
    )


def _alive(died: Any) -> Number:
    """Points more alive, from an effect on dying."""
    return Number(-100 * died.value, -100 * died.upper, -100 * died.lower, "{:+.1f}", " points")


def _arms(died: Any) -> str:
    return f", {1 - died.risk_treated:.1%} against {1 - died.risk_control:.1%}"


def job_training(load: Load) -> Group:
    """LaLonde: the trained of an experiment, its controls exchanged for persons from a survey."""
    benchmark = published("lalonde", "experimental_dw445", "unadjusted/effect")
    error = published("lalonde", "experimental_dw445", "unadjusted/se_ols")
    trial = load("nsw_dw445")
    experiment = estimate_effect(trial["re78"], trial["trt"], None, method="unadjusted")
    randomised = estimate_effect(trial["re78"], trial["trt"], trial.drop(columns=["trt", "re78"]))
    men, x = samples.men(load)
    crude = estimate_effect(men["re78"], men["treat"], None, method="unadjusted")

    def beside(effect: Any) -> str:
        return f", {'holds' if effect.lower <= benchmark <= effect.upper else 'misses'} the experiment's"

    def row(name: str, estimand: str, expected: float, test: str, **options: Any) -> Row:
        found = estimate_effect(men["re78"], men["treat"], x, estimand=estimand, **options)
        return Row(
            f"{name}, {estimand}",
            f"{benchmark:,.0f} (experiment); {expected:,.0f} (R, this estimator)",
            of_effect(found, "{:,.0f}"),
            verdict(found),
            f"test_effects_{test}",
            expected,
            0.01,
            beside(found),
        )

    aipw, weighted = stored("lalonde", "aipw_separate"), stored("lalonde", "iptw_m_estimation")
    matched = stored("lalonde", "matching_pkg_bias_adjusted")["att"]
    of_aipw = "lalonde.py::test_aipw_with_outcome_models_by_arm"
    of_weighting = "lalonde.py::test_weighting_with_estimated_propensity"
    of_matching = "matching.py::test_matching_on_covariates_with_bias_adjustment"
    options = Matching(distance="inverse_variance", caliper=None, bias_adjustment=True, variance_neighbours=0)
    return Group(
        f"LaLonde, {crude.n.treated} trained men, {crude.n.control} from a survey in place of the "
        "experiment's controls: dollars earned in 1978 by the training",
        "trained against surveyed",
        of_effect(crude, "{:,.0f}"),
        (
            Row(
                f"the experiment itself, {len(trial)} men, difference in means",
                f"{benchmark:,.0f}, standard error {error:,.0f} (Dehejia and Wahba 1999, Table 3)",
                of_effect(experiment, "{:,.0f}"),
                verdict(randomised),
                "test_effects_lalonde.py::test_the_experiments",
                benchmark,
                0.5,
            ),
            row("AIPW", "ATE", aipw["ate"], of_aipw),
            row("AIPW", "ATT", aipw["att"], of_aipw),
            row("weighting", "ATT", weighted["att"]["effect"], of_weighting, method="weighting"),
            row("overlap weights", "ATO", weighted["overlap"]["effect"], of_weighting, method="weighting"),
            row(
                "matching on covariates, bias-adjusted",
                "ATT",
                matched,
                of_matching,
                method="matching",
                matching=options,
            ),
        ),
        beside(crude),
    )


def job_seekers(load: Load) -> Group:
    """JOBS II: a seminar that was offered at random, and not always attended."""
    d, x = samples.seekers(load)
    options: dict[str, Any] = {"outcome_family": "binomial"}
    attended = estimate_effect(d["work"], d["comply"], None, method="unadjusted", **options)
    offered = estimate_effect(d["work"], d["treat"], None, method="unadjusted", **options)
    options |= {"method": "standardisation", "estimand": "ATE", "interactions": "none"}
    adjusted = estimate_effect(d["work"], d["treat"], x, **options)

    def row(name: str, found: Any, expected: float, test: str) -> Row:
        return Row(
            f"{name}, intention to treat",
            f"{100 * expected:+.1f} points (R)",
            of_effect(found, "{:+.1f}", " points", 100),
            verdict(adjusted),
            f"test_effects_jobs2.py::{test}",
            100 * expected,
            1e-4,
        )

    shares, model = stored("jobs2", "itt_risk_difference")["rd"], stored("jobs2", "itt_standardized")["rd"]
    return Group(
        f"JOBS II, the experiment, {len(d)} job seekers: in work after the offer of a job-search seminar",
        "who attended against all others",
        of_effect(attended, "{:+.1f}", " points", 100),
        (
            row("difference in shares", offered, shares, "test_counts_and_risk_difference"),
            row("standardisation", adjusted, model, "test_standardised_risks"),
        ),
    )


def transplants(load: Load) -> Group:
    """Stanford: who received a heart had to live until one came."""
    ever, rows, known = sd.jasa(load), sd.heart(load), samples.KNOWN_AT_ADMISSION
    dependent = cox(rows["stop"], rows["event"], rows[[*known, "transplant"]], start=rows["start"])
    late = sd.jasa_landmark(load)
    from_day_30 = cox(late["time"], late["fustat"], late[["tx30"]], start=late["begin"])
    days = samples.by_day(rows)
    weighted = weighted_cox(
        days["stop"],
        days["event"],
        days["transplant"],
        days[known],
        start=days["start"],
        person=days["id"],
    )
    regression = "none: a regression, told as an association"

    def row(name: str, found: Number, expected: float, source: str, test: str, design: str) -> Row:
        against = f"{expected:.2f} ({source})"
        return Row(name, against, found, design, f"test_effects_heart.py::{test}", expected, 1e-4)

    return Group(
        f"Stanford, {len(ever)} patients: hazard ratio of death after a heart transplant",
        "ever transplanted against never",
        of_ratio(cox(ever["futime_positive"], ever["fustat"], ever[["transplant"]]), 0),
        (
            row(
                "transplant as a time-dependent covariate",
                of_ratio(dependent, len(known)),
                math.exp(published("heart", "cox_td_efron", "coef/transplant")),
                "documentation of R's survival",
                "test_time_dependent_analyses_see_no_effect",
                regression,
            ),
            row(
                "from a landmark on day 30",
                of_ratio(from_day_30, 0),
                stored("heart", "cox_landmark30")["hr"]["tx30"],
                "R",
                "test_landmark_sees_no_effect",
                regression,
            ),
            row(
                "marginal structural model",
                of_ratio(weighted, 0),
                math.exp(stored("weighted_cox", "heart_time")["coef"]["transplant"]),
                "R",
                "test_marginal_structural_models",
                verdict(_judgeable(weighted)),
            ),
        ),
    )


def _judgeable(fit: Any) -> Any:
    """A marginal structural model by the same limits, on the rows in which someone starts or could have."""
    parts = {name: getattr(fit, name) for name in ("balance", "overlap", "effective_n", "support")}
    return SimpleNamespace(estimand="", **parts)


def groups(load: Load) -> list[Group]:
    """All questions, in the order of the page."""
    return [ask(load) for ask in (smoking, survival, job_training, job_seekers, transplants)]


def content(load: Load) -> str:
    """What stands between the marks of the page."""
    return "\n\n".join(table(group) for group in groups(load))


def read(name: str) -> pd.DataFrame:
    """A public data set by its name."""
    path = DATA / f"{name}.csv"
    if not path.exists():
        raise SystemExit(MISSING)
    return pd.read_csv(path)


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_tables(page, {"public": content(read)}), encoding="utf-8")
