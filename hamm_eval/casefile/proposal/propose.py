"""From a folder of unknown files to a proposal: what is clear, what is to be decided, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from hamm_eval.casefile.findings import Collector, Finding
from hamm_eval.casefile.peek import Sheet, read_sheets
from hamm_eval.casefile.proposal.columns import Columns, match_columns
from hamm_eval.casefile.proposal.files import match_files
from hamm_eval.casefile.proposal.formats import DateForms, date_forms, decimal_unclear
from hamm_eval.casefile.proposal.profile import Profile, profiles_of
from hamm_eval.casefile.proposal.words import Words, match_words
from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.sources import READ
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import UsageError

_ROUNDS = 4  # ids known in one round tell references in the next


@dataclass(frozen=True, slots=True)
class TableProposal:
    """One table as proposed.

    Parameters
    ----------
    table : Table
    sheet : Sheet
        The file that holds it.
    columns : Columns
    words : dict
        Our column name to what its words mean.
    date_format : str or None
        Where the file writes dates with slashes: in which order.
    dates_open, decimal_open : bool
        Whether the order of the dates or the decimal sign is to be decided.
    full_birth_dates : bool
        Whether the file holds days of birth in place of months.
    """

    table: Table
    sheet: Sheet
    columns: Columns
    words: Mapping[str, Words] = field(repr=False)
    date_format: str | None
    dates_open: bool
    decimal_open: bool
    full_birth_dates: bool

    @property
    def open_questions(self) -> int:
        """How many things are to be decided by hand; what is merely missing is none of them."""
        return (
            sum(bool(alternatives) for alternatives in self.columns.open.values())
            + sum(len(words.open) for words in self.words.values())
            + self.dates_open
            + self.decimal_open
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed mapping, without any data but words of categories.

    Parameters
    ----------
    folder : Path
    tables : tuple of TableProposal
    open_files : dict
        File name to the tables that it might hold; none where nothing in it resembles one.
    unread : tuple of Finding
        Why files could not be read.
    headerless : tuple of str
        Files whose first row may be data: nothing of them is told.
    missing : tuple of Table
        Required tables that no file holds for certain.
    """

    folder: Path
    tables: tuple[TableProposal, ...]
    open_files: Mapping[str, tuple[str, ...]]
    unread: tuple[Finding, ...]
    headerless: tuple[str, ...]
    missing: tuple[Table, ...]

    @property
    def open_questions(self) -> int:
        """How many things are to be decided by hand."""
        files = sum(bool(tables) for tables in self.open_files.values())
        return files + len(self.missing) + sum(table.open_questions for table in self.tables)


def propose_mapping(folder: Path | str) -> Proposal:
    """Propose which file, column and word of an export is which of ours.

    Only what is clear is proposed; where something else comes into question too, it is left to be
    decided, with the alternatives.

    Parameters
    ----------
    folder : path
        Holds the export's files, whatever they are called.

    Returns
    -------
    Proposal

    Raises
    ------
    UsageError
        There is no such folder, or no export in it.
    """
    place = Path(folder)
    collector = Collector()
    sheets = read_sheets(place, collector)
    if not sheets and not collector.findings:
        raise UsageError(
            "This folder holds no file of a kind that can be read.",
            where=str(place),
            todo=f"Name the folder of the export: {', '.join(READ)}.",
        )
    trusted = [sheet for sheet in sheets if sheet.trusted]
    profiles = {sheet.label: profiles_of(sheet) for sheet in trusted}
    files = match_files(trusted, profiles)
    columns = _match_all(files.found, profiles)
    forms = {name: _forms(BY_NAME[name], sheet, columns[name]) for name, sheet in files.found.items()}
    whole = sum(forms.values(), DateForms())
    tables = tuple(
        _table(table, files.found[name], columns[name], forms[name], whole)
        for name, table in BY_NAME.items()
        if name in files.found
    )
    return Proposal(
        place,
        tables,
        files.open,
        # By line alone: what was taken for a header may be the first row of data.
        tuple(
            replace(finding, column="")
            for finding in collector.findings
            if finding.severity is Severity.REFUSE
        ),
        tuple(sheet.label for sheet in sheets if not sheet.trusted),
        tuple(t for t in BY_NAME.values() if not t.optional and t.name not in files.found),
    )


def _match_all(found: Mapping[str, Sheet], profiles: Mapping[str, Sequence[Profile]]) -> dict[str, Columns]:
    """The columns of every table: keys found tell references, and these leave fewer columns for the rest."""
    columns: dict[str, Columns] = {}
    keys: dict[str, pl.Series] = {}
    for _ in range(_ROUNDS):
        columns = {
            name: match_columns(BY_NAME[name], profiles[sheet.label], keys) for name, sheet in found.items()
        }
        known = {
            f"{name}.{BY_NAME[name].key}": sheet.column(columns[name].found[BY_NAME[name].key])
            for name, sheet in found.items()
            if BY_NAME[name].key in columns[name].found
        }
        settled = known.keys() == keys.keys()
        keys = {at: ids.drop_nulls().unique() for at, ids in known.items()}
        if settled:
            break
    return columns


def _forms(table: Table, sheet: Sheet, columns: Columns) -> DateForms:
    """How a table's dates are written."""
    dates = [name for name in columns.found if table.column(name).kind is Kind.DATE]
    return date_forms(sheet.column(columns.found[name]) for name in dates)


def _table(table: Table, sheet: Sheet, columns: Columns, forms: DateForms, whole: DateForms) -> TableProposal:
    """One table's proposal."""
    unit = _unit(table, columns)
    words = {
        name: found
        for name, index in columns.found.items()
        if (found := match_words(table, table.column(name), sheet, index, index if unit is None else unit))
    }
    # One system writes all its dates alike: what other tables prove holds where this one proves nothing.
    order = forms.order or (whole.order if not (forms.day_first or forms.month_first) else None)
    mixed = forms.slashed > 0 and forms.other > 0
    decimals = [name for name in columns.found if table.column(name).kind is Kind.DECIMAL]
    return TableProposal(
        table,
        sheet,
        columns,
        words,
        date_format=order if forms.slashed and not mixed else None,
        dates_open=forms.slashed > 0 and (mixed or order is None),
        decimal_open=any(decimal_unclear(sheet.column(columns.found[name])) for name in decimals),
        full_birth_dates=_full_birth_dates(table, sheet, columns, order),
    )


def _unit(table: Table, columns: Columns) -> int | None:
    """Position of the column that tells persons apart, or else cases or records."""
    references = [column.name for column in table.columns if column.references == "persons.person_id"]
    references += [column.name for column in table.columns if column.references]
    candidates = ["person_id", *references, table.key]
    return next((columns.found[name] for name in candidates if name in columns.found), None)


def _full_birth_dates(table: Table, sheet: Sheet, columns: Columns, order: str | None) -> bool:
    """Whether months of birth are written as days."""
    months = [column.name for column in table.columns if column.month and column.name in columns.found]
    first = r"^0?1\.|-0?1([ T]|$)|" + (r"^[0-9]{1,2}/0?1/" if order == "mm/dd/yyyy" else r"^0?1/")
    return any(
        bool((~sheet.column(columns.found[name]).drop_nulls().str.contains(first)).any()) for name in months
    )
