"""What the release rules cost and what they prevent, beside two alternatives: docs/release-utility.md.

    python tests/attack/measure_utility.py      # writes the page

The figures are of the committed synthetic city. The alternatives are written down here and nowhere in the
library: a gate has one way through.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from recovery import ANY, Range, feasible

from hamm_eval import open_study
from hamm_eval.analysis.time_to_integration import DAYS_PER_MONTH, start_of_curve
from hamm_eval.cohort.grouping import levels_in_order, levels_of
from hamm_eval.estimate import CountTable, CurveGroup, Curves, Definition, FloatArray, IntArray
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "release-utility.md"
STRICT = Policy.strict()
GROUPS = ("household_type", "sex", "age_group", "schooling", "german_on_arrival")
CASES = ("provider", "social_space")
SMALL = STRICT.largest_hidden_count
SEED, WATCHED, SHIFTS = 20_170_630, 4, (-3, -2, -1, 1, 2, 3)
Line = tuple[FloatArray, FloatArray]  # days, and the incidence from each on
Drawing = Callable[[CurveGroup, tuple[int, ...]], Line | None]


# --- what is published of a table -------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A table as it is published: None where hidden or, for margins, not told; shares of each row."""

    cells: list[list[int | None]]
    rows: list[int | None] | None
    columns: list[int | None] | None
    total: int | None
    shares: list[list[float | None]]


@dataclass(frozen=True)
class Rules:
    """One way to publish: its name, tables and curves, and which counts may stand behind a number shown."""

    name: str
    table: Callable[[IntArray], Shown]
    behind: Callable[[int | None], Range]
    curve: Drawing


def by_hiding(hide: Callable[[int], bool], shown_as: Callable[[int], int]) -> Callable[[IntArray], Shown]:
    """Tables whose cells and margins are each hidden, or rounded, on their own."""

    def one(count: int) -> int | None:
        return None if hide(count) else shown_as(count)

    def table(counts: IntArray) -> Shown:
        cells = [[one(int(n)) for n in row] for row in counts]
        rows = [one(int(n)) for n in counts.sum(axis=1)]
        shares = [
            [round(n / base, 2) if n is not None and base else None for n in row]
            for row, base in zip(cells, rows, strict=True)
        ]
        columns = [one(int(n)) for n in counts.sum(axis=0)]
        return Shown(cells, rows, columns, one(int(counts.sum())), shares)

    return table


def through_the_gate(counts: IntArray) -> Shown:
    """A table as the policy strict lets it out: no margin but the number of all."""
    table = CountTable(
        definition=Definition("utility", "cross"),
        rows=tuple(map(str, range(counts.shape[0]))),
        columns=tuple(map(str, range(counts.shape[1]))),
        row_dimension="household_type",
        column_dimension="provider",
        counts=counts,
        total=int(counts.sum()),
        shares="of_row",
    )
    out = release(table, STRICT)
    return Shown(
        [[cell.value for cell in row] for row in out.cells],
        None,
        None,
        None if out.total is None else out.total.value,
        [[cell.share for cell in row] for row in out.cells],
    )


# --- what is published of a curve -------------------------------------------------------------------


def incidence(days: FloatArray, entered: IntArray, censored: IntArray, events: IntArray) -> FloatArray:
    """Aalen-Johansen of the first cause from cumulative counts: entered before each day, gone by it."""
    new = np.diff(events, axis=0, prepend=0)
    gone = np.vstack([np.zeros((1, events.shape[1]), dtype=np.int64), events[:-1]]).sum(axis=1)
    before = np.concatenate([[0], censored[:-1]])
    at_risk = np.maximum(entered - before - gone, 1)
    free = np.cumprod(1 - np.clip(new.sum(axis=1) / at_risk, 0, 1))
    return np.cumsum(np.concatenate([[1.0], free[:-1]]) * new[:, 0] / at_risk)


def from_counts(rounded: Callable[[IntArray], IntArray], enough: int) -> Drawing:
    """Curves at every day on which somebody entered or left, from cumulative counts, rounded or not."""

    def curve(group: CurveGroup, horizons: tuple[int, ...]) -> Line | None:
        entry = np.maximum(group.entry, group.start_at)
        kept = group.time > entry
        entry, time, cause = entry[kept], group.time[kept], group.cause[kept]
        if (cause == 1).sum() < enough or kept.sum() < enough:
            return None
        days = np.unique(time[time <= max(horizons)]).astype(np.float64)

        def by(rows: IntArray, side: str = "right") -> IntArray:
            return np.searchsorted(np.sort(rows), days, side=side).astype(np.int64)  # type: ignore[call-overload]

        events = np.column_stack([rounded(by(time[cause == code])) for code in range(1, cause.max() + 1)])
        values = incidence(days, rounded(by(entry, "left")), rounded(by(time[cause == 0])), events)
        rises = np.diff(values, prepend=0.0) > 0
        return days[rises], values[rises]

    return curve


