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
from hamm_eval.release.facts import UNDEFINED, Facts, Sum
from hamm_eval.release.register import Register, check_series, refuse_changes

SUM = Sum(whole="all", parts=("x", "y"), slack=2)


def made(x: int = 40, y: int = 3, **other: object) -> Facts:
    counts = [shown("x", x, STRICT), shown("y", y, STRICT, 1), shown("all", x + y, STRICT, 2)]
    return replace(facts(counts, [SUM]), **other)  # type: ignore[arg-type]


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
    return register.intend(told, quarter=quarter, run_id="run", policy=STRICT, manifest="m")


def test_what_is_entered_comes_back(register: Register) -> None:
    number = enter(register, made(), Facts(release="c:d", definition_digest="1", version=2))
    (publication,) = register.publications()
    assert (publication.number, publication.published) == (number, None)
    assert register.published() == {}
    assert register.facts(publication) == (
        made(),
        Facts(release="c:d", definition_digest="1", version=2),
    )
    register.settle(number, published=True)
    assert register.published()["2017-Q1"].run_id == "run"


def test_the_file_is_private_whatever_the_umask(register: Register) -> None:
    assert stat.S_IMODE(register.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("table", ["publication", "release", "cell", "sum", "outcome"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
def test_it_can_only_be_added_to(register: Register, table: str, statement: str) -> None:
    register.settle(enter(register, made()), published=True)
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
    register.settle(number, published=False)
    with pytest.raises(sqlite3.IntegrityError):
        register.settle(number, published=True)


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
        refuse_changes([changed], "2017-Q2", published)
    refuse_changes([replace(changed, version=2)], "2017-Q2", published)
    refuse_changes([replace(changed, release="a:new")], "2017-Q2", published)
    assert [p.where for p in check_series({**published, "2017-Q2": (changed,)}, STRICT)] == ["a:b"]


def test_a_section_that_was_left_out_has_no_definition_that_could_change() -> None:
    absent = Facts(release="a:b", definition_digest=UNDEFINED, version=1)
    refuse_changes([made()], "2017-Q2", {"2017-Q1": (absent,)})
    refuse_changes([absent], "2017-Q2", {"2017-Q1": (made(),)})


def test_a_published_quarter_keeps_its_numbers() -> None:
    published = {"2017-Q1": (made(),)}
    refuse_changes([made()], "2017-Q1", published)
    # What is shown alike is alike: 41 is 40, and 4 is hidden as 3 is.
    refuse_changes([made(41, 3)], "2017-Q1", published)
    # Where it stands is layout, and a result without counts may come or go.
    moved = replace(made(), counts=tuple(replace(c, places=(("elsewhere",),)) for c in made().counts))
    refuse_changes([moved, Facts(release="c:d", definition_digest="1", version=1)], "2017-Q1", published)
    for other in ([made(45, 3)], [made(40, 9)], [], [made(), made(release="a:more")]):
        with pytest.raises(ReleaseRefused, match="2017-Q1 is published") as refused:
            refuse_changes(other, "2017-Q1", published)
        assert "45" not in str(refused.value)
    refuse_changes([made(45, 3)], "2017-Q2", published)


def test_a_series_is_proven_anew() -> None:
    safe = {"2017-Q1": (made(),), "2017-Q2": (made(50, 5),)}
    assert check_series(safe, STRICT) == ()
    # Someone published 43 and 40 to 42 beside the hidden part.
    betrayed = replace(
        made(),
        counts=(*made().counts[:2], replace(made().counts[2], low=43, high=43)),
        sums=(replace(SUM, slack=0),),
    )
    (problem,) = check_series({**safe, "2017-Q2": (betrayed,)}, STRICT)
    assert "recovered" in problem.what
    assert "2017-Q2" not in problem.what
