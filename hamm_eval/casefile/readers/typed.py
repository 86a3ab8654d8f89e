"""Columns that a source holds typed, written as text of a known format; what has no such text is refused."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.text_table import LINE, Stored

_LARGEST_WHOLE = 1e15
_FARTHEST = 3_000_000  # days from 1970: beyond the year 9999
_A_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
# UTF-8 letters that were read as Windows-1252 before they were stored, and the mark of what was lost.
_MOJIBAKE = (
    "\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac|\ufffd|\u00ef\u00bf\u00bd"
)
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_NO_TEXT = {
    pl.Time: ("Uhrzeiten", "times of day"),
    pl.Duration: ("Zeitdauern", "durations"),
    pl.Binary: ("Bytes", "bytes"),
    pl.List: ("Listen", "lists"),
    pl.Array: ("Listen", "lists"),
    pl.Struct: ("Strukturen", "structures"),
}


def as_text(values: pl.Series) -> tuple[pl.Series, Stored | None] | None:
    """A column as text, and how it was stored (None: as text); None where it has no known text."""
    kind = values.dtype
    if kind == pl.String:
        return values, None
    if kind in (pl.Categorical, pl.Enum, pl.Null):
        return values.cast(pl.String), None
    if kind.is_integer():
        return values.cast(pl.String), Stored(faithful=True)
    if kind == pl.Decimal:
        return values.cast(pl.String), Stored(faithful=getattr(kind, "scale", None) == 0)
    if kind.is_float():
        return _numbers(values), Stored(faithful=False)
    if kind == pl.Boolean:
        return values.cast(pl.String), Stored(faithful=False)
    if kind == pl.Date:
        return _days(values, _FARTHEST, "%Y-%m-%d"), Stored(faithful=False)
    if isinstance(kind, pl.Datetime) and kind.time_zone is None:
        farthest = min(_FARTHEST * _A_DAY[kind.time_unit], 2**63 - 1)
        return _days(values, farthest, "%Y-%m-%d %H:%M:%S%.f"), Stored(faithful=False)
    return None


def refuse_type(kind: pl.DataType, column: str, notes: FileCollector) -> None:
    """Note a wanted column whose type has no text of a known format."""
    zoned = ("Zeitpunkte mit Zeitzone", "points of time with a time zone")
    other = ("Werte eines anderen Typs", "values of another type")
    german, english = zoned if isinstance(kind, pl.Datetime) else _NO_TEXT.get(kind.base_type(), other)
    notes.add("column_type", column=column, type_de=german, type_en=english)


def check_texts(frame: pl.DataFrame, headers: dict[str, str], notes: FileCollector) -> None:
    """Note destroyed umlauts and control characters, as the bytes of a text file are looked through."""
    for name, header in headers.items():
        for rule, pattern in (("mojibake", _MOJIBAKE), ("control_character", _CONTROL)):
            where = frame[name].str.contains(pattern).fill_null(False)
            if where.any():
                notes.add(rule, column=header, lines=frame[LINE].filter(where).to_list())


def _days(values: pl.Series, farthest: int, pattern: str) -> pl.Series:
    """Days as ISO text; what no calendar holds, as a damaged file may, has a text that is no day."""
    count = values.to_physical()
    sound = count.is_between(-farthest, farthest)
    if not sound.all():
        values = pl.select(pl.when(sound).then(values).alias(values.name)).to_series()
    text = values.dt.strftime(pattern)
    return text if sound.all() else text.set(~sound.fill_null(True), "-")


def _numbers(values: pl.Series) -> pl.Series:
    """Floating numbers: whole ones without a decimal point, as whoever typed them wrote them."""
    whole = (values == values.round()) & (values.abs() < _LARGEST_WHOLE)
    either = pl.when(whole).then(values.cast(pl.Int64, strict=False).cast(pl.String))
    return pl.select(either.otherwise(values.cast(pl.String)).alias(values.name)).to_series()
