"""Target groups: each by its own clock and under its own name; of one defined by status all is sensitive."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hamm_eval
from hamm_eval.analysis.participations import evaluated_persons
from hamm_eval.cohort import build_cohort
from hamm_eval.cohort.event_source import tables_given
from hamm_eval.errors import ParamsError, ReleaseRefused, UsageError
from hamm_eval.estimate import CountTable, Definition
from hamm_eval.params import Params, load_params
from hamm_eval.pipeline.inspect import inspect_notebooks
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.release.record import RunRecord
from hamm_eval.report.show import Show
from hamm_eval.report.wording import Wording
from hamm_eval.study import Study

ROOT = Path(__file__).parents[2]
PARAMS = ROOT / "params/2017-Q2.yaml"


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study(PARAMS)


@pytest.fixture(scope="module")
def asked() -> Params:
    return load_params(PARAMS)


def changed(tmp_path: Path, *edits: tuple[str, str]) -> Path:
    text = PARAMS.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# --- by its own clock --------------------------------------------------------------------------------------


def test_a_group_has_its_own_people_and_its_own_clock(asked: Params) -> None:
    tolerated = asked.for_group("tolerated")
    assert (asked.target_group, tolerated.target_group) == ("", "tolerated")
    assert {endpoint.origin for endpoint in tolerated.endpoints.values()} == {"arrival"}
    assert {endpoint.origin for endpoint in asked.endpoints.values()} == {"eligibility"}
    assert asked.for_group("eu_citizens").cohort.population == "eu_citizen"
    # From one group to another is a change, not a sum.
    assert tolerated.for_group("eu_citizens") == asked.for_group("eu_citizens")


@pytest.mark.parametrize("group", ["", "tolerated", "eu_citizens"])
def test_every_question_is_of_the_same_people(study: Study, asked: Params, group: str) -> None:
    params = asked.for_group(group) if group else asked
    persons, _ = evaluated_persons(tables_given(study.case_file), params)
    attrition = dict(build_cohort(study.case_file, params, "social_participation").attrition)
    assert len(persons) == attrition.get("status_at_origin", attrition["eligible_in_window"])


@pytest.mark.parametrize(
    "several", ["tolerated+eu_citizens", "tolerated,eu_citizens", ("tolerated", "eu_citizens")]
)
def test_groups_are_never_asked_together(asked: Params, several: Any) -> None:
    with pytest.raises(UsageError, match="never evaluated together: each has its own clock"):
        asked.for_group(several)
    with pytest.raises(UsageError, match=r"no such target group.*Ask for one: tolerated, eu_citizens"):
        asked.for_group("everybody")


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (("[required_to_leave]", "[recognised]"), "belong to another one as well"),
        (
            ("    status_at_origin: [required_to_leave]\n", ""),
            "belong to another one",
        ),
        (("population: eu_citizen\n", "population: refugee\n"), "belong to another one as well"),
        (("    population: eu_citizen\n", ""), "population"),
    ],
)
def test_groups_that_share_people_are_refused(tmp_path: Path, edit: tuple[str, str], told: str) -> None:
    with pytest.raises(ParamsError, match=told):
        load_params(changed(tmp_path, edit))


def city() -> Any:
    """Tolerated since long before files began, recognised, and somebody whose status came late."""
    from types import SimpleNamespace

    people = [
        # who, born, arrived, file, spells of status
        ("tolerated", "1999-06-01", "2010-06-15", "2016-03-01", [("required_to_leave", "2010-06-15", None)]),
        ("recognised", "1990-01-01", "2015-06-15", "2016-03-01", [("recognised", "2015-06-15", None)]),
        (
            "became_tolerated",
            "1990-01-01",
            "2012-01-01",
            "2016-03-01",
            [
                ("prospect_of_staying", "2012-01-01", "2014-12-31"),
                ("required_to_leave", "2015-01-01", None),
            ],
        ),
        (
            "still_a_child",
            "2003-06-01",
            "2010-06-15",
            "2016-03-01",
            [("required_to_leave", "2010-06-15", None)],
        ),
    ]
    who = [p[0] for p in people]
    opened = pd.to_datetime([p[3] for p in people])
    tables = {
        "persons": pd.DataFrame(
            {
                "person_id": who,
                "household_id": who,
                "population": "refugee",
                "birth_month": pd.to_datetime([p[1] for p in people]),
                "arrived_on": pd.to_datetime([p[2] for p in people]),
            }
        ),
        "eligibility": pd.DataFrame({"person_id": who, "valid_from": opened, "valid_until": pd.NaT}),
        "residence_status": pd.DataFrame(
            [
                {
                    "person_id": p[0],
                    "status": s,
                    "valid_from": pd.Timestamp(a),
                    "valid_until": pd.Timestamp(b or pd.NaT),
                }
                for p in people
                for s, a, b in p[4]
            ]
        ),
        "cases": pd.DataFrame(
            {
                "case_id": who,
                "person_id": who,
                "opened_on": opened,
                "closed_on": pd.Series([pd.NaT] * len(who), dtype="datetime64[ns]"),
                "closing_reason": None,
                "social_worker": "w",
                "provider": "awo",
                "social_space": "north",
            }
        ),
        "departures": pd.DataFrame({"person_id": [], "kind": [], "departed_on": pd.to_datetime([])}),
        "language_tests": pd.DataFrame(
            {
                "person_id": ["tolerated"],
                "cefr_level": ["B1"],
                "passed": [True],
                "tested_on": pd.to_datetime(["2016-06-15"]),
            }
        ),
    }
    return SimpleNamespace(tables=tables, has=tables.__contains__)


def test_who_has_lived_here_for_years_enters_late_and_as_what_they_are_by_then(asked: Params) -> None:
    found = build_cohort(city(), asked.for_group("tolerated"), "language_b1").episodes.set_index("person_id")
    assert list(found.index) == ["became_tolerated", "tolerated"]
    row = found.loc["tolerated"]
    arrived = pd.Timestamp("2010-06-15")
    assert row["origin_on"] == arrived
    assert row["entry"] == (pd.Timestamp("2016-03-01") - arrived).days
    assert row["time"] == (pd.Timestamp("2016-06-15") - arrived).days
    assert (row["cause"], row["age"]) == (1, 16)  # a child of eleven on arrival, of the endpoint's age by now
    assert found.loc["became_tolerated", "status"] == "required_to_leave"
    # The cohort of the report has the others, by the clock of eligibility.
    cohort = build_cohort(city(), asked, "language_b1").episodes
    assert list(cohort["person_id"]) == ["recognised"]
    assert list(cohort["entry"]) == [0]


# --- under its own name ------------------------------------------------------------------------------------


def test_a_digest_tells_groups_apart_and_is_the_same_without_one() -> None:
    plain = Definition("q", "k", {"a": 1})
    text = json.dumps(["q", "k", 1, {"a": 1}], sort_keys=True, ensure_ascii=False)
    assert plain.digest == hashlib.sha256(text.encode()).hexdigest()[:16]
    named = [plain, *(Definition("q", "k", {"a": 1}, group=group) for group in ("tolerated", "eu_citizens"))]
    assert len({definition.digest for definition in named}) == 3
    assert [definition.id for definition in named] == ["q:k", "q@tolerated:k", "q@eu_citizens:k"]


def test_every_answer_bears_its_group(study: Study) -> None:
    cohort = study.time_to_integration("social_participation")
    for group in study.params.target_groups:
        of = study.for_group(group)
        found = [
            of.time_to_integration("social_participation"),
            of.attrition("social_participation"),
            of.composition("household_type"),
            of.states_over_time("case_phases"),
            of.access_to_systems("adults"),
            of.volunteer_coverage("any_support"),
            of.goals_at_reviews("work"),
            of.goal_attainment(),
            of.attainment_by_definition("work"),
            of.review_discipline("overdue_reviews"),
        ]
        lacking = [of.attainment_model("cultural_political"), of.attainment_workers("cultural_political")]
        assert {estimate.definition.group for estimate in lacking} == {group}
        assert {estimate.definition.group for estimate in found} == {group}
        shown = [release(estimate, policy_of(of.params)) for estimate in found]
        assert {(one.group, "@" + group in one.id) for one in shown} == {(group, True)}
        assert found[0].definition.digest != cohort.definition.digest


def test_opened_by_the_notebooks_parameter(study: Study) -> None:
    assert study.for_group("eu_citizens").params.target_group == "eu_citizens"
    assert "target group eu_citizens" in repr(study.for_group("eu_citizens"))
    assert "target group" not in repr(study)
    with pytest.raises(UsageError, match="never evaluated together"):
        study.for_group("tolerated+eu_citizens")


def test_what_is_told_of_files_is_no_answer_of_a_group(study: Study) -> None:
    tolerated = study.for_group("tolerated")
    asks = (
        lambda: tolerated.composition("residence_status"),
        tolerated.intake,
        tolerated.plausibility,
        tolerated.completeness,
        tolerated.completeness_by_quarter,
        tolerated.reporting_delays,
        tolerated.truth_check,
        tolerated.caseload,
        lambda: tolerated.delays("provider"),
    )
    for ask in asks:
        with pytest.raises(UsageError, match="not of a target group"):
            ask()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fragments as displayed."""
    found: list[str] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **more: found.append(data["text/html"] + data["text/plain"])
    )
    monkeypatch.setattr("IPython.get_ipython", object)
    return found


