"""Defects of whole records: repeated, contradicted, orphaned, out of order, or no records at all."""

from __future__ import annotations

import datetime as dt

import numpy as np

from hamm_eval.casefile.names import folded
from hamm_eval.synthetic.dirty.cell import cell
from hamm_eval.synthetic.dirty.city import SMALL, City, Mark, Spot, day_of, german_day, is_event
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind
from hamm_eval.synthetic.dirty.sheet import Line, Sheet

UNKNOWN_IDS = range(900_000, 1_000_000)


def any_row(city: City, rng: np.random.Generator, *tables: str) -> Spot | None:
    """A row of any readable table, or of those named."""
    names = tables or tuple(name for name in city.sheets if name not in SMALL)
    return city.pick(rng, [(name, city.sheets[name].table.key) for name in names], lambda spot: True)


def insert_copy(spot: Spot, rng: np.random.Generator, changes: dict[str, str]) -> Line:
    """A copy of a row with changes, somewhere below it."""
    sheet = spot.sheet
    cells = list(spot.line.cells)
    for name, text in changes.items():
        cells[sheet.at(name)] = text
    copy = Line(cells, taken=True)
    above = sheet.lines.index(spot.line)
    sheet.lines.insert(int(rng.integers(above + 1, len(sheet.lines) + 1)), copy)
    return copy


def new_id(text: str, known: frozenset[str], rng: np.random.Generator) -> str:
    """An id of the same form that no record has."""
    prefix = text.rpartition("-")[0]
    while True:
        number = f"{prefix}-{UNKNOWN_IDS[int(rng.integers(len(UNKNOWN_IDS)))]}"
        if number not in known:
            return number


def _duplicate(city: City, rng: np.random.Generator) -> Mark | None:
    """The same row twice."""
    spot = any_row(city, rng)
    return Mark(spot.sheet, insert_copy(spot, rng, {}), partners=(spot.line,)) if spot else None


def _contradiction(city: City, rng: np.random.Generator) -> Mark | None:
    """The same id and day of recording, another word."""
    spot = city.pick(
        rng, city.places(lambda column: len(column.categories) > 1), lambda spot: bool(spot.text)
    )
    if spot is None:
        return None
    words = [w for w in spot.declared.categories.values() if folded(w) != folded(spot.text)]
    copy = insert_copy(spot, rng, {spot.column: words[rng.integers(len(words))]})
    return Mark(spot.sheet, copy, partners=(spot.line,))


def _reference(city: City) -> tuple[tuple[str, str], ...]:
    """Columns that point to records which intake can read."""
    places = city.places(lambda column: bool(column.references), among=city.sheets)
    found = []
    for name, column in places:
        target = city.sheets[name].table.column(column).references.partition(".")[0]
        if target not in SMALL and city.readable(target):
            found.append((name, column))
    return tuple(found)


def _orphan(city: City, rng: np.random.Generator) -> Mark | None:
    """A reference to a record that is not there."""
    spot = city.pick(rng, _reference(city), lambda spot: bool(spot.text))
    if spot is None:
        return None
    target = spot.declared.references.partition(".")[0]
    spot.write(new_id(spot.text, city.ids[target], rng))
    return Mark(spot.sheet, spot.line, spot.declared.german, partners=city.siblings(spot))


def _zeros_lost(city: City, rng: np.random.Generator) -> Mark | None:
    """A reference whose number has lost its leading zeros."""
    spot = city.pick(rng, _reference(city), lambda spot: "-0" in spot.text)
    if spot is None:
        return None
    spot.write(without_zeros(spot.text))
    return Mark(spot.sheet, spot.line, spot.declared.german, partners=city.siblings(spot))


def without_zeros(text: str) -> str:
    """P-000317 as P-317."""
    prefix, _, number = text.rpartition("-")
    return f"{prefix}-{int(number)}"


def _end_before_begin(city: City, rng: np.random.Generator) -> Mark | None:
    """A spell that ends some days before it begins."""
    places = [
        (name, sheet.table.spell[1])
        for name, sheet in city.sheets.items()
        if sheet.table.spell is not None and name not in SMALL
    ]
    spot = city.pick(rng, places, lambda s: bool(s.text) and bool(s.other(_begin(s.sheet))))
    begin = spot.day(_begin(spot.sheet)) if spot else None
    if spot is None or begin is None:
        return None
    spot.write(german_day(begin - dt.timedelta(days=int(rng.integers(3, 60)))))
    return Mark(spot.sheet, spot.line, spot.declared.german)


