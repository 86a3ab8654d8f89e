"""Who gets into the mainstream systems, and how long does it take? Incidence of entry by system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.time_to_integration import (
    DAYS_PER_MONTH,
    LEAST_AT_RISK,
    incidence_of,
    start_of_curve,
)
from hamm_eval.cohort import Cohort
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import CurveGroup, Curves, SystemAccess
from hamm_eval.inference import IntArray, labels_to_codes
from hamm_eval.params import Params
from hamm_eval.release.policy import Policy, policy_of

QUESTION = "access_to_systems"
CAUSES = ("entry", "departure", "outgrown")
CLOSING = "closing"


def access_to_systems(cohorts: Mapping[str, Cohort], params: Params, key: str) -> SystemAccess:
    """Share of those who may enter a system that have done so by a day (Aalen-Johansen).

    Departure and outgrowing the system compete.

    Parameters
    ----------
    cohorts : Mapping of str to Cohort
        By system (`cohort.build_access`).
    params : Params
    key : str
        Key of `params.access_to_systems`.

    Returns
    -------
    SystemAccess
        Times in days since the system was open to a person. With late entry each curve is conditional on
        not having entered by the first day on which 30 persons are at risk of that system: 30 of those who
        grew into it and 30 of the others, where there are so many of both. In `curves` the closing of a
        case censors; in `while_open` it is a competing end besides: a lower bound.

    Raises
    ------
    NotEstimable
        Nobody is at risk of any of the systems.

    Notes
    -----
    Waiting times are quantiles of the incidence, over everybody at risk: half of them have entered by the
    median. The days that those took who have entered would be shorter than the truth twice over: who waits
    longest has not entered yet and would be missing, and who waited too long has left. A share that departure
    and outgrowing keep an incidence from ever reaching has no waiting time.

    Who grows into a system is under observation from day 0 on, who arrives at its age some weeks later, once
    there is a file: from day 0 on a curve would take the one for the other in its first weeks. So it begins
    where both are at risk.

    A case closes while the person stays in Hamm when goals are attained, contact is lost or eligibility ends;
    what happens afterwards is not on file. What is asked is who gets in, on file or not, so closing censors;
    as it may go with access, that is an assumption. The share documented while the case was open stands
    beside it, which needs none: whoever had entered by then has entered. What lies between the two is what
    the assumption adds. It is no bound from above: were all who closed to enter at once, more would have.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations. Scandinavian Journal of Statistics 5, 141-150.
    """
    asked = params.access_to_systems[key]
    policy = policy_of(params)
    found = {name: cohort for name, cohort in cohorts.items() if cohort.persons}
    if not found:
        raise NotEstimable("Nobody is at risk of entering a system.", where=f"access_to_systems.{key}")
    groups = tuple(_group(name, cohort, policy) for name, cohort in found.items())
    while_open = tuple(_closed(group, cohort) for group, cohort in zip(groups, found.values(), strict=True))
    definition = define(
        QUESTION,
        key,
        access=asked.model_dump(
            mode="json", exclude={"label": True, "systems": True, "reporting_delay_days": True}
        ),
        systems={
            name: system.model_dump(mode="json", exclude={"label"}) for name, system in asked.systems.items()
        },
        cohort=cohort_details(params),
    )

    def curves(groups: tuple[CurveGroup, ...], causes: tuple[str, ...]) -> Curves:
        return Curves(
            definition=definition,
            endpoint=key,
            dimension="system",
            groups=groups,
            causes=causes,
            estimates=tuple(incidence_of(group, len(causes)) for group in groups),
            horizons=tuple(round(months * DAYS_PER_MONTH) for months in asked.horizons_months),
            # Whom a system is open to by residence status tells that status (rule 3).
            sensitive=any(asked.systems[name].entitled_with for name in found),
            parts=False,
        )

    return SystemAccess(
        definition=definition,
        key=key,
        curves=curves(groups, CAUSES),
        while_open=curves(while_open, (*CAUSES, CLOSING)),
        prevalent=tuple(_prevalent(cohort) for cohort in found.values()),
    )


def _group(name: str, cohort: Cohort, policy: Policy) -> CurveGroup:
    """Who is at risk of one system."""
    entry, time = cohort.column("entry"), cohort.column("time")
    clusters, _ = labels_to_codes(cohort.episodes["household_id"].to_numpy(dtype=str), "household_id")
    return CurveGroup(
        level=name,
        entry=entry,
        time=time,
        cause=cohort.column("cause"),
        cluster=clusters,
        start_at=float(_start(entry, time, cohort.episodes["grew_in"].to_numpy(dtype=bool), policy)),
    )


def _start(entry: IntArray, time: IntArray, grew_in: NDArray[np.bool_], policy: Policy) -> int:
    """Day on which the curve begins: where both those who grew in and the others are at risk."""
    parts = [who for who in (grew_in, ~grew_in) if who.sum() >= LEAST_AT_RISK]
    return max(
        (start_of_curve(entry[who], time[who], policy) for who in parts),
        default=start_of_curve(entry, time, policy),
    )


def _closed(group: CurveGroup, cohort: Cohort) -> CurveGroup:
    """The same persons with the closing of the case as what ended their way."""
    closed = (cohort.episodes["ending"] == "closed").to_numpy()
    return replace(group, cause=np.where(closed, len(CAUSES) + 1, group.cause))


def _prevalent(cohort: Cohort) -> int:
    """Persons who had entered before observation began: those whom the last step left out."""
    left = dict(cohort.attrition)
    return left["under_observation"] - left["goal_open_at_entry"]
