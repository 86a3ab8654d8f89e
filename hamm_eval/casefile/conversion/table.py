"""One table from text to typed columns, with blank and total rows set apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from hamm_eval.casefile.conversion.cells import convert_cells
from hamm_eval.casefile.conversion.offenders import Cells
from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.frames import polars_type
from hamm_eval.casefile.plan import ColumnPlan, TablePlan
from hamm_eval.casefile.readers.text_table import LINE, TextTable
from hamm_eval.casefile.schema import Kind

TOTALS = ("summe", "summe:", "gesamt", "gesamt:", "insgesamt", "gesamtsumme", "total", "zwischensumme")
_TOTAL = f"(?i)^(?:{'|'.join(TOTALS)})$"
_TOTAL_OF = rf"(?i)^({'|'.join(word for word in TOTALS if word.isalpha())})[\s:]"


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table typed: `frame` has the plan's columns and ``__line``; the counts reconcile with the file.

    `notations` names, by our column, the date format or decimal sign that it was read by.
    """

    plan: TablePlan
    frame: pl.DataFrame
    headers: dict[str, str]
    file: str
    read: int
    excluded: int
    notations: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"TypedTable({self.plan.table.name}, {self.frame.height} rows)"

    def header(self, name: str) -> str:
        """How messages call one of our columns."""
        return self.headers.get(name) or self.plan.table.column(name).german


def convert_table(plan: TablePlan, text: TextTable, notes: FileCollector) -> TypedTable:
    """Convert every column, noting all that is wrong at once."""
    trimmed = text.frame.with_columns(_trimmed(text.frame[name]) for name in text.headers)
    kept = _without_blanks_and_totals(trimmed, plan, list(text.headers), notes)
    notations: dict[str, str] = {}
    columns = [_convert(column, kept, text, notes, notations) for column in plan.columns]
    frame = pl.DataFrame([*columns, kept[LINE]])
    read = text.frame.height
    return TypedTable(plan, frame, dict(text.headers), notes.file, read, read - frame.height, notations)


def _trimmed(text: pl.Series) -> pl.Series:
    """The text without blanks at its ends, null where nothing is left; a sound column is not copied."""
    stripped = text.str.strip_chars()
    if (stripped.str.len_bytes() != text.str.len_bytes()).any():
        text = stripped
    return text.replace("", None) if (text == "").any() else text


def _without_blanks_and_totals(
    frame: pl.DataFrame, plan: TablePlan, names: list[str], notes: FileCollector
) -> pl.DataFrame:
    """Rows that hold records."""
    key = plan.table.key
    candidates = frame[key] if key in frame.columns else frame[names[0]]
    total = candidates.str.contains(_TOTAL).fill_null(False)
    if "recorded_on" in frame.columns:  # no record lacks it: "Summe Datensätze: 12" is one of totals, too
        total = total | (candidates.str.contains(_TOTAL_OF).fill_null(False) & frame["recorded_on"].is_null())
    blank = candidates.is_null()
    if blank.any():
        blank = frame.select(pl.all_horizontal(pl.col(names).is_null())).to_series()
    for rule, where in (("rows_total", total), ("rows_blank", blank)):
        if where.any():
            notes.add(rule, lines=frame[LINE].filter(where).to_list())
    return frame.filter(~(total | blank)) if total.any() or blank.any() else frame


def _convert(
    plan: ColumnPlan, frame: pl.DataFrame, source: TextTable, notes: FileCollector, notations: dict[str, str]
) -> pl.Series:
    """One column, typed and under our name; adds how its dates or numbers are written."""
    column = plan.column
    lines, header = frame[LINE], source.headers.get(column.name)
    if header is None and plan.constant is None:
        return pl.Series(column.name, [], dtype=polars_type(column)).extend_constant(None, len(lines))
    stored = where = None
    if header is None or plan.constant is not None:
        text = pl.Series(column.name, [plan.constant], dtype=pl.String).new_from_index(0, len(lines))
    else:
        text = frame[column.name]
        stored = source.stored.get(column.name)
        where = frame[stored.where] if stored is not None and stored.where else None
    cells = Cells(text, lines, header or column.german, notes)
    typed = convert_cells(cells, plan, stored, where).alias(column.name)
    if cells.notations:
        notations[column.name] = ", ".join(cells.notations)
    cells.refuse_lost(typed)
    if plan.required:
        # Empty, or a placeholder that means empty; what could not be read has its own finding.
        could_be_read = cells.text.is_null() | (typed.is_null() & _is_placeholder(cells, plan))
        cells.refuse("required", typed.is_null() & could_be_read)
    return typed


def _is_placeholder(cells: Cells, plan: ColumnPlan) -> pl.Series:
    """Whether a text stands for "missing": 01.01.1900 among dates."""
    if plan.column.kind is not Kind.DATE:
        return cells.text.is_null()
    return cells.text.str.contains(r"^0?1[./]0?1[./]1900|^1900-0?1-0?1").fill_null(False)
