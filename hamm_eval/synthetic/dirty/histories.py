"""Defects of what happens over time: spells with holes, reviews that stopped, months without entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np

from hamm_eval.synthetic.dirty.cell import Change, cell
from hamm_eval.synthetic.dirty.city import City, Mark, Spot, day_of, german_day
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter
from hamm_eval.synthetic.dirty.records import predecessors, take_owner
from hamm_eval.synthetic.dirty.sheet import Line, Sheet

_YEAR = dt.timedelta(days=365)
# Tables that no other refers to: their rows can go, or be entered later, without any other trace.
_LEAVES = ("goal_reviews", "ratings")
_MANY = 35  # rows a month that make its emptiness a finding


def _follower(name: str, change: Callable[[Spot, Line, City, np.random.Generator], bool]) -> Planter:
    """Plants into a spell that follows another; `change` edits it, or says that it does not fit."""

    def plant(city: City, rng: np.random.Generator) -> Mark | None:
        """Change one spell."""
        if not city.readable(name):
            return None
        sheet = city.sheets[name]
        before = predecessors(city, name)
        column = sheet.table.state if name == "phases" else (sheet.table.spell or ("",))[0]

        def fits(spot: Spot) -> bool:
            """Whether the spell has one before it, and can be changed."""
            earlier = before.get(spot.line)
            return earlier is not None and not earlier.taken and change(spot, earlier, city, rng)

        spot = city.pick(rng, [(name, column)], fits)
        if spot is None:
            return None
        take_owner(city, spot)
        return Mark(sheet, spot.line, spot.declared.german)

    return plant


def _later(spot: Spot, rng: np.random.Generator) -> bool:
    """Begin a spell some weeks later, if it lasts longer and was recorded after that."""
    begin, end = (spot.day(name) for name in spot.sheet.table.spell or ())
    recorded = spot.day("recorded_on")
    if begin is None or recorded is None:
        return False
    day = begin + dt.timedelta(days=int(rng.integers(10, 40)))
    if day > recorded or (end is not None and day > end):
        return False
    spot.write(german_day(day))
    return True


def _jump(spot: Spot, earlier: Line, city: City, rng: np.random.Generator) -> bool:
    """A hole, and another status behind it."""
    return _later(spot, rng)


def _gap(spot: Spot, earlier: Line, city: City, rng: np.random.Generator) -> bool:
    """A hole, and the same status behind it."""
    if not _later(spot, rng):
        return False
    spot.line.cells[spot.sheet.at("status")] = spot.sheet.text(earlier, "status")
    return True


def _phase(spot: Spot, earlier: Line, step: int) -> bool:
    """The phase so many steps from the one before it, if there is such; of the last spell of a case."""
    words = list(spot.declared.categories.values())
    at = words.index(spot.sheet.text(earlier, "phase")) + step
    if not 0 <= at < len(words) or spot.other("ended_on"):
        return False
    spot.write(words[at])
    return True


def _reviews_stopped(city: City, rng: np.random.Generator) -> Mark | None:
    """An open goal whose reviews of the last year and more are gone."""
    if not all(city.readable(name) for name in ("goals", "goal_reviews", "cases")):
        return None
    reviews, cases = city.sheets["goal_reviews"], city.sheets["cases"]
    since = city.last_day - _YEAR - dt.timedelta(days=30)
    of_goal: dict[str, list[Line]] = {}
    for line in reviews.lines:
        if line.cells:
            of_goal.setdefault(reviews.text(line, "goal_id"), []).append(line)
    open_for = {
        cases.text(versions[-1], "person_id")
        for versions in city.versions["cases"].values()
        if not cases.text(versions[-1], "closed_on")
    }

    def stops(spot: Spot) -> bool:
        """Whether the goal is old enough, its case open, and nothing reached before."""
        agreed, lines = spot.day("agreed_on"), of_goal.get(spot.text, [])
        person = spot.other("person_id")
        kept = [line for line in lines if _day(reviews, line, "reviewed_on") < since]
        return (
            agreed is not None
            and agreed < since
            and person in open_for
            and person not in city.departed
            and not any(line.taken for line in lines)
            and not any(reviews.text(line, "status") in ("erreicht", "aufgegeben") for line in kept)
        )

    spot = city.pick(rng, [("goals", "goal_id")], stops)
    if spot is None:
        return None
    gone = {id(v) for v in of_goal.get(spot.text, []) if _day(reviews, v, "reviewed_on") >= since}
    for line in of_goal.get(spot.text, []):
        line.taken = True
    reviews.lines[:] = [line for line in reviews.lines if id(line) not in gone]
    return Mark(spot.sheet, spot.line, spot.declared.german)


def _day(sheet: Sheet, line: Line, name: str) -> dt.date:
    """A day that every clean row has."""
    return day_of(sheet.text(line, name)) or dt.date.max


def _headless(city: City, rng: np.random.Generator) -> Mark | None:
    """The head of a household all of which has been recorded for years is none; all of it is named."""
    people = city.sheets["persons"]

    def only_head(spot: Spot) -> bool:
        """Whether this is the head, and the household is untouched and recorded long ago."""
        members = city.members.get(spot.text, ())
        home = [line for person in members for line in city.versions["persons"][person]]
        late = any(_day(people, line, "recorded_on") > city.last_day - 2 * _YEAR for line in home)
        heads = [line for line in home if people.text(line, "household_head") == "ja"]
        others = [person for person in members if person != spot.text]
        return heads == [spot.line] and not late and city.claim("persons", *others)

    spot = city.pick(rng, [("persons", "person_id")], only_head)
    if spot is None:
        return None
    spot.line.cells[people.at("household_head")] = "nein"
    others = [p for p in city.members[spot.text] if p != spot.text]
    home = [line for person in others for line in city.versions["persons"][person]]
    return Mark(people, spot.line, people.german("household_head"), partners=tuple(home))


def _months(sheet: Sheet) -> dict[tuple[int, int], list[Line]]:
    """A sheet's lines by month of recording."""
    months: dict[tuple[int, int], list[Line]] = {}
    for line in sheet.lines:
        if line.cells:
            day = _day(sheet, line, "recorded_on")
            months.setdefault((day.year, day.month), []).append(line)
    return months


