"""A misspelt name is answered with the nearest one, in the same words wherever it stands."""

import pytest

from hamm_eval.nearest import did_you_mean, nearest

NAMES = ["01_who", "02_time_to_integration", "age_group", "B1"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("agegroup", "age_group"),
        ("Age_Group", "age_group"),  # as difflib alone would not find it
        ("b1", "B1"),
        ("02_time", "02_time_to_integration"),  # a beginning, too short to be alike
    ],
)
def test_the_nearest_is_told(written, meant):
    assert did_you_mean(written, NAMES) == f"Did you mean {meant}?"


@pytest.mark.parametrize("written", ["zzz", "", "a", "0"])
def test_where_none_is_near_all_are_told(written):
    assert nearest(written, NAMES) is None
    assert did_you_mean(written, NAMES, known="Ours") == f"Ours: {', '.join(NAMES)}."


def test_nothing_known_is_said_to_be_none():
    assert did_you_mean("sex", []) == "Known: none."


def test_names_are_read_once():
    assert did_you_mean("sexx", iter(["age", "sex"])) == "Did you mean sex?"
