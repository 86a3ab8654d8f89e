"""What to look for in a source: each declared table with the names, words and formats it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hamm_eval.casefile.mapping import FurtherColumn, SourceMapping, TableMapping
from hamm_eval.casefile.names import folded
from hamm_eval.casefile.schema import Column, Kind, Sensitivity, Table
from hamm_eval.casefile.tables import TABLES

YES_NO = {"ja": True, "nein": False, "yes": True, "no": False, "true": True, "false": False}
_ENDING = re.compile(r"\.(csv|xlsx|parquet)$", re.IGNORECASE)
DECLARED_WORDS = frozenset(
    folded(word)
    for table in TABLES
    for column in table.columns
    for pair in column.categories.items()
    for word in pair
) | frozenset(YES_NO)


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column as this source writes it.

    Parameters
    ----------
    column : Column
    headers : tuple of str
        Names it may have in the file.
    words : dict
        Folded word of the source to our category, or to true and false.
    shown_words : tuple of str
        The words as messages list them; empty where any word is allowed.
    date_format, decimal : str or None
        As declared; None: to be found from the column.
    constant : str or None
        The text of every row.
    absent : bool
        The source does not have it.
    """

    column: Column
    headers: tuple[str, ...]
    words: dict[str, str | bool]
    shown_words: tuple[str, ...]
    date_format: str | None
    decimal: str | None
    constant: str | None = None
    absent: bool = False

    @property
    def required(self) -> bool:
        """Whether every row needs a value."""
        return self.column.required and not self.absent


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table as this source delivers it.

    `files` are names that its file, sheet or database table may have, without ending; `free_text` is folded;
    `encoding` and `delimiter` of a text file are as declared, or None: to be found.
    """

    table: Table
    files: tuple[str, ...]
    columns: tuple[ColumnPlan, ...]
    free_text: frozenset[str]
    required: bool
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def known_headers(self) -> frozenset[str]:
        """All headers it may have, folded."""
        return frozenset(folded(header) for plan in self.columns for header in plan.headers)

    @property
    def known_words(self) -> frozenset[str]:
        """All words that a cell may hold, of this table as mapped and of all tables as declared, folded."""
        return frozenset(word for plan in self.columns for word in plan.words) | DECLARED_WORDS


def plan_tables(mapping: SourceMapping, free_text: tuple[str, ...] = ()) -> tuple[TablePlan, ...]:
    """The plan of every table; `free_text` names headers, alone or as ``table.header``."""
    return tuple(_plan_table(table, mapping, free_text) for table in TABLES)


def _plan_table(declared: Table, mapping: SourceMapping, free_text: tuple[str, ...]) -> TablePlan:
    """One table's plan."""
    own = mapping.tables.get(declared.name, TableMapping())
    table = declared
    further: dict[str, FurtherColumn] = {}
    if declared.name == "persons" and mapping.further:
        further = {item.name: item for item in mapping.further}
        added = tuple(_further_column(item) for item in mapping.further)
        table = replace(declared, columns=(*declared.columns[:-1], *added, declared.columns[-1]))
    columns = tuple(_plan_column(column, own, mapping, further.get(column.name)) for column in table.columns)
    names = (declared.name, declared.german)
    declared_free = {folded(header) for header in own.free_text}
    for entry in free_text:
        before, dot, after = entry.partition(".")
        if dot and folded(before) in names:
            declared_free.add(folded(after))
        elif not dot:
            declared_free.add(folded(entry))
    files = (_ENDING.sub("", own.file),) if own.file else (declared.german, declared.name)
    required = not declared.optional and declared.name not in mapping.lacks
    return TablePlan(
        table,
        files,
        columns,
        frozenset(declared_free),
        required,
        own.encoding or mapping.encoding,
        own.delimiter or mapping.delimiter,
    )


def _plan_column(
    column: Column, own: TableMapping, mapping: SourceMapping, further: FurtherColumn | None
) -> ColumnPlan:
    """One column's plan."""
    mapped = own.columns.get(column.name)
    names = (mapped,) if mapped else (column.german, column.name)
    headers = tuple({folded(name): name for name in reversed(names)}.values())[::-1]
    constant = own.constants.get(column.name)
    own_words = further.values if further else own.values.get(column.name)
    # A constant is written by whoever maps, in our words and with an ISO date.
    words, shown = _words(column, own_words if own_words and constant is None else {})
    return ColumnPlan(
        column,
        headers,
        words,
        shown,
        own.date_format or mapping.date_format if constant is None else "yyyy-mm-dd",
        own.decimal or mapping.decimal,
        constant=_constant_text(constant) if constant is not None else None,
        absent=column.name in own.absent,
    )


def _words(column: Column, own: Mapping[str, str | bool]) -> tuple[dict[str, str | bool], tuple[str, ...]]:
    """The words of a category or a yes/no column: the source's own, else the declared ones and ours."""
    if own:
        return {folded(theirs): ours for theirs, ours in own.items()}, tuple(own)
    if column.kind is Kind.YES_NO:
        return dict(YES_NO), ("ja", "nein")
    ours: dict[str, str | bool] = {folded(name): name for name in column.categories}
    german: dict[str, str | bool] = {folded(word): name for name, word in column.categories.items()}
    return {**ours, **german}, tuple(column.categories.values())


def _further_column(further: FurtherColumn) -> Column:
    """A source's own baseline column as a declared one."""
    return Column(
        further.name,
        further.source,
        Kind(further.kind),
        further.label.en,
        further.label.de,
        required=False,
        sensitivity=Sensitivity.SENSITIVE if further.sensitive else Sensitivity.ORDINARY,
    )


def _constant_text(value: object) -> str:
    """A constant as an export would write it."""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return str(value)
