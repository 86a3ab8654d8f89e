"""Length, order and combination of measures by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, params

from hamm_eval.analysis.participation_patterns import (
    combinations_of_measures,
    order_of_measures,
    time_in_measures,
)
from hamm_eval.errors import NotEstimable
from hamm_eval.params import Params

DAY_0 = pd.Timestamp("2016-01-01")
MEASURE = {"label": LABEL, "domain": "work"}


def asked(**more: Any) -> Params:
    return params(
        measures={"course": MEASURE, "coaching": MEASURE},
        reporting_delay_days={"language_tests": 0, "departures": 0, "participations": 30},
        **more,
    )


def town(*rows: tuple[str, str, int, int | None], strangers: tuple[str, ...] = ()) -> SimpleNamespace:
    """Participations as person, measure, first day and last day since day 0."""
    who = sorted({row[0] for row in rows})
    frames = {
        "persons": pd.DataFrame(
            {
                "person_id": who,
                "population": ["eu_citizen" if name in strangers else "refugee" for name in who],
                "arrived_on": DAY_0,
            }
        ),
        "participations": pd.DataFrame(
            {
                "person_id": [row[0] for row in rows],
                "measure_id": [row[1] for row in rows],
                "started_on": [DAY_0 + pd.Timedelta(days=row[2]) for row in rows],
                "ended_on": pd.to_datetime(
                    [None if row[3] is None else DAY_0 + pd.Timedelta(days=row[3]) for row in rows]
                ),
            }
        ),
    }
    return SimpleNamespace(tables=frames, has=frames.__contains__)


def test_order_counts_the_first_time_of_each_measure() -> None:
    found = order_of_measures(
        town(
            ("a", "course", 5, 9), ("a", "coaching", 10, 20), ("a", "course", 30, 40),
            ("b", "coaching", 1, 2), ("b", "course", 3, 4), ("b", "club", 7, 8),
            ("c", "course", 6, 7), ("c", "coaching", 6, 9), ("c", "club", 8, 9),
            ("d", "club", 6, 7),
        ),
        asked(),
    )  # fmt: skip
    assert found.rows == ("course", "coaching", "other", "several_at_once")
    assert found.columns == ("first", "second", "third")
    assert found.counts.tolist() == [[1, 1, 0], [1, 1, 0], [1, 1, 1], [1, 0, 0]]


def test_combinations_are_sets_and_rare_ones_are_one_row() -> None:
    many = [(f"p{i}", "course", 1, 2) for i in range(10)]
    both = [(f"q{i}", name, day, 9) for i in range(12) for name, day in (("coaching", 1), ("course", 5))]
    few = [("x", "club", 1, 2), ("y", "coaching", 1, 2), ("y", "club", 2, 3)]
    found = combinations_of_measures(town(*many, *both, *few), asked())
    assert found.rows == ("course", "course+coaching", "rest")
    assert found.counts.ravel().tolist() == [10, 12, 2]
    assert found.total == 24


def test_rarer_combinations_are_told_by_how_many_measures_they_hold() -> None:
    many = [(f"p{i}", "course", 1, 2) for i in range(500)]
    both = [(f"q{i}", name, 1, 2) for i in range(9) for name in ("coaching", "course")]
    alone = [(f"r{i}", "club", 1, 2) for i in range(8)]
    found = combinations_of_measures(town(*many, *both, *alone), asked())
    assert found.rows == ("course", "rest_1", "rest_2")
    assert found.counts.ravel().tolist() == [500, 8, 9]
    hidden = combinations_of_measures(town(*many, *both, *alone[:7]), asked())
    assert hidden.rows == ("course", "rest")
    assert hidden.counts.ravel().tolist() == [500, 16]


def test_who_is_not_evaluated_is_not_counted() -> None:
    rows = [("a", "course", 1, 2), ("b", "course", 1, 2), ("b", "coaching", -5, 2), ("z", "course", 1, 2)]
    found = order_of_measures(town(*rows, strangers=("z",)), asked())
    assert found.rows == ("course",)
    assert found.counts.tolist() == [[2, 0, 0]]


def test_running_participations_count_as_longer_than_seen() -> None:
    # Data cut 30 June 2017 less 30 days: day 516. One of five runs for 100 days by then.
    rows = [
        ("a", "course", 0, 9), ("b", "course", 0, 19), ("c", "course", 0, 29), ("d", "course", 417, None),
        ("e", "course", 300, 420), ("f", "course", 520, 525),
    ]  # fmt: skip
    found = time_in_measures(town(*rows), asked())
    assert found.rows == ("course",)
    assert found.persons.tolist() == [5]
    # Kaplan-Meier on 10, 20, 30, 100+, 121.
    assert found.values.tolist() == [[20.0, 30.0, 121.0]]


def test_what_never_ended_has_no_quantile() -> None:
    found = time_in_measures(town(("a", "course", 0, None)), asked())
    assert np.isnan(found.values).all()


def test_no_participation_is_not_estimable() -> None:
    with pytest.raises(NotEstimable, match="No participation"):
        order_of_measures(town(("a", "course", -3, None)), asked())
