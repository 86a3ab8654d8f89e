"""What a cell of a notebook prints of an object between data and estimate: never rows."""

from __future__ import annotations

import pandas as pd
import pytest
from analysis_params import cohort_of, params

from hamm_eval.analysis.design_matrix import design_matrix
from hamm_eval.cohort import landmark_trial
from hamm_eval.cohort.grouping import merge_small

SECRET = "secret-level"
ROWS = pd.DataFrame(
    {"person_id": SECRET, "kind": [SECRET] * 2 + ["c"] * 3, "entry": 0, "time": 98765, "cause": 0}
).assign(followed_until=98765)


def _no_level_small(values: pd.Series) -> pd.Series:
    return values.value_counts() < 0


@pytest.mark.parametrize(
    "found",
    [
        cohort_of(ROWS),
        landmark_trial(
            cohort_of(ROWS),
            pd.DataFrame({"person_id": [SECRET], "started_on": [pd.Timestamp("2016-01-05")]}),
            landmark_days=30,
            horizon_days=90,
        ),
        merge_small(ROWS["kind"], (), _no_level_small),
        design_matrix(ROWS, ["kind"], params().groups, _no_level_small),
    ],
    ids=lambda found: type(found).__name__,
)
def test_representations_hold_no_rows(found: object) -> None:
    for shown in (repr(found), str(found), f"{[found]}"):
        assert SECRET not in shown
        assert "98765" not in shown
        assert "internal, not released" in shown
