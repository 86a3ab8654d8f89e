"""Refuse to compare from day 0 by what comes after it: who takes part later cannot have failed before."""

from __future__ import annotations

from collections.abc import Collection

from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.grouping import no_baseline
from hamm_eval.errors import Problem, UsageError
from hamm_eval.params import Params
from hamm_eval.params.groups import OUTCOME_NO_GROUP

_WHY = (
    "{name} begins after day 0: whoever ever has it had not reached the goal nor left before it began "
    "(immortal time), so that a comparison from day 0 misleads even where it changes nothing."
)
# Words for what happens later, and the table of spells that holds it.
_LATER = {
    "volunteer": "volunteer_support",
    "volunteer_support": "volunteer_support",
    "phase": "phases",
    "phases": "phases",
    "participation": "participations",
    "participations": "participations",
    "transitions": "transitions",
    "employment": "transitions",
    "employed": "transitions",
}


def refuse_later_exposures(names: Collection[str], params: Params, endpoint: str, where: str) -> None:
    """Refuse names of what comes after day 0: measures and other exposures, and outcomes.

    Parameters
    ----------
    names : collection of str
        Asked for, and no group of params.
    params : Params
    endpoint : str
    where : str
        Argument named in the error.

    Raises
    ------
    UsageError
        Why such a comparison misleads, and what to write instead.

    References
    ----------
    Suissa, S. (2008). Immortal time bias in pharmacoepidemiology. American J. of Epidemiology 167, 492-499.
    """
    problems = later_exposures(names, params, endpoint, where)
    if problems:
        raise UsageError.of(problems.values())


def later_exposures(names: Collection[str], params: Params, endpoint: str, where: str) -> dict[str, Problem]:
    """Those of the names that no persons are grouped by on day 0, each with why and what to write instead.

    Besides exposures and outcomes these are the columns that no group may be taken from, as ids.
    """
    asked = params.endpoints.get(endpoint)
    outcomes = {*params.endpoints, *(asked.competing if asked is not None else ())}
    found = {}
    for name in sorted(names):
        if name in params.measures or name in _LATER:
            found[name] = Problem(_WHY.format(name=name), where, _instead(name, params, endpoint))
        elif (refused := OUTCOME_NO_GROUP if name in outcomes else no_baseline(name)) is not None:
            kind = "covariate" if where in ("covariates", "formula") else "group"
            found[name] = Problem(f"There is no {kind} {name}. {refused[0]}", where, refused[1])
    return found


def _instead(name: str, params: Params, endpoint: str) -> str:
    """The two right ways, ready to copy."""
    if name in params.measures:
        asked = [
            key
            for key, question in params.measure_effectiveness.items()
            if question.measure == name and question.endpoint == endpoint
        ]
        landmark = (
            f'study.measure_effectiveness("{asked[0]}")'
            if asked
            else "ask for it in params (measure_effectiveness, with landmark_days)"
        )
        table, which = "participations", f', {{"measure_id": "{name}"}}'
    else:
        table = _LATER[name]
        landmark = "only those still at risk on a fixed day, by what had begun until then"
        kinds = {"employment", "employed"} & {name}
        which = ', {"kind": "employment"}' if kinds else ', value="phase"' if table == "phases" else ""
    assert table in BY_NAME
    return (
        f"Compare from a landmark on: {landmark}. Or let it count from the day on which it begins: "
        f'study.cox("{endpoint}", [...], time_varying={{"{name}": TimeVarying("{table}"{which})}}).'
    )
