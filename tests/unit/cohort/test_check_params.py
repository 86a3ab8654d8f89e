"""Words of params that the tables do not know: told before anything runs, with line and nearest word."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from hamm_eval.cohort.check_params import check_measures, load_checked_params
from hamm_eval.cohort.grouping import FOLLOW_UP, IDS, is_number, levels_of
from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.params import Group, Label

ROOT = Path(__file__).parents[3]
PARAMS = ROOT / "params" / "2017-Q2.yaml"
COMPETING = "competing: {departure: {table: departures, date: departed_on}}"


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = PARAMS.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "2017-Q2.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", [PARAMS, ROOT / "examples" / "rossi" / "params" / "1972-Q2.yaml"])
def test_the_committed_params_speak_of_what_there_is(path: Path) -> None:
    load_checked_params(path)


@pytest.mark.parametrize(
    ("change", "place", "advice"),
    [
        (
            (COMPETING, COMPETING.replace("departed_on}", "departed_on, where: {kind: returnd}}")),
            "endpoints.language_b1.competing.departure.where.kind",
            "Did you mean returned?",
        ),
        (("cefr_level: [B1,", "cefr_level: [b1,"), "event.where.cefr_level[0]", "Did you mean|Known: A1"),
        (("passed: true", "passed: 'true'"), "event.where.passed", "true or false, unquoted"),
        (("passed: true", "passd: true"), "event.where.passd", "Did you mean passed?"),
        (("date: tested_on", "date: testd_on"), "language_b1.event.date", "Did you mean tested_on?"),
        (("date: tested_on", "date: cefr_level"), "language_b1.event.date", "Known: tested_on"),
        (("until: left_on", "until: lefton"), "employment_13_weeks.event.until", "Did you mean left_on?"),
        (
            (COMPETING, COMPETING.replace("table: departures", "table: departurs")),
            "competing.departure.table",
            "Did you mean departures?",
        ),
        (("where: {kind: school}", "where: {kind: 1}"), "school_entry.event.where.kind", "Known: "),
        (("column: sex", "column: sexx"), "groups.sex.column", "Did you mean sex?"),
        (("none, primary]", "nonee, primary]"), "groups.schooling.merge[0].of[0]", "Did you mean none?"),
        (("of: [A1, A2,", "of: [A1, A7,"), "german_on_arrival.merge[0].of[1]", "Known: none"),
        (("      female:", "      femal:"), "groups.sex.levels.femal", "Did you mean female?"),
        (("25_to_34:", "25_to_35:"), "groups.age_group.levels.25_to_35", "Did you mean 25_to_34?"),
        (
            ("language_b1: [household_type, sex]", "language_b1: [age]"),
            "language_b1[0]",
            "Give the group cuts",
        ),
        # By the outcome: why not, beside where.
        (
            ("language_b1: [household_type, sex]", "language_b1: [employment_13_weeks, sex]"),
            "language_b1[0]",
            "immortal time",
        ),
        (
            ("language_b1: [household_type, sex]", "language_b1: [departure, sex]"),
            "language_b1[0]",
            "immortal time",
        ),
        (("column: sex", "column: cefr_level"), "groups.sex.column", "immortal time"),
    ],
)
def test_what_the_tables_do_not_know_is_told_with_line_and_nearest_word(
    tmp_path: Path, change: tuple[str, str], place: str, advice: str
) -> None:
    path = edited(tmp_path, change)
    with pytest.raises(ParamsError, match=advice) as refused:
        load_checked_params(path)
    (problem,) = [one for one in refused.value.problems if place in one.where and "delay" not in one.what]
    first = change[1].splitlines()[0].strip()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert problem.where.startswith(f"{path}:")
    assert first in lines[int(problem.where.removeprefix(f"{path}:").split(":")[0]) - 1]


def test_a_table_about_no_person_carries_no_event(tmp_path: Path) -> None:
    changes = (
        ("event: {table: transitions, date: entered_on, where: {kind: school}}",
         "event: {table: measures, date: available_from}"),
        ("  departures: 50\n", "  departures: 50\n  measures: 0\n"),
    )  # fmt: skip
    with pytest.raises(ParamsError, match="belong to no person"):
        load_checked_params(edited(tmp_path, *changes))


def test_a_mapping_may_bring_columns_of_its_own(tmp_path: Path) -> None:
    mapped = ("  synthetic: true", "  synthetic: true\n  mapping: mapping.yaml")
    load_checked_params(edited(tmp_path, mapped, ("column: sex", "column: financial_aid")))


def case_file(**ids: list[str]) -> Any:
    tables = {name: pd.DataFrame({"measure_id": values}, dtype="string") for name, values in ids.items()}
    return SimpleNamespace(tables=tables, has=tables.__contains__)


KNOWN = [
    "language_course_intensive",
    "job_coaching",
    "orientation_course",
    "application_training",
    "work_opportunity",
    "school_support",
    "mentoring_club",
]


def test_measures_are_those_of_the_export(tmp_path: Path) -> None:
    path = edited(
        tmp_path, ("measure_id: orientation_course", "measure_id: orientation_cours"),
        ("  job_coaching:", "  job_coachin:"), ("measure: job_coaching", "measure: job_coachin"),
        ("_intensive, job_coaching,", "_intensive, job_coachin,"),
    )  # fmt: skip
    params = load_checked_params(path)
    with pytest.raises(ParamsError) as refused:
        check_measures(path, params, case_file(measures=KNOWN[:2], participations=KNOWN[2:]))
    where, advice = zip(*((one.where, one.todo) for one in refused.value.problems), strict=True)
    assert [place.split(": ")[1] for place in where] == [
        "measures.job_coachin",
        "endpoints.orientation_course.event.where.measure_id",
    ]
    assert advice == ("Did you mean job_coaching?", "Did you mean orientation_course?")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "job_coachin:" in lines[int(where[0].removeprefix(f"{path}:").split(":")[0]) - 1]


def test_sound_measures_and_an_export_without_any_pass() -> None:
    params = load_checked_params(PARAMS)
    check_measures(PARAMS, params, case_file(measures=KNOWN))
    check_measures(PARAMS, params, case_file())


@pytest.mark.parametrize(
    ("column", "why"),
    [
        *((name, "known only when follow-up has ended") for name in sorted(FOLLOW_UP)),
        *((name, "names persons or households") for name in sorted(IDS)),
    ],
)
@pytest.mark.parametrize("mapping", [False, True])
def test_the_outcome_and_ids_are_no_groups_with_a_mapping_or_without(
    tmp_path: Path, column: str, why: str, mapping: bool
) -> None:
    changes = [("column: sex", f"column: {column}")]
    if mapping:
        changes.append(("  synthetic: true", "  synthetic: true\n  mapping: mapping.yaml"))
    with pytest.raises(ParamsError) as refused:
        load_checked_params(edited(tmp_path, *changes))
    (problem,) = refused.value.problems
    assert "groups.sex.column" in problem.where
    assert why in problem.what
    assert problem.todo


@pytest.mark.parametrize("column", ["ending", "cause", "time", "followed_until", "person_id", "household_id"])
def test_a_group_by_the_outcome_is_refused_wherever_it_is_used(column: str) -> None:
    group = Group(label=Label(de="x", en="x"), column=column)
    rows = pd.DataFrame({column: ["event", "closed"]})
    with pytest.raises(UsageError, match=r"groups\.g\.column"):
        levels_of(rows, group, "g")
    with pytest.raises(UsageError, match=r"groups\.g\.column"):
        is_number(rows, group, "g")
