"""docs/release-utility.md is what the script writes, and no attack on the policy strict succeeds."""

from __future__ import annotations

import measure_utility as utility
import pytest
from measure_utility import Figures


@pytest.fixture(scope="module")
def found() -> list[Figures]:
    return utility.measured()


def test_the_page_is_up_to_date(found: list[Figures]) -> None:
    assert utility.PAGE.read_text(encoding="utf-8") == utility.page(found), "make release-utility"


def test_attacks_work_without_the_policy_and_fail_with_it(found: list[Figures]) -> None:
    strict, opensafely, below_three = found
    assert (below_three.recovered, below_three.differenced) == (below_three.hidden, below_three.differences)
    assert below_three.days_read > 0.95 * below_three.event_days
    assert below_three.pinned == below_three.watched > 100
    assert opensafely.pinned > 0
    for figures in (strict.recovered, strict.narrowed, strict.differenced, strict.days_read, strict.pinned):
        assert figures == 0
    assert strict.hidden > 50


def test_the_policy_keeps_about_as_much_as_other_rules_that_round(found: list[Figures]) -> None:
    strict, opensafely, _ = found
    assert strict.cells_kept == opensafely.cells_kept
    assert strict.share_error <= opensafely.share_error
