"""What the proof makes of a run's record: results that hiding single numbers cannot mend go whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hamm_eval.errors import ReleaseRefused
from hamm_eval.pipeline import proving
from hamm_eval.pipeline.proving import facts_in, hide_what_is_recovered
from hamm_eval.release.facts import Facts
from hamm_eval.release.facts.base import Count, Sum
from hamm_eval.release.json import from_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.record import RunRecord
from hamm_eval.release.released import (
    Cell,
    ReleasedAbsent,
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedShare,
    ReleasedTable,
)
from hamm_eval.report.wording import Wording

STRICT = Policy.strict()
WHOLE = Count(key="all", low=13, high=13, value=13)
PART = Count(key="many", low=10, high=10, value=10)
HIDDEN = Count(key="few", low=1, high=7, hidden=True)
SUM = Sum(whole="all", parts=("many", "few"))
SHOWN = ReleasedShare(value=0.6, lower=0.5, upper=0.7)


def record_of(tmp_path: Path, *counts: Count) -> RunRecord:
    """A table that tells these counts, none of which can be hidden alone, and opinions beside effects."""
    record = RunRecord(tmp_path, "01_who")
    table = ReleasedTable(
        id="who:all", definition_digest="0", policy="strict", rows=("x",), columns=("persons",),
        row_dimension="level", column_dimension="", unit="persons", cells=((Cell(value=13),),), total=None,
        column_totals=(), sensitive=False, shares="none",
    )  # fmt: skip
    told = Facts(release="who:all", definition_digest="0", version=1, counts=counts, sums=(SUM,))
    record.enter(table, "<p>13</p>", facts=told)
    beside = ReleasedPerceivedEffects(
        id="two_perspectives:perceived_effects", definition_digest="1", policy="strict",
        rows=(ReleasedPerceived(measure="job_coaching", effective=(SHOWN, SHOWN), effects=()),),
    )  # fmt: skip
    nothing = Facts(release=beside.id, definition_digest="1", version=1)
    record.enter(beside, "<p>60</p>", facts=nothing)
    return record


def test_what_tells_a_hidden_count_is_withheld_and_no_number_of_it_stays(tmp_path: Path) -> None:
    record = record_of(tmp_path, WHOLE, PART, HIDDEN)
    facts = hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    table, beside = (from_json(entry.release) for entry in record.entries())
    assert isinstance(table, ReleasedAbsent) and table.lacking == ("linked",)
    assert "13" not in record.entries()[0].html and "entfällt" in record.entries()[0].html
    assert facts == facts_in(record.entries()) and not any(told.counts or told.sums for told in facts)
    # The ratings that these opinions are of are told nowhere: neither are the opinions.
    assert isinstance(beside, ReleasedPerceivedEffects)
    assert [share.value for share in beside.rows[0].effective] == [None, None]
    assert "60\u202f%" not in record.entries()[1].html and record.entries()[1].html != "<p>60</p>"


def two_tables(tmp_path: Path, *, placed: bool) -> RunRecord:
    """A whole of 30, its part of 27 and a hidden one; the part is told by a second result as well."""
    record = RunRecord(tmp_path, "01_who")
    whole = Count(key="all", low=30, high=30, value=30)
    part = Count(key="many", low=27, high=27, value=27, places=(("cells", 1, 0),))
    first = Facts(
        release="who:all", definition_digest="0", version=1, counts=(whole, part, HIDDEN), sums=(SUM,)
    )
    record.enter(table("who:all", 30, 27), "<p>27</p>", facts=first)
    again = replace(part, places=(("cells", 0, 0),) if placed else ())
    second = Facts(release="who:again", definition_digest="0", version=1, counts=(again,))
    record.enter(table("who:again", 27), "<p>27</p>", facts=second)
    return record


def table(name: str, *counts: int) -> ReleasedTable:
    return ReleasedTable(
        id=name, definition_digest="0", policy="strict", rows=tuple(map(str, range(len(counts)))),
        columns=("persons",), row_dimension="level", column_dimension="", unit="persons",
        cells=tuple((Cell(value=count),) for count in counts), total=None, column_totals=(),
        sensitive=False, shares="none",
    )  # fmt: skip


def test_a_number_that_goes_goes_from_every_result(tmp_path: Path) -> None:
    record = two_tables(tmp_path, placed=True)
    hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    first, second = (from_json(entry.release) for entry in record.entries())
    assert isinstance(first, ReleasedTable) and isinstance(second, ReleasedTable)
    assert (first.cells[1][0].value, second.cells[0][0].value) == (None, None)


def test_a_result_that_was_computed_from_a_number_that_goes_goes_whole(tmp_path: Path) -> None:
    """Where the number does not stand alone, hiding it elsewhere would leave it told."""
    record = two_tables(tmp_path, placed=False)
    told = hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    first, second = (from_json(entry.release) for entry in record.entries())
    assert isinstance(first, ReleasedTable) and first.cells[1][0].value is None
    assert isinstance(second, ReleasedAbsent) and "27" not in record.entries()[1].html
    assert not told[1].counts


def test_a_number_that_can_go_alone_goes_first(tmp_path: Path) -> None:
    """Neither result has to go whole where another number protects as well."""
    record = two_tables(tmp_path, placed=False)
    other = Count(key="others", low=45, high=45, value=45, places=(("cells", 2, 0),))
    whole = Count(key="all", low=75, high=75, value=75)
    part = Count(key="many", low=27, high=27, value=27, places=(("cells", 1, 0),))
    first = Facts(
        release="who:all", definition_digest="0", version=1, counts=(whole, part, other, HIDDEN),
        sums=(Sum(whole="all", parts=("many", "others", "few")),),
    )  # fmt: skip
    record.replace(record.entries()[0], table("who:all", 75, 27, 45), "<p>45</p>", first)
    hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    shown, second = (from_json(entry.release) for entry in record.entries())
    assert isinstance(shown, ReleasedTable) and [row[0].value for row in shown.cells] == [75, 27, None]
    assert isinstance(second, ReleasedTable)


def test_what_hiding_leaves_is_proven_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = two_tables(tmp_path, placed=True)

    def forgets(record: RunRecord, *_: object) -> bool:
        return False

    monkeypatch.setattr(proving, "_hide", forgets)
    with pytest.raises(ReleaseRefused, match=r"(?s)although more of them was hidden") as refused:
        hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    assert "who:again" in str(refused.value) and "27" not in str(refused.value)


def test_a_number_that_facts_call_hidden_must_be_so_in_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts alone are no proof: what is published is the release."""
    record = two_tables(tmp_path, placed=True)
    monkeypatch.setattr(proving, "conceal", lambda release, places: release)
    with pytest.raises(ReleaseRefused, match="still stands in it") as refused:
        hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    assert {problem.where for problem in refused.value.problems} == {"who:all", "who:again"}


def test_what_tells_nothing_stays_as_it_is(tmp_path: Path) -> None:
    record = record_of(tmp_path, WHOLE, HIDDEN, Count(key="many", low=6, high=12, value=10))
    before = record.entries()
    hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    assert record.entries() == before