def _begin(sheet: Sheet) -> str:
    """The column in which a spell begins."""
    spell = sheet.table.spell
    return spell[0] if spell is not None else sheet.table.key


def _overlap(city: City, rng: np.random.Generator) -> Mark | None:
    """A spell that begins before the one before it has ended."""
    names = [n for n in ("residence_status", "eligibility", "phases") if city.readable(n)]
    before: dict[Line, Line] = {}
    for name in names:
        before.update(predecessors(city, name))

    def fits(spot: Spot) -> bool:
        """Whether there is a spell before, free and long enough."""
        earlier = before.get(spot.line)
        if earlier is None or earlier.taken:
            return False
        begin, end = (day_of(spot.sheet.text(earlier, name)) for name in spot.sheet.table.spell or ())
        return begin is not None and end is not None and (end - begin).days > 25

    spot = city.pick(rng, [(name, _begin(city.sheets[name])) for name in names], fits)
    if spot is None:
        return None
    earlier = before[spot.line]
    take_owner(city, spot)
    end = day_of(spot.sheet.text(earlier, (spot.sheet.table.spell or ("", ""))[1]))
    if end is None:
        return None
    spot.write(german_day(end - dt.timedelta(days=int(rng.integers(5, 20)))))
    return Mark(spot.sheet, spot.line, spot.declared.german, partners=(earlier,))


def take_owner(city: City, spot: Spot) -> None:
    """Keep other defects away from all spells of the same person or case: one in doubt hides the others."""
    sheet = spot.sheet
    owner = sheet.table.one_at_a_time
    for line in sheet.lines:
        if line.cells and sheet.text(line, owner) == spot.other(owner):
            city.take(sheet, line)


def predecessors(city: City, name: str) -> dict[Line, Line]:
    """The last version of each spell that follows another of its owner's, to that one's last version."""
    sheet = city.sheets[name]
    owners: dict[str, list[Line]] = {}
    for versions in city.versions[name].values():
        owners.setdefault(sheet.text(versions[-1], sheet.table.one_at_a_time), []).append(versions[-1])
    before: dict[Line, Line] = {}
    for spells in owners.values():
        if not any(line.taken for line in spells):
            ordered = sorted(spells, key=lambda line: day_of(sheet.text(line, _begin(sheet))) or dt.date.max)
            before.update(zip(ordered[1:], ordered, strict=False))
    return before


def _case_twice(city: City, rng: np.random.Generator) -> Mark | None:
    """A case entered a second time under another id."""
    last = {versions[-1] for versions in city.versions["cases"].values()}
    spot = city.pick(
        rng, [("cases", "case_id")], lambda s: s.line in last and s.other("opened_on") != s.other("closed_on")
    )
    if spot is None:
        return None
    copy = insert_copy(spot, rng, {"case_id": new_id(spot.text, city.ids["cases"], rng)})
    return Mark(spot.sheet, copy, partners=(spot.line,))


def _without_spells(city: City) -> tuple[str, ...]:
    """Tables of events."""
    return tuple(n for n, s in city.sheets.items() if s.table.spell is None and n not in SMALL)


def _late(spot: Spot, day: dt.date | None) -> str | None:
    """The day, where it lies after the recording."""
    recorded = spot.day("recorded_on")
    return german_day(day) if day is not None and recorded is not None and day > recorded else None


