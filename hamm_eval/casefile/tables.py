"""The tables of a CaseFile, each declared once.

Reading, checking, the synthetic export and docs/data-dictionary.md derive from
these declarations. Every table has an id first and `recorded_on` last: a fact
that changes is recorded again under the same id with a later `recorded_on`, and
a CaseFile at a data cut holds the latest version recorded by then.
"""

from __future__ import annotations

from hamm_eval.casefile.declarations.casework import CASES, GOAL_REVIEWS, GOALS, NEEDS, PHASES
from hamm_eval.casefile.declarations.outcomes import DEPARTURES, LANGUAGE_TESTS, TRANSITIONS
from hamm_eval.casefile.declarations.people import ELIGIBILITY, HOUSEHOLDS, PERSONS, RESIDENCE_STATUS
from hamm_eval.casefile.declarations.support import (
    MEASURE_FUNDING,
    MEASURES,
    PARTICIPATIONS,
    RATINGS,
    VOLUNTEER_SUPPORT,
)
from hamm_eval.casefile.schema import Table

TABLES: tuple[Table, ...] = (
    PERSONS,
    HOUSEHOLDS,
    RESIDENCE_STATUS,
    ELIGIBILITY,
    CASES,
    PHASES,
    NEEDS,
    GOALS,
    GOAL_REVIEWS,
    MEASURES,
    MEASURE_FUNDING,
    PARTICIPATIONS,
    RATINGS,
    LANGUAGE_TESTS,
    TRANSITIONS,
    DEPARTURES,
    VOLUNTEER_SUPPORT,
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
VOLUNTEERS_SINCE = "2015-11-01"
