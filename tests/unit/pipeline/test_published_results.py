"""Former quarters are compared with, and a run's own results read back, only where they are what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hamm_eval.errors import ReleaseRefused
from hamm_eval.params import load_params
from hamm_eval.pipeline.digest import digest_inputs
from hamm_eval.pipeline.plan import plan_run
from hamm_eval.pipeline.published import former_results, releases_in, results_of_same_run
from hamm_eval.release.json import to_json
from hamm_eval.release.released import QuarterlySummary
from hamm_eval.vocabulary import Quarter

ROOT = Path(__file__).parents[3]
PARAMS = ROOT / "params" / "2017-Q2.yaml"
SUMMARY = QuarterlySummary(
    id="quarterly_summary:summary", definition_digest="0", policy="strict", sources=("a:b",)
)


def publish(out: Path, quarter: str, run_id: str) -> bytes:
    folder = out / quarter
    folder.mkdir(parents=True)
    content = json.dumps({"run_id": run_id, "releases": [{"release": to_json(SUMMARY)}]}).encode()
    (folder / "results.json").write_bytes(content)
    return content


def test_the_former_quarter_is_the_one_before(tmp_path: Path) -> None:
    content = publish(tmp_path, "2016-Q4", "x")
    assert former_results(tmp_path, Quarter.parse("2017-Q1")) == content
    assert former_results(tmp_path, Quarter.parse("2017-Q2")) == b""
    assert releases_in(content) == (SUMMARY,)
    assert releases_in(b"") == ()


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"releases": [{}]}', b'{"releases": [{"release": {"kind": "?"}}]}']
)
def test_results_of_another_kind_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(ReleaseRefused):
        releases_in(content)


def test_results_are_a_runs_own_only_with_the_same_inputs(tmp_path: Path) -> None:
    params = load_params(PARAMS)
    inputs = digest_inputs(params, PARAMS, ROOT, plan_run(params, PARAMS, ROOT), "de")
    content = publish(tmp_path, "2017-Q2", inputs.run_id)
    assert results_of_same_run(tmp_path, params, PARAMS, ROOT, "de") == content
    assert results_of_same_run(tmp_path, params, PARAMS, ROOT, "en") == b""
    # A former quarter that was published since is another input: the cards would say something else.
    publish(tmp_path, "2017-Q1", "x")
    assert results_of_same_run(tmp_path, params, PARAMS, ROOT, "de") == b""
