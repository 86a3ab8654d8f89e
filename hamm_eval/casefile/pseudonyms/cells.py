"""Cells of one column made ready for the new file."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.conversion.dates import FORMATS, UNDECLARED
from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.plan import ColumnPlan
from hamm_eval.casefile.pseudonyms.key import Key
from hamm_eval.casefile.schema import Kind

_MIDNIGHT = r"[ T]00:00(:00(\.0+)?)?$"
_ISO = "yyyy-mm-dd"


def pseudonyms(cells: pl.Series, kind: str, key: Key) -> pl.Series:
    """Every identifier replaced; empty cells stay empty."""
    distinct = cells.drop_nulls().unique()
    replaced = [key.pseudonym(kind, identifier) for identifier in distinct]
    new = pl.Series(replaced, dtype=pl.String)
    return cells.replace_strict(distinct, new, default=None, return_dtype=pl.String)


def months(
    cells: pl.Series, lines: pl.Series, plan: ColumnPlan, shown: str, notes: FileCollector
) -> pl.Series:
    """Dates reduced to the first of their month, written as before; what is no date is refused by line."""
    text = cells.str.replace(_MIDNIGHT, "")
    name = plan.date_format or max(
        UNDECLARED, key=lambda one: int(text.str.contains(FORMATS[one][1]).sum() or 0)
    )
    pattern, shape = FORMATS[name]
    dates = text.str.to_date(pattern, strict=False)
    wrong = text.is_not_null() & (dates.is_null() | ~text.str.contains(shape).fill_null(False))
    if wrong.any():
        wanted = {"format_en": name, "format_de": name.translate(str.maketrans("dy", "TJ")).upper()}
        notes.add("date_not_readable", column=shown, lines=lines.filter(wrong).to_list(), **wanted)
    return dates.dt.truncate("1mo").dt.strftime(pattern)


def as_written(cells: pl.Series, typed: pl.Series, plan: ColumnPlan) -> pl.Series:
    """Cells that the source holds typed, written as the text cells of their column are, or as declared.

    Parameters
    ----------
    cells : polars.Series of String
        Typed ones as ISO dates or with a decimal point.
    typed : polars.Series of Boolean
        Which cells the source holds typed.
    plan : ColumnPlan
    """
    if not typed.any():
        return cells
    match plan.column.kind:
        case Kind.DATE:
            text = cells.filter(~typed)
            dotted = bool(text.str.contains(FORMATS[UNDECLARED[0]][1]).any())
            name = plan.date_format or (UNDECLARED[0] if dotted else _ISO)
            dates = cells.str.replace(_MIDNIGHT, "").str.to_date("%Y-%m-%d", strict=False)
            new = dates.dt.strftime(FORMATS[name][0])
        case Kind.DECIMAL:
            # As text 1,234 might be a thousand and more; 1,2340 is what it was.
            clear = cells.str.replace(r"(\.[0-9]{3})$", "${1}0")
            new = clear.str.replace(".", plan.decimal or ",", literal=True)
        case _:
            return cells
    return pl.select(pl.when(typed & new.is_not_null()).then(new).otherwise(cells)).to_series()
