from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from linked import STRICT, facts, shown

from hamm_eval.errors import HammEvalError, ReleaseRefused
from hamm_eval.pipeline.registering import Before
from hamm_eval.release.facts import UNDEFINED, Count, Facts, Sum
from hamm_eval.release.figures import Figures
from hamm_eval.release.known_curves import KnownCount, KnownCurve
from hamm_eval.release.proof import find_recovered
from hamm_eval.release.register import Outcome, Register, check_series, refuse_changes, series_system

SUM = Sum(whole="all", parts=("x", "y"), slack=2)
ASKED = {"2017-Q1": STRICT, "2017-Q2": STRICT}


def made(x: int = 40, y: int = 3, **other: object) -> Facts:
    counts = [shown("x", x, STRICT), shown("y", y, STRICT, 1), shown("all", x + y, STRICT, 2)]
    return replace(facts(counts, [SUM]), **other)  # type: ignore[arg-type]


def figures(release: str = "a:b", digest: str = "1f") -> Figures:
    return Figures(release=release, digest=digest, shown=12, hidden=3, withheld=1)


CURVE = KnownCurve(
    name="|=all",
    events=((KnownCount(133.0, 0, 7), KnownCount(140.0, 8, 10, step=True)),),
    entered=(KnownCount(70.0, 97, 102),),
    censored=(KnownCount(70.0, 0, 0),),
    some=("|=some",),
)
FIGURES = (figures(), figures("c:d", ""))


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    before = os.umask(0)
    try:
        opened = Register(tmp_path / "out.sqlite")
    finally:
        os.umask(before)
    yield opened
    opened.close()


def enter(register: Register, *told: Facts, quarter: str = "2017-Q1") -> int:
    return register.intend(told, FIGURES, quarter=quarter, run_id="run", policy=STRICT, manifest="m")


def test_what_is_entered_comes_back(register: Register) -> None:
    drawn = Facts(release="c:d", definition_digest="1", version=2, curves=(CURVE,))
    number = enter(register, made(), drawn)
    (publication,) = register.publications()
    assert (publication.number, publication.outcome, publication.published) == (number, None, False)
    assert register.published() == {}
    assert register.facts(publication) == (
        made(),
        Facts(release="c:d", definition_digest="1", version=2, curves=(CURVE,)),
    )
    assert register.figures(publication) == FIGURES
    register.settle(number, Outcome.PUBLISHED)
    assert register.published()["2017-Q1"].run_id == "run"


def test_in_doubt_a_quarter_counts_as_published(register: Register) -> None:
    register.settle(enter(register, made()), Outcome.NOT_PUBLISHED)
    assert register.published() == {}
    register.settle(enter(register, made()), Outcome.IN_DOUBT)
    assert register.published()["2017-Q1"].outcome is Outcome.IN_DOUBT


def test_a_register_of_the_first_format_is_read_and_added_to(register: Register) -> None:
    register.settle(enter(register, made()), Outcome.PUBLISHED)
    register.close()
    older = sqlite3.connect(register.path)
    for table in ("curve", "curves_noted", "figures"):
        older.execute(f"DROP TABLE {table}")  # its triggers go with it
    older.execute("PRAGMA user_version = 1")
    older.close()

    again = Register(register.path)
    (publication,) = again.publications()
    assert again.facts(publication) == (made(),) and publication.published
    assert again.figures(publication) == () and not again.notes_curves(publication)
    newer = enter(again, made(), quarter="2017-Q2")
    assert again.figures(again.publications()[newer - 1]) == FIGURES
    assert again.notes_curves(again.publications()[newer - 1])
    with pytest.raises(sqlite3.IntegrityError, match="added to"):
        again._database.execute("DELETE FROM figures")
    again.close()
    # Without figures of then, counts alone can be compared.
    published = {"2017-Q1": (made(),)}
    refuse_changes([made()], [figures(digest="other")], "2017-Q1", published, before=())
    with pytest.raises(ReleaseRefused, match="its counts differ"):
        refuse_changes([made(45, 3)], [figures()], "2017-Q1", published, before=())


def test_a_register_of_the_second_format_is_told_of_by_its_curves(register: Register) -> None:
    register.settle(enter(register, made()), Outcome.PUBLISHED)
    register.close()
    older = sqlite3.connect(register.path)
    for table in ("curve", "curves_noted"):
        older.execute(f"DROP TABLE {table}")
    older.execute("PRAGMA user_version = 2")
    older.close()

    again = Register(register.path)
    before = Before.of(again)
    again.close()
    assert before.figures["2017-Q1"] == FIGURES and not before.uncompared("2017-Q1")
    (note,) = before.unproven("2017-Q2")
    assert note.startswith("2017-Q1") and "curves" in note and before.unproven("2017-Q1") == ()


