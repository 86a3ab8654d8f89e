"""Dates that are none, or not as their column writes them; and other ways to write the same day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from hamm_eval.synthetic.dirty.cell import cell, null_word
from hamm_eval.synthetic.dirty.city import City, Spot, is_day, is_event
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind, Planter

_EXCEL_EPOCH = dt.date(1899, 12, 30)
_NO_DAYS = ("31.02", "30.02", "31.04", "31.11")


def _dates(write: Callable[[dt.date, np.random.Generator], str | None]) -> Planter:
    """Plants by writing a date in another way."""

    def change(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
        """The date as `write` has it; None where there is none."""
        day = spot.day()
        return None if day is None else write(day, rng)

    return cell(is_day, change)


def _us(day: dt.date, rng: np.random.Generator) -> str | None:
    """Month first, with a day that is no month."""
    return f"{day.month:02d}/{day.day:02d}/{day.year}" if day.day > 12 else None


def _with_time(day: dt.date, rng: np.random.Generator) -> str:
    """A day with a time of working hours."""
    return f"{day:%d.%m.%Y} {rng.integers(8, 18):02d}:{rng.integers(1, 60):02d}"


def _open_end_misplaced(spot: Spot, city: City, rng: np.random.Generator) -> str:
    """The end of time."""
    return "31.12.9999"


def _as_1900(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A source's word for missing, where something stood."""
    return "01.01.1900" if spot.text else None


def _full_birth_date(spot: Spot, city: City, rng: np.random.Generator) -> str:
    """Another day of the month of birth."""
    return f"{rng.integers(2, 29):02d}{spot.text[2:]}"


def _swapped_birth(spot: Spot, city: City, rng: np.random.Generator) -> str:
    """Day and month of birth exchanged."""
    return f"{spot.text[3:5]}.{spot.text[:2]}{spot.text[5:]}"


R, CELLS = Expected.REFUSED, Family.CELLS
KINDS = (
    DefectKind(
        "date_no_such_day",
        CELLS,
        22,
        "date_no_such_day",
        R,
        "31.02. and the like",
        _dates(lambda day, rng: f"{_NO_DAYS[rng.integers(4)]}.{day.year}"),
    ),
    DefectKind(
        "date_two_digit_year",
        CELLS,
        23,
        "date_two_digit_year",
        R,
        "03.02.16",
        _dates(lambda day, rng: f"{day:%d.%m.%y}"),
    ),
    DefectKind(
        "date_iso",
        CELLS,
        24,
        "date_other_format",
        R,
        "2016-02-03 among German dates",
        _dates(lambda day, rng: day.isoformat()),
    ),
    DefectKind("date_us", CELLS, 24, "date_other_format", R, "02/23/2016 among German dates", _dates(_us)),
    DefectKind(
        "date_dashes",
        CELLS,
        24,
        "date_other_format",
        R,
        "03-02-2016 among German dates",
        _dates(lambda day, rng: f"{day:%d-%m-%Y}"),
    ),
    DefectKind(
        "date_excel_serial",
        CELLS,
        26,
        "date_excel_serial",
        R,
        "42403, Excel's count of days",
        _dates(lambda day, rng: str((day - _EXCEL_EPOCH).days)),
    ),
    DefectKind("date_with_time", CELLS, None, "date_with_time", R, "03.02.2016 14:05", _dates(_with_time)),
    DefectKind(
        "date_in_words",
        CELLS,
        None,
        "date_not_readable",
        R,
        "a word in place of a date",
        _dates(lambda day, rng: ("unbekannt", f"ca. {day.year}", "lfd.")[rng.integers(3)]),
    ),
    DefectKind(
        "date_far_year",
        CELLS,
        None,
        "date_out_of_range",
        R,
        "a mistyped year: 2916",
        _dates(lambda day, rng: f"{day:%d.%m.}{day.year + 900}"),
    ),
    DefectKind(
        "date_9999_misplaced",
        CELLS,
        25,
        "date_open_end_misplaced",
        R,
        "31.12.9999 where a spell begins",
        cell(is_event, _open_end_misplaced),
    ),
    DefectKind(
        "date_1900_required",
        CELLS,
        25,
        "required",
        R,
        "01.01.1900 where a day is required",
        cell(lambda column: is_day(column) and column.required, _as_1900),
    ),
    DefectKind(
        "birth_date_full",
        CELLS,
        None,
        "birth_date_full",
        R,
        "a full date of birth",
        cell(lambda column: column.month, _full_birth_date),
    ),
    DefectKind(
        "birth_date_swapped",
        CELLS,
        24,
        "birth_date_full",
        R,
        "day and month of a birth exchanged",
        cell(lambda column: column.month, _swapped_birth),
    ),
    DefectKind(
        "null_word_date",
        CELLS,
        28,
        "date_not_readable",
        R,
        "NULL, NA, k.A. as a date",
        cell(is_day, null_word),
    ),
    # Harmless: another way to write the same.
    DefectKind(
        "date_9999",
        CELLS,
        25,
        "date_open_end",
        Expected.NOTICED,
        "31.12.9999 as an open end",
        cell(lambda column: column.open_end, lambda spot, city, rng: None if spot.text else "31.12.9999"),
    ),
    DefectKind(
        "date_1900",
        CELLS,
        25,
        "date_missing_1900",
        Expected.NOTICED,
        "01.01.1900 for a day not known",
        cell(
            lambda column: is_day(column) and not column.required,
            lambda spot, city, rng: None if spot.text else "01.01.1900",
        ),
    ),
    DefectKind(
        "date_midnight",
        CELLS,
        None,
        None,
        Expected.ACCEPTED,
        "03.02.2016 00:00:00",
        _dates(lambda day, rng: f"{day:%d.%m.%Y} 00:00:00"),
    ),
    DefectKind(
        "date_short",
        CELLS,
        None,
        None,
        Expected.ACCEPTED,
        "3.2.2016",
        _dates(lambda day, rng: f"{day.day}.{day.month}.{day.year}" if day.day < 10 else None),
    ),
)
