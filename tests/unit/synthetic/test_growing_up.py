"""Children of the city grow into systems and out of them, and nothing else knows of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from hamm_eval.cohort.eligibility import day_of_age
from hamm_eval.synthetic.export import HAMM_SEED, simulate_city
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.scenario.growing_up import GrowingUp
from hamm_eval.synthetic.truth import simulate_truth
from hamm_eval.synthetic.truth.stored import as_json
from hamm_eval.synthetic.world import World

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def otherwise(scenario: Scenario) -> dict[str, Records]:
    """The tables of a city in which children grow up in another way."""
    law = scenario.growing_up
    other = law.model_copy(
        update={
            "school_year_begins": (9, 1),
            "kita": law.kita.model_copy(update={"from_age": 1, "monthly": {0: 0.5}}),
            "school": law.school.model_copy(update={"deferred": 0.3}),
        }
    )
    return simulate_city(scenario.model_copy(update={"growing_up": other}), seed=HAMM_SEED)[1]


@pytest.fixture(scope="module")
def stays(latest: Frames) -> pd.DataFrame:
    """Stays in systems with each person's birthdays and first day of eligibility."""
    persons = latest["persons"].set_index("person_id")["birth_month"]
    eligible = latest["eligibility"].groupby("person_id")["valid_from"].min()
    rows = latest["transitions"]
    born = rows["person_id"].map(persons)
    since = rows["person_id"].map(eligible)
    return rows.assign(
        two=day_of_age(born, 2),
        six=day_of_age(born, 6),
        sixteen=day_of_age(born, 16),
        eighteen=day_of_age(born, 18),
        since=since,
    )


def test_no_other_table_depends_on_it(
    city: tuple[World, dict[str, Records]], otherwise: dict[str, Records]
) -> None:
    for name, rows in city[1].items():
        if name != "transitions":
            for column in rows:
                np.testing.assert_array_equal(rows[column], otherwise[name][column], err_msg=column)


def test_other_entries_depend_on_it_only_by_coming_too_late(
    city: tuple[World, dict[str, Records]], otherwise: dict[str, Records]
) -> None:
    one, other = (
        pd.DataFrame(rows).drop_duplicates("transition_id").set_index("transition_id")
        for rows in (city[1]["transitions"], otherwise["transitions"])
    )
    both = one.index.intersection(other.index)
    entry = ["person_id", "kind", "entered_on"]
    same = (one.loc[both, entry] == other.loc[both, entry]).all(axis=1).to_numpy()
    # Whoever grows in stands behind all others, under numbers that the others do not have.
    before = both[: int(np.flatnonzero(~same)[0])]
    assert len(before) > 3000
    assert same[len(before) :].mean() < 0.05
    ends_with_age = one.loc[before, "kind"].isin(["kita", "school"])
    untouched = before[~ends_with_age]
    pd.testing.assert_frame_equal(one.loc[untouched], other.loc[untouched])
    gone = one.index[one.index < before[-1]].symmetric_difference(other.index[other.index < before[-1]])
    assert 0 < len(gone) < 60
    kinds = pd.concat([one.loc[one.index.intersection(gone)], other.loc[other.index.intersection(gone)]])
    assert set(kinds["kind"]) == {"kita"}


def test_no_truth_depends_on_it(scenario: Scenario) -> None:
    assert scenario.model_copy(update={"growing_up": None}).digest == scenario.digest
    # Without any such law whoever asked for it would fail.
    told = [
        as_json(simulate_truth(s, scale=0.25, seed=5))
        for s in (scenario, scenario.model_copy(update={"growing_up": None}))
    ]
    assert told[0] == told[1]


def test_school_begins_with_a_school_year_at_six_or_a_year_later(stays: pd.DataFrame) -> None:
    grown = stays[(stays["kind"] == "school") & (stays["six"] > stays["since"])]
    assert len(grown) > 80
    days = (grown["entered_on"] - grown["six"]).dt.days
    assert (days >= 0).all()
    on_time = grown["entered_on"].dt.strftime("%m-%d") == "08-01"
    assert 0.75 < on_time.mean() < 1
    assert 0.02 < (days[on_time] > 365).mean() < 0.18
    assert (days[on_time] < 730).all()


def test_kita_is_begun_at_about_three_and_ends_before_school(stays: pd.DataFrame) -> None:
    kita = stays[stays["kind"] == "kita"]
    grown = kita[kita["two"] > kita["since"]]
    assert len(grown) > 15
    age = (grown["entered_on"] - grown["two"]).dt.days / 365.25 + 2
    assert (age >= 2).all() and age.median() < 3.8
    school = stays[stays["kind"] == "school"].set_index("person_id")
    both = kita[kita["person_id"].isin(school.index)].set_index("person_id")
    both = both.join(school["entered_on"].rename("school_on"))
    assert len(both) > 60
    ended = both[both["left_on"].notna()]
    assert len(ended) > 0.7 * len(both)
    assert (both["entered_on"] < both["school_on"]).all()
    assert (ended["left_on"] < ended["school_on"]).all()
    assert (ended["left_on"].dt.strftime("%m-%d") == "07-31").mean() > 0.95


def test_school_is_left_at_sixteen_and_some_begin_training(stays: pd.DataFrame) -> None:
    school = stays[stays["kind"] == "school"]
    left = school[school["left_on"].dt.strftime("%m-%d") == "07-31"]
    assert len(left) > 20
    assert (left["left_on"] >= left["sixteen"]).all()
    assert ((left["left_on"] - left["entered_on"]).dt.days >= 365).all()
    training = stays[(stays["kind"] == "vocational_training") & (stays["sixteen"] > stays["since"])]
    assert len(training) > 5
    assert set(training["entered_on"].dt.strftime("%m-%d")) == {"09-01"}
    last = training["person_id"].map(left.set_index("person_id")["left_on"])
    assert ((training["entered_on"] - last).dt.days == 32).all()


def test_full_age_opens_what_is_for_adults(stays: pd.DataFrame) -> None:
    for kind in ("integration_point", "job_centre"):
        rows = stays[stays["kind"] == kind]
        grown = rows[rows["eighteen"] > rows["since"]]
        assert len(grown) > 5
        assert (rows["entered_on"] > rows["eighteen"]).all()


def test_a_day_that_not_every_year_has_is_refused(scenario: Scenario) -> None:
    content = scenario.growing_up.model_dump()
    with pytest.raises(ValidationError, match="school_year_begins"):
        GrowingUp.model_validate({**content, "school_year_begins": (2, 29)})
