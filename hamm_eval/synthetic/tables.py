"""All tables of the synthetic city, with their ids."""

from __future__ import annotations

import numpy as np

from hamm_eval.casefile.schema import Table
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.synthetic.attainments import language_test_records, transition_records
from hamm_eval.synthetic.casework import (
    case_records,
    goal_records,
    need_records,
    open_cases,
    phase_records,
    phase_starts,
    volunteer_records,
)
from hamm_eval.synthetic.days import NEVER, IntArray, day_number
from hamm_eval.synthetic.hazards import StrArray
from hamm_eval.synthetic.ratings import rating_records
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.register import (
    departure_records,
    eligibility_records,
    household_records,
    person_records,
    status_records,
)
from hamm_eval.synthetic.reviews import review_records
from hamm_eval.synthetic.support import (
    funding_records,
    measure_records,
    participation_records,
)
from hamm_eval.synthetic.world import World

PREFIX = {
    "household_id": "H",
    "person_id": "P",
    "status_id": "A",
    "eligibility_id": "B",
    "case_id": "F",
    "phase_id": "PH",
    "need_id": "BD",
    "goal_id": "Z",
    "review_id": "ZP",
    "funding_id": "FK",
    "participation_id": "T",
    "rating_id": "BW",
    "test_id": "S",
    "transition_id": "U",
    "departure_id": "AB",
    "support_id": "E",
    "social_worker": "SB",
}

# Tables of the whole city, not of its persons: the same in every block, written once.
CITY_WIDE = frozenset({"measures", "measure_funding"})

_DIGITS = 6


def identifiers(column: str, numbers: IntArray, block: int | None = None) -> StrArray:
    """Ids of facts by their positions: a prefix, the number of the block if there are several, six digits.

    Examples
    --------
    >>> identifiers("person_id", np.array([0, 41]), block=2).tolist()
    ['P-003000001', 'P-003000042']
    """
    prefix = f"{PREFIX[column]}-" if block is None else f"{PREFIX[column]}-{block + 1:03d}"
    left = numbers + 1
    if left.max(initial=0) >= 10**_DIGITS:
        raise ValueError(f"{column}: a block holds fewer than {10**_DIGITS:,} facts of a kind")
    # Text is filled in as code points, which takes a tenth of the time of formatting numbers.
    letters = np.empty((len(left), len(prefix) + _DIGITS), dtype=np.uint32)
    letters[:, : len(prefix)] = [ord(letter) for letter in prefix]
    for place in reversed(range(len(prefix), letters.shape[1])):
        left, digit = np.divmod(left, 10)
        letters[:, place] = digit + ord("0")
    return letters.view(f"<U{letters.shape[1]}").ravel()


def build_tables(world: World, rng: np.random.Generator, *, block: int | None = None) -> dict[str, Records]:
    """Every table as columns in our own words: days as numbers, categories as the vocabulary's words.

    Only what was recorded by the scenario's last day of records is in it. `block` is the number of the part
    of a large city; ids carry it, except those of city-wide tables.
    """
    # A new stream comes last: those before it, and all that is drawn from them, stay as they are.
    named = [*BY_NAME, "opening", "starts", "growing_up"]
    streams = dict(zip(named, rng.spawn(len(named)), strict=True))
    cases = open_cases(world, streams["opening"])
    starts = phase_starts(world, cases, streams["starts"])
    case_rows, with_case = case_records(world, cases, streams["cases"])
    need_rows, needs = need_records(world, cases, streams["needs"])
    goal_rows, goals = goal_records(world, cases, starts, needs, streams["goals"])
    participation_rows, participations = participation_records(world, cases, streams["participations"])
    tables = {
        "persons": person_records(world, streams["persons"]),
        "households": household_records(world, streams["households"]),
        "residence_status": status_records(world, streams["residence_status"]),
        "eligibility": eligibility_records(world, streams["eligibility"]),
        "cases": case_rows,
        "phases": phase_records(world, cases, starts, with_case, streams["phases"]),
        "needs": need_rows,
        "goals": goal_rows,
        "goal_reviews": review_records(world, cases, goals, streams["goal_reviews"]),
        "measures": measure_records(world),
        "measure_funding": funding_records(world),
        "participations": participation_rows,
        "ratings": rating_records(world, cases, participations, streams["ratings"]),
        "language_tests": language_test_records(world, cases, streams["language_tests"]),
        "transitions": transition_records(world, cases, streams["transitions"], streams["growing_up"]),
        "departures": departure_records(world, streams["departures"]),
        "volunteer_support": volunteer_records(world, cases, streams["volunteer_support"]),
    }
    first: dict[str, IntArray] = {}
    for name in sorted(tables, key=_depth):
        tables[name] = _after_parents(BY_NAME[name], tables[name], first)
    last_day = day_number(world.scenario.records_end)
    return {name: _finish(tables[name], last_day, None if name in CITY_WIDE else block) for name in BY_NAME}


def _depth(name: str) -> int:
    """How many tables a table hangs on: parents are recorded before their children."""
    parents = {c.references.split(".")[0] for c in BY_NAME[name].columns if c.references}
    return 1 + max(map(_depth, parents), default=0)


def _after_parents(table: Table, rows: Records, first: dict[str, IntArray]) -> Records:
    """A record is never entered before the one it refers to; `first` collects first days by id column."""
    recorded = rows["recorded_on"]
    for column in table.columns:
        if column.references and column.name in PREFIX:
            recorded = np.maximum(recorded, first[column.name][rows[column.name]])
    rows = {**rows, "recorded_on": recorded}
    if table.key not in PREFIX:
        return rows
    number = rows[table.key]
    last_of_day = np.append((number[1:] != number[:-1]) | (recorded[1:] != recorded[:-1]), True)
    rows = {name: column[last_of_day] for name, column in rows.items()}
    numbers, where = np.unique(rows[table.key], return_index=True)
    first[table.key] = np.full(numbers.max(initial=-1) + 1, NEVER)
    first[table.key][numbers] = rows["recorded_on"][where]
    return rows


def _finish(rows: Records, last_day: int, block: int | None) -> Records:
    """Keep what was recorded by the last day, and write the ids."""
    kept = rows["recorded_on"] <= last_day
    return {
        name: identifiers(name, column[kept], block) if name in PREFIX else column[kept]
        for name, column in rows.items()
    }
