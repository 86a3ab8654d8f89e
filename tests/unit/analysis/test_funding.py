"""Funding classes as they change: spells, what began under each, and amounts from published counts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_costs_of_measures import funding as funding_table
from test_measure_effectiveness import DAY_0, city, question

from hamm_eval.analysis.funding import funding
from hamm_eval.cohort import TableAbsent
from hamm_eval.params import Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy


@pytest.fixture(scope="module")
def town() -> tuple[Any, Params]:
    """The town of the effects' tests: half begin the course, paid otherwise from February 2016 on."""
    case_file = city(800)
    tables = dict(case_file.tables)
    begun = tables["participations"].assign(ended_on=pd.NaT).reset_index(drop=True)
    later = begun.index % 3 == 0
    begun.loc[later, "started_on"] = DAY_0 + pd.Timedelta(days=60)
    tables["participations"] = begun
    tables["measures"] = pd.DataFrame({"measure_id": ["course"], "cost_per_participant": [1000.0]})
    tables["measure_funding"] = funding_table(
        ("course", "2", "2015-01-01", "2016-01-31"),
        ("course", "3", "2016-02-01", None),
        ("course", "1", "2099-01-01", None),
        ("club", "1", "2013-01-01", None),
    )
    return SimpleNamespace(tables=tables, has=tables.__contains__), question()


def test_spells_of_named_measures_up_to_the_quarter(town: tuple[Any, Params]) -> None:
    found = funding(*town)
    assert [(spell.measure, spell.funding_class, spell.since, spell.until) for spell in found.spells] == [
        ("course", "2", dt.date(2015, 1, 1), dt.date(2016, 1, 31)),
        ("course", "3", dt.date(2016, 2, 1), None),
    ]


def test_participations_count_in_the_quarter_and_class_of_their_first_day(town: tuple[Any, Params]) -> None:
    case_file, params = town
    found = funding(case_file, params)
    started = case_file.tables["participations"]["started_on"]
    classes = np.where(started < pd.Timestamp("2016-02-01"), "2", "3")
    counts = pd.DataFrame(found.begun.counts, index=found.begun.rows, columns=found.begun.columns)
    assert counts.to_numpy().sum() == len(started)
    for name in ("2", "3"):
        assert counts[name].sum() == (classes == name).sum()
    assert counts.loc["2016-Q1"].sum() == started.between("2016-01-01", "2016-03-31").sum()
    assert (found.begun.persons <= found.begun.counts).all()


def test_amounts_are_published_participations_times_recorded_cost(town: tuple[Any, Params]) -> None:
    found = funding(*town)
    released = release(found, Policy.strict())
    for amount in released.amounts:
        (line,) = [line for line in found.lines if line.funding_class == amount.funding_class]
        assert amount.amount == pytest.approx(line.participations * 1000.0, abs=5000)
        assert amount.amount % 5000 == 0
        assert not amount.incomplete
    # What is hidden, or has no cost, is not in the sum, and this is said.
    few = [dataclasses.replace(line, persons=5, participations=5) for line in found.lines]
    unknown = [
        dataclasses.replace(line, without_cost=line.participations, cost=float("nan")) for line in found.lines
    ]
    for lines in (few, unknown):
        changed = release(dataclasses.replace(found, lines=tuple(lines)), Policy.strict())
        assert all(amount.amount is None and amount.incomplete for amount in changed.amounts)


def test_without_the_table_of_funding_the_section_is_left_out(town: tuple[Any, Params]) -> None:
    case_file, params = town
    tables = {name: table for name, table in case_file.tables.items() if name != "measure_funding"}
    with pytest.raises(TableAbsent, match="measure_funding"):
        funding(SimpleNamespace(tables=tables, has=tables.__contains__), params)
