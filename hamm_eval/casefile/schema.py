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

    def __post_init__(self) -> None:
        words = {str(k.value if isinstance(k, Enum) else k): v for k, v in self.categories.items()}
        object.__setattr__(self, "categories", MappingProxyType(words))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a CaseFile: `key` is its id; (`key`, `recorded_on`) identifies one version of a fact.

    `spell` names the columns of a dated spell, begin and end; of the spells that share `one_at_a_time`
    (a column) only one holds at a time. `optional` tables may lack in an export, and the report leaves
    their sections out with a word.
    """

    name: str
    german: str
    meaning: str
    bedeutung: str
    columns: tuple[Column, ...]
    optional: bool = True
    spell: tuple[str, str] | None = None
    one_at_a_time: str = ""

    @property
    def key(self) -> str:
        """Name of the id column: always the first."""
        return self.columns[0].name

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
