"""One notebook for the cohort and for a target group: two sections, two files, nothing of both in one."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from small_project import PARAMETERS, ROOT, assert_whole, make_project, notebook, published_bytes

from hamm_eval.errors import ParamsError, ReleaseRefused
from hamm_eval.params import load_params
from hamm_eval.pipeline import Progress, Published, run_report
from hamm_eval.pipeline.execute import RunParameters
from hamm_eval.pipeline.group_notebook import for_group, without_left_out
from hamm_eval.pipeline.inspect import inspect_notebooks
from hamm_eval.pipeline.plan import RunUnit, plan_run
from hamm_eval.pipeline.registering import register_path
from hamm_eval.release.facts import Facts
from hamm_eval.release.policy import policy_of
from hamm_eval.release.record import RunRecord
from hamm_eval.release.released import ReleasedAbsent

Project = Callable[..., Path]
OPEN = (
    "import hamm_eval\nstudy = hamm_eval.open_study(params_file, quarter=quarter, target_group=target_group)"
)
NAME = "01_who"
OF_GROUP = "01_who-tolerated"


def grouped(text: str, **tagged: str) -> str:
    """A notebook with the parameter of a group; cells whose source begins like this are of the cohort."""
    node = nbformat.reads(text, as_version=4)
    for cell in node.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += '\ntarget_group = ""'
        if any(cell.source.startswith(begin) for begin in tagged.values()):
            cell.metadata.tags = ["cohort"]
    return str(nbformat.writes(node))


INTRODUCED = "study.show.curves"
INTRODUCTION = "Wer fortzieht, zählt im Nenner."


def introduced(text: str) -> str:
    """The notebook with a heading and its introduction above the curves."""
    node = nbformat.reads(text, as_version=4)
    (at,) = (i for i, cell in enumerate(node.cells) if cell.source.startswith(INTRODUCED))
    heading = nbformat.v4.new_markdown_cell(f"## Wie schnell?\n\n{INTRODUCTION}", id="how-fast")
    node.cells.insert(at, heading)
    return str(nbformat.writes(node))


WHO = introduced(
    grouped(
        notebook(
            OPEN,
            'study.show.table(study.composition("residence_status"))',
            'study.show.table(study.attrition("language_b1"))',
            f'{INTRODUCED}(study.time_to_integration("language_b1"))',
            "study.finish()",
            prose={"lang-de": "# Wer gehört dazu?\n\nGezählt sind Personen.", "lang-en": "# Who belongs?"},
        ),
        status="study.show.table(study.composition",
    )
)


@pytest.fixture(scope="module")
def run(tiny_city: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Published, list[str]]:
    """A report of two sections from one notebook."""
    folder = tmp_path_factory.mktemp("groups")
    shutil.copytree(tiny_city, folder / "data")
    params = make_project(folder, {NAME: WHO}, run_for_groups={"tolerated": [NAME]})
    told: list[Progress] = []
    published = run_report(params, progress=told.append)
    return params, published, [step.name for step in told if step.step == "notebook"]


def test_each_has_a_section_and_a_file_of_its_own(run: tuple[Path, Published, list[str]]) -> None:
    _, published, executed = run

    assert sorted(executed) == [NAME, OF_GROUP]
    assert_whole(published.path)
    assert {f"{NAME}.ipynb", f"{OF_GROUP}.ipynb"} < set(published_bytes(published.path))
    page = published.page.read_text(encoding="utf-8")
    anchors = re.findall(r'\sid="([^"]*)"', page)
    assert len(set(anchors)) == len(anchors) and {f"{NAME}-1", f"{OF_GROUP}-1"} < set(anchors)
    group = "Geduldete (vollziehbar ausreisepflichtig)"
    assert f'<a href="#{OF_GROUP}-1">{group}: Wer gehört dazu?</a>' in page
    assert re.search(rf'<h2 id="{OF_GROUP}-1"><span class="he-whose">{re.escape(group)}:</span> Wer', page)
    assert f'<h2 id="{NAME}-1">Wer gehört dazu?</h2>' in page
    # The group's section is of the group, the cohort's of nobody else.
    cohort, tolerated = page.split(f'id="{OF_GROUP}-1">')[0], page.split(f'<h2 id="{OF_GROUP}-1">')[1]
    assert "Zielgruppe: Geduldete" in tolerated and "Zielgruppe: Geduldete" not in cohort


def test_an_introduction_stands_where_something_is_told(run: tuple[Path, Published, list[str]]) -> None:
    page = run[1].page.read_text(encoding="utf-8")
    cohort, tolerated = page.split(f'<h2 id="{NAME}-1">')[1].split(f'<h2 id="{OF_GROUP}-1">')
    nothing = "Hierzu lässt sich nichts zeigen; der Grund steht darunter."
    assert INTRODUCTION in cohort and nothing not in cohort
    # Of so few no curve is drawn; who is counted is told all the same.
    assert INTRODUCTION not in tolerated and tolerated.count(nothing) == 1
    assert "<h3>Wie schnell?</h3>" in tolerated and "Gezählt sind Personen." in tolerated


def test_the_notebook_of_a_group_says_whose_it_is(run: tuple[Path, Published, list[str]]) -> None:
    files = {name: nbformat.read(run[1].path / f"{name}.ipynb", as_version=4) for name in (NAME, OF_GROUP)}
    given = {name: [cell.source for cell in node.cells] for name, node in files.items()}
    assert f'{PARAMETERS}\ntarget_group = ""' in given[NAME]
    assert f'{PARAMETERS}\ntarget_group = "tolerated"' in given[OF_GROUP]
    # What is told of the cohort alone did not run.
    assert any("residence_status" in source for source in given[NAME])
    assert not any("residence_status" in source for source in given[OF_GROUP])
    assert {cell.cell_type for cell in files[OF_GROUP].cells} == {"markdown", "code"}


def test_counts_of_both_are_of_different_people_and_of_one_population(
    run: tuple[Path, Published, list[str]],
) -> None:
    params, published, _ = run
    results = json.loads((published.path / "results.json").read_text(encoding="utf-8"))["releases"]
    attrition = {each["notebook"]: each["id"] for each in results if "attrition" in each["id"]}
    assert attrition == {
        NAME: "cohort_and_data_quality:attrition/language_b1",
        OF_GROUP: "cohort_and_data_quality@tolerated:attrition/language_b1",
    }
    with sqlite3.connect(register_path(params.parents[1], published.path.parent)) as register:
        rows = register.execute("SELECT release, key, places FROM cell").fetchall()
    keys: dict[str, dict[int, str]] = {NAME: {}, OF_GROUP: {}}
    for name, release in attrition.items():
        for told, key, places in rows:
            for place in json.loads(places):
                if told == release and place[0] == "cells":
                    keys[name][place[1]] = key
    # Everyone recorded, all refugees: the same. From the window on each group has its own.
    same = [keys[NAME][row] == keys[OF_GROUP][row] for row in range(len(keys[NAME]))]
    assert same == [True, True] + [False] * (len(same) - 2) and len(same) > 5


def test_the_title_block_counts_the_cohort(run: tuple[Path, Published, list[str]]) -> None:
    page = run[1].page.read_text(encoding="utf-8")
    results = json.loads((run[1].path / "results.json").read_text(encoding="utf-8"))["releases"]
    (table,) = (
        each["release"] for each in results if each["id"] == "cohort_and_data_quality:attrition/language_b1"
    )
    number = table["cells"][table["rows"].index("status_at_origin")][0]["value"]
    (shown,) = re.findall(r"<dt>Personen[^<]*</dt><dd>([^<]*)</dd>", page)
    assert number and str(number) in shown


# --- planned ------------------------------------------------------------------------------------------------


def test_units_of_groups_come_after_those_of_the_cohort(project: Project) -> None:
    params = project(
        {"00_sum": notebook(OPEN), NAME: WHO, "02_time": grouped(notebook(OPEN))},
        run_for_groups={"eu_citizens": ["02_time"], "tolerated": ["02_time", NAME]},
    )
    units = plan_run(load_params(params), params, params.parents[1])
    names = ["00_sum", NAME, "02_time", "01_who-tolerated", "02_time-tolerated", "02_time-eu_citizens"]
    assert [unit.name for unit in units] == names
    assert units[0].after == tuple(names[1:])
    given = [RunParameters("2017-Q2", "params.yaml", "de").of(unit).get("target_group") for unit in units]
    assert given == [None, "", "", "tolerated", "tolerated", "eu_citizens"]


def test_everything_wrong_with_both_lists_is_told_at_once(project: Project) -> None:
    params = project(
        {"00_sum": WHO, NAME: WHO, "02_time": notebook(OPEN)},
        run=["01_who", "01_who"],
        run_for_groups={"tolerated": ["00_sum", NAME, NAME, "02_time", "09_absent"], "eu_citizens": []},
    )
    with pytest.raises(ParamsError) as refused:
        plan_run(load_params(params), params, params.parents[1])

    told = str(refused.value)
    assert "run[1]" in told and "run_for_groups.tolerated[1]" not in told
    for place in (
        "tolerated[0]",
        "tolerated[2]",
        "tolerated[3]: 02_time.ipynb",
        "tolerated[4]",
        "eu_citizens",
    ):
        assert f"run_for_groups.{place}" in told
    assert "not asked of target groups" in told and "glance is that of the cohort" in told


def test_a_group_that_params_do_not_name_is_refused_with_its_line(project: Project) -> None:
    params = project({NAME: WHO}, run_for_groups={"tolerate": [NAME]})
    with pytest.raises(ParamsError, match=r"yaml:\d+: run_for_groups.tolerate.*Did you mean tolerated"):
        load_params(params)


# --- guarded ------------------------------------------------------------------------------------------------


def test_a_cell_keeps_its_number_and_a_notebook_without_group_stays(tmp_path: Path) -> None:
    written = nbformat.reads(WHO, as_version=4)
    assert for_group(written, "") is written
    asked = for_group(written, "tolerated")
    assert [cell.id for cell in asked.cells] == [cell.id for cell in written.cells]
    nbformat.validate(asked)
    assert len(without_left_out(asked).cells) == len(written.cells) - 1
    assert without_left_out(written).cells == written.cells


@pytest.mark.parametrize("shown", ["who:all", "who@eu_citizens:all"])
def test_results_of_others_in_a_groups_section_end_the_run(tmp_path: Path, shown: str) -> None:
    def absent(name: str) -> Any:
        return ReleasedAbsent(id=name, definition_digest="0", policy="strict", lacking=("data",))

    params = load_params(ROOT / "params/2017-Q2.yaml")
    digest = policy_of(params.for_group("tolerated")).digest
    record = RunRecord(tmp_path, OF_GROUP)
    for name in (shown, "who@tolerated:all"):
        facts = Facts(release=name, definition_digest="0", version=1)
        record.enter(absent(name), "<p>-</p>", facts=facts, policy=digest)
    units = [RunUnit(NAME, tmp_path, (), "tolerated", takes_group=True)]
    with pytest.raises(ReleaseRefused) as refused:
        inspect_notebooks({OF_GROUP: nbformat.reads(WHO, as_version=4)}, record, params, units)
    told = str(refused.value)
    assert f"{OF_GROUP}, {shown}" in told and "no result of the target group tolerated" in told
    assert "who@tolerated:all" not in told
