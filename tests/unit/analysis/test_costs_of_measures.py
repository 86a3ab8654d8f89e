"""Costs by dated funding class, the additional cost of an effect, and what stays missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_measure_effectiveness import DAY_0, city, question

from hamm_eval.analysis.costs import costs, funding_class_at_start
from hamm_eval.cohort import TableAbsent
from hamm_eval.effects import estimate_effect
from hamm_eval.params import Costs, Params


def day(text: str | None) -> Any:
    return pd.Timestamp(text) if text else pd.NaT


def funding(*spells: tuple[str, str, str, str | None]) -> pd.DataFrame:
    columns = ["measure_id", "funding_class", "valid_from", "valid_until"]
    return pd.DataFrame([(m, c, day(f), day(u)) for m, c, f, u in spells], columns=columns)


def test_the_class_is_that_in_force_on_the_first_day() -> None:
    spells = funding(
        ("course", "1", "2015-01-01", "2015-12-31"),
        ("course", "2", "2016-01-01", "2016-06-30"),
        ("course", "3", "2016-08-01", None),
        ("club", "1", "2013-01-01", None),
    )
    starts = ["2015-12-31", "2016-01-01", "2016-07-15", "2017-01-01", "2014-12-31"]
    begun = pd.DataFrame({"measure_id": "course", "started_on": [day(text) for text in starts]})
    # In a gap, and before the first spell, no class is known: none is carried over.
    found = funding_class_at_start({"measure_funding": spells}, begun)
    assert found.tolist() == ["1", "2", "missing", "3", "missing"]
    assert funding_class_at_start({}, begun).tolist() == ["missing"] * 5


def with_costs(
    cost: float = 1000.0, price: float | None = 5000.0, late: int = 0
) -> tuple[SimpleNamespace, Params]:
    """The town of the effects' tests, with what its course costs; some of the others begin it later."""
    case_file = city(800)
    tables = case_file.tables
    others = tables["persons"].loc[
        ~tables["persons"]["person_id"].isin(tables["participations"]["person_id"]), "person_id"
    ]
    later = pd.DataFrame(
        {"person_id": others[:late], "measure_id": "course", "started_on": DAY_0 + pd.Timedelta(days=100)}
    )
    begun = pd.concat([tables["participations"], later], ignore_index=True)
    tables["participations"] = begun.assign(ended_on=pd.NaT)
    tables["measures"] = pd.DataFrame({"measure_id": ["course"], "cost_per_participant": [cost]})
    tables["measure_funding"] = funding(
        ("course", "2", "2015-01-01", "2016-01-31"), ("course", "3", "2016-02-01", None)
    )
    asked = question()
    if price is not None:
        reason = {"de": "x", "en": "x"}
        prices = {"price_per_additional": {"goal": {"amount": price, "reason": reason}}}
        asked = asked.model_copy(update={"costs": Costs.model_validate(prices)})
    return case_file, asked


def test_where_nobody_begins_later_the_cost_is_known_and_divided_by_the_limits() -> None:
    case_file, params = with_costs()
    found = costs(case_file, params)
    (of,) = found.effects
    assert (of.cost, of.additional_cost, of.price) == (1000.0, 1000.0, 5000.0)
    fit = of.effect.fit
    assert fit.lower > 0
    assert of.ratio.value == pytest.approx(1000 / fit.value)
    assert (of.ratio.lower, of.ratio.upper) == pytest.approx((1000 / fit.upper, 1000 / fit.lower), rel=1e-9)
    (line,) = found.lines
    assert (line.measure, line.funding_class, line.cost, line.without_cost) == ("course", "2", 1000.0, 0)
    assert line.persons == line.participations == case_file.tables["participations"]["person_id"].nunique()


def test_later_starts_of_comparison_persons_lower_the_additional_cost() -> None:
    case_file, params = with_costs(late=150)
    found = costs(case_file, params)
    (of,) = found.effects
    tables = case_file.tables
    begun = tables["participations"].groupby("person_id")["started_on"].min()
    persons = tables["persons"]
    direct = estimate_effect(
        1000.0 * persons["person_id"].isin(begun.index),
        (persons["person_id"].map(begun) <= DAY_0 + pd.Timedelta(days=30)).astype(int),
        pd.DataFrame({"age": 2016 - persons["birth_month"].dt.year}),
        interactions="none",
        cluster=persons["household_id"].to_numpy(),
        small_sample=True,
    )
    assert of.additional_cost == pytest.approx(direct.value, rel=1e-9)
    assert 500 < of.additional_cost < 900
    # The range is not that of a known cost.
    known = (of.additional_cost / of.effect.fit.upper, of.additional_cost / of.effect.fit.lower)
    assert of.ratio.upper != pytest.approx(known[1], rel=1e-3)
    assert [line.funding_class for line in found.lines] == ["2", "3"]
    assert [line.persons for line in found.lines] == [len(begun) - 150, 150]


def test_a_cost_that_is_not_recorded_stays_missing() -> None:
    case_file, params = with_costs(float("nan"))
    found = costs(case_file, params)
    (line,), (of,) = found.lines, found.effects
    assert np.isnan([line.cost, of.cost, of.additional_cost]).all()
    assert line.without_cost == line.participations > 0
    assert of.ratio is None


def test_measures_that_params_do_not_name_have_no_cost_together() -> None:
    case_file, params = with_costs()
    case_file.tables["participations"].loc[:20, "measure_id"] = "club"
    lines = costs(case_file, params).lines
    assert [(line.measure, line.funding_class) for line in lines] == [("course", "2"), ("other", "missing")]
    assert np.isnan(lines[1].cost)


def test_without_a_price_or_a_table() -> None:
    case_file, params = with_costs(price=None)
    assert np.isnan(costs(case_file, params).effects[0].price)
    del case_file.tables["measures"]
    with pytest.raises(TableAbsent, match="measures"):
        costs(case_file, params)


def test_an_interval_that_covers_0_brings_no_ratio() -> None:
    case_file, params = with_costs()
    tested = case_file.tables["language_tests"]
    gone = set(case_file.tables["participations"]["person_id"])
    keep = ~tested["person_id"].isin(gone) | (np.arange(len(tested)) % 3 > 0)
    case_file.tables["language_tests"] = tested[keep]
    (of,) = costs(case_file, params).effects
    assert of.effect.fit.lower < 0 < of.effect.fit.upper
    assert of.ratio is None
    assert of.additional_cost == 1000.0


def test_the_definition_knows_the_price() -> None:
    case_file, params = with_costs()
    one = costs(case_file, params).definition
    dearer = costs(case_file, with_costs(price=6000.0)[1]).definition
    assert one.digest != dearer.digest
