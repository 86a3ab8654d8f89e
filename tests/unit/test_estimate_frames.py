"""Every kind of estimate has a frame of its exact numbers, of the committed city."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import hamm_eval
from hamm_eval.effects.design_check import DesignFailure
from hamm_eval.errors import UsageError
from hamm_eval.estimate import (
    Absent,
    Costs,
    Curves,
    Definition,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Model,
)
from hamm_eval.study import Study

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study(ROOT / "params" / "2017-Q2.yaml")


def test_counts_and_quantiles(study: Study) -> None:
    steps = study.attrition("language_b1").to_frame()
    assert steps.loc["recorded", "persons"] == len(study.case_file.tables["persons"])
    delays = study.reporting_delays().to_frame()
    assert delays["beside"].to_dict() == study.params.reporting_delay_days
    by_provider = study.delays("provider").to_frame()
    assert by_provider.columns.tolist() == ["25 %", "50 %", "75 %", "95 %", "persons"]
    assert (by_provider["25 %"] <= by_provider["95 %"]).all()
    assert by_provider.index.tolist() == list(study.params.groups["provider"].levels)


def test_delays_are_told_by_provider_or_quarter_alone(study: Study) -> None:
    with pytest.raises(UsageError, match="provider, quarter"):
        study.delays("social_worker")  # type: ignore[arg-type]


def test_curves_at_their_horizons(study: Study) -> None:
    curves = study.time_to_integration("language_b1", by="sex")
    assert isinstance(curves, Curves)
    frame = curves.to_frame()
    assert len(frame) == len(curves.groups) * len(curves.horizons)
    first = curves.estimates[0].at([curves.horizons[0]])
    assert frame.loc[0, "incidence"] == first.incidence[0, 0]
    assert (frame["lower"] < frame["incidence"]).all()


def test_model_row_by_row(study: Study) -> None:
    model = study.associations("language_b1")
    assert isinstance(model, Model)
    frame = model.to_frame()
    terms = frame.iloc[: len(model.terms)]
    np.testing.assert_allclose(np.log(terms["hazard_ratio"]), terms["coefficient"], rtol=1e-12)
    assert frame.index.tolist() == [*model.fit.names, "schooling (no entry)"]
    at_risk = study.cohort("language_b1").column("time") > model.since
    assert model.persons + frame["persons"].iloc[-1] == at_risk.sum()


def test_effect_with_what_stands_beside_it(study: Study) -> None:
    effect = study.measure_effectiveness("intensive_course_on_b1")
    assert isinstance(effect, Effect)
    frame = effect.to_frame()
    assert frame.index.tolist() == [
        "by household",
        "by worker",
        "departure",
        "negative control social_participation",
    ]
    assert frame.loc["by household", "value"] == frame.loc["by worker", "value"] == effect.fit.value


def test_a_withheld_effect_says_why(study: Study) -> None:
    effect = study.measure_effectiveness("intensive_course_on_b1")
    assert isinstance(effect, Effect)
    assert (effect.to_frame()["withheld"] == "").all()
    small = DesignFailure("few_persons", 4.0, 10.0, arm="treated")
    nothing = replace(
        effect, fit=None, by_worker=None, departure=None, negative_control=None, failures=(small,),
        by_worker_missing="few_workers",
    )  # fmt: skip
    frame = nothing.to_frame()
    assert frame["withheld"].to_dict() == {
        "by household": "few_persons (treated)",
        "by worker": "few_workers",
    }
    assert frame.columns.tolist() == ["withheld"]
    # What fails its design is still there to be looked at, with the reason beside it.
    uneven = DesignFailure("balance", 0.3, 0.1, covariate="sex")
    frame = replace(effect, failures=(uneven, uneven, small)).to_frame()
    assert frame.loc["by household", "withheld"] == "balance (sex), few_persons (treated)"
    assert frame.loc["by household", "value"] == effect.fit.value
    over_time = EffectOverTime(definition=effect.definition, effects=(nothing, effect))
    parts = over_time.to_frame()
    assert parts["withheld"].tolist() == ["few_persons (treated)", ""]
    assert parts["value"].isna().tolist() == [True, False]


def test_effects_beside_each_other(study: Study) -> None:
    overview = study.effect_overview()
    assert isinstance(overview, EffectOverview)
    frame = overview.to_frame()
    assert set(frame.index) == set(study.params.measure_effectiveness)
    effect = study.measure_effectiveness("intensive_course_on_b1")
    assert isinstance(effect, Effect)
    assert frame.loc["intensive_course_on_b1", "value"] == effect.fit.value
    assert effect is study.measure_effectiveness("intensive_course_on_b1")  # estimated once
    withheld = frame["adjusted"].isna()
    assert withheld.any() and not withheld.all()
    assert ((frame["withheld"] != "") == withheld).all()


def test_costs_of_every_measure_and_class(study: Study) -> None:
    costs = study.costs()
    assert isinstance(costs, Costs)
    frame = costs.to_frame()
    recorded = study.case_file.tables["measures"].set_index("measure_id")["cost_per_participant"]
    assert (frame["cost"] == frame["measure"].map(recorded)).all()
    assert not frame.duplicated(["measure", "funding_class"]).any()
    (of,) = [effect for effect in costs.effects if effect.effect.measure == "language_course_intensive"]
    # Some comparison persons begin the course later, which costs as much.
    assert 0.5 * of.cost < of.additional_cost < of.cost


def test_parts_of_an_effect_and_patterns_of_participation(study: Study) -> None:
    key = "intensive_course_on_b1"
    over_time, by_group = study.effect_over_time(key), study.effect_by_group(key)
    assert isinstance(over_time, EffectOverTime)
    assert isinstance(by_group, EffectByGroup)
    effect = study.measure_effectiveness(key)
    assert isinstance(effect, Effect)
    asked = study.params.measure_effectiveness[key]
    assert over_time.to_frame().index.tolist() == list(asked.horizons_days)
    assert over_time.to_frame()["value"].iloc[-1] == effect.fit.value
    assert [groups.dimension for groups in by_group.groups] == list(asked.by_groups)
    order = study.participation_patterns("order_of_measures").to_frame()
    combined = study.participation_patterns("combinations_of_measures").to_frame()
    assert order["first"].sum() == combined["persons"].sum()
    with pytest.raises(UsageError, match="combinations_of_measures"):
        study.participation_patterns("dose")  # type: ignore[arg-type]


def test_what_lacks_and_what_has_no_frame() -> None:
    assert Absent(definition=Definition("q", "k"), lacking=("truth",)).to_frame()["lacking"].tolist() == [
        "truth"
    ]
    with pytest.raises(UsageError, match="no table of this kind"):
        Estimate(definition=Definition("q", "k")).to_frame()


def test_providers_caseload_and_funding(study: Study) -> None:
    funnel = study.providers("language_b1", by="social_space").to_frame()
    assert list(funnel.index) == sorted(study.params.groups["social_space"].levels)
    assert funnel["observed"].sum() == pytest.approx(funnel["expected"].sum())
    caseload = study.caseload().to_frame()
    # 19 workers, of whom each has some file open in every quarter.
    assert (caseload["workers"] == 19).all()
    assert (caseload["open_cases"] <= caseload["persons"]).all()
    assert "caseload" in study.caseload_model("language_b1").to_frame().index
    spells = study.funding().to_frame()
    assert set(spells["measure"]) == set(study.params.measures)
    for ask, where in ((study.providers, "providers"), (study.caseload_model, "caseload.pace")):
        with pytest.raises(UsageError, match=where.replace(".", r"\.")):
            ask("another")