def test_the_file_is_private_whatever_the_umask(register: Register) -> None:
    assert stat.S_IMODE(register.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "table", ["publication", "release", "cell", "sum", "outcome", "figures", "curve", "curves_noted"]
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
def test_it_can_only_be_added_to(register: Register, table: str, statement: str) -> None:
    register.settle(enter(register, made(curves=(CURVE,))), Outcome.PUBLISHED)
    other = sqlite3.connect(register.path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="added to"):
        other.execute(statement.format(table))
    # Without the triggers it works: they are what holds.
    other.execute("BEGIN")
    for verb in ("update", "delete"):
        other.execute(f"DROP TRIGGER {table}_{verb}")
    other.execute(statement.format(table))
    other.execute("ROLLBACK")
    other.close()


def test_an_entry_is_whole_or_not_there(register: Register) -> None:
    twice = [made(), made()]
    with pytest.raises(sqlite3.IntegrityError):
        enter(register, *twice)
    assert register.publications() == ()


def test_a_full_disk_is_named_and_leaves_nothing_half_entered(register: Register) -> None:
    enter(register, made())
    pages = register._database.execute("PRAGMA page_count").fetchone()[0]
    register._database.execute(f"PRAGMA max_page_count = {pages}")
    many = [replace(made(), release=f"a:{k}") for k in range(200)]
    with pytest.raises(HammEvalError, match="cannot be written to"):
        enter(register, *many)
    register._database.execute("PRAGMA max_page_count = 100000")
    assert len(register.publications()) == 1
    enter(register, *many)
    assert len(register.publications()) == 2


def test_an_outcome_is_noted_once(register: Register) -> None:
    number = enter(register, made())
    register.settle(number, Outcome.NOT_PUBLISHED)
    with pytest.raises(sqlite3.IntegrityError):
        register.settle(number, Outcome.PUBLISHED)


def test_what_is_no_register_is_named(tmp_path: Path) -> None:
    path = tmp_path / "out.sqlite"
    path.write_text("no database, but longer than a header of one would be " * 20)
    with pytest.raises(ReleaseRefused, match="cannot be read"):
        Register(path)
    newer = sqlite3.connect(tmp_path / "newer.sqlite")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ReleaseRefused, match="another version"):
        Register(tmp_path / "newer.sqlite")


def test_a_changed_definition_needs_a_new_version() -> None:
    published = {"2017-Q1": (made(),)}
    changed = made(definition_digest="other")
    with pytest.raises(ReleaseRefused, match=r"(?s)a:b.*2017-Q1.*redefined"):
        refuse_changes([changed], [], "2017-Q2", published)
    refuse_changes([replace(changed, version=2)], [], "2017-Q2", published)
    refuse_changes([replace(changed, release="a:new")], [], "2017-Q2", published)
    assert [p.where for p in check_series({**published, "2017-Q2": (changed,)}, ASKED)] == ["a:b"]


def test_a_section_that_was_left_out_has_no_definition_that_could_change() -> None:
    absent = Facts(release="a:b", definition_digest=UNDEFINED, version=1)
    refuse_changes([made()], [], "2017-Q2", {"2017-Q1": (absent,)})
    refuse_changes([absent], [], "2017-Q2", {"2017-Q1": (made(),)})


def test_a_published_quarter_keeps_its_numbers() -> None:
    published = {"2017-Q1": (made(),)}
    refuse_changes([made()], [], "2017-Q1", published)
    # What is shown alike is alike: 41 is 40, and 4 is hidden as 3 is.
    refuse_changes([made(41, 3)], [], "2017-Q1", published)
    # Where it stands is layout, and a result without counts may come or go.
    moved = replace(made(), counts=tuple(replace(c, places=(("elsewhere",),)) for c in made().counts))
    refuse_changes([moved, Facts(release="c:d", definition_digest="1", version=1)], [], "2017-Q1", published)
    for other in ([made(45, 3)], [made(40, 9)], [], [made(), made(release="a:more")]):
        with pytest.raises(ReleaseRefused, match="2017-Q1 is published") as refused:
            refuse_changes(other, [], "2017-Q1", published)
        assert "45" not in str(refused.value)
        assert "restatements" in str(refused.value) and "a:" in str(refused.value)
    refuse_changes([made(45, 3)], [], "2017-Q2", published)


