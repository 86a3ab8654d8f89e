"""Ratings by hand: one participation a person, who is silent, what weights do; and the city's truth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, params

import hamm_eval
from hamm_eval.analysis.rated_participations import rated_participations
from hamm_eval.analysis.two_perspectives import agreement, mean_error, two_perspectives
from hamm_eval.cohort import TableAbsent
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import Absent, TwoPerspectives
from hamm_eval.inference import critical_value
from hamm_eval.params import Params
from hamm_eval.ratings import ordinal_regression, paired_ordinal_regression, weighted_kappa
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.study import Study

ROOT = Path(__file__).parents[3]
DAY_0 = pd.Timestamp("2016-01-01")
MEASURE = {"label": LABEL, "domain": "work"}
Rated = tuple[str, str, int, int | None, int | None, int | None]


def asked(**more: Any) -> Params:
    perspectives = {"measures": ("course",), "reporting_delay_days": 30, **more}
    return params(
        measures={"course": MEASURE, "club": MEASURE},
        groups={
            "sex": {"label": LABEL, "column": "sex"},
            "kind": {"label": LABEL, "column": "kind"},
        },
        two_perspectives=perspectives,
    )


def town(*rows: Rated, worker: str | None = "w", **characteristics: list[str]) -> SimpleNamespace:
    """Participations as person, measure, first and last day since day 0, both ratings (None: silent)."""
    who = sorted({row[0] for row in rows})
    ratings = [
        {
            "rating_id": f"r{number}{side}",
            "participation_id": f"t{number}",
            "perspective": side,
            "rating": given,
            "rated_on": DAY_0 + pd.Timedelta(days=row[3] or 0),
        }
        for number, row in enumerate(rows)
        for side, given in (("social_worker", row[4]), ("refugee", row[5]))
        if given is not None
    ]
    frames = {
        "persons": pd.DataFrame(
            {
                "person_id": who,
                "household_id": [f"h-{name}" for name in who],
                "population": "refugee",
                "birth_month": pd.Timestamp("1990-01-01"),
                "arrived_on": DAY_0,
                **characteristics,
            }
        ),
        "participations": pd.DataFrame(
            {
                "participation_id": [f"t{number}" for number in range(len(rows))],
                "person_id": [row[0] for row in rows],
                "measure_id": [row[1] for row in rows],
                "started_on": [DAY_0 + pd.Timedelta(days=row[2]) for row in rows],
                "ended_on": pd.to_datetime(
                    [None if row[3] is None else DAY_0 + pd.Timedelta(days=row[3]) for row in rows]
                ),
            }
        ),
        "ratings": pd.DataFrame(
            ratings, columns=["rating_id", "participation_id", "perspective", "rating", "rated_on"]
        ),
    }
    if worker is not None:
        frames["cases"] = pd.DataFrame(
            {
                "case_id": [f"c-{name}" for name in who],
                "person_id": who,
                "social_worker": [f"{worker}{at % 6}" for at in range(len(who))],
                "provider": "awo",
                "social_space": "north",
                "opened_on": DAY_0,
                "closed_on": pd.NaT,
            }
        )
    return SimpleNamespace(tables=frames, has=frames.__contains__)


def test_one_participation_a_person_with_both_ratings_of_it() -> None:
    late = (pd.Timestamp("2017-06-30") - DAY_0).days - 10
    found = rated_participations(
        town(
            ("a", "course", 1, 20, None, None), ("a", "course", 30, 50, 4, 2), ("a", "course", 60, 80, 5, 5),
            ("b", "course", 1, 20, 3, None), ("b", "club", 1, 20, 1, 1),
            ("c", "course", 1, 20, None, None), ("c", "course", 30, 40, None, None),
            ("d", "course", 1, late, 5, 5),
            ("e", "course", 1, None, None, None),
        ),
        asked(),
        "course",
    ).set_index("person_id")  # fmt: skip
    # Of everybody the first that ended, rated or not; of d too late to be asked for; e still takes part.
    assert found.index.tolist() == ["a", "b", "c"]
    assert found["rating_social_worker"].isna().tolist() == [True, False, True]
    assert found["rating_refugee"].isna().tolist() == [True, True, True]
    assert found.loc["a", "started_on"] == DAY_0 + pd.Timedelta(days=1)
    assert found.loc["c", "started_on"] == DAY_0 + pd.Timedelta(days=1)
    assert found["age"].tolist() == [26, 26, 26]


def test_bounds_hold_the_truth_where_people_answer_on_the_better_of_two_participations() -> None:
    """The dissatisfied keep silent: with the first *rated* one the least share lies above the truth."""
    rng = np.random.default_rng(20_261_128)
    good = rng.random((600, 2)) < 0.3
    answers = rng.random((600, 2)) < np.where(good, 0.9, 0.1)
    rows = [
        (f"p{at:03d}", "course", 1 + 30 * turn, 20 + 30 * turn, None, said if answers[at, turn] else None)
        for at in range(600)
        for turn, said in enumerate(np.where(good[at], 5, 2).tolist())
    ]
    found = rated_participations(town(*rows), asked(), "course")["rating_refugee"]
    truth = good[:, 0].mean()
    assert (found == 5).mean() <= truth <= (found == 5).mean() + found.isna().mean()
    by_answer = np.where(answers[:, 0], answers[:, 0] & good[:, 0], answers[:, 1] & good[:, 1])
    assert by_answer.mean() > truth + 0.1


def test_an_export_without_ratings_and_a_measure_not_asked_for() -> None:
    one = town(("a", "course", 1, 20, 3, 3))
    with pytest.raises(UsageError, match="do not ask"):
        two_perspectives(one, asked(), "club")  # type: ignore[arg-type]
    del one.tables["ratings"]
    with pytest.raises(TableAbsent, match="not in the export"):
        two_perspectives(one, asked(), "course")  # type: ignore[arg-type]
    with pytest.raises(NotEstimable, match="has ended"):
        two_perspectives(town(("a", "course", 1, None, None, None)), asked(), "course")  # type: ignore[arg-type]


def many(n: int = 240, seed: int = 4) -> tuple[list[Rated], list[str]]:
    """Persons of two kinds who answer and rate differently; within a kind silence says nothing."""
    rng = np.random.default_rng(seed)
    kinds = np.where(np.arange(n) % 3 == 0, "k", "l")
    rows: list[Rated] = []
    for at in range(n):
        good = rng.random() < (0.8 if kinds[at] == "k" else 0.4)
        answers = rng.random() < (0.4 if kinds[at] == "k" else 0.8)
        refugee = int(4 + rng.integers(2)) if good else int(1 + rng.integers(3))
        rows.append((f"p{at:03d}", "course", 1, 20, int(2 + rng.integers(4)), refugee if answers else None))
    return rows, kinds.tolist()


def test_response_weights_of_one_characteristic_are_poststratification() -> None:
    rows, kinds = many()
    found = two_perspectives(
        town(*rows, kind=kinds), asked(weigh_by=("kind",), by_groups=("kind",)), "course"
    )
    frame = pd.DataFrame({"kind": kinds, "rating": [row[5] for row in rows]}, dtype=object)
    good = (frame["rating"].dropna().astype(int) >= 4).groupby(frame["kind"]).mean()
    expected = float((good * frame["kind"].value_counts(normalize=True)).sum())
    assert found.weighted[1].value == pytest.approx(expected, abs=1e-8)
    assert found.weighted[0].missing == "too_few"  # everybody has the social worker's rating
    # Silence that depends on the kind alone is repaired: the plain share is not the weighted one.
    plain = found.counts[1, 3:].sum() / found.counts[1].sum()
    assert abs(plain - expected) > 0.02
    given = {of.level: (of.persons, of.given[1]) for of in found.responses if of.dimension == "kind"}
    assert given == {
        kind: (
            int((frame["kind"] == kind).sum()),
            int(frame.loc[frame["kind"] == kind, "rating"].notna().sum()),
        )
        for kind in ("k", "l")
    }


def test_workers_are_the_clusters_where_they_are_known_and_enough() -> None:
    rows, _ = many(60)
    by_worker = two_perspectives(town(*rows), asked(), "course").agreement
    without = two_perspectives(town(*rows, worker=None), asked(), "course").agreement
    assert by_worker is not None
    assert without is not None
    assert (by_worker.clustered_by, by_worker.clusters) == ("social_worker", 6)
    assert without.clustered_by == "household"
    assert without.clusters == int(without.pairs.sum())
    one = town(*rows)
    one.tables["cases"]["social_worker"] = "w"
    alone = two_perspectives(one, asked(), "course").agreement
    assert alone is not None
    assert alone.clustered_by == "household"


def test_agreement_is_what_the_array_functions_say() -> None:
    rng = np.random.default_rng(7)
    worker = rng.integers(2, 6, 150)
    refugee = np.clip(worker + rng.integers(-2, 2, 150), 1, 5)
    cluster = np.arange(150) % 15
    rows = pd.DataFrame({"rating_social_worker": worker, "rating_refugee": refugee}, dtype=float)
    silent = pd.DataFrame({"rating_social_worker": [3.0, np.nan], "rating_refugee": [np.nan, 4.0]})
    of = agreement(pd.concat([rows, silent], ignore_index=True), np.append(cluster, [0, 1]), "household")
    assert of is not None
    kappa = weighted_kappa(worker, refugee, categories=[1, 2, 3, 4, 5], cluster=cluster)
    assert (of.kappa.value, of.kappa.std_error) == (kappa.value, kappa.std_error)
    assert of.pairs.sum() == 150
    assert of.pairs[:, 0].sum() == (refugee == 1).sum()
    assert of.difference == pytest.approx((refugee - worker).mean())
    assert of.difference_error == pytest.approx(mean_error((refugee - worker).astype(float), cluster))
    long = ordinal_regression(
        np.concatenate([worker, refugee]), np.repeat([0.0, 1.0], 150), cluster=np.tile(cluster, 2)
    )
    assert of.ordinal.coefficients[0] == pytest.approx(long.coefficients[0])
    assert of.ordinal.std_error[0] == pytest.approx(long.std_error[0])
    assert agreement(silent, np.array([0, 1]), "household") is None


def test_swapping_both_sides_turns_the_sign_of_the_paired_model() -> None:
    rng = np.random.default_rng(8)
    first, second = rng.integers(1, 6, 200), rng.integers(1, 6, 200)
    one, other = paired_ordinal_regression(first, second), paired_ordinal_regression(second, first)
    assert one.coefficients[0] == pytest.approx(-other.coefficients[0], abs=1e-8)
    assert one.std_error[0] == pytest.approx(other.std_error[0], abs=1e-8)
    assert one.clusters == 200


def test_the_standard_error_of_a_mean_by_singletons_is_the_textbooks() -> None:
    values = np.random.default_rng(1).normal(size=50)
    assert mean_error(values, np.arange(50)) == pytest.approx(values.std(ddof=1) / np.sqrt(50))
    # Pairs of equal values are half as many: G/(G-1) by clusters.
    twice = mean_error(np.repeat(values, 2), np.repeat(np.arange(50), 2))
    assert twice == pytest.approx(values.std(ddof=1) / np.sqrt(50))


# --- the committed city, whose true ratings are known ---------------------------------------------


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study(ROOT / "params" / "2017-Q2.yaml")


@pytest.fixture(scope="module")
def city(study: Study) -> dict[str, tuple[TwoPerspectives, dict[str, Any]]]:
    """Each measure's ratings beside the truth: what everybody would say if nobody kept silent."""
    truth = json.loads((ROOT / "synthetic_data" / "hamm" / "truth.json").read_text(encoding="utf-8"))
    known = {row["measure"]: row for row in truth["ratings"]}
    asked_for = study.params.two_perspectives
    assert asked_for is not None
    found = {measure: study.two_perspectives(measure) for measure in asked_for.measures}
    return {m: (each, known[m]) for m, each in found.items() if isinstance(each, TwoPerspectives)}


