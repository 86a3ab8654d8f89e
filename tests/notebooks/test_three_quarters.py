"""The project's own notebooks, quarter after quarter: each report is proven against those before it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_project import ROOT, published_bytes

from hamm_eval.pipeline import run_report
from hamm_eval.pipeline.registering import check_published, open_register

QUARTERS = {"2017-Q2": "2017-06-30", "2017-Q3": "2017-09-30", "2017-Q4": "2017-12-31"}


@pytest.mark.slow
def test_a_series_of_reports_tells_no_hidden_count(tmp_path: Path) -> None:
    for part in ("params", "notebooks", "synthetic_data"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "requirements.lock").write_bytes((ROOT / "requirements.lock").read_bytes())
    written = (ROOT / "params" / "2017-Q2.yaml").read_text(encoding="utf-8")
    for quarter, cut in QUARTERS.items():
        params = tmp_path / "params" / f"{quarter}.yaml"
        params.write_text(written.replace("2017-Q2", quarter).replace("2017-06-30", cut), encoding="utf-8")
        run_report(params)
    checked = check_published(tmp_path)
    assert (checked.quarters, checked.problems, checked.notes) == (tuple(QUARTERS), (), ())
    with open_register(tmp_path, tmp_path / "reports") as register:
        steps = {
            quarter: sum(
                len(curve.steps(cause))
                for facts in register.facts(published)
                for curve in facts.curves
                for cause in range(len(curve.events))
            )
            for quarter, published in register.published().items()
        }
    # Steps that are left out are few: most of each curve stays as it would be alone.
    assert min(steps.values()) > 0.8 * max(steps.values())

    # A published quarter can be published again, after later ones too: its steps are chosen as they were.
    link = tmp_path / "reports" / "2017-Q3"
    before = published_bytes(link)
    run_report(tmp_path / "params" / "2017-Q3.yaml")
    assert published_bytes(link) == before
