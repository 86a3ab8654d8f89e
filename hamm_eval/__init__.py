"""Evaluate a city's integration management.

    import hamm_eval
    study = hamm_eval.open_study("params/2017-Q2.yaml")

Names are imported when first used, so that ``import hamm_eval`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hamm_eval import effects, ratings, survival
    from hamm_eval.casefile import CaseFile, check_export, read_case_file
    from hamm_eval.cohort import Caseload, Cohort, TimeVarying, build_cohort, split_at, split_by_spells
    from hamm_eval.errors import HammEvalError
    from hamm_eval.params import Params, load_params
    from hamm_eval.release.policy import Policy
    from hamm_eval.study import Study, open_study
    from hamm_eval.synthetic.export import write_city
    from hamm_eval.vocabulary import Quarter

_HOMES = {
    "CaseFile": "hamm_eval.casefile",
    "Caseload": "hamm_eval.cohort",
    "Cohort": "hamm_eval.cohort",
    "HammEvalError": "hamm_eval.errors",
    "Params": "hamm_eval.params",
    "Policy": "hamm_eval.release.policy",
    "Quarter": "hamm_eval.vocabulary",
    "Study": "hamm_eval.study",
    "TimeVarying": "hamm_eval.cohort",
    "build_cohort": "hamm_eval.cohort",
    "check_export": "hamm_eval.casefile",
    "load_params": "hamm_eval.params",
    "open_study": "hamm_eval.study",
    "read_case_file": "hamm_eval.casefile",
    "split_at": "hamm_eval.cohort",
    "split_by_spells": "hamm_eval.cohort",
    "write_city": "hamm_eval.synthetic.export",
}
_ROOMS = ("effects", "ratings", "survival")

__all__ = [
    "CaseFile",
    "Caseload",
    "Cohort",
    "HammEvalError",
    "Params",
    "Policy",
    "Quarter",
    "Study",
    "TimeVarying",
    "build_cohort",
    "check_export",
    "effects",
    "load_params",
    "open_study",
    "ratings",
    "read_case_file",
    "split_at",
    "split_by_spells",
    "survival",
    "write_city",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    if name in _ROOMS:
        return import_module(f"hamm_eval.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names for tab completion."""
    return sorted(__all__)
