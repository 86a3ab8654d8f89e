"""What the page and the manifest say about a run: who, when, from what, with which versions."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterable, Iterator

from hamm_eval.errors import ParamsError
from hamm_eval.params import Language, Params
from hamm_eval.pipeline.digest import Inputs
from hamm_eval.release.json import from_json
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.release.record import Entry
from hamm_eval.release.released import Cell, ReleasedCurves, ReleasedEffect, ReleasedTable
from hamm_eval.report.page import PageFacts

_LIBRARIES = (
    "hamm-eval",
    "numpy",
    "scipy",
    "pandas",
    "polars",
    "matplotlib",
    "papermill",
    "nbconvert",
)
_COHORT_STEPS = frozenset({"population", "eligible_in_window", "status_at_origin"})
_ATTRITION = "cohort_and_data_quality:attrition/"


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that shape the numbers and the page."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _LIBRARIES}


def _version(name: str) -> str:
    """Version of a library; a checkout on the path need not be installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def page_facts(params: Params, inputs: Inputs, entries: Iterable[Entry], language: Language) -> PageFacts:
    """What the title block and the appendices say.

    Raises
    ------
    ParamsError
        No notebook of the run shows how many persons the evaluation is about.
    """
    policy = policy_of(params)
    name = policy.name if policy == Policy.strict() else f"{policy.name} ({policy.digest})"
    # The page is about the cohort: a target group's persons and curves are told in its own sections.
    known = tuple(entry for entry in entries if not from_json(entry.release).group)
    persons = next(_persons(params, known), None)
    if persons is None:
        raise ParamsError(
            "No notebook of this run shows how many persons it is about.",
            where="run",
            todo="Add 01_cohort_and_data_quality.",
        )
    return PageFacts(
        params=params,
        persons=persons,
        language=language,
        run_id=inputs.run_id,
        digests=inputs.digests(),
        versions=versions(),
        policy=name,
        curves_begin=tuple(_curves_begin(known)),
    )


def _curves_begin(entries: Iterable[Entry]) -> Iterator[float]:
    """Days from which the curves that are shown are drawn."""
    for entry in entries:
        match from_json(entry.release):
            case ReleasedCurves(curves=curves):
                yield from (curve.time[0] for curve in curves if curve.time)


def _persons(params: Params, entries: tuple[Entry, ...]) -> Iterator[Cell]:
    """Released counts of the persons evaluated, the best first: it is never counted anew."""
    primary = [key for key, endpoint in params.endpoints.items() if endpoint.primary]
    known = {entry.id: entry for entry in entries if entry.kind in ("table", "curves", "effect")}
    wanted = [known.pop(name) for key in primary if (name := f"{_ATTRITION}{key}") in known]
    wanted += [entry for name, entry in known.items() if name.startswith(_ATTRITION)]
    wanted += [entry for entry in known.values() if entry.kind != "table"]
    for entry in wanted:
        match from_json(entry.release):
            case ReleasedTable(rows=rows, cells=cells):
                # Everyone in the cohort, not only those of an age to reach this one endpoint.
                steps = [at for at, step in enumerate(rows) if step in _COHORT_STEPS]
                yield cells[max(steps, default=-1)][0]
            case ReleasedCurves(dimension="", curves=curves):
                yield curves[0].persons
            case ReleasedEffect(flow=flow):
                yield flow.cells[0][0]
