"""docs/verification.md shows what the effect engine finds on public data now, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import verify_public
from public_table import Group, Number, Row, table

from hamm_eval.synthetic.marked import with_tables

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def page():
    return verify_public.PAGE.read_text(encoding="utf-8")


def test_the_page_shows_what_is_found_now(page, data):
    assert with_tables(page, {"public": verify_public.content(data)}) == page


def test_each_estimator_finds_the_figure_that_it_is_held_against(data):
    rows = [row for group in verify_public.groups(data) for row in group.rows]
    assert len(rows) >= 15
    assert [row.estimator for row in rows if not abs(row.found.value - row.of) <= row.within] == []


def test_naive_analyses_go_wrong_where_the_page_says_so(data):
    found = {group.title.split(",")[0]: group for group in verify_public.groups(data)}
    benchmark = verify_public.published("lalonde", "experimental_dw445", "unadjusted/effect")
    training = found["LaLonde"]
    assert training.naively.value < 0
    assert training.naively.upper < benchmark
    assert all(row.found.lower < benchmark < row.found.upper for row in training.rows)
    # In all: withheld, with three reasons; in the trained: not without a warning.
    designs = {row.estimator: row.design for row in training.rows}
    assert designs["AIPW, ATE"].startswith("**withheld**")
    assert designs["AIPW, ATE"].count("limit") == 3
    assert designs["AIPW, ATT"].startswith("shown with a warning")
    hearts = found["Stanford"]
    assert hearts.naively.excludes_none
    assert [row.estimator for row in hearts.rows if row.found.excludes_none] == []


def test_tests_named_on_the_page_exist(page):
    named = re.findall(r"\]\(\.\./tests/reference/(test_\w+\.py)\): ([\w ]+) \|", page)
    assert len(named) >= 15
    for file, words in set(named):
        name = "test_" + words.replace(" ", "_")
        assert f"def {name}(" in (HERE / file).read_text(encoding="utf-8"), (file, name)


def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", page)
    assert len(links) >= 3
    assert [link for link in links if not (verify_public.PAGE.parent / link).exists()] == []


def test_a_figure_is_written_with_its_sign_and_unit():
    assert str(Number(-635.03, -1959.27, 689.21, "{:,.0f}")) == "−635 (−1,959 to 689)"
    assert str(Number(0.188, -3.7, 4.1, "{:+.1f}", " points")) == "+0.2 points (−3.7 to +4.1)"
    assert str(Number(-0.04, form="{:+.1f}")) == "0.0"


@pytest.mark.parametrize(
    ("limits", "none", "claim"),
    [((0.2, 0.9), 1.0, "claims an effect"), ((0.2, 1.1), 1.0, "sees no effect"), ((0.2, 0.9), 0.0, "claims")],
)
def test_a_naive_answer_claims_what_its_interval_excludes(limits, none, claim):
    row = Row("sound", "1.00", Number(1.0), "shown", "test_effects_a.py::test_b_c", 1.0, 0.1, ", more")
    first, last = table(Group("Which?", "naive", Number(0.5, *limits, none=none), (row,))).splitlines()[-2:]
    assert f"*{claim}" in first
    link = "[a](../tests/reference/test_effects_a.py)"
    assert last == f"| sound | 1.00 | 1.00, more | shown | {link}: b c |"
