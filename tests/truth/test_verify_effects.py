"""The table of synthetic cities in docs/verification.md: its figures, its rule, its place."""

from __future__ import annotations

import math

import numpy as np
import pytest
import verify_effects as verify
from verify_effects import Found, Summary

from hamm_eval.synthetic.marked import with_tables


def summary(cell: str, values, *, truth: float = 0.0, shown=None, error: float = 0.05, asked: int = 0):
    shown = [True] * len(values) if shown is None else shown
    found = tuple(
        Found(v, error, v - 1.96 * error, v + 1.96 * error, s) for v, s in zip(values, shown, strict=True)
    )
    return Summary(cell, "null", truth, asked or len(found), found)


def perfect(number: int) -> np.ndarray:
    """Estimates as far apart as a standard error of 0.05 says."""
    return 0.05 * np.random.default_rng(7).standard_normal(number)


def test_figures_of_a_cell():
    s = summary("landmark", [0.0, 0.2, -0.02, 0.06], shown=[True, False, True, True], asked=5)
    assert s.covered() == (3, 4)
    assert s.covered(shown=True) == (3, 3)
    assert s.claims() == pytest.approx(1 / 5)
    assert s.claims(shown=True) == 0
    assert s.withheld == pytest.approx(2 / 5)
    assert s.error_in_standard_errors == pytest.approx(0.06 / (np.std([0, 0.2, -0.02, 0.06], ddof=1) / 2))


def test_the_rule_lets_a_perfect_method_pass_and_names_others():
    assert list(verify.failures([summary("landmark", perfect(300))])) == []
    biased = list(verify.failures([summary("landmark", perfect(300) + 0.03)]))
    assert any("mean error" in line for line in biased)
    too_sure = list(verify.failures([summary("landmark", perfect(300), error=0.03)]))
    assert [line for line in too_sure if "covered" in line and "null" in line]


def test_a_design_that_selects_lucky_estimates_fails_among_the_shown():
    values = perfect(300)
    shown = (np.abs(values) > 0.09).tolist()
    assert any("(shown)" in line for line in verify.failures([summary("landmark", values, shown=shown)]))


def test_naive_analyses_are_shown_and_not_judged():
    wrong = summary("ever", perfect(300) - 0.3)
    ratio = summary("ever_hazard_ratio", perfect(300) + math.log(0.5))
    unknown = Summary("ever_hazard_ratio", "hamm", math.nan, 300, ratio.found)
    assert list(verify.failures([wrong, ratio, unknown])) == []
    assert verify.table([wrong, ratio, unknown]).count("\n") == 1
    lines = verify.naive_table([wrong, ratio, unknown]).splitlines()[2:]
    assert [line.split("|")[3].strip() for line in lines] == ["0.0", "1.00", "none planted"]
    assert [line.split("|")[4].strip() for line in lines[1:]] == ["0.50", "0.50"]
    assert lines[0].endswith("| 100 % |")


def test_a_cell_that_is_never_shown_still_has_its_row():
    s = summary("landmark", [0.0, 0.1], shown=[False, False])
    assert "| none shown | 100 % |" in verify.table([s])


def test_the_page_has_a_place_for_the_table_and_the_table_is_of_this_program():
    page = verify.PAGE.read_text(encoding="utf-8")
    assert "new table" in with_tables(page, {"effects": "new table"})
    place = page.split("<!-- effects: begin -->\n")[1].split("<!-- effects: end -->")[0]
    if "|" in place:
        assert verify.HEADS in place
        assert verify.NAIVE_HEADS in place
        assert place.startswith(f"{verify.REPLICATES} cities a scenario, seeds from {verify.SEED} on.")
        assert all(cell.name in place for cell in verify.CELLS.values())


@pytest.mark.slow
def test_a_city_answers_every_question():
    found = verify.replicate(("null", 0))
    assert set(found) == set(verify.CELLS)
    assert [cell for cell, answer in found.items() if answer is None] == []
    # The young learn faster and attend more: crude, that hides some of what immortal time does.
    assert found["ever_hazard_ratio"].upper < 0
    assert found["ever_hazard_ratio"].value < found["ever_hazard_ratio_crude"].value
