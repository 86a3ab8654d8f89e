"""A whole export pseudonymised into a new folder, or nothing at all."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hamm_eval.casefile.conversion.table import TOTALS
from hamm_eval.casefile.findings import Collector, FileCollector
from hamm_eval.casefile.mapping import SourceMapping, load_mapping
from hamm_eval.casefile.plan import ColumnPlan, TablePlan, plan_tables
from hamm_eval.casefile.private_files import private_folder, write_private
from hamm_eval.casefile.pseudonyms.cells import as_written, months, pseudonyms
from hamm_eval.casefile.pseudonyms.columns import Action, Decision, decide, kind_of
from hamm_eval.casefile.pseudonyms.key import Key
from hamm_eval.casefile.readers.header import Header
from hamm_eval.casefile.readers.text_table import LINE, TextTable, Wanted
from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.sources import Offer, find_tables
from hamm_eval.errors import HammEvalError, IntakeRefused, UsageError

_NOT_READ = frozenset({"file_unknown", "not_a_table"})
_ABOUT_READING = frozenset({"file_missing", "table_absent"})


@dataclass(frozen=True, slots=True)
class Column:
    """What was done with one column: how many cells were given, and how many differ now."""

    shown: str
    action: Action
    given: int
    changed: int


@dataclass(frozen=True, slots=True)
class TableDone:
    """What was done with one table.

    Parameters
    ----------
    table, source, file : str
        Our name, the file read, and the one written.
    rows, left_out : int
        Rows written, and rows of totals or without anything.
    columns : tuple of Column
    """

    table: str
    source: str
    file: str
    rows: int
    left_out: int
    columns: tuple[Column, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """What was done with an export: its tables, and the files that are none and were not written."""

    tables: tuple[TableDone, ...]
    ignored: tuple[str, ...]


def pseudonymise(
    source: Path | str, out: Path | str, *, key: Key, mapping: Path | str | SourceMapping | None = None
) -> Pseudonymised:
    """Write an export anew: pseudonyms for identifiers, months for birth dates, nothing undeclared.

    Tables, headers, words and notations stay as they are, so that the mapping of the source is that of
    the result. Identifiers of measures are public and stay. The source is not touched.

    Parameters
    ----------
    source : path
        The export's folder or workbook.
    out : path
        Where the new folder is made: one CSV file a table, for your eyes alone (mode 0700).
    key : Key
        The same key gives the same pseudonyms, in every table and every quarter.
    mapping : path or SourceMapping, optional
        How the source names things.

    Returns
    -------
    Pseudonymised
        What was done, without any value.

    Raises
    ------
    IntakeRefused
        What cannot be read or made safe, all of it at once, by file, line and column; nothing is written.
    UsageError, ParamsError
        No such export; the new folder is there already or lies in the export; the mapping is wrong.
    HammEvalError
        The files cannot be written.
    """
    if mapping is None:
        names = SourceMapping()
    else:
        names = mapping if isinstance(mapping, SourceMapping) else load_mapping(Path(mapping))
    place, target = Path(source), Path(out)
    collector = Collector()
    plans = {plan.table.name: plan for plan in plan_tables(names)}
    _refuse_place(place, target)
    with _whole(target) as work, find_tables(place, tuple(plans.values()), collector) as offers:
        done = [
            written
            for name, offer in offers.items()
            if (written := _table(plans[name], offer, key, work, collector)) is not None
        ]
        refusing = [
            finding
            for finding in collector.findings
            if finding.severity is Severity.REFUSE and finding.rule not in _ABOUT_READING
        ]
        if refusing:
            raise IntakeRefused.of(
                [finding.problem() for finding in refusing],
                f"Nothing was written ({len(refusing)}):",
            )
        if not done:
            raise UsageError(
                "None of its files is a table that is known.",
                where=str(place),
                todo="Name them as the data dictionary does, or give a mapping (`hamm-eval map`).",
            )
    ignored = tuple(found.file for found in collector.findings if found.rule in _NOT_READ)
    return Pseudonymised(tuple(done), ignored)


def _refuse_place(source: Path, target: Path) -> None:
    """Refuse a new folder that would touch what is there."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            "There is something of this name already.",
            where=str(target),
            todo="Name a folder that is not there.",
        )
    if target.resolve().is_relative_to(source.resolve()):
        raise UsageError(
            "The new folder would lie in the export.", where=str(target), todo="Name one beside it."
        )


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A private folder beside the target that takes its place at the end, or is gone."""
    work: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        private_folder(work)
        yield work
        work.replace(target)  # an empty folder gives way
    except OSError:
        raise HammEvalError(
            "The new folder cannot be written; nothing is left of it.",
            where=str(target),
            todo="Make room, or name a folder that you may write to.",
        ) from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def _table(plan: TablePlan, offer: Offer, key: Key, work: Path, collector: Collector) -> TableDone | None:
    """One table read, changed and written; None where that is refused."""
    notes = collector.in_file(offer.label, plan.table.name)
    decisions: list[Decision] = []

    def take(header: Header, its_notes: FileCollector) -> dict[str, int] | None:
        """The columns to be read: those left out are not."""
        decisions.extend(decide(plan, header, its_notes) or ())
        kept = {d.plan.column.name: d.index for d in decisions if d.plan is not None}
        return kept or None

    known = plan.known_headers | plan.free_text
    text = offer.read(Wanted(known, plan.known_words, take, plan.encoding, plan.delimiter), notes)
    if text is None or notes.refused:
        return None
    kept = _records(plan, text)
    cells: dict[str, pl.Series] = {}
    told = []
    for one in decisions:
        if one.plan is None:
            told.append(Column(one.shown, one.action, 0, 0))
            continue
        before = kept[one.plan.column.name]
        after = _changed(plan, one, one.plan, kept, text, key, notes)
        given = len(before) - before.null_count()
        told.append(Column(one.shown, one.action, given, int((before != after).sum() or 0)))
        cells[one.header] = after
    if notes.refused:
        return None
    file = f"{plan.files[0]}.csv"
    content = io.BytesIO()
    pl.DataFrame(cells).write_csv(content, separator=";", include_bom=True)
    write_private(work / file, content.getvalue())
    left_out = text.frame.height - kept.height
    return TableDone(plan.table.name, offer.label, file, kept.height, left_out, tuple(told))


def _records(plan: TablePlan, text: TextTable) -> pl.DataFrame:
    """The rows that hold records, trimmed: a row of totals must not become one under a pseudonym."""
    names = list(text.headers)
    trimmed = text.frame.with_columns(pl.col(names).str.strip_chars().replace("", None))
    first = plan.table.key if plan.table.key in names else names[0]
    total = pl.col(first).str.to_lowercase().is_in(TOTALS).fill_null(False)
    return trimmed.filter(~(total | pl.all_horizontal(pl.col(names).is_null())))


def _changed(
    plan: TablePlan,
    one: Decision,
    column: ColumnPlan,
    kept: pl.DataFrame,
    text: TextTable,
    key: Key,
    notes: FileCollector,
) -> pl.Series:
    """One column's cells as they are written."""
    name = column.column.name
    cells = kept[name].alias(one.header)
    stored = text.stored.get(name)
    everywhere = pl.Series([stored is not None], dtype=pl.Boolean).new_from_index(0, len(cells))
    typed = kept[stored.where] if stored is not None and stored.where else everywhere
    if one.action is Action.PSEUDONYM:
        lost = typed & cells.is_not_null()
        if stored is not None and not stored.faithful and lost.any():
            notes.add("number_for_text", column=one.shown, lines=kept[LINE].filter(lost).to_list())
        return pseudonyms(cells, kind_of(plan.table, column), key).alias(one.header)
    written = as_written(cells, typed, column)
    if one.action is Action.MONTH:
        return months(written, kept[LINE], column, one.shown, notes).alias(one.header)
    return written.alias(one.header)
