from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import shows

from hamm_eval.errors import ParamsError
from hamm_eval.params import load_params
from hamm_eval.pipeline.digest import Inputs, check_source, digest_inputs
from hamm_eval.pipeline.plan import plan_run


def digests(params: Path, language: str = "de") -> Inputs:
    root = params.parents[1]
    loaded = load_params(params)
    return digest_inputs(loaded, params, root, plan_run(loaded, params, root), language)


def touch_data(root: Path) -> None:
    with (root / "data" / "personen.csv").open("ab") as file:
        file.write(b"\r\n")


def touch_params(root: Path) -> None:
    with (root / "params" / "2017-Q2.yaml").open("a") as file:
        file.write("# another line\n")


def touch_notebook(root: Path) -> None:
    with (root / "notebooks" / "01_who.ipynb").open("a") as file:
        file.write("\n")


def touch_lock(root: Path) -> None:
    (root / "requirements.lock").write_text("numpy==2.0\n")


@pytest.mark.parametrize(
    ("change", "part"),
    [(touch_data, "data"), (touch_params, "params"), (touch_notebook, "notebooks"), (touch_lock, "lock")],
)
def test_a_change_of_one_input_changes_its_digest_and_the_run_id(
    project: Callable[..., Path], change: Callable[[Path], None], part: str
) -> None:
    params = project({"01_who": shows("who", 1)})
    before = digests(params)
    assert digests(params) == before

    change(params.parents[1])

    after = digests(params)
    differing = {name for name, digest in after.digests().items() if before.digests()[name] != digest}
    assert differing == {part}
    assert after.run_id != before.run_id


def test_another_language_is_another_run(project: Callable[..., Path]) -> None:
    params = project({"01_who": shows("who", 1)})

    assert digests(params).run_id != digests(params, "en").run_id
    assert digests(params).digests() == digests(params, "en").digests()


def test_a_missing_folder_is_told_as_params_name_it_with_the_line(project: Callable[..., Path]) -> None:
    params = project({"01_who": shows("who", 120)}, source={"folder": "../exports/2017-Q2"})
    lines = params.read_text(encoding="utf-8").splitlines()
    line = next(i for i, text in enumerate(lines, 1) if "../exports/2017-Q2" in text)

    with pytest.raises(ParamsError) as raised:
        check_source(load_params(params), params, params.parents[1])

    (problem,) = raised.value.problems
    assert problem.where == f"{params}:{line}: source.folder"
    assert "../exports/2017-Q2" in problem.what


def test_a_policy_file_is_an_input(project: Callable[..., Path]) -> None:
    params = project({"01_who": shows("who", 120)}, release={"policy_file": "policy.yaml"})
    file = params.parents[1] / "policy.yaml"
    found = set()
    for persons in (40, 41):
        file.write_text(
            f"profile: strict\nreason: Decided on 1 June 2017.\nnumbers: {{curve_persons: {persons}}}\n"
        )
        found.add(digests(params).run_id)
    assert len(found) == 2
