"""The city as planters see it: its sheets, what the clean rows said, and which rows are still sound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.dirty.sheet import Line, Sheet

# Small tables that many others hang on: their few rows are left to the defects that need them.
SMALL = frozenset({"measures", "measure_funding"})
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of one row."""

    sheet: Sheet
    line: Line
    column: str

    @property
    def text(self) -> str:
        """What the cell holds."""
        return self.sheet.text(self.line, self.column)

    @property
    def declared(self) -> Column:
        """The declaration of its column."""
        return self.sheet.table.column(self.column)

    def other(self, column: str) -> str:
        """Another cell of the row."""
        return self.sheet.text(self.line, column)

    def day(self, column: str | None = None) -> dt.date | None:
        """A cell of the row as a day; None where it is empty."""
        return day_of(self.other(column or self.column))

    def write(self, text: str) -> None:
        """Change the cell."""
        self.line.cells[self.sheet.at(self.column)] = text


@dataclass(frozen=True, slots=True)
class Mark:
    """A defect planted, before its physical line is known.

    `line` is None for a whole file; `name` is that of the file where it is not the sheet's own.
    """

    sheet: Sheet
    line: Line | None = None
    column: str | None = None
    partners: tuple[Line, ...] = ()
    name: str | None = None


@dataclass(eq=False)
class City:
    """All sheets by our table names; `damaged` counts the files that are spoilt as a whole."""

    sheets: Mapping[str, Sheet]
    damaged: int = 0
    clean: Mapping[str, list[list[str]]] = field(init=False)
    versions: Mapping[str, Mapping[str, list[Line]]] = field(init=False)

    def __post_init__(self) -> None:
        """Keep what the clean rows said, and the lines of each fact by table and id."""
        self.clean = {name: [list(line.cells) for line in s.lines] for name, s in self.sheets.items()}
        versions: dict[str, dict[str, list[Line]]] = {}
        for name, sheet in self.sheets.items():
            facts = versions.setdefault(name, {})
            for line in sheet.lines:
                facts.setdefault(line.cells[0], []).append(line)
        self.versions = versions

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> City:
        """From the clean files by name."""
        return cls({t.name: Sheet.read(t, files[f"{t.german}.csv"]) for t in TABLES})

    def readable(self, name: str) -> bool:
        """Whether intake can read the rows of a table."""
        return self.sheets[name].readable

    def places(
        self, fits: Callable[[Column], bool], *, among: Iterable[str] | None = None
    ) -> tuple[Place, ...]:
        """Columns that fit, of tables that are readable and not too small, or of those named."""
        names = tuple(among) if among is not None else tuple(n for n in self.sheets if n not in SMALL)
        return tuple(
            (name, column.name)
            for name in names
            if self.readable(name)
            for column in self.sheets[name].columns()
            if fits(column)
        )

    def pick(
        self, rng: np.random.Generator, places: Iterable[Place], fits: Callable[[Spot], bool]
    ) -> Spot | None:
        """A random cell of a sound row that fits; its fact, with all versions, is then taken."""
        found = tuple(place for place in places if self.readable(place[0]))
        for index in rng.permutation(len(found)):
            name, column = found[index]
            sheet = self.sheets[name]
            for at in rng.permutation(len(sheet.lines)):
                line = sheet.lines[at]
                if line.taken or not line.cells:
                    continue
                spot = Spot(sheet, line, column)
                if fits(spot):
                    self.take(sheet, line)
                    return spot
        return None

    def take(self, sheet: Sheet, line: Line) -> None:
        """Keep other defects away from all versions of a line's fact."""
        line.taken = True
        for version in self.versions[sheet.table.name].get(sheet.key(line), ()):
            version.taken = True

    def claim(self, table: str, *numbers: str) -> bool:
        """Keep other defects away from the records that this one is about, unless one of them has some."""
        lines = [line for number in numbers for line in self.versions[table].get(number, ())]
        if any(line.taken for line in lines):
            return False
        for line in lines:
            line.taken = True
        return True

    @cached_property
    def ids(self) -> dict[str, frozenset[str]]:
        """The ids that each clean table holds."""
        return {name: frozenset(row[0] for row in rows) for name, rows in self.clean.items()}

    def clean_days(self, table: str, key: str, column: str) -> dict[str, dt.date]:
        """A day by an id column, as the last clean version has it."""
        sheet = self.sheets[table]
        at, of = sheet.at(key), sheet.at(column)
        days = {row[at]: day_of(row[of]) for row in self.clean[table]}
        return {name: day for name, day in days.items() if day is not None}

    @cached_property
    def arrived(self) -> dict[str, dt.date]:
        """Day of arrival by person."""
        return self.clean_days("persons", "person_id", "arrived_on")

    @cached_property
    def born(self) -> dict[str, dt.date]:
        """Month of birth by person."""
        return self.clean_days("persons", "person_id", "birth_month")

    @cached_property
    def started(self) -> dict[str, dt.date]:
        """First day by participation."""
        return self.clean_days("participations", "participation_id", "started_on")

    @cached_property
    def departed(self) -> dict[str, dt.date]:
        """Day of departure by person."""
        return self.clean_days("departures", "person_id", "departed_on")

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """All persons of each person's household."""
        sheet = self.sheets["persons"]
        person, household = sheet.at("person_id"), sheet.at("household_id")
        homes: dict[str, list[str]] = {}
        for row in self.clean["persons"]:
            homes.setdefault(row[household], []).append(row[person])
        return {row[person]: tuple(dict.fromkeys(homes[row[household]])) for row in self.clean["persons"]}

    @cached_property
    def agreed(self) -> dict[str, dt.date]:
        """Day of the agreement by goal."""
        return self.clean_days("goals", "goal_id", "agreed_on")

    @cached_property
    def opened(self) -> dict[str, dt.date]:
        """Day of opening by case."""
        return self.clean_days("cases", "case_id", "opened_on")

    @cached_property
    def last_day(self) -> dt.date:
        """The latest day of recording."""
        return max(
            day
            for name, rows in self.clean.items()
            for row in rows
            if (day := day_of(row[self.sheets[name].at("recorded_on")])) is not None
        )

    def siblings(self, spot: Spot) -> tuple[Line, ...]:
        """Other versions of the spot's fact: where a reference differs, nobody can tell which is wrong."""
        if not spot.declared.references:
            return ()
        versions = self.versions[spot.sheet.table.name].get(spot.sheet.key(spot.line), ())
        return tuple(line for line in versions if line is not spot.line)

    def single(self, spot: Spot) -> bool:
        """Whether the spot's fact was recorded once only."""
        return len(self.versions[spot.sheet.table.name].get(spot.sheet.key(spot.line), ())) == 1


def day_of(text: str) -> dt.date | None:
    """A clean cell's day."""
    if not text:
        return None
    day, month, year = text.split(".")
    return dt.date(int(year), int(month), int(day))


def german_day(day: dt.date) -> str:
    """A day as the city writes it."""
    return f"{day.day:02d}.{day.month:02d}.{day.year}"


def is_event(column: Column) -> bool:
    """A date that must not lie after its own recording."""
    return is_day(column) and not column.planned and not column.open_end


def is_day(column: Column) -> bool:
    """A date, the day of recording and months of birth aside."""
    return column.kind is Kind.DATE and not column.month and column.name != "recorded_on"
