from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import FINISH, OPEN, notebook, shows

from hamm_eval.errors import ParamsError
from hamm_eval.params import load_params
from hamm_eval.pipeline.plan import RunUnit, plan_run

Project = Callable[..., Path]


def plan(params: Path) -> tuple[RunUnit, ...]:
    return plan_run(load_params(params), params, params.parents[1])


def test_units_are_independent_but_for_the_summary(project: Project) -> None:
    names = ("00_sum", "01_who", "02_time")
    params = project({name: notebook(OPEN, FINISH) for name in names}, run=["02_time", "00_sum", "01_who"])

    units = plan(params)

    assert [unit.notebook for unit in units] == list(names)
    assert [unit.after for unit in units] == [("01_who", "02_time"), (), ()]


def test_everything_wrong_with_the_list_is_told_at_once(project: Project) -> None:
    untagged = shows("time", 1).replace('"parameters"', '"other"')
    more = notebook(OPEN).replace("quarter = ", "import os\\nquarter = ")
    params = project(
        {"01_who": shows("who", 1), "02_time": untagged, "03_goals": more, "05_x": "{"},
        run=["01_who", "01_who", "../01_who", "02_time", "03_goals", "04_absent", "05_x"],
    )

    with pytest.raises(ParamsError) as refused:
        plan(params)

    told = str(refused.value)
    for place in range(1, 7):
        assert f"run[{place}]" in told
    assert "run[0]" not in told


def test_an_empty_list_is_refused(project: Project) -> None:
    with pytest.raises(ParamsError, match="No notebook"):
        plan(project({"01_who": shows("who", 1)}, run=[]))


def test_a_notebook_that_is_not_there_is_answered_with_the_nearest_that_is(project: Project) -> None:
    there = {"01_who": shows("who", 1), "02_time_to_integration": shows("time", 1)}
    params = project(there, run=["01_who", "02_time_to_integratoin", "02_time", "99_zzz"])

    with pytest.raises(ParamsError) as refused:
        plan(params)

    told = [problem.todo for problem in refused.value.problems]
    assert [text.endswith("Did you mean 02_time_to_integration?") for text in told] == [True, True, False]
    assert told[2].endswith("There are: 01_who, 02_time_to_integration.")