def _after_recording(city: City, rng: np.random.Generator) -> Mark | None:
    """An event whose year is one too high."""

    def change(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
        """The same day of the next year."""
        day = spot.day()
        return (
            None
            if day is None or (day.month, day.day) == (2, 29)
            else _late(spot, day.replace(year=day.year + 1))
        )

    return cell(is_event, change, among=_without_spells(city))(city, rng)


def _swap_after_recording(city: City, rng: np.random.Generator) -> Mark | None:
    """Day and month exchanged, to a day after the recording."""

    def change(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
        """The exchanged day."""
        day = spot.day()
        return None if day is None or day.day > 12 else _late(spot, dt.date(day.year, day.day, day.month))

    return cell(is_event, change, among=_without_spells(city))(city, rng)


def _target_before_agreement(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A day before the agreement."""
    agreed = spot.day("agreed_on")
    return german_day(agreed - dt.timedelta(days=int(rng.integers(3, 60)))) if agreed and spot.text else None


def _end_without_begin(city: City, rng: np.random.Generator) -> Mark | None:
    """A participation that ended without having begun."""
    spot = city.pick(
        rng, [("participations", "started_on")], lambda s: bool(s.text) and bool(s.other("ended_on"))
    )
    if spot is None:
        return None
    spot.write("")
    return Mark(spot.sheet, spot.line, spot.sheet.german("ended_on"))


def _no_record(city: City, rng: np.random.Generator, first: str, *, at_end: bool = True) -> Mark | None:
    """A row that holds no record: `first` in its first cell, empty ones behind it."""
    names = [n for n, s in city.sheets.items() if s.readable and n not in SMALL and len(s.lines) > 1]
    sheet = city.sheets[names[rng.integers(len(names))]]
    line = Line([first, *[""] * (len(sheet.heads) - 1)], taken=True)
    sheet.lines.insert(len(sheet.lines) if at_end else int(rng.integers(1, len(sheet.lines))), line)
    return Mark(sheet, line)


def _total(city: City, rng: np.random.Generator) -> Mark | None:
    """A row of totals."""
    return _no_record(city, rng, ("Summe", "Gesamt", "Zwischensumme")[rng.integers(3)])


def _total_in_words(city: City, rng: np.random.Generator) -> Mark | None:
    """A row of totals that says of what."""
    return _no_record(city, rng, f"Summe Datensätze: {rng.integers(100, 1000)}")


def _blank_record(city: City, rng: np.random.Generator) -> Mark | None:
    """A row of delimiters."""
    return _no_record(city, rng, "", at_end=False)


R, N, Q, RECORDS = Expected.REFUSED, Expected.NOTICED, Expected.QUARANTINED, Family.RECORDS
_LATE = "recorded_before_it_happened"
KINDS = (
    DefectKind("duplicate_row", RECORDS, 30, "duplicate_row", Q, "the same row twice", _duplicate),
    DefectKind(
        "contradiction",
        RECORDS,
        30,
        "key_contradiction",
        R,
        "same id and day of recording, other content",
        _contradiction,
    ),
    DefectKind("orphan", RECORDS, 35, "reference_unknown", R, "a reference to no record", _orphan),
    DefectKind(
        "zeros_lost", RECORDS, 27, "reference_unknown", R, "P-317 for P-000317, a reference", _zeros_lost
    ),
    DefectKind("end_before_begin", RECORDS, 31, "end_before_begin", R, "end before begin", _end_before_begin),
    DefectKind("overlap", RECORDS, 32, "spells_overlap", N, "spells that overlap", _overlap),
    DefectKind("case_twice", RECORDS, 32, "spells_overlap", N, "a case under two ids", _case_twice),
    DefectKind(
        "after_recording", RECORDS, 33, _LATE, R, "a year too high: after the recording", _after_recording
    ),
    DefectKind(
        "swap_after_recording",
        RECORDS,
        33,
        _LATE,
        R,
        "day and month exchanged: after the recording",
        _swap_after_recording,
    ),
    DefectKind(
        "target_before_agreement",
        RECORDS,
        None,
        "dates_out_of_order",
        N,
        "a goal due before it was agreed",
        cell(lambda column: column.name == "target_on", _target_before_agreement, among=("goals",)),
    ),
    DefectKind(
        "end_without_begin",
        RECORDS,
        None,
        "end_without_begin",
        N,
        "an end without a begin",
        _end_without_begin,
    ),
    DefectKind("total_row", RECORDS, 18, "rows_total", N, "a row of totals", _total, times=2),
    DefectKind(
        "total_in_words",
        RECORDS,
        18,
        "rows_total",
        N,
        "a row of totals that says of what",
        _total_in_words,
        times=2,
    ),
    DefectKind(
        "blank_record", RECORDS, None, "rows_blank", N, "a row of delimiters alone", _blank_record, times=2
    ),
)