def test_a_published_quarter_keeps_its_figures_too() -> None:
    published = {"2017-Q1": (made(),)}
    before = [figures(), figures("c:curve", "2"), figures("c:absent", "")]

    def publish_anew(*now: Figures, in_doubt: bool = False) -> None:
        refuse_changes([made()], now, "2017-Q1", published, before=before, in_doubt=in_doubt)

    publish_anew(*before)
    publish_anew(*reversed(before))
    for now, said in (
        (
            [figures(), figures("c:curve", "3")],
            "c:curve: 2017-Q1 is published, and figures other than counts",
        ),
        ([figures()], "c:curve: 2017-Q1 is published, and this result would be missing"),
        (
            [figures(), figures("c:curve", "")],
            "c:curve: 2017-Q1 is published, and this result would be missing",
        ),
        ([*before, figures("d:e", "4")], "d:e: 2017-Q1 is published, without this result"),
        ([figures(), figures("c:curve", "2"), figures("c:absent", "5")], "c:absent: .*without this result"),
    ):
        with pytest.raises(ReleaseRefused, match=said) as refused:
            publish_anew(*now)
        assert len(refused.value.problems) == 1
    with pytest.raises(ReleaseRefused, match="may have been published before and counts as published"):
        publish_anew(figures(), in_doubt=True)
    # Another quarter has figures of its own.
    refuse_changes([made()], [figures(digest="9")], "2017-Q2", published)


def test_what_is_said_alike_of_the_results_of_a_section_is_said_once() -> None:
    before = [figures(f"c:{key}", "1") for key in "xyz"] + [figures("d:x", "1"), figures("d:y", "1")]
    now = [figures(f"c:{key}", "2") for key in "xyz"] + [figures("d:x", "2")]
    with pytest.raises(ReleaseRefused) as refused:
        refuse_changes([made()], now, "2017-Q1", {"2017-Q1": (made(),)}, before=before)
    assert [(problem.where, "missing" in problem.what) for problem in refused.value.problems] == [
        ("c (3 results: x, y, z)", False),
        ("d:x", False),
        ("d:y", True),
    ]
    assert str(refused.value).count("A published quarter stays as it is") == 1


def test_each_quarter_is_proven_by_the_policy_that_it_was_published_by() -> None:
    """The weakest policy of a folder would let the betrayal of a stricter quarter pass."""
    weak = STRICT.model_copy(update={"feasible_values": 2})

    def growing(told: Facts) -> Facts:
        return replace(told, counts=tuple(replace(count, grows=True) for count in told.counts))

    # What is shown leaves the hidden part 1 to 5.
    x, y, whole = made().counts
    narrow = (replace(x, low=39, high=41), y, replace(whole, low=42, high=44))
    betrayed = replace(made(), release="c:d", counts=narrow, sums=(replace(SUM, slack=0),))
    series = {
        "2017-Q1": (growing(betrayed),),
        "2017-Q2": (growing(made(60, 5)),),
    }
    (problem,) = check_series(series, {"2017-Q1": STRICT, "2017-Q2": weak})
    assert problem.where == "c:d"
    assert check_series(series, {"2017-Q1": weak, "2017-Q2": weak}) == ()
    # Neither is a quarter held to what a later one asks for itself.
    assert check_series(series, {"2017-Q1": weak, "2017-Q2": STRICT}) == ()
    both = series_system(series, "2017-Q2", {"2017-Q1": weak})
    assert any(key.endswith("@2017-Q1") for key in both.counts)
    assert not find_recovered(both, STRICT)
    assert find_recovered(series_system(series, "2017-Q2"), STRICT)
    # Those who came in between, 1 to 5, are told by the later report: its policy protects them.
    then, now = (
        Count(key="x", low=low, high=high, value=40, grows=True) for low, high in ((40, 40), (41, 45))
    )
    came = {"2017-Q1": (facts([then]),), "2017-Q2": (facts([now]),)}
    assert len(check_series(came, {"2017-Q1": weak, "2017-Q2": STRICT})) == 1
    assert check_series(came, {"2017-Q1": STRICT, "2017-Q2": weak}) == ()


def test_a_series_is_proven_anew() -> None:
    safe = {"2017-Q1": (made(),), "2017-Q2": (made(50, 5),)}
    assert check_series(safe, ASKED) == ()
    # Someone published 43 and 40 to 42 beside the hidden part.
    betrayed = replace(
        made(),
        counts=(*made().counts[:2], replace(made().counts[2], low=43, high=43)),
        sums=(replace(SUM, slack=0),),
    )
    (problem,) = check_series({**safe, "2017-Q2": (betrayed,)}, ASKED)
    assert "recovered" in problem.what
    assert "2017-Q2" not in problem.what
