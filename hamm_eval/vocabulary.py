"""The words of the field as types: one English name per German term (GLOSSARY.md).

The German spelling that the city's exports use stands beside each member, in
`casefile.tables`; the words shown in reports stand in `report.texts`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hamm_eval.errors import UsageError


class Domain(StrEnum):
    """The five domains of integration need (vorrangige Bereiche). Five stay five: no composite index."""

    LANGUAGE = "language"
    EDUCATION = "education"
    WORK = "work"
    SOCIAL = "social"
    CULTURAL_POLITICAL = "cultural_political"


class Population(StrEnum):
    """Who is evaluated. Each has its own clock; they are never pooled silently."""

    REFUGEE = "refugee"
    EU_CITIZEN = "eu_citizen"


class ResidenceStatus(StrEnum):
    """Residence status (Aufenthaltsstatus), a dated fact apart from eligibility."""

    RECOGNISED = "recognised"
    PROSPECT_OF_STAYING = "prospect_of_staying"
    NO_PROSPECT_OF_STAYING = "no_prospect_of_staying"
    REQUIRED_TO_LEAVE = "required_to_leave"
    FREEDOM_OF_MOVEMENT = "freedom_of_movement"


class HouseholdType(StrEnum):
    """Household type (Haushaltstyp)."""

    SINGLE = "single"
    SINGLE_PARENT = "single_parent"
    COUPLE_WITH_CHILDREN = "couple_with_children"
    COUPLE_WITHOUT_CHILDREN = "couple_without_children"


class Phase(IntEnum):
    """The four phases of case management (Fallmanagement)."""

    ENTRY = 1
    PLANNING = 2
    MAINSTREAM_SYSTEMS = 3
    IMPLEMENTATION = 4


class GoalStatus(StrEnum):
    """What a goal review (Zielüberprüfung) found."""

    UNMET = "unmet"
    PARTLY = "partly"
    MET = "met"
    ADAPTED = "adapted"
    DROPPED = "dropped"


class FundingClass(IntEnum):
    """Funding class of a measure (Förderklasse); it can change over time."""

    MUNICIPAL = 1
    MUNICIPAL_OR_APPLIED = 2
    FURTHER_PROGRAMMES = 3


class Perspective(StrEnum):
    """Whose rating of a measure it is."""

    SOCIAL_WORKER = "social_worker"
    REFUGEE = "refugee"


RATINGS = (1, 2, 3, 4, 5)  # of a participation, from not effective to very effective
EFFECTIVE = 4  # a rating from here on holds the measure to be effective


class CefrLevel(StrEnum):
    """Level of the Common European Framework of Reference; NONE is no German at all."""

    NONE = "none"
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


class TransitionKind(StrEnum):
    """Mainstream systems (Regelsysteme) and settings a person enters and leaves."""

    EARLY_HELP = "early_help"
    KITA = "kita"
    SCHOOL = "school"
    EDUCATION_PACKAGE = "education_package"
    INTEGRATION_POINT = "integration_point"
    JOB_CENTRE = "job_centre"
    VOCATIONAL_TRAINING = "vocational_training"
    EMPLOYMENT = "employment"
    CLUB = "club"
    LEISURE = "leisure"


class DepartureKind(StrEnum):
    """How a person left; the goal in Hamm can no longer be reached."""

    MOVED_AWAY = "moved_away"
    RETURNED = "returned"
    REMOVED = "removed"
    DETAINED = "detained"
    DIED = "died"


_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, written ``2017-Q2``.

    Examples
    --------
    >>> Quarter.parse("2017-Q2").end
    datetime.date(2017, 6, 30)
    >>> str(Quarter.parse("2017-Q1").previous)
    '2016-Q4'
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``YYYY-Qn``; anything else is a `UsageError`."""
        match = _QUARTER.fullmatch(text)
        if match is None:
            raise UsageError(
                "A quarter is written as year, hyphen, Q and 1 to 4.",
                where="quarter",
                todo="Example: 2017-Q2.",
            )
        return cls(int(match[1]), int(match[2]))

    @property
    def start(self) -> dt.date:
        """First day of the quarter."""
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> dt.date:
        """Last day of the quarter."""
        return self.next.start - dt.timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Quarter:
        """The quarter before this one."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"