def table(group: str, counts: list[int]) -> CountTable:
    return CountTable(
        definition=Definition("cohort_and_data_quality", "composition/household_type", group=group),
        rows=("single", "single_parent"),
        columns=("persons",),
        row_dimension="household_type",
        column_dimension="",
        counts=np.array(counts).reshape(-1, 1),
        shares="of_total",
    )


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Zielgruppe: Geduldete"), ("en", "Target group: tolerated")]
)
def test_the_page_says_whose_it_is_whatever_study_shows_it(
    tmp_path: Path, asked: Params, shown: list[str], language: Any, said: str
) -> None:
    show = Show(Policy.strict(), Wording(language, asked), RunRecord(tmp_path, "03"))
    show.table(table("tolerated", [40, 0]))
    show.table(table("eu_citizens", [40, 0]))
    show.table(table("", [40, 0]))
    first, second, third = shown
    assert said in first and said not in second and "he-group-of" in second.split("</style>")[1]
    assert "he-group-of" not in third.split("</style>")[1]
    # Of those whose status defines the group a zero tells something; of the others it is a zero.
    assert "≤7" in first and "≤7" not in second
    # Three results of one question stand beside each other in the record.
    assert len(RunRecord(tmp_path).entries()) == 3


def test_every_group_is_shown_by_its_own_policy(tmp_path: Path, asked: Params, shown: list[str]) -> None:
    """A group that status defines has a stricter one: neither does for the other."""
    record = RunRecord(tmp_path, "03")
    for group in ("tolerated", "eu_citizens", ""):
        Show(Policy.strict(), Wording("de", asked), record).table(table(group, [40, 0]))
    inspect_notebooks({}, record, asked, ())
    assert len({entry.policy for entry in record.entries()}) == 2
    tighter = asked.model_copy(
        update={"release": asked.release.model_copy(update={"tighten": {"curve_persons": 60}})}
    )
    with pytest.raises(ReleaseRefused, match="another policy") as refused:
        inspect_notebooks({}, record, tighter, ())
    assert len(refused.value.problems) == 3
    # A group that the params of the run do not know was never asked for.
    fewer = {name: group for name, group in asked.target_groups.items() if name != "tolerated"}
    with pytest.raises(ReleaseRefused, match="tolerated"):
        inspect_notebooks({}, record, asked.model_copy(update={"target_groups": fewer}), ())


