"""What questions share is done once, and what failed is no answer."""

from __future__ import annotations

from typing import Any

import pytest

from hamm_eval.analysis import groundwork
from hamm_eval.analysis.groundwork import Groundwork
from hamm_eval.errors import NotEstimable


def test_a_cohort_is_built_once_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def build(case_file: Any, params: Any, endpoint: str) -> str:
        asked.append(endpoint)
        return f"cohort of {endpoint}"

    monkeypatch.setattr(groundwork, "build_cohort", build)
    ground = Groundwork("case file", "params")  # type: ignore[arg-type]
    assert [ground.cohort(endpoint) for endpoint in ("b1", "work", "b1")] == [
        "cohort of b1",
        "cohort of work",
        "cohort of b1",
    ]
    assert asked == ["b1", "work"]


def test_what_failed_is_tried_again() -> None:
    ground = Groundwork(None, None)  # type: ignore[arg-type]

    def fail() -> None:
        raise NotEstimable("Nothing there.")

    for _ in range(2):
        with pytest.raises(NotEstimable):
            ground.once("key", fail)
    assert ground.once("key", lambda: 1) == 1 == ground.once("key", lambda: 2)
