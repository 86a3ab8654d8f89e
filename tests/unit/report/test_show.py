"""The way of an estimate through gate, words, record and display."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import report_samples as samples

from hamm_eval.errors import UsageError
from hamm_eval.estimate import CountTable, CurveGroup, Curves, Definition, Link
from hamm_eval.release.facts import Facts
from hamm_eval.release.known_curves import EarlierCurves, LeftOut
from hamm_eval.release.policy import Policy
from hamm_eval.release.record import RunRecord
from hamm_eval.report import render
from hamm_eval.report.show import Show
from hamm_eval.report.wording import Wording


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """What would appear under the cell: data and metadata."""
    found: list[tuple[dict[str, str], dict[str, Any]]] = []

    def display(data: dict[str, str], *, raw: bool, metadata: dict[str, Any]) -> None:
        assert raw
        found.append((data, metadata))

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr("IPython.get_ipython", object)  # as in a kernel
    return found


def households() -> CountTable:
    """Exact counts, one of them small."""
    return CountTable(
        definition=Definition(question="cohort_and_data_quality", key="composition/household_type"),
        rows=("single", "single_parent"),
        columns=("persons",),
        row_dimension="household_type",
        column_dimension="",
        counts=np.array([[123], [4]]),
    )


def test_what_is_shown_is_recorded_and_marked(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    record = RunRecord(tmp_path, "01_cohort")
    shown = Show(Policy.strict(), german, record).table(households())
    assert shown is None
    (entry,) = record.entries("01_cohort")
    ((data, metadata),) = displayed
    assert metadata == {"hamm_eval": {"release": entry.id}}
    assert "≤7" in entry.html
    assert "125" in entry.html
    for exact in ("123", ">4<"):
        assert exact not in entry.html
        assert exact not in data["text/html"]
    # The record leaves room for the page's numbers, the display has the session's.
    assert 'data-count="table"' in entry.html
    assert "Tabelle 1</span>" in data["text/html"]
    assert data["text/plain"]


def test_curves_are_drawn_beside_what_earlier_quarters_have_told(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    rng = np.random.default_rng(4)
    time = rng.integers(1, 700, 400)
    group = CurveGroup(
        level="all", entry=np.zeros_like(time), time=time, cause=np.where(time < 500, 1, 0),
        cluster=np.arange(400), start_at=0.0,
    )  # fmt: skip
    curves = Curves(
        definition=Definition("time_to_integration", "language_b1"), endpoint="language_b1", dimension="",
        groups=(group,), causes=("language_b1",), estimates=(None,), horizons=(365,),
    )  # fmt: skip
    steps = {}
    gap = LeftOut(0, 60.0, 200.0)
    beside = EarlierCurves().leaving_out([(("time_to_integration:language_b1", 1, "|=all"), gap)])
    given: dict[str, Callable[[], EarlierCurves]] = {"alone": EarlierCurves, "beside": lambda: beside}
    for name, earlier in given.items():
        record = RunRecord(tmp_path / name, "02_time")
        Show(Policy.strict(), german, record, earlier=earlier).curves(curves)
        (entry,) = record.entries()
        assert isinstance(record.drawn_from(entry), Curves)
        (known,) = Facts.from_json(entry.facts or {}).curves
        steps[name] = set(known.steps(0))
    assert steps["beside"] == {day for day in steps["alone"] if not 60 < day < 200} < steps["alone"]


def test_the_summary_reads_the_record_and_can_be_shown_again(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    earlier = RunRecord(tmp_path, "02_time")
    for release in (samples.one_curve(), samples.effect()):
        earlier.enter(release, render(release, german).html)
    record = RunRecord(tmp_path, "00_summary")
    show = Show(Policy.strict(), german, record)
    show.summary()
    show.summary()
    (entry,) = record.entries("00_summary")
    assert entry.id == "quarterly_summary:summary"
    assert "33\u202f%" in entry.html
    assert "etwa 14 mehr" in entry.html
    assert len(displayed) == 2


def test_the_summary_of_nothing_says_what_to_do(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    Show(Policy.strict(), german, RunRecord(tmp_path, "00_summary")).summary()
    assert german.text("summary.empty") in displayed[0][0]["text/html"]


def test_the_summary_compares_with_the_former_quarter(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    now = samples.one_curve(rate=0.0020)
    RunRecord(tmp_path, "02_time").enter(now, render(now, german).html)
    record = RunRecord(tmp_path, "00_summary")
    Show(Policy.strict(), german, record, former=lambda: (samples.one_curve(rate=0.0012),)).summary()
    (entry,) = record.entries("00_summary")
    assert "gegenüber dem Vorquartal" in entry.html
    assert "kein früheres Quartal" not in entry.html


def test_without_other_notebooks_the_summary_reads_what_the_same_run_published(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    record = RunRecord(tmp_path, "00_summary")
    Show(Policy.strict(), german, record).summary()
    assert "33\u202f%" not in record.entries("00_summary")[0].html
    again = RunRecord(tmp_path / "again", "00_summary")
    Show(Policy.strict(), german, again, same_run=lambda: (samples.one_curve(),)).summary()
    assert "33\u202f%" in again.entries("00_summary")[0].html


def test_a_plain_script_prints_a_line_instead_of_the_raw_output(
    tmp_path: Path, german: Wording, capsys: pytest.CaptureFixture[str]
) -> None:
    record = RunRecord(tmp_path, "01_cohort")
    Show(Policy.strict(), german, record).table(households())
    printed = capsys.readouterr().out
    title, where = printed.splitlines()
    assert title and "<" not in title
    assert where == german.text("show.plain")
    assert len(record.entries("01_cohort")) == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Künstlich erzeugte Beispieldaten, keine Aussage über Hamm"),
        ("en", "Artificial example data, no statement about Hamm"),
    ],
)
def test_generated_data_are_called_so_in_every_fragment(
    tmp_path: Path, displayed: list[tuple[dict[str, str], dict[str, Any]]], language: str, said: str
) -> None:
    """Notebooks travel without the page and its banner."""
    params = samples.params()
    for synthetic in (True, False):
        source = params.source.model_copy(update={"synthetic": synthetic})
        wording = Wording(language, params.model_copy(update={"source": source}))
        record = RunRecord(tmp_path / str(synthetic), "01_cohort")
        show = Show(Policy.strict(), wording, record)
        show.table(households())
        show.summary()
        entries = record.entries("01_cohort")
        assert len(entries) == 2
        assert [entry.html.count(said) for entry in entries] == ([1, 1] if synthetic else [0, 0])
        assert [data["text/html"].count(said) for data, _ in displayed[-2:]] == [1 * synthetic] * 2


def test_a_researcher_is_warned_of_what_a_report_will_hide(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    def table(key: str, rows: list[int], **other: Any) -> CountTable:
        return CountTable(
            definition=Definition("participation_patterns", key),
            rows=("a", "b"),
            columns=("persons",),
            row_dimension="level",
            column_dimension="",
            counts=np.array(rows).reshape(-1, 1),
            **other,
        )

    show = Show(Policy.strict(), german, RunRecord(tmp_path, "interactive", replaces=True))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        show.table(table("first", [102, 6], links=(Link(whole="begun", cells=((0, 0), (1, 0))),)))
    # Together with the number of all, the 6 would be 6 or 7.
    with pytest.warns(UserWarning, match=r"1 numbers will be hidden.*participation_patterns"):
        show.table(table("second", [60, 48], whom="begun", total=108))
    # In a run nobody reads warnings: it hides.
    run = Show(Policy.strict(), german, RunRecord(tmp_path / "run", "01_cohort"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.table(table("first", [102, 6], links=(Link(whole="begun", cells=((0, 0), (1, 0))),)))
        run.table(table("second", [60, 48], whom="begun", total=108))


def test_params_count_how_often_a_result_was_defined_anew(
    tmp_path: Path, german: Wording, displayed: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    def version(**redefined: int) -> tuple[int, str]:
        params = german.params
        assert params is not None
        changed = params.model_copy(
            update={"release": params.release.model_copy(update={"redefined": redefined})}
        )
        record = RunRecord(tmp_path / str(len(redefined)), "01_cohort", replaces=True)
        Show(Policy.strict(), Wording("de", changed), record).table(households())
        (entry,) = record.entries()
        assert entry.facts is not None
        return entry.facts["version"], entry.facts["definition_digest"]

    plain, raised = version(), version(**{"all": 1, households().definition.question: 2})
    assert (plain[0], raised[0]) == (1, 4)
    assert plain[1] != raised[1]


def test_only_answers_are_shown(tmp_path: Path, german: Wording) -> None:
    show = Show(Policy.strict(), german, RunRecord(tmp_path, "01"))
    not_an_estimate: Any = 12345
    with pytest.raises(
        UsageError, match=r"study\.show: This is no answer.*Show what the study answers"
    ) as told:
        show.curves(not_an_estimate)
    assert "12345" not in str(told.value)
