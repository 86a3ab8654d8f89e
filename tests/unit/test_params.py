from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.params import json_schema, load_params

PARAMS = Path(__file__).parents[2] / "params" / "2017-Q2.yaml"


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = PARAMS.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "2017-Q2.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    return 1 + next(i for i, line in enumerate(path.read_text(encoding="utf-8").splitlines()) if text in line)


def test_the_committed_quarter_is_sound() -> None:
    params = load_params(PARAMS)
    assert str(params.quarter) == PARAMS.stem
    assert {
        "language_b1",
        "employment_13_weeks",
        "school_entry",
        "social_participation",
        "orientation_course",
    } <= set(params.endpoints)


def test_one_quarter_of_the_year_is_confirmatory(tmp_path: Path) -> None:
    assert not load_params(PARAMS).confirmatory
    here = edited(tmp_path, ("confirmatory_quarter: 4", "confirmatory_quarter: 2"))
    assert load_params(here).confirmatory
    left_out = edited(tmp_path, ("confirmatory_quarter: 4\n", ""))
    assert load_params(left_out).confirmatory_quarter == 4
    with pytest.raises(ParamsError, match="confirmatory_quarter"):
        load_params(edited(tmp_path, ("confirmatory_quarter: 4", "confirmatory_quarter: 5")))


def test_every_question_has_reasons_and_a_negative_control() -> None:
    params = load_params(PARAMS)
    asked = params.measure_effectiveness
    assert [key for key, question in asked.items() if question.primary] == ["intensive_course_on_b1"]
    assert len(asked) >= 5
    for question in asked.values():
        control = question.negative_control
        assert control is not None
        assert control.endpoint != question.endpoint
        assert control.reason.de and control.reason.en
        for reason in (*question.adjust_for.values(), *question.left_out.values()):
            assert reason.de and reason.en
        assert not set(question.adjust_for) & set(question.left_out)


@pytest.mark.parametrize(
    "question", ["measure_effectiveness.intensive_course_on_b1", "target_trials.intensive_course_on_b1"]
)
def test_a_question_without_a_negative_control_is_refused_with_what_to_do(
    tmp_path: Path, question: str
) -> None:
    room, key = question.split(".")
    content = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    asked = content[room][key]
    control = asked.pop("negative_control")
    path = tmp_path / PARAMS.name
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(ParamsError) as refused:
        load_params(path)
    (problem,) = refused.value.problems
    assert problem.where.endswith(f"{question}.negative_control")
    assert "Name an endpoint that the measure cannot affect" in (problem.todo or "")
    # Nor may it be the endpoint itself.
    asked["negative_control"] = control | {"endpoint": asked["endpoint"]}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(ParamsError, match="is the endpoint that the question asks for"):
        load_params(path)
    # Where lots were drawn there is nothing to be found out.
    if room == "measure_effectiveness":
        asked["assignment"] = "randomised"
        del asked["negative_control"]
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        assert load_params(path).measure_effectiveness[key].negative_control is None


