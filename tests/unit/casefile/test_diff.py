"""What a later export changed about an earlier quarter: every reason, and that nothing is lost or told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from types import MappingProxyType

import polars as pl
import pytest
from exports import Export, sound, write_export
from hypothesis import given, settings
from hypothesis import strategies as st

from hamm_eval.casefile import CaseFile, read_case_file
from hamm_eval.casefile.diff import CHANGES, IN_USE_BEFORE, CaseFileDiff, Reason
from hamm_eval.casefile.frames import empty_records
from hamm_eval.casefile.reconciliation import Counts
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import InputError

CUT, LATER = dt.date(2016, 9, 30), dt.date(2016, 12, 31)
NOT_A_HISTORY = (Reason.REWRITTEN, Reason.VANISHED, Reason.APPEARED)
steady = settings(deadline=None, derandomize=True, database=None, max_examples=150)


def counted(diff: CaseFileDiff, table: str) -> dict[str, int]:
    """The reasons of one table that any record has."""
    return {c.reason.value: c.records for c in diff.changes if c.table == table and c.records}


def columns(diff: CaseFileDiff, table: str, reason: Reason) -> dict[str, int]:
    (change,) = [c for c in diff.changes if (c.table, c.reason) == (table, reason)]
    return dict(change.columns)


@pytest.fixture
def between(tmp_path):
    """What a later export, made by changing the sound one, says otherwise about the time up to the cut."""

    def compare(change, *, earlier: Export | None = None) -> CaseFileDiff:
        rows = sound()
        change(rows)
        before = read_case_file(write_export(tmp_path / "before", earlier), as_of=CUT)
        return before.diff(read_case_file(write_export(tmp_path / "later", rows), as_of=LATER))

    return compare


def test_what_ran_on_is_no_correction(between):
    def change(rows: Export) -> None:
        again = rows["participations"][1] | {"recorded_on": "02.11.2016"}
        rows["participations"].append(again | {"ended_on": "31.10.2016", "ending": "abgeschlossen"})

    diff = between(change)
    assert counted(diff, "participations") == {"unchanged": 2, "continued": 1}
    assert columns(diff, "participations", Reason.CONTINUED) == {"ended_on": 1, "ending": 1}


def test_an_end_told_late_is_a_correction_with_its_columns(between):
    def change(rows: Export) -> None:
        ended = {"ended_on": "30.09.2016", "ending": "abgebrochen", "recorded_on": "02.11.2016"}
        rows["participations"] += [row | ended for row in rows["participations"][1:3]]
        rows["participations"][-1]["referred_on"] = "02.04.2016"

    diff = between(change)
    assert counted(diff, "participations") == {"unchanged": 1, "corrected": 2}
    assert columns(diff, "participations", Reason.CORRECTED) == {"referred_on": 1, "ended_on": 2, "ending": 2}
    assert not diff.is_empty


def test_an_end_that_is_taken_back_or_moved_across_the_cut_is_a_correction(between):
    def change(rows: Export) -> None:
        open_again = rows["participations"][-1] | {"ended_on": "", "ending": "", "recorded_on": "02.11.2016"}
        rows["participations"].append(open_again)

    assert counted(between(change), "participations") == {"unchanged": 2, "corrected": 1}


def test_a_planned_day_that_is_moved_is_a_correction(between):
    def change(rows: Export) -> None:
        rows["goals"].append(rows["goals"][0] | {"target_on": "01.06.2018", "recorded_on": "01.12.2016"})

    diff = between(change)
    assert counted(diff, "goals") == {"corrected": 1}
    assert columns(diff, "goals", Reason.CORRECTED) == {"target_on": 1}


def test_a_record_that_its_correction_replaced_in_the_export_is_corrected(between):
    def change(rows: Export) -> None:
        rows["cases"][0] |= {"provider": "AWO", "recorded_on": "01.12.2016"}

    assert counted(between(change), "cases") == {"unchanged": 2, "corrected": 1}


def test_recorded_again_without_a_change_is_unchanged(between):
    diff = between(lambda rows: rows["goals"].append(rows["goals"][0] | {"recorded_on": "01.12.2016"}))
    assert counted(diff, "goals") == {"unchanged": 1}


def test_late_and_new_are_told_apart_by_when_it_happened(between):
    def change(rows: Export) -> None:
        test = rows["language_tests"][0] | {"recorded_on": "01.12.2016"}
        rows["language_tests"].append(test | {"test_id": "P-2", "tested_on": "30.09.2016"})
        rows["language_tests"].append(test | {"test_id": "P-3", "tested_on": "01.10.2016"})

    # The sound export's own test is of November.
    assert counted(between(change), "language_tests") == {"late": 1, "new": 2}


def test_a_referral_told_late_is_late_though_the_measure_began_after_the_cut(between):
    def change(rows: Export) -> None:
        days = {"referred_on": "20.09.2016", "started_on": "10.10.2016", "recorded_on": "12.10.2016"}
        rows["participations"].append(rows["participations"][1] | {"participation_id": "T-9"} | days)

    assert counted(between(change), "participations") == {"unchanged": 3, "late": 1}


def test_a_history_that_was_rewritten_is_no_correction(between):
    def change(rows: Export) -> None:
        rows["cases"][0]["provider"] = "AWO"  # the same version, another content
        rows["cases"][1]["recorded_on"] = "03.04.2016"  # recorded another day, the same content
        rows["cases"].append(rows["cases"][0] | {"provider": "DRK", "recorded_on": "01.12.2016"})

    diff = between(change)
    assert counted(diff, "cases") == {"unchanged": 2, "rewritten": 1}
    assert columns(diff, "cases", Reason.REWRITTEN) == {"provider": 1}
    assert not diff.is_empty


def test_vanished_and_appeared_records_are_named_as_such(between):
    def change(rows: Export) -> None:
        case = rows["cases"].pop()
        rows["cases"].append(case | {"case_id": "F-9"})

    diff = between(change)
    assert counted(diff, "cases") == {"unchanged": 2, "vanished": 1, "appeared": 1}
    frame = diff.to_frame().set_index(["table", "reason"])
    assert frame.loc[("cases", "vanished"), "persons"] == 1
    assert frame.loc[("measures", "vanished")].tolist()[0] == 0
    assert frame["persons"].isna().groupby("table").all().loc[lambda lacks: lacks].index.tolist() == [
        "measures"
    ]


def test_a_table_that_only_one_export_holds_vanishes_or_appears(between):
    def change(rows: Export) -> None:
        del rows["goals"], rows["goal_reviews"]

    earlier = sound()
    del earlier["measures"], earlier["participations"]
    diff = between(change, earlier=earlier)
    assert counted(diff, "goals") == {"vanished": 1}
    assert counted(diff, "goal_reviews") == {"vanished": 1}
    assert counted(diff, "participations") == {"appeared": 3}


def test_persons_are_distinct_and_found_by_reference(between):
    def change(rows: Export) -> None:
        review = rows["goal_reviews"][0] | {"reviewed_on": "15.09.2016", "recorded_on": "01.12.2016"}
        rows["goal_reviews"] += [review | {"review_id": f"R-{i}"} for i in range(3)]

    frame = between(change).to_frame().set_index(["table", "reason"])
    assert frame.loc[("goal_reviews", "late")].tolist() == [3, 1]
    assert frame.loc[("households", "unchanged")].tolist() == [3, 5]


def test_an_earlier_cut_is_refused(tmp_path):
    later = read_case_file(write_export(tmp_path / "export"))
    with pytest.raises(InputError, match="earlier data cut"):
        later.diff(later.as_of(CUT))


def test_a_column_that_one_export_lacks_is_not_compared(tmp_path):
    later = read_case_file(write_export(tmp_path / "export"), as_of=CUT)
    wider = {n: f.with_columns(pl.lit("x").alias("own")) for n, f in later.records.items()}
    assert later.diff(dataclasses.replace(later, records=wider)).is_empty
    assert dataclasses.replace(later, records=wider).diff(later).is_empty


def test_it_is_frozen_and_tells_no_value(between):
    def change(rows: Export) -> None:
        rows["cases"][0] |= {"social_worker": "SB-99", "recorded_on": "01.12.2016"}
        rows["language_tests"][0]["test_id"] = "P-77777"

    diff = between(change)
    with pytest.raises(dataclasses.FrozenInstanceError):
        diff.later_cut = CUT
    with pytest.raises(TypeError):
        diff.changes[0].columns["x"] = 1
    shown = (
        repr(diff) + repr(diff.changes) + diff.to_frame().to_string() + diff.columns_to_frame().to_string()
    )
    assert "social_worker" in shown
    assert not [value for value in ("SB-99", "SB-07", "P-77777", "000117", "F-00001") if value in shown]


# --- drawn histories, against the definition written as a loop -----------------------------------------

BEGIN = dt.date(2016, 1, 1)
DAYS = st.integers(0, 9)
PARTICIPATIONS = BY_NAME["participations"]
OWN = ("referred_on", "started_on", "ended_on")


def day(number: int | None) -> dt.date | None:
    return None if number is None else BEGIN + dt.timedelta(days=number)


@st.composite
def versions(draw):
    """Versions of up to six participations: (id, recorded) to content, days often shared."""
    keys = st.tuples(st.sampled_from("abcdef"), DAYS)
    content = st.tuples(
        st.sampled_from(["P1", "P2", "P3"]),
        st.none() | DAYS,
        st.none() | DAYS,
        st.none() | DAYS,
        st.sampled_from([None, "completed", "broken_off"]),
    )
    return draw(st.dictionaries(keys, content, max_size=14))


@st.composite
def altered(draw):
    """Versions, and the same with some taken away, changed or added."""
    before = draw(versions())
    kept = {key: held for key, held in before.items() if draw(st.integers(0, 4))}
    return before, kept | draw(versions())


def case_file(drawn, cut: int) -> CaseFile:
    """A CaseFile of these versions alone, at a cut."""
    rows = [
        {
            "participation_id": key,
            "person_id": person,
            "measure_id": "m",
            "referred_on": day(referred),
            "started_on": day(started),
            "ended_on": day(ended),
            "ending": ending,
            "recorded_on": day(recorded),
        }
        for (key, recorded), (person, referred, started, ended, ending) in sorted(drawn.items())
        if recorded <= cut
    ]
    frame = pl.DataFrame(rows, schema=empty_records(PARTICIPATIONS).schema)
    late = len(drawn) - len(rows)
    return CaseFile(
        day(cut),
        MappingProxyType({"participations": frame}),
        MappingProxyType({"participations": Counts(len(drawn), 0, 0, late)}),
        (),
        (),
        "",
        (),
    )


def latest(drawn, cut: int):
    """Of each id the content last recorded by a cut."""
    return {key: held for (key, recorded), held in sorted(drawn.items()) if recorded <= cut}


def reason_of(old, then, now, cut: int) -> Reason:
    """The definition, record by record."""
    if old is None:
        if then is not None:
            return Reason.APPEARED
        happened = [number for number in now[1:4] if number is not None]
        return Reason.LATE if happened and min(happened) <= cut else Reason.NEW
    if now is None:
        return Reason.VANISHED
    if then is not None and then != old:
        return Reason.REWRITTEN
    if now == old:
        return Reason.UNCHANGED

    def ahead(number):
        return number is None or number > cut

    only_ahead = now[0] == old[0]
    only_ahead &= all(a == b or (ahead(a) and ahead(b)) for a, b in zip(old[1:4], now[1:4], strict=True))
    if now[4] != old[4]:
        only_ahead &= ahead(old[3]) and now[3] is not None and now[3] > cut
    return Reason.CONTINUED if only_ahead else Reason.CORRECTED


@steady
@given(versions(), DAYS)
def test_a_case_file_does_not_differ_from_itself(drawn, cut):
    mine = case_file(drawn, cut)
    diff = mine.diff(mine)
    assert diff.is_empty
    assert counted(diff, "participations").keys() <= {"unchanged"}


@steady
@given(versions(), DAYS, DAYS)
def test_of_one_export_nothing_vanishes_or_appears(drawn, one, other):
    cut, later = sorted((one, other))
    whole = case_file(drawn, 9)
    diff = whole.as_of(day(cut)).diff(whole.as_of(day(later)))
    assert not [c for c in diff.changes if c.reason in NOT_A_HISTORY and c.records]


@steady
@given(altered(), DAYS, DAYS)
def test_every_record_has_the_reason_of_the_definition(drawn, one, other):
    before, after = drawn
    cut, later = sorted((one, other))
    diff = case_file(before, cut).diff(case_file(after, later))
    old, then, now = latest(before, cut), latest(after, cut), latest(after, later)
    fates = {key: reason_of(old.get(key), then.get(key), now.get(key), cut) for key in {*old, *now}}
    assert counted(diff, "participations") == {r.value: n for r, n in Counter(fates.values()).items()}
    for change in diff.changes:
        source = old if change.reason in IN_USE_BEFORE else now
        assert change.persons == len({source[k][0] for k, fate in fates.items() if fate is change.reason})


@steady
@given(altered(), DAYS, DAYS)
def test_the_counts_reconcile(drawn, one, other):
    before, after = drawn
    cut, later = sorted((one, other))
    mine, its = case_file(before, cut), case_file(after, later)
    diff = mine.diff(its)
    number = {c.reason: c.records for c in diff.changes}
    assert sum(number[reason] for reason in IN_USE_BEFORE) == mine.reconciliation["used"].sum()
    in_use_now = sum(number.values()) - number[Reason.VANISHED]
    assert in_use_now == its.reconciliation["used"].sum()
    assert diff.is_empty == (not any(number[reason] for reason in CHANGES))
    assert set(number) == set(Reason)