def midpoint(counts: IntArray) -> IntArray:
    """Counts to the middle of 1-6, 7-12, ..."""
    return np.where(counts > 0, -(-counts // 6) * 6 - 3, 0)


def redrawn(group: CurveGroup, horizons: tuple[int, ...]) -> Line | None:
    """A curve as the policy strict lets it out."""
    curves = Curves(
        definition=Definition("utility", "curve"),
        endpoint="goal",
        dimension="",
        groups=(group,),
        causes=("goal", "departure"),
        estimates=(None,),
        horizons=horizons,
    )
    (out,) = release(curves, STRICT).curves
    if out.withheld:
        return None
    return np.array(out.time[1:]), np.array(out.incidence[1:])


def to_five(count: int) -> int:
    """The nearest multiple of 5."""
    return (2 * count + 5) // 10 * 5


def behind_five(value: int | None) -> Range:
    """Counts behind a hidden cell, a zero, or a multiple of 5."""
    if value is None:
        return 1, 7
    return (0, 0) if value == 0 else (max(value - 2, 8), value + 2)


WAYS = (
    Rules("policy `strict`", through_the_gate, behind_five, redrawn),
    Rules(
        "OpenSAFELY's rules",
        by_hiding(lambda n: 1 <= n <= 7, to_five),
        behind_five,
        from_counts(midpoint, 8),
    ),
    Rules(
        "suppression below 3",
        by_hiding(lambda n: 1 <= n <= 2, int),
        lambda value: (1, 2) if value is None else (value, value),
        from_counts(lambda counts: counts, 3),
    ),
)


# --- the synthetic city -------------------------------------------------------------------------------


@cache
def city() -> tuple[list[IntArray], list[tuple[CurveGroup, tuple[int, ...]]]]:
    """Cross tables of every two characteristics, and curves of every endpoint by every characteristic."""
    study = open_study(ROOT / "params" / "2017-Q2.yaml")
    params = study.params
    tables, curves = [], []
    for key, endpoint in params.endpoints.items():
        cohort = study.cohort(key)
        rows = cohort.episodes
        columns = {name: levels_of(rows, params.groups[name], name) for name in GROUPS}
        columns |= {name: rows[name].astype(object) for name in CASES}
        entry, time, cause = (cohort.column(name) for name in ("entry", "time", "cause"))
        start = float(start_of_curve(entry, time, STRICT))
        horizons = tuple(round(months * DAYS_PER_MONTH) for months in endpoint.horizons_months)
        if key == "language_b1":
            tables += [
                pd.crosstab(columns[a], columns[b]).to_numpy(dtype=np.int64)
                for a, b in itertools.combinations(columns, 2)
            ]
        for name, values in ({"": None} | {name: columns[name] for name in GROUPS}).items():
            levels = ["all"] if values is None else levels_in_order(values, params.groups[name])
            for level in levels:
                here = np.ones(len(rows), dtype=bool) if values is None else (values == level).to_numpy()
                group = CurveGroup(
                    level=level,
                    entry=entry[here],
                    time=time[here],
                    cause=cause[here],
                    cluster=rows["household_id"].to_numpy()[here],
                    start_at=start,
                )
                if (group.time > start).sum() and (group.cause == 1).any():
                    curves.append((group, horizons))
    return tables, curves


# --- utility ------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """What one way to publish keeps, and what an attacker gets."""

    name: str
    cells: int = 0
    cells_kept: int = 0
    shares_kept: int = 0
    shares: int = 0
    share_error: float = 0.0
    curves: int = 0
    curves_kept: int = 0
    weeks: int = 0
    curve_error: float = 0.0
    hidden: int = 0
    recovered: int = 0
    narrowed: int = 0
    differences: int = 0
    differenced: int = 0
    difference_narrowed: int = 0
    event_days: int = 0
    days_read: int = 0
    watched: int = 0
    pinned: int = 0


def measured() -> list[Figures]:
    """Utility and attacks of all ways to publish."""
    tables, curves = city()
    found = [Figures(way.name) for way in WAYS]
    for counts in tables:
        shown = [way.table(counts) for way in WAYS]
        _utility_of_table(counts, shown, found)
        for way, one, figures in zip(WAYS, shown, found, strict=True):
            _recover(counts, one, way, figures)
            _difference(counts, way, figures)
    for number, (group, horizons) in enumerate(curves):
        drawn = [way.curve(group, horizons) for way in WAYS]
        _utility_of_curve(group, horizons, drawn, found)
        for way, line, figures in zip(WAYS, drawn, found, strict=True):
            figures.curves += 1
            if line is not None:
                figures.curves_kept += 1
                _read_days(group, horizons, line, figures)
                # The same people are watched whatever the rules.
                _watch(group, horizons, way, line, np.random.default_rng(SEED + number), figures)
    return found


def _utility_of_table(counts: IntArray, shown: list[Shown], found: list[Figures]) -> None:
    """Cells with somebody in them that show a number; how far shares are off that all rules tell."""
    for i, row in enumerate(counts.tolist()):
        for j, count in enumerate(row):
            shares = [one.shares[i][j] for one in shown]
            for one, share, figures in zip(shown, shares, found, strict=True):
                if count:
                    figures.cells += 1
                    figures.cells_kept += one.cells[i][j] is not None
                    figures.shares_kept += share is not None
                if count and share is not None and None not in shares:
                    figures.shares += 1
                    figures.share_error += abs(share - count / sum(row))


def _utility_of_curve(
    group: CurveGroup, horizons: tuple[int, ...], drawn: list[Line | None], found: list[Figures]
) -> None:
    """Distance to the exact curve week by week, where all rules draw one."""
    lines = [line for line in drawn if line is not None]
    if len(lines) < len(drawn):
        return
    weeks = np.arange(group.start_at, max(horizons) + 1, 7)
    first, last = max(line[0][0] for line in lines), min(line[0][-1] for line in lines)
    weeks = weeks[(weeks >= first) & (weeks <= last)]
    values = [
        np.concatenate([[0.0], line[1]])[np.searchsorted(line[0], weeks, side="right")] for line in lines
    ]
    for one, figures in zip(values, found, strict=True):
        figures.weeks += weeks.size
        # Nothing is rounded by the last of the rules.
        figures.curve_error += float(np.abs(one - values[-1]).sum())


def _recover(counts: IntArray, shown: Shown, way: Rules, found: Figures) -> None:
    """Integer programming over cells and margins of one table."""
    hidden = [(i, j) for i, row in enumerate(shown.cells) for j, cell in enumerate(row) if cell is None]
    if not hidden:
        return
    left = feasible(
        [[way.behind(cell) for cell in row] for row in shown.cells],
        [ANY] * counts.shape[0] if shown.rows is None else [way.behind(n) for n in shown.rows],
        [ANY] * counts.shape[1] if shown.columns is None else [way.behind(n) for n in shown.columns],
        ANY if shown.total is None else way.behind(shown.total),
        hidden,
    )
    found.hidden += len(hidden)
    found.recovered += int((left == 1).sum())
    found.narrowed += int((left < min(STRICT.feasible_values, way.behind(None)[1])).sum())


def _difference(counts: IntArray, way: Rules, found: Figures) -> None:
    """Everyone by one characteristic, less everyone but those of one level of another: who is left is few."""
    whole = counts.sum(axis=1)[:, None]
    everyone = way.table(whole)
    for j in range(counts.shape[1]):
        without = way.table(whole - counts[:, [j]])
        for i, count in enumerate(counts[:, j].tolist()):
            if not 1 <= count <= SMALL:
                continue
            found.differences += 1
            (low, high), (less, more) = way.behind(everyone.cells[i][0]), way.behind(without.cells[i][0])
            left = len(set(range(low - more, high - less + 1)) & set(range(1, SMALL + 1)))
            found.differenced += left == 1
            found.difference_narrowed += left < STRICT.feasible_values


def _read_days(group: CurveGroup, horizons: tuple[int, ...], line: Line, found: Figures) -> None:
    """Each rise of a line is so many people who reached the goal on that day."""
    entry = np.maximum(group.entry, group.start_at)
    kept = group.time > entry
    happened = group.time[kept & (group.cause == 1) & (group.time <= max(horizons))]
    truth = dict(zip(*np.unique(happened, return_counts=True), strict=True))
    found.event_days += len(truth)
    days, values = line
    # The attacker knows how many are under observation on each day, and that few depart.
    at_risk = np.array([((entry[kept] < day) & (group.time[kept] >= day)).sum() for day in days])
    free = 1 - np.concatenate([[0.0], values[:-1]])
    claims = np.rint(np.diff(values, prepend=0.0) * at_risk / np.maximum(free, 1e-9)).astype(int)
    found.days_read += sum(truth.get(day, 0) == n for day, n in zip(days, claims, strict=True) if n > 0)


def _watch(
    group: CurveGroup,
    horizons: tuple[int, ...],
    way: Rules,
    shown: Line,
    rng: np.random.Generator,
    found: Figures,
) -> None:
    """An attacker who knows everyone but one: does the curve tell this person's day of the event?"""
    # Whoever can be moved by three days and still counts.
    first, last = np.maximum(group.entry, group.start_at) + 4, max(horizons) - 4
    happened = np.flatnonzero((group.cause == 1) & (group.time > first) & (group.time <= last))
    chosen = rng.choice(happened, min(WATCHED, happened.size), replace=False)
    for person in chosen:
        found.watched += 1
        found.pinned += not any(
            _same(shown, way.curve(_moved(group, int(person), shift), horizons)) for shift in SHIFTS
        )


def _moved(group: CurveGroup, person: int, days: int) -> CurveGroup:
    """The group with one event some days earlier or later."""
    time = group.time.copy()
    time[person] += days
    return replace(group, time=time)


def _same(one: Line, other: Line | None) -> bool:
    """Whether two curves look alike."""
    return other is not None and all(
        a.shape == b.shape and np.allclose(a, b, atol=5e-4) for a, b in zip(one, other, strict=True)
    )


# --- the page -----------------------------------------------------------------------------------------

INTRO = """# What the release rules cost, and what they prevent

A rule that protects people takes something from the reader. This page measures both on the committed
[synthetic city](synthetic-city.md), for the policy `strict` and for two others that are in use:

- **OpenSAFELY's rules**: counts of 1 to 7 are hidden, all others and every margin rounded to the nearest 5;
  cumulative counts of curves are rounded to the midpoint of 6 on every day on which somebody left.
- **suppression below 3**: counts of 1 and 2 are hidden, everything else is exact, curves included.

It is written by `make release-utility`; a test computes it anew and fails where the page differs.

The tables are the {tables} cross tables of every two of seven characteristics of the persons at risk of the
language certificate, and the curves {curves} cumulative incidences: {endpoints} endpoints, of all persons
and by each of five characteristics, groups of any size.
"""

UTILITY = """
## What is kept

- **cells kept, shares kept**: of the cells with somebody in them, those that show a number, and a share of
  the row.
- **error of shares**: mean distance of a share from the exact one, over the {shares} shares that all three
  tell.
- **curves kept**: the others are withheld, because too few persons or events stand behind them.
- **error of curves**: mean distance of the line from the exact one, week by week ({weeks} weeks), over the
  curves that all three draw.

"""

ATTACKS = """
## What an attacker gets

An attack succeeds where exactly one number, or one day, is left. *Narrowed* counts where fewer than six
values are left, the successes among them; of a number hidden as 1 or 2 there are never more than two, so
there it is success.

- **recovered cells**: hidden cells, by integer programming over the cells and margins of their table.
- **differences**: groups of 1 to 7 persons, by the difference of two tables of which neither shows them:
  everyone by one characteristic, and everyone but those of one level of another. Counts of 3 to 7 are open
  where only those below 3 are suppressed; they are counted all the same, for the tables do not show these
  groups.
- **days of events**: days of a curve for which the number of people who reached the goal is read off
  rightly.
- **one person's day**: the attacker knows everyone but one; whether the curve tells this person's day. Four
  people of each curve that is published, drawn by lot.

"""

END = """
The policy `strict` keeps what these attacks look for to itself; what it costs is above. Where a difference
of two tables is *narrowed*, no number is certain, but fewer than six are possible: whether that holds is
for the proof over all linked tables of a run to say, which looks at what was really published together.
"""


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %"


def _points(share: float) -> str:
    return f"{100 * share:.2f} points"


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}"


def lines(found: list[Figures]) -> Iterator[str]:
    """Both tables."""
    tables, curves = city()
    endpoints = len(open_study(ROOT / "params" / "2017-Q2.yaml").params.endpoints)
    yield INTRO.format(tables=len(tables), curves=len(curves), endpoints=endpoints)
    yield UTILITY.format(shares=found[0].shares, weeks=f"{found[0].weeks:,}")
    yield "| | cells kept | shares kept | error of shares | curves kept | error of curves |\n"
    yield "|---|---|---|---|---|---|\n"
    for one in found:
        yield (
            f"| {one.name} | {_percent(one.cells_kept, one.cells)} | {_percent(one.shares_kept, one.cells)} "
            f"| {_points(one.share_error / one.shares)} | {_of(one.curves_kept, one.curves)} "
            f"| {_points(one.curve_error / one.weeks)} |\n"
        )
    yield ATTACKS
    yield (
        "| | recovered cells | narrowed | differences | narrowed | days of events | one person's day |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    for one in found:
        yield (
            f"| {one.name} | {_of(one.recovered, one.hidden)} | {one.narrowed:,} "
            f"| {_of(one.differenced, one.differences)} | {one.difference_narrowed:,} "
            f"| {_of(one.days_read, one.event_days)} | {_of(one.pinned, one.watched)} |\n"
        )
    yield END


def page(found: list[Figures]) -> str:
    """The page's text."""
    return "".join(lines(found))


if __name__ == "__main__":
    PAGE.write_text(page(measured()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