def test_all_problems_are_told_at_once_with_path_line_and_the_nearest_key(tmp_path: Path) -> None:
    path = edited(
        tmp_path,
        ("data_cut:", "data_cutt:"),
        ("min_age: 6}", "min_agee: 6}"),
        ("estimand: ATT", "estimand: ATX"),
        ("quarter: 2017-Q2", "quarter: 2017-Q7"),
    )
    with pytest.raises(ParamsError) as refused:
        load_params(path)
    message = str(refused.value)
    assert len(refused.value.problems) == 5
    assert f":{line_of(path, 'data_cutt')}: data_cutt: This key is unknown. Did you mean data_cut?" in message
    assert "data_cut: This key is missing" in message
    assert f":{line_of(path, 'min_agee')}: endpoints.social_participation.at_risk.min_agee" in message
    assert "Did you mean min_age?" in message
    assert f":{line_of(path, 'ATX')}:" in message
    assert "Allowed: 'ATT', 'ATE' or 'ATO'" in message
    assert "quarter: A quarter is written as year" in message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("measure: language_course_intensive", "measure: language_course_intensiv"), "no such measure"),
        (("endpoint: language_b1", "endpoint: language_b2"), "no such endpoint"),
        (("  participations: 55\n", ""), "no reporting delay"),
        (("eligible_from: 2015-01-01", "eligible_from: 2018-01-01"), "window ends before it begins"),
        (("data_cut: 2017-06-30", "data_cut: 2016-06-30"), "before the quarter"),
        (("data_cut: 2017-06-30", "data_cut: 2018-07-02"), "more than a year after the quarter"),
        (("eligible_until: 2017-06-30", "eligible_until: 2017-07-01"), "window ends after the data cut"),
        (("{min_age: 16, max_age: 64}", "{min_age: 65, max_age: 64}"), "ages at risk end before they begin"),
        (("{min_age: 2, max_age: 5}", "{min_age: 6, max_age: 5}"), "ages at risk end before they begin"),
        (("cuts: [25, 35, 45]", "cuts: [25, 45, 35]"), "Cuts increase"),
        (("cuts: [25, 35, 45]", "cuts: [25, 25, 45]"), "Cuts increase"),
    ],
)
def test_names_that_point_nowhere_and_contradicting_dates(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    with pytest.raises(ParamsError, match=told) as refused:
        load_params(edited(tmp_path, change))
    assert all(problem.where.split(":")[1].isdigit() for problem in refused.value.problems)


def test_what_is_no_day_is_said_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"data_cut: This is no day\. Write .* as 2017-06-30") as told:
        load_params(edited(tmp_path, ("data_cut: 2017-06-30", "data_cut: yesterday")))
    assert "yesterday" not in str(told.value)


def test_a_data_cut_up_to_a_year_after_the_quarter_is_sound(tmp_path: Path) -> None:
    load_params(edited(tmp_path, ("data_cut: 2017-06-30", "data_cut: 2018-07-01")))


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    # YAML keeps the last one without a word.
    with pytest.raises(ParamsError, match="city: This key is written twice"):
        load_params(edited(tmp_path, ("city: Hamm", "city: Hamm\ncity: Ham")))


def test_folders_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="relative to the folder that holds params/"):
        load_params(edited(tmp_path, ("folder: synthetic_data/hamm", "folder: /data/hamm")))


def test_a_sustained_event_needs_the_column_that_ends_it(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="sustained_days and until belong together"):
        load_params(edited(tmp_path, ("      until: left_on\n", "")))


@pytest.mark.parametrize("text", ["quarter: [", "quarter: 2017-Q2\n\tcity: x", "data_cut: 2017-02-31"])
def test_what_is_no_yaml_is_told_with_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match=r"broken\.yaml"):
        load_params(path)


def test_a_missing_or_empty_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_params(tmp_path / "none.yaml")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ParamsError, match="quarter: This key is missing"):
        load_params(tmp_path / "empty.yaml")


def test_params_are_frozen() -> None:
    params = load_params(PARAMS)
    with pytest.raises(ValueError, match="frozen"):
        params.city = "Unna"  # type: ignore[misc]


def test_the_schema_names_every_key_that_is_required() -> None:
    schema = json_schema()
    assert {"quarter", "data_cut", "source", "endpoints"} <= set(schema["required"])
    assert schema["properties"]["quarter"]["type"] == "string"
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "horizons_days: [90, 180, 270, 365]",
            "horizons_days: [180, 90]",
            "do not increase up to",
        ),
        (
            "horizons_days: [90, 180, 270, 365]",
            "horizons_days: [90, 400]",
            "do not increase up to",
        ),
        ('      age_class: {de: "J', '      age_clas: {de: "J', "Did you mean age_class"),
        ("    language_b1:\n      amount", "    language_b2:\n      amount", "Did you mean language_b1"),
        ("amount: 10000", "amount: 0", "greater than 0"),
    ],
)
def test_groups_horizons_and_prices_are_checked(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        load_params(edited(tmp_path, (old, new)))
