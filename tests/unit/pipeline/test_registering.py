from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import FINISH, OPEN, notebook, published_bytes, shows

from hamm_eval.errors import QuarterLocked, ReleaseRefused
from hamm_eval.pipeline import Progress, run_report
from hamm_eval.pipeline.lock import lock_register
from hamm_eval.pipeline.publish import announce, manifest_at, publish
from hamm_eval.pipeline.published import published_quarters
from hamm_eval.pipeline.registering import (
    Checked,
    Told,
    check_published,
    list_register,
    open_register,
    register_path,
    registered,
)
from hamm_eval.release.facts import Count, Facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.register import Outcome

Project = Callable[..., Path]
EVENTS = {"open", "os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}


def told(value: int = 40, release: str = "a:b") -> Facts:
    count = Count(key="x", low=value - 2, high=value + 2, value=value, places=(("total",),))
    return Facts(release=release, definition_digest="0", version=1, counts=(count,))


def publish_by_hand(out: Path, quarter: str, manifest: str) -> str:
    """A published report as far as the register looks at it; the digest of its manifest."""
    from hamm_eval.pipeline.digest import digest_bytes

    (out / quarter).mkdir(parents=True, exist_ok=True)
    (out / quarter / "manifest.json").write_text(manifest)
    return digest_bytes(manifest.encode())


def enter(root: Path, out: Path, quarter: str, *facts: Facts) -> None:
    with (
        open_register(root, out) as register,
        registered(
            register, facts, (), out, quarter=quarter, run_id="run", policy=Policy.strict(),
            manifest=hashlib.sha256(quarter.encode()).hexdigest(),
        ),
    ):  # fmt: skip
        publish_by_hand(out, quarter, quarter)


def test_a_run_enters_what_it_publishes_and_refuses_other_numbers_for_the_same_quarter(
    project: Project, tmp_path: Path
) -> None:
    params = project({"01_who": shows("who", 120)})
    root = params.parents[1]
    first = run_report(params)
    (line,) = list_register(root)
    assert (line.quarter, line.outcome, line.told) == ("2017-Q2", "published", Told(1, 0, 0))
    assert (line.run_id, line.releases) == (first.run_id, 1)
    before = published_bytes(first.path)

    # Other prose, equal numbers: fine. Other numbers: refused, and the former report stays. Either is warned
    # of before.
    steps: list[Progress] = []
    again = project({"01_who": notebook(OPEN, 'show("who", 120)', FINISH, prose={"lang-de": "# Neu"})})
    run_report(again, progress=steps.append)
    assert [step.step for step in steps] == ["data", "warning", "notebook", "page"]
    assert "2017-Q2 is published already, from other inputs (the notebooks). " in steps[1].text
    assert "--out DIR" in steps[1].text
    after = published_bytes(first.path)
    assert after != before
    corrected = project({"01_who": shows("who", 130)})
    steps.clear()
    with pytest.raises(ReleaseRefused, match="2017-Q2 is published"):
        run_report(corrected, progress=steps.append)
    assert [step.step for step in steps] == ["data", "warning", "notebook"]
    assert published_bytes(first.path) == after
    assert [line.outcome for line in list_register(root)] == ["published", "published"]
    assert check_published(root) == Checked(("2017-Q2",), ())

    # Rehearsing elsewhere has a register of its own.
    steps.clear()
    run_report(corrected, out=tmp_path / "rehearsal", progress=steps.append)
    assert "warning" not in [step.step for step in steps]
    (line,) = list_register(root, tmp_path / "rehearsal")
    assert line.told == Told(1, 0, 0)


WAITS = """
from hamm_eval.release.released import ReleasedQuantiles
def show_days(days):
    table = ReleasedQuantiles(
        id="waiting:days", definition_digest="0", policy="strict", rows=("x",), row_dimension="table",
        probability=0.5, unit="days", values=(days,), beside=(None,))
    facts = Facts(release=table.id, definition_digest="0", version=1)
    html = f"<p>{days}</p>"
    mark = record.enter(table, html, facts=facts, policy=Policy.strict().digest)
    display({"text/html": html, "text/plain": "days"}, raw=True, metadata=mark)
"""


def test_figures_that_are_no_counts_stay_as_they_were_published_too(project: Project) -> None:
    def waits(days: float) -> Path:
        return project({"01_who": notebook(OPEN, WAITS, f'show("who", 120)\nshow_days({days})', FINISH)})

    params = waits(45.0)
    root, link = params.parents[1], run_report(params).path
    (quarter,) = published_quarters(root / "reports")
    assert {line.told for line in list_register(root)} == {
        Told(quarter.tally.shown, quarter.tally.hidden_figures, quarter.tally.withheld_parts)
    }
    before = published_bytes(link)
    with pytest.raises(ReleaseRefused, match="waiting:days: 2017-Q2 is published, and figures") as refused:
        run_report(waits(50.0))
    assert "50" not in str(refused.value) and "--out" in str(refused.value)
    assert published_bytes(link) == before

    # An older version noted no figures: it is said what cannot be compared.
    path = register_path(root, root / "reports")
    older = sqlite3.connect(path)
    for table in ("curve", "curves_noted", "figures"):
        older.execute(f"DROP TABLE {table}")
    older.execute("PRAGMA user_version = 1")
    older.close()
    assert {line.told for line in list_register(root)} == {None}
    note, unproven = check_published(root).notes
    assert "2017-Q2" in note and "cannot be compared" in note
    assert "2017-Q2" in unproven and "the steps of curves" in unproven
    assert run_report(waits(50.0)).notes == (note,)
    assert check_published(root).notes == ()


def test_a_result_that_says_nothing_of_its_counts_is_not_published(project: Project) -> None:
    silent = OPEN.replace(", facts=facts", "")
    assert silent != OPEN
    params = project({"01_who": notebook(silent, 'show("who", 120)', FINISH)})
    with pytest.raises(ReleaseRefused, match=r"attrition/who.*does not say"):
        run_report(params)


TWICE = """
from hamm_eval.estimate import CountTable, Definition, Link
from hamm_eval.report.show import Show
from hamm_eval.report.wording import Wording
from hamm_eval.release.policy import Policy
import numpy as np
through = Show(Policy.strict(), Wording("de"), record)
def counts(key, rows, **other):
    through.table(CountTable(
        definition=Definition("participation_patterns", key), rows=("a", "b"), columns=("persons",),
        row_dimension="level", column_dimension="", counts=np.array(rows).reshape(-1, 1), **other))
"""
FIRST = 'counts("first", [102, 6], links=(Link(whole="begun", cells=((0, 0), (1, 0))),))'
SECOND = 'counts("second", [60, 48], whom="begun", total=108)'


def test_more_is_hidden_where_two_notebooks_together_would_tell(project: Project) -> None:
    params = project(
        {
            "01_who": shows("who", 120),
            "02_one": notebook(OPEN, TWICE, FIRST, FINISH),
            "03_two": notebook(OPEN, TWICE, SECOND, FINISH),
        }
    )
    published = run_report(params, out=params.parents[1] / "both")
    page = published.page.read_text(encoding="utf-8")
    results = (published.path / "results.json").read_text(encoding="utf-8")
    assert results.count('"linked": true') == 1
    assert ">verdeckt<" in page or "verdeckt" in page
    # Without the second notebook nothing has to go.
    alone = project({"01_who": shows("who", 120), "02_one": notebook(OPEN, TWICE, FIRST, FINISH)})
    published = run_report(alone, out=params.parents[1] / "one")
    assert '"linked": true' not in (published.path / "results.json").read_text(encoding="utf-8")


def intend(root: Path, out: Path, *publications: tuple[str, str]) -> None:
    """Runs that were killed after they had entered what they were about to publish."""
    with open_register(root, out) as register:
        for quarter, manifest in publications:
            register.intend(
                [told()], (), quarter=quarter, run_id="run", policy=Policy.strict(), manifest=manifest
            )


def outcomes(root: Path, out: Path) -> dict[str, Outcome | None]:
    with open_register(root, out) as register:
        return {each.quarter: each.outcome for each in register.publications()}


def test_a_killed_run_is_settled_by_what_the_folder_tells(tmp_path: Path) -> None:
    out = tmp_path / "reports"
    reached = publish_by_hand(out, "2017-Q1", "one")
    announce("never", out=out, quarter="2017-Q2")
    intend(tmp_path, out, ("2017-Q1", reached), ("2017-Q2", "never"), ("2017-Q3", "nobody knows"))
    assert outcomes(tmp_path, out) == {
        "2017-Q1": Outcome.PUBLISHED,
        "2017-Q2": Outcome.NOT_PUBLISHED,
        "2017-Q3": Outcome.IN_DOUBT,
    }
    with open_register(tmp_path, out) as register:
        assert set(register.published()) == {"2017-Q1", "2017-Q3"}


@pytest.mark.parametrize("gone", ["the folder", "the link", "the note", "all but an older copy"])
def test_what_was_published_is_not_forgotten_when_it_is_moved_away(tmp_path: Path, gone: str) -> None:
    out = tmp_path / "reports"
    publish({"manifest.json": b"older"}, out=out, quarter="2017-Q1")
    shutil.copytree(out, tmp_path / "copy", symlinks=True)
    # A run that is killed when readers have its report already.
    content = b'{"quarter": "2017-Q1"}'
    manifest = hashlib.sha256(content).hexdigest()
    announce(manifest, out=out, quarter="2017-Q1")
    intend(tmp_path, out, ("2017-Q1", manifest))
    publish({"manifest.json": content}, out=out, quarter="2017-Q1")
    if gone == "the link":
        (out / "2017-Q1").unlink()
    elif gone == "the note":
        (out / "2017-Q1").unlink()
        shutil.rmtree(out / ".published")
    else:
        out.rename(tmp_path / "elsewhere")
    if gone == "all but an older copy":
        (tmp_path / "copy").rename(out)
    assert outcomes(tmp_path, out) == {"2017-Q1": Outcome.IN_DOUBT}
    (tmp_path / "params").mkdir()
    (note,) = check_published(tmp_path, out).notes[1:]
    assert note.startswith("2017-Q1") and "counts as published" in note


def test_publishing_that_fails_is_noted_as_failed(tmp_path: Path) -> None:
    out = tmp_path / "reports"
    with (
        pytest.raises(OSError, match="disk"),
        open_register(tmp_path, out) as register,
        registered(
            register, [told()], (), out, quarter="2017-Q1", run_id="r", policy=Policy.strict(), manifest="m"
        ),
    ):
        raise OSError("disk")
    assert outcomes(tmp_path, out) == {"2017-Q1": Outcome.NOT_PUBLISHED}
    # The folder itself went, a disk that is no longer there: nobody knows.
    with (
        pytest.raises(OSError, match="disk"),
        open_register(tmp_path, out) as register,
        registered(
            register, [told()], (), out, quarter="2017-Q2", run_id="r", policy=Policy.strict(), manifest="m"
        ),
    ):
        out.rename(tmp_path / "gone")
        raise OSError("disk")
    assert outcomes(tmp_path, out)["2017-Q2"] is Outcome.IN_DOUBT


def killed_at(moment: int, root: Path, out: Path, files: dict[str, bytes]) -> bool:
    """Enter and publish in a process that kills itself at the n-th thing it does; False if it got through."""
    child = os.fork()
    if child == 0:
        try:
            with open_register(root, out) as register:
                seen = 0

                def die(event: str, arguments: tuple[object, ...]) -> None:
                    nonlocal seen
                    seen += event in EVENTS
                    if event in EVENTS and seen == moment:
                        os.kill(os.getpid(), signal.SIGKILL)

                sys.addaudithook(die)
                with registered(
                    register, [told()], (), out, quarter="2017-Q1", run_id="run", policy=Policy.strict(),
                    manifest=hashlib.sha256(files["manifest.json"]).hexdigest(),
                ):  # fmt: skip
                    publish(files, out=out, quarter="2017-Q1")
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_no_kill_at_any_moment_makes_the_register_forget_what_readers_had(tmp_path: Path) -> None:
    files = {"index.html": b"page", "manifest.json": b'{"quarter": "2017-Q1"}'}
    manifest = hashlib.sha256(files["manifest.json"]).hexdigest()
    moment, seen, done = 0, Counter[Outcome | None](), False
    while not done:
        moment += 1
        for moved in (False, True):
            root = tmp_path / f"{moment}-{moved}"
            root.mkdir()
            out = root / "reports"
            done = not killed_at(moment, root, out, files)
            visible = manifest_at(out, "2017-Q1") == manifest
            if moved and out.exists():
                out.rename(root / "elsewhere")
            outcome = outcomes(root, out).get("2017-Q1")
            if not moved:
                seen[outcome] += 1
                # Where the folder is as it was, it is nearly always known what became of it ...
                assert (outcome is Outcome.PUBLISHED) == visible
            # ... and whatever readers had is never taken as unpublished.
            assert outcome in (Outcome.PUBLISHED, Outcome.IN_DOUBT) or not visible
    # Only between a whole report and its link nobody knows.
    assert moment > 15
    assert seen[Outcome.NOT_PUBLISHED] > 5 > seen[Outcome.IN_DOUBT] > 0


def test_check_names_what_the_register_does_not_know_and_who_can_read_it(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    out = tmp_path / "reports"
    assert check_published(tmp_path) == Checked((), ())
    publish_by_hand(out, "2016-Q4", "before there was a register")
    found = check_published(tmp_path)
    assert (found.quarters, [problem.where for problem in found.problems]) == (("2016-Q4",), ["2016-Q4"])
    enter(tmp_path, out, "2017-Q1", told())
    register_path(tmp_path, out).chmod(0o644)
    found = check_published(tmp_path)
    assert found.quarters == ("2016-Q4", "2017-Q1")
    assert [problem.what for problem in found.problems] == [
        "Others can read the register.",
        "This quarter is published, and the register does not know it.",
    ]


def test_no_report_follows_one_that_the_register_does_not_know(project: Project) -> None:
    params = project({"01_who": shows("who", 120)})
    root, out = params.parents[1], params.parents[1] / "reports"
    publish_by_hand(out, "2017-Q1", "before there was a register, or it was lost")
    with pytest.raises(ReleaseRefused, match="2017-Q1"):
        run_report(params)
    assert not (out / "2017-Q2").exists()
    # Published anew it is known; a later quarter does not stand in the way of that.
    publish_by_hand(out, "2017-Q3", "later")
    enter(root, out, "2017-Q1", told(release="c:d"))
    assert run_report(params).page.exists()


def test_the_register_follows_a_project_that_is_moved(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert register_path(here, here / "reports").name == register_path(there, there / "reports").name
    assert (
        register_path(here, tmp_path / "a" / "out").name != register_path(here, tmp_path / "b" / "out").name
    )


def test_two_runs_prove_and_publish_one_after_the_other(tmp_path: Path) -> None:
    order: list[str] = []
    path = tmp_path / "one.sqlite"

    def second() -> None:
        with lock_register(path):
            order.append("second")

    other = threading.Thread(target=second)
    with lock_register(path):
        other.start()
        time.sleep(0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
    with (
        lock_register(path),
        pytest.raises(QuarterLocked, match="publishing"),
        lock_register(path, timeout=0),
    ):
        pass
