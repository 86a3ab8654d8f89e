"""A run whose results are not for passing on, under a policy file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from small_project import notebook

from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.pipeline import run_report

SHOWS = """
import hamm_eval
study = hamm_eval.open_study(params_file, quarter=quarter, language=language)
study.show.table(study.attrition("language_b1"))
"""
POLICY = {
    "profile": "internal",
    "reason": "Decided by the data protection officer on 1 June 2017.",
    "numbers": {"curve_persons": 30},
}


def test_everything_that_is_published_says_so_and_names_the_policy_file(project: Callable[..., Path]) -> None:
    release = {"policy": "internal", "policy_file": "policy.yaml"}
    params = project({"01_who": notebook(SHOWS, "study.finish()")}, release=release)
    file = params.parents[1] / "policy.yaml"
    file.write_text(yaml.safe_dump(POLICY), encoding="utf-8")

    published = run_report(params)

    page = published.page.read_text(encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert '<div class="banner internal"' in page
    assert "Nicht zur Weitergabe bestimmt." in page
    assert 'class="he-synthetic">Intern, nicht zur Weitergabe bestimmt' in page
    assert "Einzelpersonen sind nicht erkennbar" not in page
    assert digest in page
    manifest = json.loads((published.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["policy"]["name"] == "internal"
    assert manifest["policy"]["file"] == manifest["inputs"]["policy"] == digest
    assert manifest["policy"]["digest"] in page
    book = json.loads((published.path / "01_who.ipynb").read_text(encoding="utf-8"))
    first = "".join(book["cells"][0]["source"])
    assert "Nicht zur Weitergabe" in first and "Not for passing on" in first
    (shown,) = json.loads((published.path / "results.json").read_text(encoding="utf-8"))["releases"]
    assert shown["release"]["policy"] == "internal"


OTHER = """
import hamm_eval
study = hamm_eval.open_study("params/other.yaml", quarter=quarter, language=language)
study.show.table(study.attrition("language_b1"))
"""


def test_a_notebook_that_opens_looser_params_of_the_same_profile_is_noticed(
    project: Callable[..., Path],
) -> None:
    """The profile's name is the same; its numbers are not."""
    params = project({"01_who": notebook(OTHER, "study.finish()")})
    root = params.parents[1]
    (root / "looser.yaml").write_text(
        yaml.safe_dump({**POLICY, "profile": "strict", "numbers": {"smallest_denominator": 10}}),
        encoding="utf-8",
    )
    other = yaml.safe_load(params.read_text(encoding="utf-8"))
    other["release"] = {"policy_file": "looser.yaml"}
    (root / "params" / "other.yaml").write_text(yaml.safe_dump(other), encoding="utf-8")

    with pytest.raises(ReleaseRefused, match=r"01_who, .*another policy than params ask for"):
        run_report(params)


def test_a_folder_has_one_profile(project: Callable[..., Path]) -> None:
    notebooks = {"01_who": notebook(SHOWS, "study.finish()")}
    run_report(project(notebooks))
    internal = project(notebooks, release={"policy": "internal"})
    with pytest.raises(UsageError, match="under another profile of the release policy: 2017-Q2"):
        run_report(internal)
    assert run_report(internal, out=internal.parents[1] / "elsewhere").page.exists()
