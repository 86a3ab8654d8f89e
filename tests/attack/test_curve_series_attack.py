"""Curves drawn anew every quarter, and of a whole beside its parts: how few came in between.

The intruder has the steps of all curves, knows what midpoints stand for and that whoever is counted stays
counted, and subtracts. What they conclude is right; drawn beside each other curves leave them nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exact import as_curves
from quarters import HORIZONS, STRICT, curves_at, earlier_of, seen_at, told

from hamm_eval.estimate import CurveGroup, Curves, Definition
from hamm_eval.pipeline.redrawing import draw_safely, facts_in
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.record import RunRecord
from hamm_eval.release.register import check_series
from hamm_eval.release.released import ReleasedAbsent, ReleasedCurve, ReleasedCurves
from hamm_eval.report.wording import Wording

CUTS = (820, 850, 880)
"""A month apart: few come in between, so that much is told of them."""
DRAWN = {"persons": 900, "months": 16.0}
DAYS = np.arange(1, 550)
Range = tuple[np.ndarray, np.ndarray]  # least and most, by day


def read_off(shown: ReleasedCurve, group: CurveGroup) -> Range:
    """Events by day, as the steps of a curve tell them: each cumulative count known to its range of six."""
    line = np.array(shown.incidence)
    steps = np.array(shown.time)[1:][np.diff(line) > 0]
    counts = np.array([(group.cause[group.time <= day] == 1).sum() for day in steps])
    top = -(-counts // 6) * 6
    least = np.zeros(DAYS.size)
    most = np.full(DAYS.size, np.inf)
    for day, high in zip(steps, top, strict=True):
        least[day <= DAYS] = high - 5
        most[(day >= DAYS) & (most > high)] = high
    return least, most


def who_came(former: Range, now: Range) -> Range:
    """Those whose event is new: by each day no fewer than by any day before, no more than by any after."""
    least = np.maximum.accumulate(np.maximum(now[0] - former[1], 0))
    most = np.minimum.accumulate((now[1] - former[0])[::-1])[::-1]
    return least, most


def told_exactly(came: Range) -> np.ndarray:
    """Days by which it is known that at least one came, at most seven, to fewer than six values."""
    least, most = came
    return (least >= 1) & (most <= 7) & (most - least + 1 < 6)


def true_events(group: CurveGroup) -> np.ndarray:
    return np.array([(group.cause[group.time <= day] == 1).sum() for day in DAYS])


SEEDS = range(6)


@pytest.fixture(scope="module")
def alone() -> list[tuple[np.ndarray, bool]]:
    """Cohort by cohort: the days told of by curves that know of no other quarter; whether all is right."""
    found = []
    for seed in SEEDS:
        groups = [seen_at(cut, seed, **DRAWN) for cut in CUTS[:2]]
        shown = [told(curves_at(cut, seed, **DRAWN))[0].curves[0] for cut in CUTS[:2]]
        came = who_came(*(read_off(*each) for each in zip(shown, groups, strict=True)))
        true = true_events(groups[1]) - true_events(groups[0])
        found.append((told_exactly(came), bool(((came[0] <= true) & (true <= came[1])).all())))
    return found


def test_curves_that_know_of_no_other_quarter_tell_how_few_came(
    alone: list[tuple[np.ndarray, bool]],
) -> None:
    assert all(right for _, right in alone)
    assert sum(bool(days.any()) for days, _ in alone) >= len(SEEDS) // 2


def test_drawn_beside_the_quarters_before_they_tell_of_nobody() -> None:
    for seed in SEEDS:
        earlier, quarters = NOTHING_EARLIER, []
        read: list[Range] = []
        for cut in CUTS[:3]:
            released, facts = told(curves_at(cut, seed, **DRAWN), earlier)
            assert not released.curves[0].withheld
            quarters.append(facts)
            earlier = earlier_of(*quarters)
            read.append(read_off(released.curves[0], seen_at(cut, seed, **DRAWN)))
        for former, now in ((0, 1), (1, 2), (0, 2)):
            assert not told_exactly(who_came(read[former], read[now])).any()


def with_all(read: Range, group: CurveGroup) -> Range:
    """The same with the number of all events, which stands beside the curve, as that of a last day."""
    top = -(-(group.cause == 1).sum() // 6) * 6
    return np.append(read[0], top - 5), np.append(np.minimum(read[1], top), top)


def test_the_number_of_all_events_beside_a_curve_tells_of_nobody_either() -> None:
    # Where all are as many as before, to five, so few came by any day. Their steps alone tell of nobody.
    few = {"persons": 150, "months": 16.0}
    for seed in (2, 4, 12, 19):
        earlier, quarters = NOTHING_EARLIER, []
        read: list[Range] = []
        for cut in (900, 930, 960):
            released, facts = told(curves_at(cut, seed, **few), earlier)
            group = seen_at(cut, seed, **few)
            assert not released.curves[0].withheld
            quarters.append(facts)
            earlier = earlier_of(*quarters)
            read.append(with_all(read_off(released.curves[0], group), group))
        for former, now in ((0, 1), (1, 2), (0, 2)):
            assert not told_exactly(who_came(read[former], read[now])).any()


# --- a whole and its parts ------------------------------------------------------------------------------


def whole_and_parts(cut: int, seed: int) -> tuple[Curves, Curves]:
    """The curve of all, and those of two groups that make them up."""
    parts = [
        seen_at(cut, seed, 260, 14.0, "first"),
        replace(seen_at(cut, seed + 500, 260, 18.0, "second"), level="second"),
    ]
    whole = CurveGroup(
        level="all",
        start_at=0.0,
        entry=np.concatenate([part.entry for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        cause=np.concatenate([part.cause for part in parts]),
        cluster=np.arange(sum(part.persons for part in parts)),
    )
    asked = {"cohort": {"population": "p"}, "endpoint": {"origin": "o", "event": "language_b1"}}
    every = replace(
        as_curves(whole, horizons=HORIZONS),
        definition=Definition("time_to_integration", "language_b1", details=asked),
    )
    each = replace(
        as_curves(*parts, horizons=HORIZONS),
        definition=Definition("time_to_integration", "language_b1/by", details={**asked, "by": "sex"}),
        dimension="sex",
    )
    return every, each


def publish(
    estimates: tuple[Curves, Curves], folder: Path, former: tuple[Facts, ...], *, safely: bool
) -> tuple[tuple[Facts, ...], tuple[ReleasedCurves, ...]]:
    """As a run does it: each result by itself beside earlier quarters, then all of them together."""
    earlier: EarlierCurves = earlier_of(former) if former else NOTHING_EARLIER
    record = RunRecord(folder, "02")
    for estimate in estimates:
        shown = release(estimate, STRICT, earlier)
        told_of = facts_of(estimate, shown, STRICT)
        record.enter(shown, "<p></p>", facts=told_of, policy=STRICT.digest, drawn_from=estimate)
    series = {"2017-Q2": former} if former else {}
    if safely:
        draw_safely(record, "2017-Q3", series, STRICT, Wording("de"), earlier)
    entries = record.entries()
    curves = tuple(from_json(entry.release) for entry in entries)
    return facts_in(entries), curves  # type: ignore[return-value]


def recovered_by_parts(former: tuple[ReleasedCurves, ...], now: tuple[ReleasedCurves, ...], seed: int) -> int:
    """Days by which the whole less the other part tells how few of a part came."""
    came: list[Range] = []
    for at in range(3):
        read = []
        for cut, (every, each) in zip(CUTS[:2], (former, now), strict=True):
            shown = [*every.curves, *each.curves][at]
            groups = whole_and_parts(cut, seed)
            group = [*groups[0].groups, *groups[1].groups][at]
            if shown.withheld:
                return 0
            read.append(read_off(shown, group))
        came.append(who_came(*read))
    found = 0
    for mine, other in ((1, 2), (2, 1)):
        least = np.maximum(came[mine][0], came[0][0] - came[other][1])
        most = np.minimum(came[mine][1], came[0][1] - came[other][0])
        together = np.maximum.accumulate(least), np.minimum.accumulate(most[::-1])[::-1]
        found += int(told_exactly(together).sum())
    return found


def test_a_whole_tells_of_its_parts_unless_they_are_drawn_together(tmp_path: Path) -> None:
    without = []
    # Plain subtraction finds it in three of the first 24 cohorts, all here; the proof looks further.
    for seed in (0, 1, 19, 23):
        first = publish(whole_and_parts(CUTS[0], seed), tmp_path / f"{seed}a", (), safely=False)
        alone = publish(whole_and_parts(CUTS[1], seed), tmp_path / f"{seed}b", first[0], safely=False)
        without.append(recovered_by_parts(first[1], alone[1], seed))
        together = publish(whole_and_parts(CUTS[1], seed), tmp_path / f"{seed}c", first[0], safely=True)
        assert recovered_by_parts(first[1], together[1], seed) == 0
        assert not any(curve.withheld for shown in together[1] for curve in shown.curves)
    assert sum(bool(days) for days in without) == 3


def test_what_cannot_be_drawn_anew_is_withheld_whole(tmp_path: Path) -> None:
    seed = 0
    first = publish(whole_and_parts(CUTS[0], seed), tmp_path / "a", (), safely=False)
    record = RunRecord(tmp_path / "b", "02")
    earlier = earlier_of(first[0])
    for estimate in whole_and_parts(CUTS[1], seed):
        shown = release(estimate, STRICT, earlier)
        record.enter(shown, "<p>12</p>", facts=facts_of(estimate, shown, STRICT), policy=STRICT.digest)
    assert draw_safely(record, "2017-Q3", {"2017-Q2": first[0]}, STRICT, Wording("de"), earlier)
    whole, parts = record.entries()
    assert isinstance(from_json(parts.release), ReleasedAbsent) and "12" not in parts.html
    assert isinstance(from_json(whole.release), ReleasedCurves)
    assert [bool(facts.curves) for facts in facts_in(record.entries())] == [True, False]


def test_curves_that_drawing_anew_does_not_change_are_withheld_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(whole_and_parts(CUTS[0], 0), tmp_path / "a", (), safely=False)
    monkeypatch.setattr("hamm_eval.pipeline.redrawing._draw_anew", lambda *_: True)
    _, (whole, parts) = publish(whole_and_parts(CUTS[1], 0), tmp_path / "b", first[0], safely=True)
    assert isinstance(whole, ReleasedCurves) and isinstance(parts, ReleasedAbsent)


def test_a_quarter_published_after_a_later_one_is_proven_against_it(tmp_path: Path) -> None:
    seed = 0
    _, later = told(curves_at(CUTS[1], seed, **DRAWN))
    estimate = curves_at(CUTS[0], seed, **DRAWN)
    record = RunRecord(tmp_path, "02")
    shown, facts = told(estimate)
    record.enter(shown, "<p>12</p>", facts=facts, policy=STRICT.digest, drawn_from=estimate)
    assert draw_safely(record, "2017-Q2", {"2017-Q3": (later,)}, STRICT, Wording("de"), NOTHING_EARLIER)
    (entry,) = record.entries()
    assert isinstance(from_json(entry.release), ReleasedAbsent)
    # With the same steps as before a published quarter is published again, whatever came later.
    both = earlier_of(facts)
    _, beside = told(curves_at(CUTS[1], seed, **DRAWN), both)
    again = RunRecord(tmp_path / "again", "02")
    again.enter(shown, "<p>12</p>", facts=facts, policy=STRICT.digest, drawn_from=estimate)
    assert not draw_safely(again, "2017-Q2", {"2017-Q3": (beside,)}, STRICT, Wording("de"), NOTHING_EARLIER)


def test_the_register_names_curves_that_tell_of_few() -> None:
    seed = 0
    alone = {quarter: (told(curves_at(cut, seed, **DRAWN))[1],)
             for quarter, cut in zip(("2017-Q2", "2017-Q3"), CUTS, strict=False)}  # fmt: skip
    asked = dict.fromkeys(alone, STRICT)
    (problem,) = check_series(alone, asked)
    assert problem.where == "time_to_integration:language_b1/by" and "2017-Q3" in problem.what
    beside = told(curves_at(CUTS[1], seed, **DRAWN), earlier_of(*alone["2017-Q2"]))[1]
    assert check_series({**alone, "2017-Q3": (beside,)}, asked) == ()


def test_the_estimate_behind_a_curve_stays_private(tmp_path: Path) -> None:
    estimate = curves_at(CUTS[0], 0, **DRAWN)
    shown, facts = told(estimate)
    for replaces in (False, True):
        record = RunRecord(tmp_path / str(replaces), "02", replaces=replaces)
        record.enter(shown, "<p></p>", facts=facts, policy=STRICT.digest, drawn_from=estimate)
        (entry,) = record.entries()
        kept = list(record.folder.rglob("*.estimate"))
        # In JupyterLab there is nothing to draw anew.
        assert [path.stat().st_mode & 0o077 for path in kept] == ([] if replaces else [0])
        assert (record.drawn_from(entry) is None) == replaces
        assert "known" not in str(entry.release) and "estimate" not in entry.release