def _months_in_a_row(city: City, rng: np.random.Generator) -> Iterator[tuple[Sheet, list[list[Line]]]]:
    """Seven months in a row: the fourth is to be changed, in the others something was recorded."""
    names = [name for name in _LEAVES if city.readable(name)]
    for index in rng.permutation(len(names)):
        sheet = city.sheets[names[index]]
        months = _months(sheet)
        numbers = [12 * year + month for year, month in months]
        if len(numbers) <= max(numbers) - min(numbers):
            continue  # a month is lost already
        rows = [months[month] for month in sorted(months)]
        for at in rng.permutation(np.arange(3, max(3, len(rows) - 3))):
            yield sheet, rows[at - 3 : at + 4]


def _month_lost(city: City, rng: np.random.Generator) -> Mark | None:
    """All rows that were recorded in one month are gone."""
    for sheet, around in _months_in_a_row(city, rng):
        sizes = [len(lines) for lines in around]
        usual = min(np.median(sizes[:3]), np.median(sizes[4:]))
        if usual >= _MANY and not any(line.taken for line in around[3]):
            gone = {id(line) for line in around[3]}
            sheet.lines[:] = [line for line in sheet.lines if id(line) not in gone]
            return Mark(sheet, column=sheet.german("recorded_on"))
    return None


def _month_crowded(city: City, rng: np.random.Generator) -> Mark | None:
    """Most of what was recorded before is recorded in one month."""
    for sheet, around in _months_in_a_row(city, rng):
        first = min(_day(sheet, line, "recorded_on") for line in around[3])
        before = [
            line
            for line in sheet.lines
            if line.cells and not line.taken and _day(sheet, line, "recorded_on") < first
        ]
        moved = [line for line in before if rng.random() < 0.7]
        most = max(map(len, around))
        if max(map(len, around[4:])) >= _MANY and len(moved) > 6 * most:
            for line in moved:
                line.cells[sheet.at("recorded_on")] = german_day(first.replace(day=28))
                line.taken = True
            return Mark(sheet, column=sheet.german("recorded_on"))
    return None


