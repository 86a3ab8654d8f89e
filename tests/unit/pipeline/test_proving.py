"""What the proof makes of a run's record: results that hiding single numbers cannot mend go whole."""

from __future__ import annotations

from pathlib import Path

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


def test_what_tells_nothing_stays_as_it_is(tmp_path: Path) -> None:
    record = record_of(tmp_path, WHOLE, HIDDEN, Count(key="many", low=6, high=12, value=10))
    before = record.entries()
    hide_what_is_recovered(record, "2017-Q2", {}, STRICT, Wording("de"))
    assert record.entries() == before