def test_the_truth_of_refugees_lies_between_the_bounds_and_is_missed_by_answers_and_by_weights(
    city: dict[str, tuple[TwoPerspectives, dict[str, Any]]],
) -> None:
    assert len(city) == 7
    plain, weighted, shifted = [], [], []
    for estimate, truth in city.values():
        side = release(estimate, Policy.strict()).ratings[1]
        good = truth["refugee_good"]
        assert side.lowest < good < side.highest
        share = estimate.counts[1, 3:].sum() / estimate.counts[1].sum()
        plain.append((share - good) / estimate.effective_errors[1])
        if not estimate.weighted[1].missing:
            weighted.append((estimate.weighted[1].value - good) / estimate.weighted[1].std_error)
        shifted.append(dict(side.shifted)[-0.3] - good)
    # The dissatisfied are silent: answers are too kind, and weights by characteristics do not mend it.
    assert sum(plain) / np.sqrt(len(plain)) > 3.3
    assert len(weighted) >= 5
    assert sum(weighted) / np.sqrt(len(weighted)) > 3.3
    assert abs(np.mean(shifted)) < np.mean(
        [p * e.effective_errors[1] for p, (e, _) in zip(plain, city.values(), strict=True)]
    )


def test_social_workers_are_silent_by_chance_and_their_shares_are_right(
    city: dict[str, tuple[TwoPerspectives, dict[str, Any]]],
) -> None:
    off = []
    for estimate, truth in city.values():
        share = estimate.counts[0, 3:].sum() / estimate.counts[0].sum()
        off.append((share - truth["social_worker_good"]) / estimate.effective_errors[0])
    assert max(map(abs, off)) < critical_value(0.999, 19)


def test_a_study_answers_once_and_says_what_lacks(study: Study) -> None:
    assert study.two_perspectives("job_coaching") is study.two_perspectives("job_coaching")
    frame = study.two_perspectives("job_coaching").to_frame()
    assert frame.index.tolist() == ["social_worker", "refugee"]
    assert (frame["given"] < frame["persons"]).all()
    counts = {name: count for name, count in study.case_file.counts.items() if name != "ratings"}
    records = {name: rows for name, rows in study.case_file.records.items() if name != "ratings"}
    lacking = Study(
        study.params,
        replace(study.case_file, records=records, counts=counts),
        study.show,
        study._record,
        study._folder,
    )
    answer = lacking.two_perspectives("job_coaching")
    assert isinstance(answer, Absent)
    assert answer.lacking == ("ratings",)