def _outside_offer(city: City, rng: np.random.Generator) -> Mark | None:
    """An offer that ends before its last participant has begun."""
    if not city.readable("participations") or not city.readable("measures"):
        return None
    sheet, measures = city.sheets["participations"], city.sheets["measures"]
    begun: dict[str, list[tuple[dt.date, str]]] = {}
    for number, day in city.started.items():
        measure = sheet.text(city.versions["participations"][number][-1], "measure_id")
        begun.setdefault(measure, []).append((day, number))
    names = sorted(begun)
    for index in rng.permutation(len(names)):
        *_, (before, _), (last, number) = [(dt.date.min, ""), *sorted(begun[names[index]])]
        versions = [v for v in city.versions["participations"][number] if sheet.text(v, "started_on")]
        offers = city.versions["measures"][names[index]]
        if last - before < dt.timedelta(days=2) or any(line.taken for line in (*versions, *offers)):
            continue
        city.take(sheet, versions[-1])
        for line in offers:
            line.taken = True
            line.cells[measures.at("available_until")] = german_day(last - dt.timedelta(days=1))
        return Mark(sheet, versions[-1], sheet.german("started_on"), partners=tuple(versions[:-1]))
    return None


def _infant(city: City, rng: np.random.Generator) -> Mark | None:
    """A job of somebody who is a small child."""

    def young(spot: Spot) -> bool:
        """Whether the person is below twelve on the day."""
        born, entered = city.born.get(spot.other("person_id")), spot.day()
        child = born is not None and entered is not None and (entered - born).days < 12 * 365
        return child and city.single(spot) and city.claim("persons", spot.other("person_id"))

    spot = city.pick(rng, [("transitions", "entered_on")], young)
    if spot is None:
        return None
    spot.line.cells[spot.sheet.at("kind")] = "Arbeit"
    return Mark(spot.sheet, spot.line, spot.declared.german)


def _before_start(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A rating some days before the participation began."""
    number = spot.other("participation_id")
    started = city.started.get(number)
    if started is None or not city.claim("participations", number):
        return None
    return german_day(started - dt.timedelta(days=int(rng.integers(2, 30))))


def _unsaid(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A participation that ended, nobody says how."""
    return "" if spot.text and spot.other("ended_on") else None


def _kind(name: str, rule: str, meaning: str, plant: Planter, *, times: int | None = None) -> DefectKind:
    """A kind of which a warning is to be given."""
    return DefectKind(name, Family.HISTORIES, None, rule, Expected.NOTICED, meaning, plant, times=times)


def _in(table: str, column: str, change: Change) -> Planter:
    """Plants by changing cells of one column."""
    return cell(lambda declared: declared.name == column, change, among=(table,))


KINDS = (
    _kind(
        "status_jump",
        "spells_jump",
        "days missing before another residence status",
        _follower("residence_status", _jump),
    ),
    _kind(
        "status_gap",
        "spells_gap",
        "days missing between two spells of one residence status",
        _follower("residence_status", _gap),
    ),
    _kind(
        "phase_skipped",
        "spells_teleport",
        "a phase left out",
        _follower("phases", lambda spot, earlier, city, rng: _phase(spot, earlier, 2)),
    ),
    _kind(
        "phase_backwards",
        "phases_out_of_order",
        "an earlier phase after a later one",
        _follower("phases", lambda spot, earlier, city, rng: _phase(spot, earlier, -1)),
    ),
    _kind("reviews_stopped", "review_overdue", "an open goal not reviewed for a year", _reviews_stopped),
    _kind(
        "no_head",
        "household_head_missing",
        "a household without a head",
        _headless,
    ),
    _kind("infant_at_work", "age_at_event", "a child's job", _infant),
    _kind(
        "rating_too_early",
        "rating_before_participation",
        "a rating before the participation began",
        _in("ratings", "rated_on", _before_start),
    ),
    _kind(
        "outside_offer",
        "participation_outside_offer",
        "a participation after the offer's end",
        _outside_offer,
        times=2,
    ),
    _kind(
        "ending_left_out",
        "ending_unsaid",
        "an end, and nobody says how",
        _in("participations", "ending", _unsaid),
    ),
    _kind("month_lost", "month_empty", "a month without a row", _month_lost, times=1),
    _kind("month_crowded", "month_multiple", "years entered in one month", _month_crowded, times=1),
)
