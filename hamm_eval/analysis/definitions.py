"""What was asked, as data: the part of params that a question's digest stands for.

Dates that move from quarter to quarter (data cut, end of the eligibility window) and frozen delays are no
part of a definition: the same question is asked again each quarter.
"""

from __future__ import annotations

from typing import Any

from hamm_eval.estimate import Definition
from hamm_eval.params import Params


def define(question: str, key: str, **details: Any) -> Definition:
    """A definition of one of this package's questions."""
    return Definition(question=question, key=key, details=details)


def cohort_details(params: Params) -> dict[str, Any]:
    """Who is evaluated."""
    return params.cohort.model_dump(mode="json", exclude={"label", "eligible_until"})


def endpoint_details(params: Params, endpoint: str) -> dict[str, Any]:
    """The endpoint asked for and who is evaluated."""
    asked = params.endpoints[endpoint].model_dump(mode="json", exclude={"label", "primary"})
    return {"endpoint": asked, "cohort": cohort_details(params)}


def group_details(params: Params, key: str) -> dict[str, Any]:
    """A grouping variable without its names."""
    return params.groups[key].model_dump(mode="json", exclude={"label", "levels"})
