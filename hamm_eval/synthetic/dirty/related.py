"""Defects of records that others betray: of the same table, of another, of all that is written alike."""

from __future__ import annotations

import datetime as dt

import numpy as np

from hamm_eval.synthetic.dirty.cell import Change, cell
from hamm_eval.synthetic.dirty.city import City, Mark, Spot, german_day
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter
from hamm_eval.synthetic.dirty.records import insert_copy, without_zeros
from hamm_eval.synthetic.dirty.sheet import Line

_EVENTS = {"goals": "agreed_on", "needs": "identified_on", "language_tests": "tested_on"}


def _days(rng: np.random.Generator, low: int, high: int) -> dt.timedelta:
    """Some days."""
    return dt.timedelta(days=int(rng.integers(low, high)))


def _before_arrival(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the person came."""
    person = spot.other("person_id")
    arrived = city.arrived.get(person)
    if arrived is None or not spot.text or not city.claim("persons", person):
        return None
    return german_day(arrived - _days(rng, 30, 400))


def _after_departure(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day after the person left and not after the recording."""
    person, recorded = spot.other("person_id"), spot.day("recorded_on")
    departed = city.departed.get(person)
    if departed is None or recorded is None or recorded <= departed or not city.readable("departures"):
        return None
    left = city.sheets["departures"]
    numbers = [left.key(line) for line in left.lines if line.cells and left.text(line, "person_id") == person]
    if not city.claim("departures", *numbers):
        return None
    return german_day(departed + _days(rng, 1, (recorded - departed).days + 1))


def _before_agreement(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the goal was agreed."""
    goal = spot.other("goal_id")
    agreed = city.agreed.get(goal)
    return german_day(agreed - _days(rng, 5, 60)) if agreed and city.claim("goals", goal) else None


def _before_opening(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the case was opened; of a case's first phase, so that no other overlaps."""
    case = spot.other("case_id")
    opened = city.opened.get(case)
    if opened is None or spot.text != german_day(opened) or not city.claim("cases", case):
        return None
    return german_day(opened - _days(rng, 20, 200))


def _reason_only(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Why a case was closed that is open."""
    return None if spot.text or spot.other("closed_on") else "Kontakt abgebrochen"


def _very_old(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Born in the first years after 1900."""
    return f"{spot.text[:6]}{rng.integers(1901, 1906)}"


def _future(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """Recorded sixty years on."""
    return (
        f"{spot.text[:6]}{int(spot.text[6:]) + 60}"
        if city.single(spot) and spot.text[:5] != "29.02"
        else None
    )


def _second_head(city: City, rng: np.random.Generator) -> Mark | None:
    """A household's second head; the first one is named as well."""
    people = city.sheets["persons"]

    def heads(person: str) -> tuple[Line, ...]:
        """All lines that make somebody else the head of a person's household."""
        home = [
            line for p in city.members.get(person, ()) if p != person for line in city.versions["persons"][p]
        ]
        return tuple(line for line in home if people.text(line, "household_head") == "ja")

    def follows(spot: Spot) -> bool:
        """Whether this is not the head, and the household is untouched."""
        others = [person for person in city.members.get(spot.text, ()) if person != spot.text]
        other_head = spot.other("household_head") == "nein" and bool(heads(spot.text))
        return other_head and city.single(spot) and city.claim("persons", *others)

    spot = city.pick(rng, [("persons", "person_id")], follows)
    if spot is None:
        return None
    spot.line.cells[people.at("household_head")] = "ja"
    return Mark(spot.sheet, spot.line, people.german("household_head"), partners=heads(spot.text))


def _worker_variant(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """The same social worker under another spelling."""
    return (spot.text.lower(), spot.text.replace("-0", "-", 1), spot.text.replace("-", ""))[
        rng.integers(3)
    ] or None


def _short_own_id(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """An own id that has lost its leading zeros."""
    return without_zeros(spot.text) if "-0" in spot.text and city.single(spot) else None


def _id_reused(city: City, rng: np.random.Generator) -> Mark | None:
    """A goal's id used again, later, for somebody else's goal."""

    def fits(spot: Spot) -> bool:
        """Whether there is time left to record it again."""
        recorded = spot.day("recorded_on")
        return recorded is not None and recorded + dt.timedelta(days=40) < city.last_day and city.single(spot)

    spot = city.pick(rng, [("goals", "goal_id")], fits)
    recorded = spot.day("recorded_on") if spot else None
    if spot is None or recorded is None:
        return None
    persons = sorted(set(city.arrived) - {spot.other("person_id")})
    changes = {
        "person_id": persons[rng.integers(len(persons))],
        "recorded_on": german_day(recorded + _days(rng, 10, 40)),
    }
    return Mark(spot.sheet, insert_copy(spot, rng, changes), partners=(spot.line,))


def _in(table: str, column: str, change: Change) -> Planter:
    """Plants by changing cells of one column of a table, or of tables parted by blanks."""
    return cell(lambda declared: declared.name == column, change, among=table.split())


def _events(change: Change) -> Planter:
    """Plants by changing the day of an event."""
    return cell(lambda declared: declared.name in _EVENTS.values(), change, among=_EVENTS)


def _kind(
    name: str, case: int | None, rule: str, expected: Expected, meaning: str, plant: Planter
) -> DefectKind:
    """A kind of this family."""
    return DefectKind(name, Family.RECORDS, case, rule, expected, meaning, plant)


R, N = Expected.REFUSED, Expected.NOTICED
KINDS = (
    _kind("before_arrival", 34, "before_arrival", N, "an event before the arrival", _events(_before_arrival)),
    _kind(
        "after_departure", 34, "after_departure", N, "an event after the departure", _events(_after_departure)
    ),
    _kind(
        "review_before_goal",
        34,
        "review_before_goal",
        N,
        "a review before the goal was agreed",
        _in("goal_reviews", "reviewed_on", _before_agreement),
    ),
    _kind(
        "phase_before_case",
        34,
        "phase_outside_case",
        N,
        "a phase before the case was opened",
        _in("phases", "started_on", _before_opening),
    ),
    _kind(
        "reason_without_end",
        None,
        "ending_without_date",
        N,
        "a reason for closing an open case",
        _in("cases", "closing_reason", _reason_only),
    ),
    _kind(
        "implausible_age",
        None,
        "age_implausible",
        N,
        "more than 100 years old",
        _in("persons", "birth_month", _very_old),
    ),
    _kind(
        "recorded_in_future",
        33,
        "recorded_in_future",
        N,
        "recorded sixty years on, which moves the data cut",
        _in("needs goal_reviews", "recorded_on", _future),
    ),
    _kind(
        "second_head",
        None,
        "household_heads_several",
        N,
        "two heads of a household",
        _second_head,
    ),
    _kind(
        "worker_variant",
        27,
        "id_other_form",
        N,
        "a social worker's pseudonym in another spelling",
        _in("cases", "social_worker", _worker_variant),
    ),
    _kind(
        "worker_null",
        28,
        "id_other_form",
        N,
        "NULL as a social worker's pseudonym",
        _in("cases", "social_worker", lambda spot, city, rng: ("NULL", "NA", "null")[rng.integers(3)]),
    ),
    _kind(
        "none_word",
        28,
        "category_other_language",
        N,
        "None in a German column, read as our word for no schooling",
        _in("persons", "schooling", lambda spot, city, rng: None if spot.text else "None"),
    ),
    _kind(
        "own_zeros_lost",
        27,
        "id_other_form",
        N,
        "ZP-317 for ZP-000317, an id of its own",
        _in("goal_reviews", "review_id", _short_own_id),
    ),
    _kind("id_reused", 30, "id_reused", R, "an id used again for somebody else", _id_reused),
)
