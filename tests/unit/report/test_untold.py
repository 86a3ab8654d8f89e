"""Which releases leave their question without an answer."""

from __future__ import annotations

import dataclasses

import report_samples as samples

from hamm_eval.release.released import Cell, ReleasedCurves, ReleasedTable
from hamm_eval.report.untold import tells_nothing

RELEASES = samples.every_release()
UNTOLD = {
    "withheld_curves",
    "refused_model",
    "side_by_side_refused",
    "withheld_states",
    "withheld_goals",
    "withheld_attainment_model",
    "withheld_worker_share",
    "withheld_arrivals",
    "withheld_funnel",
    "caseload_model_withheld",
}


def test_of_all_forms_only_what_withholds_everything_is_untold() -> None:
    assert {name for name, release in RELEASES.items() if tells_nothing(release)} == UNTOLD


def test_a_curve_that_is_drawn_is_an_answer_beside_one_that_is_not() -> None:
    curves = RELEASES["grouped"]
    assert isinstance(curves, ReleasedCurves)
    kept_back = dataclasses.replace(curves.curves[0], withheld="group_too_small")
    some = dataclasses.replace(curves, curves=(kept_back, *curves.curves[1:]))
    none = dataclasses.replace(curves, curves=(kept_back,) * len(curves.curves))
    assert (tells_nothing(some), tells_nothing(none)) == (False, True)


def test_hidden_counts_are_an_answer() -> None:
    table = RELEASES["table"]
    assert isinstance(table, ReleasedTable)
    hidden = dataclasses.replace(
        table, cells=((Cell(value=None),),), rows=("x",), total=None, column_totals=(None,)
    )
    assert not tells_nothing(hidden)


def test_a_withheld_effect_tells_whom_it_compares() -> None:
    withheld = [release for name, release in RELEASES.items() if "effect" in name and "withheld" in name]
    assert withheld
    assert not any(map(tells_nothing, withheld))
