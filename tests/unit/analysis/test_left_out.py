"""Who is not in a model or in no curve is counted, and the counts add up to those at risk."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from analysis_params import cohort_of, params

from hamm_eval.analysis.associations import associations
from hamm_eval.analysis.incidence_model import incidence_model
from hamm_eval.analysis.side_by_side import side_by_side
from hamm_eval.analysis.time_to_integration import start_of_curve, time_to_integration
from hamm_eval.cohort import TimeVarying
from hamm_eval.estimate import Lost, Model
from hamm_eval.release.policy import Policy


@pytest.fixture
def rows() -> pd.DataFrame:
    """700 persons; 12 without kind, 20 without age (2 of them without kind), 5 of the rare kind d."""
    rng = np.random.default_rng(5)
    n = 700
    time = np.ceil(rng.exponential(200, n)).astype(int)
    cause = np.where(time <= 300, rng.choice([1, 2], n, p=[0.7, 0.3]), 0)
    kind = rng.choice(list("bc"), n).astype(object)
    kind[:12] = None
    kind[50:55] = "d"
    age = rng.integers(18, 60, n).astype(float)
    age[10:30] = np.nan
    return pd.DataFrame({"kind": kind, "age": age, "entry": 0, "time": np.minimum(time, 300), "cause": cause})


@pytest.mark.parametrize("ask", [associations, incidence_model])
@pytest.mark.parametrize("of", [None, "departure"])
def test_persons_and_events_add_up(rows: pd.DataFrame, ask, of) -> None:
    model: Model = ask(cohort_of(rows), params(), ["kind", "age"], of=of)
    happened = (rows["cause"] == (1 if of is None else 2)).astype(int)
    assert model.missing == (
        Lost(factor="age", level="", persons=18, events=int(happened[12:30].sum())),
        Lost(factor="kind", level="", persons=12, events=int(happened[:12].sum())),
    )
    assert model.left_out == (Lost(factor="kind", level="d", persons=5, events=int(happened[50:55].sum())),)
    lost = (*model.missing, *model.left_out)
    assert model.persons + sum(who.persons for who in lost) == 700
    assert model.events + sum(who.events for who in lost) == happened.sum()


def test_the_researcher_sees_them(rows: pd.DataFrame) -> None:
    frame = associations(cohort_of(rows), params(), ["kind", "age"]).to_frame()
    outside = frame["persons"].tail(3)
    assert outside.to_dict() == {"age (no entry)": 18, "kind (no entry)": 12, "kind=d (left out)": 5}
    assert frame["hazard_ratio"].tail(3).isna().all()
    assert "12" not in repr(associations(cohort_of(rows), params(), ["kind"]))


def test_a_complete_model_has_lost_nobody(rows: pd.DataFrame) -> None:
    model = associations(cohort_of(rows.iloc[60:]), params(), ["kind", "age"])
    assert model.missing == model.left_out == ()
    assert len(model.to_frame()) == 2


def test_who_is_in_the_model_with_other_rows_is_not_lost(rows: pd.DataFrame) -> None:
    """What was recorded from day 100 on only: rows before are lost, with their events, not the persons."""
    cohort = cohort_of(rows.iloc[60:])
    spells = pd.DataFrame(
        {"person_id": [], "volunteer_id": [], "begin": [], "end": []},
    )
    model = associations(cohort, params(), ["age"], time_varying={"late": _Known()}, case_file=_file(spells))
    early = cohort.column("time") <= 100
    events = (cohort.column("cause") == 1) & early
    (lost,) = model.missing
    assert (lost.factor, lost.persons, lost.events) == ("late", early.sum(), events.sum())
    assert model.persons == (~early).sum()


class _Known(TimeVarying):
    """A spell column that is known from day 100 on, in force for every second person from day 150 on."""

    def __init__(self) -> None:
        super().__init__("transitions")

    def column(self, tables):
        from hamm_eval.cohort import SpellColumn

        day = pd.Timestamp("2016-01-01")
        spells = pd.DataFrame(
            {
                "person_id": [f"p{i}" for i in range(0, 640, 2)],
                "begin": day + pd.Timedelta(days=150),
                "end": pd.NaT,
            }
        )
        return SpellColumn(spells, known_from=(day + pd.Timedelta(days=100)).date())


def _file(transitions: pd.DataFrame) -> SimpleNamespace:
    tables = {"transitions": transitions}
    return SimpleNamespace(tables=tables, has=tables.__contains__)


def test_who_is_in_no_curve_is_counted(rows: pd.DataFrame) -> None:
    curves = time_to_integration(cohort_of(rows), params(), "kind")
    assert curves.ungrouped == 12
    assert curves.ungrouped_events == (rows["cause"][:12] == 1).sum()
    assert sum(group.persons for group in curves.groups) + curves.ungrouped == 700
    frame = curves.to_frame()
    assert frame["level"].iloc[-1] == "(in no curve)"
    assert frame["persons"].iloc[-1] == 12
    assert time_to_integration(cohort_of(rows), params()).ungrouped == 0


@pytest.fixture
def late(rows: pd.DataFrame) -> pd.DataFrame:
    """Nearly all enter after day 20: the first risk sets hold a dozen persons, some of whom end early."""
    entry = np.where(np.arange(700) < 15, 0, 20 + np.arange(700) % 40)
    time = np.where(np.arange(700) < 8, 5 + np.arange(700), np.maximum(rows["time"], entry + 1))
    return rows.assign(entry=entry, time=time, kind=rows["kind"].fillna("b").replace("d", "c"), age=30)


def test_models_side_by_side_are_of_the_same_persons(late: pd.DataFrame) -> None:
    found = side_by_side(cohort_of(late), params(), ["kind"])
    start = start_of_curve(late["entry"].to_numpy(), late["time"].to_numpy(), Policy.strict())
    assert 20 <= start == found.hazard.since == found.incidence.since == found.competing[0].since
    (departure,) = found.competing
    assert (
        found.hazard.persons == departure.persons == found.incidence.persons == (late["time"] > start).sum()
    )
    assert found.hazard.persons < len(late)
    for model in (departure, found.incidence):
        assert [(t.factor, t.level, t.persons) for t in (*model.terms, *model.references)] == [
            (t.factor, t.level, t.persons) for t in (*found.hazard.terms, *found.hazard.references)
        ]
    assert found.hazard.events == found.incidence.events


def test_levels_that_are_merged_side_by_side_are_the_same(late: pd.DataFrame) -> None:
    """Kind a has ten events up to the start and too few after it: it is merged in all models or in none."""
    a = np.arange(700) < 18
    changed = late.assign(
        kind=np.where(a, "a", late["kind"]),
        entry=np.where(a, 0, late["entry"]),
        time=np.where(a, np.where(np.arange(700) < 10, 3, 120 + np.arange(700)), late["time"]),
        cause=np.where(a, np.where(np.arange(700) < 10, 1, 0), late["cause"]),
    )
    found = side_by_side(cohort_of(changed), params(), ["kind"])
    assert found.hazard.merged == found.incidence.merged == found.competing[0].merged


def test_the_incidence_model_begins_with_the_curve_of_all(late: pd.DataFrame) -> None:
    cohort = cohort_of(late)
    (curve,) = time_to_integration(cohort, params()).groups
    assert incidence_model(cohort, params(), ["kind"]).since == curve.start_at
    alone = associations(cohort, params(), ["kind"])
    assert alone.since == curve.start_at
    # The day follows from the data, and another quarter's may be another: the question is the same.
    earlier = cohort_of(late.assign(entry=0))
    again = associations(earlier, params(), ["kind"])
    assert (again.since, again.definition.digest) == (0, alone.definition.digest)
    assert associations(cohort, params(), ["kind"], since=0).persons == len(late)
