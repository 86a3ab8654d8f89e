"""A source's own names and words, as data: what its tables, columns and categories are called with us.

Without a mapping file the city's German names hold (they stand beside each declaration in `tables`),
and our own names are understood as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hamm_eval.casefile.names import folded
from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.nearest import did_you_mean
from hamm_eval.yaml_models import Contradiction, FrozenModel, load_yaml_model


def _as_text(value: Any) -> Any:
    """YAML reads ``1:`` as a number; a header or a word is text all the same. ``yes:`` stays refused."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
DateFormat = Literal["dd.mm.yyyy", "yyyy-mm-dd", "mm/dd/yyyy", "dd/mm/yyyy"]
DecimalSign = Literal[",", "."]
Encoding = Literal["utf-8", "utf-16", "cp1252", "iso-8859-15", "cp850"]
Delimiter = Literal[";", ",", "\t", "|"]


class Label(FrozenModel):
    """A name in both languages of the report."""

    de: str
    en: str


class FurtherColumn(FrozenModel):
    """A baseline column of persons that only this source has.

    `values` turns its words into levels; without it a category keeps the words as they are.
    """

    name: Key
    source: Text
    kind: Literal["category", "integer", "decimal", "yes_no"]
    label: Label
    values: Mapping[Text, Text | bool] = {}
    sensitive: bool = True


class TableMapping(FrozenModel):
    """How a source names one table: `columns` ours to theirs, `values` our column, theirs to ours.

    `file` is the name of its file, sheet or database table, with or without an ending.
    `absent` columns are not in the source; `constants` are the same in every row.
    """

    file: str | None = None
    columns: Mapping[Key, Text] = {}
    values: Mapping[Key, Mapping[Text, Text | bool]] = {}
    absent: tuple[Key, ...] = ()
    constants: Mapping[Key, dt.date | bool | int | float | str] = {}
    date_format: DateFormat | None = None
    decimal: DecimalSign | None = None
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    free_text: tuple[Text, ...] = ()


class SourceMapping(FrozenModel):
    """A whole source: its tables by our names, and what it lacks.

    Parameters
    ----------
    date_format, decimal
        How the source writes dates and numbers; left out, they are found from each column, and what is
        ambiguous is refused.
    encoding, delimiter
        Of its text files; left out, they are found from each file.
    tables : Mapping
        Only what differs from the built-in names.
    lacks : tuple of str
        Tables that this source does not have although they are required elsewhere.
    further : tuple of FurtherColumn
        Extra baseline columns of persons.
    undecided : tuple of str
        Files of which a proposal does not know what they hold: while one is named here, no mapping.
    """

    date_format: DateFormat | None = None
    decimal: DecimalSign | None = None
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    tables: Mapping[Key, TableMapping] = {}
    lacks: tuple[Key, ...] = ()
    further: tuple[FurtherColumn, ...] = ()
    undecided: tuple[Text, ...] = Field(default=(), exclude=True)


def load_mapping(path: Path) -> SourceMapping:
    """Read a mapping file.

    Raises
    ------
    UsageError, ParamsError
        Everything that is wrong at once, with file, line and YAML path.
    """
    return load_yaml_model(path, SourceMapping, contradictions=_contradictions)


def _contradictions(mapping: SourceMapping) -> Iterator[Contradiction]:
    """Names that the declarations do not know, columns told two things, and what is still to be decided."""
    for i in range(len(mapping.undecided)):
        yield Contradiction(
            ("undecided", i),
            "It is not decided what this file holds.",
            "Name it as the `file` of a table, or of none, and remove it from this list.",
        )
    for i, name in enumerate(mapping.lacks):
        yield from _unknown(("lacks", i), name, BY_NAME, "table")
        if name == "persons":
            yield Contradiction(("lacks", i), "No source can lack persons.", "Remove it.")
    for name, table_mapping in mapping.tables.items():
        yield from _unknown(("tables", name), name, BY_NAME, "table")
        if name in BY_NAME:
            yield from _table_contradictions(("tables", name), BY_NAME[name], table_mapping)
    seen = set(BY_NAME["persons"].names)
    for i, further in enumerate(mapping.further):
        if further.name in seen:
            yield Contradiction(
                ("further", i, "name"), "Persons have a column of this name already.", "Choose another."
            )
        seen.add(further.name)
        yield from _wrong_targets(("further", i, "values"), further.kind, (), further.values)


def _table_contradictions(
    at: tuple[str | int, ...], table: Table, mapping: TableMapping
) -> Iterator[Contradiction]:
    """What is wrong within one table's mapping."""
    for key in ("columns", "values", "constants"):
        for name in getattr(mapping, key):
            yield from _unknown((*at, key, name), name, table.names, "column")
    for i, name in enumerate(mapping.absent):
        yield from _unknown((*at, "absent", i), name, table.names, "column")
        if name in (table.key, "recorded_on"):
            yield Contradiction((*at, "absent", i), "Every table needs this column.", "Map or set it.")
        if name in mapping.columns or name in mapping.constants:
            yield Contradiction(
                (*at, "absent", i), "This column is absent and mapped at once.", "Keep one of both."
            )
    for name in mapping.constants:
        if name in mapping.columns or name == table.key:
            yield Contradiction(
                (*at, "constants", name), "This column cannot be the same in every row.", "Map it."
            )
    for name, words in mapping.values.items():
        if name in table.names:
            column = table.column(name)
            here = (*at, "values", name)
            yield from _wrong_targets(here, column.kind.value, tuple(column.categories), words)


def _wrong_targets(
    at: tuple[str | int, ...], kind: str, categories: tuple[str, ...], words: Mapping[str, str | bool]
) -> Iterator[Contradiction]:
    """Values that lead to words we do not have."""
    if not words:
        return
    if kind not in (Kind.CATEGORY, Kind.YES_NO):
        yield Contradiction(at, "Only categories and yes/no columns have words to map.", "Remove it.")
        return
    for theirs, ours in words.items():
        here = (*at, theirs)
        if kind == Kind.YES_NO and not isinstance(ours, bool):
            yield Contradiction(here, "A yes/no column maps to true or false.", "Write true or false.")
        elif kind == Kind.CATEGORY and isinstance(ours, bool):
            yield Contradiction(here, "A category maps to a word.", "Put the word in quotation marks.")
        elif kind == Kind.CATEGORY and categories and ours not in categories:
            yield Contradiction(
                here, "We have no such category.", did_you_mean(str(ours), categories, known="Ours")
            )
    if len({folded(theirs) for theirs in words}) < len(words):
        yield Contradiction(at, "Two words differ only in case or blanks.", "Keep one of them.")


def _unknown(at: tuple[str | int, ...], name: str, among: Any, what: str) -> Iterator[Contradiction]:
    """A name that is not among the declared ones."""
    if name not in among:
        yield Contradiction(at, f"There is no such {what}.", did_you_mean(name, among))
