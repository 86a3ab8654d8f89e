"""Is the planted truth of a synthetic city recovered?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hamm_eval.analysis.definitions import define
from hamm_eval.cohort import TableAbsent
from hamm_eval.estimate import Curves, Effect, TruthComparison, TruthRow

QUESTION = "truth_check"


def read_truth(folder: Path | None) -> Mapping[str, Any]:
    """The planted truth beside a synthetic export.

    Raises
    ------
    TableAbsent
        There is none: real data have no known truth.
    """
    path = folder / "truth.json" if folder is not None else None
    if path is None or not path.is_file():
        raise TableAbsent("truth")
    content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def truth_check(truth: Mapping[str, Any], estimates: Sequence[Curves | Effect]) -> TruthComparison:
    """Recovered incidences and effects beside the planted ones.

    Parameters
    ----------
    truth : Mapping
        Content of truth.json.
    estimates : sequence of Curves or Effect
        Of the same city. Curves are compared at those horizons for which a truth is planted, for all persons
        or by household type, both conditional on being event-free at the curves' beginning; a group that was
        merged has no truth. An effect is compared with the truth of its measure, endpoint, landmark, horizon
        and estimand, by intention to treat.

    Returns
    -------
    TruthComparison
    """
    rows: list[TruthRow] = []
    for estimate in estimates:
        found = _of_curves(truth, estimate) if isinstance(estimate, Curves) else _of_effect(truth, estimate)
        rows += list(found)
    return TruthComparison(
        definition=define(QUESTION, "all", digest=truth.get("scenario_digest")),
        rows=tuple(rows),
    )


def _of_curves(truth: Mapping[str, Any], curves: Curves) -> Iterator[TruthRow]:
    """One row per group and horizon with a truth."""
    dimension = curves.dimension or "all"
    planted = {
        (row["level"], row["day"]): row
        for row in truth["incidence"]
        if row["endpoint"] == curves.endpoint and row["group"] == dimension
    }
    first_days = {
        row["level"]: row
        for row in truth["first_days"]
        if row["endpoint"] == curves.endpoint and row["group"] == dimension
    }
    for group, estimate in zip(curves.groups, curves.estimates, strict=True):
        start = int(group.start_at)
        early = first_days.get(group.level)
        if early is None or start >= len(early["goal"]):
            continue
        reached, left = early["goal"][start], early["departure"][start]
        for day in curves.horizons:
            row = planted.get((group.level, day))
            if row is None or day > estimate.time.max(initial=0):
                continue
            at = estimate.at([day])
            # The estimate is conditional on neither goal nor departure by `start`; so must the truth be.
            event_free = 1 - reached - left
            yield TruthRow(
                estimate=curves,
                level=group.level,
                days=day,
                value=float(at.incidence[0, 0]),
                std_error=float(at.std_error[0, 0]),
                truth=(float(row["goal"]) - reached) / event_free,
                truth_std_error=float(row["std_error"]) / event_free,
            )


def _of_effect(truth: Mapping[str, Any], effect: Effect) -> Iterator[TruthRow]:
    """The planted risk difference of the same question."""
    if effect.fit is None:
        return
    asked = {
        "measure": effect.measure,
        "endpoint": effect.endpoint,
        "landmark_days": effect.landmark_days,
        "horizon_days": effect.horizon_days,
        "estimand": effect.fit.estimand,
        # Who has not started by the landmark may start later, and departure competes: what the analysis
        # estimates, among the other strategies and effects whose truth is known.
        "adherence": "intention_to_treat",
        "effect": "total",
    }
    for row in truth["effects"]:
        if all(row[name] == value for name, value in asked.items()):
            yield TruthRow(
                estimate=effect,
                level="",
                days=effect.horizon_days,
                value=float(effect.fit.value),
                std_error=float(effect.fit.std_error),
                truth=float(row["risk_difference"]),
                truth_std_error=float(row["std_error"]),
            )