def test_the_quarter_at_a_glance_leaves_groups_out(
    tmp_path: Path, asked: Params, shown: list[str], study: Study
) -> None:
    show = Show(Policy.strict(), Wording("de", asked), RunRecord(tmp_path, "03"))
    curves = study.time_to_integration("language_b1")
    show.curves(curves)
    show.curves(study.for_group("eu_citizens").time_to_integration("language_b1"))
    show.summary()
    entries = {entry.id: entry for entry in RunRecord(tmp_path).entries()}
    assert entries["quarterly_summary:summary"].release["sources"] == ["time_to_integration:language_b1"]


# --- of a status-defined group all is sensitive -------------------------------------------------------------


def test_membership_by_status_makes_every_figure_sensitive(asked: Params) -> None:
    assert policy_of(asked.for_group("tolerated")).sensitive_throughout
    assert not policy_of(asked.for_group("eu_citizens")).sensitive_throughout
    assert not policy_of(asked).sensitive_throughout
    with pytest.raises(ParamsError, match="no such number"):
        policy_of(asked.for_group("tolerated")).tighten({"sensitive_throughout": False})


def test_figures_on_the_few_tolerated_are_withheld_in_words(study: Study, shown: list[str]) -> None:
    tolerated = study.for_group("tolerated")
    study.show.curves(tolerated.time_to_integration("language_b1"))
    study.show.table(tolerated.attrition("language_b1"))
    assert "zu wenige Personen" in shown[0] and "bleiben viele Angaben zurückgehalten" in shown[0]
    assert "<img" not in shown[0]
    exact = {str(count) for _, count in tolerated.cohort("language_b1").attrition if 0 <= count <= 7}
    body = shown[1].split("<tbody>")[1].split("</tbody>")[0]
    assert exact and not any(f">{count}<" in body for count in exact)
