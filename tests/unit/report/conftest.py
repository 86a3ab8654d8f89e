"""Shared pieces of the report's tests."""

from __future__ import annotations

import pytest
import report_samples as samples

from hamm_eval.release.released import Cell
from hamm_eval.report.page import PageFacts
from hamm_eval.report.wording import Wording


@pytest.fixture(params=["de", "en"])
def wording(request: pytest.FixtureRequest) -> Wording:
    """Both languages, with the names of the committed params."""
    return Wording(request.param, samples.params())


@pytest.fixture(scope="session")
def german() -> Wording:
    """German with the names of the committed params."""
    return Wording("de", samples.params())


@pytest.fixture
def facts() -> PageFacts:
    """A title block."""
    return PageFacts(
        params=samples.params(),
        persons=Cell(value=1415),
        language="de",
        run_id="0f1e2d3c4b5a6978",
        digests={"data": "a" * 64, "params": "b" * 64},
        versions={"numpy": "2.3.1"},
        policy="strict",
        curves_begin=(0.0, 14.0, 35.0),
    )
