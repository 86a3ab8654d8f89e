"""Keys: (id, recorded_on) names one version of a fact."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import FileCollector, Quarantined
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.casefile.schema import Kind


def check_keys(typed: TypedTable, notes: FileCollector) -> tuple[TypedTable, int]:
    """Sort a table by its key, set exact duplicates aside, refuse contradictions.

    Returns
    -------
    TypedTable
        Sorted by id and day of recording, without duplicates.
    int
        How many rows were set aside.
    """
    key = typed.plan.table.key
    content = [name for name in typed.frame.columns if name != LINE]
    frame = _sorted(typed.frame, key)
    same_key = _repeats(frame, [key, "recorded_on"])
    if not same_key.any():
        return replace(typed, frame=frame), 0
    # Only rows that share their key with another are compared in full.
    shared = frame.filter(same_key | same_key.shift(-1, fill_value=False))
    seen = pl.struct(content).is_first_distinct()
    duplicate = ~shared.select(seen).to_series()
    duplicates, others = shared.filter(duplicate), shared.filter(~duplicate)
    _note(notes, "duplicate_row", typed, duplicates)
    if notes.collector.keep_values and duplicates.height:
        notes.collector.quarantined.append(_set_aside("duplicate_row", typed, duplicates))
    contradicting = others.filter(_repeats(others, [key, "recorded_on"]))
    _note(notes, "key_contradiction", typed, contradicting)
    return replace(typed, frame=frame.filter(~frame[LINE].is_in(duplicates[LINE].to_list()))), len(duplicates)


def _sorted(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows in the order of the key, day of recording and line; most files are in it as they come."""
    ids, days = pl.col(key), pl.col("recorded_on")
    later = (ids.shift() < ids) | ((ids.shift() == ids) & (days.shift() <= days))
    rising = frame.select(later.slice(1).fill_null(False).all()).item()
    return frame if rising else frame.sort([key, "recorded_on", LINE])


def _repeats(frame: pl.DataFrame, names: list[str]) -> pl.Series:
    """Whether a row of a sorted frame has the same values in `names` as the row before."""
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in names)
    return frame.select(same.fill_null(False)).to_series()


def _note(notes: FileCollector, rule: str, typed: TypedTable, rows: pl.DataFrame) -> None:
    """Note rows in the order of the file, with their content for the private file."""
    if rows.height:
        ordered = rows.sort(LINE)
        content = ordered.drop(LINE).select(
            pl.concat_str(pl.all().cast(pl.String), separator=" | ", ignore_nulls=True)
        )
        notes.add(
            rule,
            column=typed.header(typed.plan.table.key),
            lines=ordered[LINE].to_list(),
            values=content.to_series().to_list(),
        )


def _set_aside(rule: str, typed: TypedTable, rows: pl.DataFrame) -> Quarantined:
    """Rows for the private file: by line, days as the city writes them, words in German."""
    columns = {plan.column.name: plan.column for plan in typed.plan.columns}
    shown = [pl.col(LINE).cast(pl.String)]
    for name, column in columns.items():
        cell = pl.col(name)
        if column.kind is Kind.DATE:
            cell = cell.dt.strftime("%d.%m.%Y")
        elif column.kind is Kind.YES_NO:
            cell = pl.when(cell).then(pl.lit("ja")).otherwise(pl.when(~cell).then(pl.lit("nein")))
        else:
            cell = cell.cast(pl.String)
        shown.append(cell.replace(dict(column.categories)).fill_null("").alias(name))
    text = rows.sort(LINE).select(shown)
    return Quarantined(rule, typed.file, tuple(typed.header(name) for name in columns), tuple(text.rows()))
