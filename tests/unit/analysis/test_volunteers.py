"""Support by volunteers: what was not recorded is missing, never zero; exposure counts from its own day."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import hamm_eval
from hamm_eval.analysis.volunteers import volunteer_association, volunteer_coverage
from hamm_eval.cohort import build_cohort
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.params import Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.report import render
from hamm_eval.report.wording import Wording
from hamm_eval.study import Study
from hamm_eval.survival import cox

LABEL = {"de": "Patenschaft", "en": "Mentorship"}
KINDS = ("mentorship",)
SINCE = pd.Timestamp("2015-11-01")


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study("params/2017-Q2.yaml")


class City:
    """People eligible from given days on, with files from the first day; mentorships; clubs entered."""

    def __init__(self, eligible: list[str]) -> None:
        n = len(eligible)
        who = [f"p{i}" for i in range(n)]
        days = pd.to_datetime(eligible)
        self.tables = {
            "persons": pd.DataFrame(
                {
                    "person_id": who,
                    "household_id": [f"h{i}" for i in range(n)],
                    "population": "refugee",
                    "birth_month": pd.Timestamp("1990-01-01"),
                    "arrived_on": days - pd.Timedelta(days=30),
                }
            ),
            "eligibility": pd.DataFrame({"person_id": who, "valid_from": days, "valid_until": pd.NaT}),
            "cases": pd.DataFrame(
                {
                    "case_id": who,
                    "person_id": who,
                    "opened_on": days,
                    "closed_on": pd.Series([pd.NaT] * n, dtype="datetime64[ns]"),
                    "closing_reason": None,
                    "social_worker": "w",
                    "provider": "awo",
                    "social_space": "north",
                }
            ),
            "departures": self.rows({"person_id": [], "departed_on": []}),
            "volunteer_support": self.rows({"person_id": [], "kind": [], "started_on": [], "ended_on": []}),
            "transitions": self.rows({"person_id": [], "kind": [], "entered_on": [], "left_on": []}),
        }
        self.file: Any = SimpleNamespace(tables=self.tables, has=self.tables.__contains__)

    @staticmethod
    def rows(columns: dict[str, Any]) -> pd.DataFrame:
        frame = pd.DataFrame(columns)
        return frame.assign(**{name: pd.to_datetime(frame[name]) for name in frame if name.endswith("_on")})

    def support(self, *spells: tuple[str, str, str, str | None]) -> City:
        names = ("person_id", "kind", "started_on", "ended_on")
        self.tables["volunteer_support"] = self.rows(dict(zip(names, zip(*spells, strict=True), strict=True)))
        return self

    def enters(self, *entries: tuple[str, Any]) -> City:
        who, days = zip(*entries, strict=True)
        self.tables["transitions"] = self.rows(
            {"person_id": who, "kind": "club", "entered_on": days, "left_on": None}
        )
        return self


def asked(**changes: Any) -> Params:
    label = {"de": "x", "en": "x"}
    content = {
        "quarter": "2016-Q2",
        "data_cut": "2016-06-30",
        "city": "x",
        "source": {"folder": "x"},
        "notebooks": "notebooks",
        "run": [],
        "cohort": {"label": label, "eligible_from": "2015-04-01", "eligible_until": "2016-06-30"},
        "reporting_delay_days": {"transitions": 0, "departures": 0},
        "endpoints": {
            "club": {
                "label": label,
                "event": {"table": "transitions", "date": "entered_on", "where": {"kind": "club"}},
                "competing": {"departure": {"table": "departures", "date": "departed_on"}},
            }
        },
        "volunteers": {
            "mentorship": {
                "label": LABEL,
                "kinds": list(KINDS),
                "endpoint": "club",
                "reporting_delay_days": 0,
            }
        },
    }
    return Params.model_validate(content | changes, strict=False)


def test_quarters_before_recording_are_missing_and_those_after_are_counted() -> None:
    city = City(["2015-05-01"] * 60 + ["2016-02-01"] * 40)
    # The first began before it could be recorded, as an export may have it: it counts from then on.
    city.support(
        ("p0", "mentorship", "2015-06-01", "2015-11-15"),
        ("p1", "mentorship", "2016-01-31", None),
        ("p2", "errands", "2016-01-01", None),
        *((f"p{i}", "mentorship", "2016-04-01", "2016-04-01") for i in range(10, 30)),
    )
    found = volunteer_coverage(city.file, asked(), "mentorship")
    assert found.rows == ("2015-Q2", "2015-Q3", "2015-Q4", "2016-Q1", "2016-Q2")
    assert found.unrecorded == ("2015-Q2", "2015-Q3")
    assert found.counts[2:].tolist() == [[1, 59], [1, 99], [21, 79]]


def test_a_quarter_before_recording_says_so_and_never_zero() -> None:
    city = City(["2015-05-01"] * 60).support(("p0", "mentorship", "2016-01-31", None))
    shown = release(volunteer_coverage(city.file, asked(), "mentorship"), Policy.strict())
    missing, first = shown.cells[0], shown.cells[2]
    assert all(cell.value is None and cell.share is None and not cell.recorded for cell in missing)
    assert first[0].recorded and first[0].value == 0  # nobody, and that was recorded
    for language, word in (("de", "nicht erfasst"), ("en", "not recorded")):
        html = render(shown, Wording(language, asked())).html
        rows = [row for row in html.split("<tr>") if row.startswith('<th scope="row">') and "2015" in row]
        assert [row.count(word) for row in rows] == [2, 2, 0]
        assert not any(">0<" in row for row in rows[:2])
        assert f'alt="{LABEL[language]}' in html and word in html.split('alt="')[1].split('"')[0]


def test_of_the_quarter_in_which_recording_began_only_later_days_count() -> None:
    """Who left in October cannot be said to have had no support."""
    city = City(["2015-05-01"] * 60)
    city.tables["departures"] = City.rows(
        {"person_id": ["p0", "p1"], "departed_on": ["2015-10-31", "2015-11-01"]}
    )
    counts = volunteer_coverage(city.file, asked(), "mentorship").counts
    assert counts[2].tolist() == [0, 59]
    assert counts[3].tolist() == [0, 58]


def test_the_last_quarter_waits_for_its_records() -> None:
    late = {"mentorship": {"label": LABEL, "kinds": list(KINDS), "reporting_delay_days": 1}}
    found = volunteer_coverage(City(["2015-05-01"] * 9).file, asked(volunteers=late), "mentorship")
    assert found.rows[-1] == "2016-Q1"


def sample() -> tuple[City, pd.DataFrame]:
    """People eligible before recording began and after; whoever has a mentor enters a club twice as fast."""
    rng = np.random.default_rng(11)
    n = 600
    eligible = pd.Timestamp("2015-04-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    begins = rng.integers(0, 300, n)
    event = rng.exponential(350, n)
    event = np.ceil(np.where(event > begins, begins + (event - begins) / 2, event)) + 1
    start = eligible + pd.to_timedelta(begins, "D")
    city = City([str(day.date()) for day in eligible])
    recorded = [i for i in range(n) if start[i] >= SINCE]
    city.support(*((f"p{i}", "mentorship", str(start[i].date()), None) for i in recorded))
    city.enters(*((f"p{i}", eligible[i] + pd.Timedelta(days=int(event[i]))) for i in range(n)))
    end = (pd.Timestamp("2016-06-30") - eligible).days.to_numpy()
    frame = pd.DataFrame(
        {
            "known": (SINCE - eligible).days.to_numpy(),
            "begins": [begins[i] if start[i] >= SINCE else np.inf for i in range(n)],
            "time": np.minimum(event, end),
            "event": event <= end,
        }
    )
    return city, frame


def by_hand(people: pd.DataFrame) -> pd.DataFrame:
    """Rows at risk from the day of recording on, split where the mentorship begins."""
    rows = []
    for person in people.itertuples():
        cuts = sorted({max(0.0, person.known), *([person.begins] if person.begins > person.known else [])})
        cuts = [cut for cut in cuts if cut < person.time]
        for begin, end in pairwise([*cuts, person.time] if cuts else []):
            if begin < max(0.0, person.known):
                continue
            last = end == person.time
            rows.append((begin, end, person.event and last, float(begin >= person.begins)))
    return pd.DataFrame(rows, columns=["start", "stop", "event", "mentored"])


def test_time_before_recording_is_in_neither_side_of_the_comparison() -> None:
    city, people = sample()
    cohort = build_cohort(city.file, asked(), "club")
    model = volunteer_association(cohort, city.file, asked(), "mentorship")
    rows = by_hand(people)
    expected = cox(
        rows["stop"], rows["event"].astype(int), rows[["mentored"]].to_numpy(), start=rows["start"]
    )
    assert model.fit.names == ("mentorship=yes",)
    assert model.fit.coefficients[0] == pytest.approx(expected.coefficients[0], rel=1e-9)
    assert model.events == rows["event"].sum()
    # Whoever had only such days is told of as missing, not as unsupported.
    gone = people["time"] <= people["known"]
    assert gone.sum() > 10
    (lost,) = model.missing
    assert (lost.factor, lost.persons, lost.events) == ("mentorship", gone.sum(), people["event"][gone].sum())
    assert model.persons == (~gone).sum()
    naive = cox(
        people["time"], people["event"].astype(int), np.isfinite(people["begins"]).to_numpy()[:, None] * 1.0
    )
    assert abs(model.fit.coefficients[0] - np.log(2)) < 0.35 < abs(naive.coefficients[0] - np.log(2))


def test_too_few_supported_persons_give_no_ratio() -> None:
    """A level of a few persons would give their outcomes back: rule 6 holds for time-varying support too."""
    city, _ = sample()
    few = city.tables["volunteer_support"].iloc[:6]
    city.tables["volunteer_support"] = few
    cohort = build_cohort(city.file, asked(), "club")
    with pytest.raises(NotEstimable, match=r"Too few|No event"):
        volunteer_association(cohort, city.file, asked(), "mentorship")


def test_a_question_without_an_endpoint_has_no_association() -> None:
    plain = {"any": {"label": LABEL, "kinds": list(KINDS), "reporting_delay_days": 0}}
    city, _ = sample()
    cohort = build_cohort(city.file, asked(), "club")
    with pytest.raises(UsageError, match="names no endpoint"):
        volunteer_association(cohort, city.file, asked(volunteers=plain), "any")
    with pytest.raises(UsageError, match="Known: any"):
        volunteer_coverage(city.file, asked(volunteers=plain), "mentorship")
    with pytest.raises(ValidationError, match="need an endpoint"):
        asked(volunteers={"any": plain["any"] | {"covariates": ["age"]}})


def test_the_city_plants_no_effect_of_volunteers_and_the_rate_at_which_they_begin(study: Study) -> None:
    with pytest.raises(UsageError, match=r"volunteers\.any_support: This question names no endpoint"):
        study.volunteer_association("any_support")
    model = study.volunteer_association("mentorship")
    at = model.fit.names.index("mentorship=yes")
    assert abs(model.fit.coefficients[at]) < 2.6 * model.fit.std_error[at]
    assert not release(model, Policy.strict()).withheld
    # Everybody begins at 3 % a month from November 2015 or eligibility on: after two months at most 6 %.
    table = study.volunteer_coverage("any_support").to_frame()
    share = table["supported"] / table.sum(axis=1)
    assert 0.01 < share["2015-Q4"] < -np.expm1(-0.03 * 2)
    assert share["2016-Q1"] < -np.expm1(-0.03 * 5)
    assert table.loc[["2015-Q1", "2015-Q2", "2015-Q3"]].to_numpy().sum() == 0
    assert study.volunteer_coverage("any_support").unrecorded == ("2015-Q1", "2015-Q2", "2015-Q3")
