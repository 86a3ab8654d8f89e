"""Before a published quarter runs once more: a warning where its inputs differ, never a refusal."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hamm_eval.cli.report import _print_progress
from hamm_eval.pipeline import Progress
from hamm_eval.pipeline.digest import Inputs, digest_bytes
from hamm_eval.pipeline.registering import open_register, registered
from hamm_eval.pipeline.rerun import warn_of_other_inputs
from hamm_eval.release.policy import Policy

QUARTER = "2017-Q2"
INPUTS = Inputs("data", "params", "package", "lock", "notebooks", "former", "de")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder in which the quarter is published, of these inputs."""
    out = tmp_path / "reports"
    manifest = json.dumps({"inputs": INPUTS.digests()}).encode()
    with (
        open_register(tmp_path, out) as register,
        registered(
            register, (), (), out, quarter=QUARTER, run_id=INPUTS.run_id, policy=Policy.strict(),
            manifest=digest_bytes(manifest),
        ),
    ):  # fmt: skip
        (out / QUARTER).mkdir(parents=True)
        (out / QUARTER / "manifest.json").write_bytes(manifest)
    return out


def warned(out: Path, inputs: Inputs, quarter: str = QUARTER) -> str:
    return warn_of_other_inputs(out.parent, out, quarter, inputs)


def test_equal_inputs_another_language_and_another_quarter_ask_for_no_word(out: Path) -> None:
    assert warned(out, INPUTS) == ""
    assert warned(out, replace(INPUTS, language="en")) == ""
    assert warned(out, replace(INPUTS, data="other"), "2017-Q3") == ""
    assert warned(out.parent / "elsewhere", replace(INPUTS, data="other")) == ""


def test_what_differs_is_named(out: Path) -> None:
    told = warned(out, replace(INPUTS, data="other", params="other"))
    assert (
        f"{QUARTER} is published already, from other inputs (the data, the params file). If a figure" in told
    )
    assert told.endswith("publish elsewhere with --out DIR.")
    assert "(the former quarter's report)" in warned(out, replace(INPUTS, former=""))
    assert "(the policy file)" in warned(out, replace(INPUTS, policy="new"))


@pytest.mark.parametrize("damage", ["moved", "altered"])
def test_where_the_folder_no_longer_tells_the_register_does(out: Path, damage: str) -> None:
    if damage == "moved":
        shutil.rmtree(out / QUARTER)
    else:
        (out / QUARTER / "manifest.json").write_text("{}")
    assert warned(out, INPUTS) == ""
    assert "from other inputs. If a figure differs" in warned(out, replace(INPUTS, data="other"))


def test_the_command_says_it_before_the_notebooks(capsys: pytest.CaptureFixture[str]) -> None:
    _print_progress(Progress("warning", "", 0, 3, 0.0, "2017-Q2 is published already."))
    assert capsys.readouterr().out == "2017-Q2 is published already.\n"
