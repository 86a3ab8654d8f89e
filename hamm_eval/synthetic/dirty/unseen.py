"""Wrong values that nobody can tell who has the export alone: intake must let them pass in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from hamm_eval.casefile.schema import Column
from hamm_eval.synthetic.dirty.cell import Change, cell
from hamm_eval.synthetic.dirty.city import City, Mark, Spot, german_day
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind

# Events that nothing else in the export fixes to a day: where they may lie is told by `_allowed`.
_EVENTS = ("identified_on", "tested_on", "reviewed_on")
_LEAVES = ("goal_reviews", "ratings", "needs", "language_tests", "volunteer_support")
_OLDEST = 70


def _allowed(spot: Spot, city: City, day: dt.date) -> bool:
    """Whether an event may lie on another day: no rule and no other record speaks against it."""
    if spot.sheet.table.name == "goal_reviews":
        first = city.agreed.get(spot.other("goal_id"))
        last = None
    else:
        first = city.arrived.get(spot.other("person_id"))
        last = city.departed.get(spot.other("person_id"))
    recorded = spot.day("recorded_on")
    return (
        first is not None
        and recorded is not None
        and first < day <= min(recorded, last or recorded)
        and city.single(spot)
    )


def _event(column: Column) -> bool:
    """A column of such events."""
    return column.name in _EVENTS


def _swapped(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Day and month exchanged, and plausible."""
    day = spot.day()
    if day is None or day.day > 12 or day.day == day.month:
        return None
    other = dt.date(day.year, day.day, day.month)
    return german_day(other) if _allowed(spot, city, other) else None


def _shifted(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Some days earlier."""
    day = spot.day()
    if day is None:
        return None
    other = day - dt.timedelta(days=int(rng.integers(1, 15)))
    return german_day(other) if _allowed(spot, city, other) else None


def _birth_year(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A year more or less, of persons who were neither just born nor very old."""
    day, arrived = spot.day(), spot.day("arrived_on")
    if day is None or arrived is None or not city.single(spot):
        return None
    if not dt.timedelta(days=2 * 366) < arrived - day < dt.timedelta(days=_OLDEST * 365):
        return None
    return german_day(dt.date(day.year + (1 if rng.random() < 0.5 else -1), day.month, 1))


def _other_sex(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """The other of the two words; of persons recorded once."""
    return {"weiblich": "männlich", "männlich": "weiblich"}.get(spot.text) if city.single(spot) else None


def _other_ending(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Completed in place of broken off, or the reverse."""
    return {"abgeschlossen": "abgebrochen", "abgebrochen": "abgeschlossen"}.get(spot.text)


def _other_priority(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """One step up or down the scale."""
    return {"1": "2", "2": "3", "3": "2"}.get(spot.text) if city.single(spot) else None


def _other_member(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Somebody else of the household, here on the day of the record and not departed before it."""
    own, day = spot.text, spot.day("identified_on")
    if day is None or not city.single(spot):
        return None
    for other in city.members.get(own, ()):
        arrived, departed = city.arrived.get(other), city.departed.get(other)
        if other != own and arrived is not None and arrived <= day and (departed is None or day <= departed):
            return other
    return None


def _rows_lost(city: City, rng: np.random.Generator) -> Mark | None:
    """The last rows of a table that no other refers to are gone."""
    names = [name for name in _LEAVES if city.readable(name)]
    for index in rng.permutation(len(names)):
        sheet = city.sheets[names[index]]
        lost = int(rng.integers(3, 9))
        if len(sheet.lines) >= 2 * lost and not any(line.taken for line in sheet.lines[-lost:]):
            del sheet.lines[-lost:]
            return Mark(sheet)
    return None


def _unseen(
    name: str,
    case: int | None,
    meaning: str,
    column: str | Callable[[Column], bool],
    change: Change,
    *among: str,
) -> DefectKind:
    """A kind that changes cells of one column, or of those that fit."""
    fits = column if callable(column) else lambda declared: declared.name == column
    plant = cell(fits, change, among=among)
    return DefectKind(name, Family.UNSEEN, case, None, Expected.ACCEPTED, meaning, plant, detectable=False)


_EVENT_TABLES = ("needs", "language_tests", "goal_reviews")
KINDS = (
    _unseen("swap_plausible", 24, "day and month exchanged, and plausible", _event, _swapped, *_EVENT_TABLES),
    _unseen("day_shifted", None, "an event some days earlier", _event, _shifted, *_EVENT_TABLES),
    _unseen("birth_year_off", None, "born a year earlier or later", "birth_month", _birth_year, "persons"),
    _unseen("sex_wrong", None, "the other sex", "sex", _other_sex, "persons"),
    _unseen("ending_wrong", None, "completed for broken off", "ending", _other_ending, "participations"),
    _unseen("priority_wrong", None, "a step off the scale", "priority", _other_priority, "needs"),
    _unseen("other_member", None, "somebody else of the household", "person_id", _other_member, "needs"),
    DefectKind(
        "rows_lost",
        Family.UNSEEN,
        8,
        None,
        Expected.ACCEPTED,
        "the last rows of a table are gone",
        _rows_lost,
        detectable=False,
        times=1,
    ),
)
