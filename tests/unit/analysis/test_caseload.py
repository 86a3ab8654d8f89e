"""Caseload by hand: open files a worker and month, full-time posts, and the model's clusters and steps."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, cohort_of, params

from hamm_eval.analysis.associations import associations
from hamm_eval.analysis.caseload import caseload, caseload_model
from hamm_eval.cohort import Caseload, TableAbsent
from hamm_eval.params import Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy


def day(text: str | None) -> Any:
    return pd.Timestamp(text) if text else pd.NaT


def town(cases: list[tuple[str | None, str, str | None]]) -> Any:
    rows = pd.DataFrame(
        [(f"p{i}", worker, day(opened), day(closed)) for i, (worker, opened, closed) in enumerate(cases)],
        columns=["person_id", "social_worker", "opened_on", "closed_on"],
    ).assign(case_id=lambda r: "c" + r["person_id"])
    tables = {"cases": rows}
    return SimpleNamespace(tables=tables, has=tables.__contains__)


def test_a_workers_number_in_a_month_is_the_mean_over_its_days() -> None:
    case_file = town(
        [
            ("a", "2016-01-01", None),
            ("a", "2017-04-16", None),  # half of April
            ("a", "2017-05-01", "2017-05-31"),  # May
            ("b", "2017-06-30", None),  # one day of June
            ("c", "2016-01-01", "2017-03-31"),  # gone before
            (None, "2017-04-01", None),
        ]
    )
    found = caseload(case_file, params()).to_frame()
    last = found.loc["2017-Q2"]
    # a: 1.5, 3, 2 in April, May, June; b: 1/30 in June.
    assert last["25 %"] == pytest.approx(1 / 30)
    assert last["50 %"] == 1.5
    assert last["75 %"] == 2.0
    assert last["workers"] == 2
    assert last["persons"] == 5
    assert last["open_cases"] == pytest.approx(((1.5 + 1) + (3 + 1) + (2 + 1 / 30 + 1)) / 3)
    assert len(found) == 8
    assert found.loc["2016-Q4", "open_cases"] == 2


def test_quartiles_need_ten_workers_and_are_rounded_as_counts() -> None:
    def shown(workers: int, each: int) -> Any:
        cases = [(f"w{w}", "2016-01-01", None) for w in range(workers) for _ in range(each)]
        stated = {"full_time_equivalents": {"2017-Q2": 7.5}}
        return release(caseload(town(cases), params(caseload=stated)), Policy.strict())

    assert shown(9, 33).spread.values[-1] == (None, None, None)
    released = shown(10, 33)
    assert released.spread.values[-1] == (35.0, 35.0, 35.0)
    assert released.open_cases[-1].value == 330
    # Per post from the published number, and only where posts are stated.
    assert released.per_full_time[-1] == 44.0
    assert released.per_full_time[-2] is None
    assert shown(3, 2).open_cases[-1].value is None
    assert shown(3, 2).per_full_time[-1] is None


def test_without_cases_the_section_is_left_out() -> None:
    tables: dict[str, pd.DataFrame] = {}
    with pytest.raises(TableAbsent):
        caseload(SimpleNamespace(tables=tables, has=tables.__contains__), params())


@pytest.fixture(scope="module")
def busy() -> tuple[Any, Any, Params]:
    """Twenty workers, those with many files slower: hazard times 0.7 for every ten files more."""
    rng = np.random.default_rng(12)
    n, workers = 2400, 20
    load = np.linspace(10, 60, workers)
    worker = rng.choice(workers, n, p=load / load.sum())
    flag = rng.random(n) < 0.5
    own = np.bincount(worker, minlength=workers)[worker]
    rate = 0.004 * np.exp(np.log(0.7) * (own - own.mean()) / 60 * 2 + 0.3 * flag)
    goal = np.ceil(rng.exponential(1 / rate)).astype(int)
    end = np.minimum(goal, 400)
    rows = pd.DataFrame(
        {
            "flag": flag,
            "entry": 0,
            "time": end,
            "cause": (goal <= 400).astype(int),
            "social_worker": [f"w{w}" for w in worker],
        }
    )
    cohort = cohort_of(rows)
    cases = cohort.episodes[["person_id", "social_worker"]].assign(
        case_id=lambda r: "c" + r["person_id"],
        opened_on=pd.Timestamp("2015-12-31"),
        closed_on=pd.Timestamp("2018-06-30"),
    )
    tables = {"cases": cases}
    groups = {"flag": {"label": LABEL, "column": "flag"}}
    pace = {"goal": {"endpoint": "goal", "covariates": ("flag",), "per_cases": 30}}
    asked = params(groups=groups, caseload={"pace": pace}, data_cut=dt.date(2017, 6, 30))
    return cohort, SimpleNamespace(tables=tables, has=tables.__contains__), asked


def test_a_planted_slower_pace_is_found_by_workers_in_steps_of_cases(busy: tuple[Any, Any, Params]) -> None:
    cohort, case_file, asked = busy
    found = caseload_model(cohort, case_file, asked, "goal")
    frame = found.to_frame()
    planted = 0.7  # for 30 files
    assert frame.loc["caseload", "lower"] < planted < frame.loc["caseload", "upper"]
    assert frame.loc["caseload", "upper"] < 1
    assert found.workers == 20
    single = associations(
        cohort, asked, ("flag",), case_file=case_file, time_varying={"caseload": Caseload()}
    )
    names = [term.factor for term in single.terms]
    at = names.index("caseload")
    ten = dict(zip([t.factor for t in found.model.terms], found.model.fit.coefficients, strict=True))
    assert ten["caseload"] == pytest.approx(30 * single.fit.coefficients[at], rel=1e-6)
    # Clustered by worker: another variance than by household, of as many clusters.
    assert found.model.fit.std_error[at] != pytest.approx(30 * single.fit.std_error[at], rel=1e-3)
    assert found.model.definition.digest != single.definition.digest


def test_the_released_model_tells_the_ratio_and_few_workers_withhold_it(
    busy: tuple[Any, Any, Params],
) -> None:
    cohort, case_file, asked = busy
    found = caseload_model(cohort, case_file, asked, "goal")
    released = release(found, Policy.strict())
    (term,) = (term for term in released.model.terms if term.factor == "caseload")
    assert 0 < term.lower < term.ratio < term.upper < 1
    assert released.per_cases == 30
    # Twenty workers are few; of the households, 2,400, this is not said.
    assert released.few_workers
    assert not released.model.few_households
    few = release(dataclasses.replace(found, workers=9), Policy.strict())
    assert few.model.withheld == ("few_workers",)
    assert few.model.terms == ()


def test_workers_whose_persons_are_all_left_out_of_the_model_do_not_count(
    busy: tuple[Any, Any, Params],
) -> None:
    cohort, case_file, asked = busy
    rows = cohort.episodes
    flag = (
        rows["flag"].astype("boolean").where(rows["social_worker"].isin([f"w{at}" for at in range(10, 18)]))
    )
    found = caseload_model(
        dataclasses.replace(cohort, episodes=rows.assign(flag=flag)), case_file, asked, "goal"
    )
    assert found.workers == 8
    assert release(found, Policy.strict()).model.withheld == ("few_workers",)
