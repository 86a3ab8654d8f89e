"""How a table is declared: columns with kind, meaning, sensitivity, German name and category words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any


class Kind(StrEnum):
    """What a column holds."""

    ID = "id"
    CATEGORY = "category"
    DATE = "date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes_no"
    TEXT = "text"


class Sensitivity(StrEnum):
    """How far a column may travel: drives the release rules and the search for leaks."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"
    IDENTIFYING = "identifying"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table.

    Parameters
    ----------
    name, german : str
        Our name, and the header that the city's exports use.
    kind : Kind
    meaning, bedeutung : str
        One sentence each, English and German, for the data dictionary.
    required : bool
        Whether an empty field is a finding.
    open_end : bool
        A date that may lie far ahead or be empty because the spell still runs.
    planned : bool
        A date that may lie after `recorded_on`.
    references : str
        ``table.column`` that a foreign key points to.
    categories : Mapping
        Our category (text once declared) to the export's German word.
    lowest, highest : float or None
        Allowed range of numbers.
    month : bool
        A date of which only the month is wanted: the first of the month, any other day is refused.
    lasting : bool
        A reference that a later version of the record must not lead elsewhere.
    only_with : str
        The date without which this column says nothing, and which says too little without it.
    """

    name: str
    german: str
    kind: Kind
    meaning: str
    bedeutung: str
    required: bool = True
    open_end: bool = False
    planned: bool = False
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    references: str = ""
    categories: Mapping[Any, str] = field(default_factory=dict)
    lowest: float | None = None
    highest: float | None = None
    month: bool = False
    lasting: bool = False
    only_with: str = ""

    def __post_init__(self) -> None:
        words = {str(k.value if isinstance(k, Enum) else k): v for k, v in self.categories.items()}
        object.__setattr__(self, "categories", MappingProxyType(words))


@dataclass(frozen=True, slots=True)
class Bound:
    """A date that must not lie before, or after, a date of the record that it belongs to.

    Parameters
    ----------
    rule : str
        Id of the rule that says so.
    column : str
        Our date.
    by : str
        The id that both tables have; where several records share it, the first and the last day count.
    not_before, not_after : str
        ``table.column``; empty where there is no such bound.
    """

    rule: str
    column: str
    by: str
    not_before: str = ""
    not_after: str = ""


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """In which years of age an event is plausible.

    Parameters
    ----------
    column : str
        Date of the event.
    lowest, highest : int
        Years of age, both included.
    where : tuple of str and tuple of str, optional
        A category column and those of its categories that the limit is for; all records otherwise.
    """

    column: str
    lowest: int
    highest: int
    where: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a CaseFile: `key` is its id; (`key`, `recorded_on`) identifies one version of a fact.

    Parameters
    ----------
    name, german : str
        Our name, and that of the city's file.
    meaning, bedeutung : str
        One sentence each, English and German, for the data dictionary.
    columns : tuple of Column
    optional : bool
        It may lack in an export, and the report leaves out what rests on it with a word.
    spell : tuple of str, optional
        The columns of a dated spell: begin and end.
    one_at_a_time : str
        Of the spells that share this column only one holds at a time.
    seamless : bool
        Of those spells each begins when the one before ends.
    state : str
        What changes from one of those spells to the next.
    steps : Mapping of str to tuple of str
        The states that may follow each state; those not named may be followed by any.
    ascending : bool
        The states are passed in the order in which they are declared.
    order : tuple of pairs of str
        Dates of one record, of which the first is expected not to lie after the second.
    bounds : tuple of Bound
    ages : tuple of AgeLimit
    """

    name: str
    german: str
    meaning: str
    bedeutung: str
    columns: tuple[Column, ...]
    optional: bool = True
    spell: tuple[str, str] | None = None
    one_at_a_time: str = ""
    seamless: bool = False
    state: str = ""
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ascending: bool = False
    order: tuple[tuple[str, str], ...] = ()
    bounds: tuple[Bound, ...] = ()
    ages: tuple[AgeLimit, ...] = ()

    @property
    def key(self) -> str:
        """Name of the id column: always the first."""
        return self.columns[0].name

    @property
    def event(self) -> str:
        """Name of the date that the record is about: when a spell begins, or the first date; or empty."""
        if self.spell is not None:
            return self.spell[0]
        own = (c for c in self.columns if c.kind is Kind.DATE and not c.month and not c.planned)
        return next((column.name for column in own if column.name != "recorded_on"), "")

    @property
    def names(self) -> tuple[str, ...]:
        """Our column names in declared order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; a `KeyError` names the table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")
