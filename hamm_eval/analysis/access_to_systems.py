"""Who gets into the mainstream systems, and how long does it take? Incidence of entry by system."""

from __future__ import annotations

from collections.abc import Mapping

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.time_to_integration import DAYS_PER_MONTH, incidence_of, start_of_curve
from hamm_eval.cohort import Cohort
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import CurveGroup, Curves, SystemAccess
from hamm_eval.inference import labels_to_codes
from hamm_eval.params import Params
from hamm_eval.release.policy import policy_of

QUESTION = "access_to_systems"
CAUSES = ("entry", "departure")


def access_to_systems(cohorts: Mapping[str, Cohort], params: Params, key: str) -> SystemAccess:
    """Share of those who may enter a system that have done so by a day (Aalen-Johansen), departure competing.

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
        not having entered by the first day on which 30 persons are at risk of that system.

    Raises
    ------
    NotEstimable
        Nobody is at risk of any of the systems.

    Notes
    -----
    Waiting times are quantiles of the incidence, over everybody at risk: half of them have entered by the
    median. The days that those took who have entered would be shorter than the truth twice over: who waits
    longest has not entered yet and would be missing, and who waited too long has left. A share that departure
    and closing keep an incidence from ever reaching has no waiting time.

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
    groups = []
    for name, cohort in found.items():
        entry, time = cohort.column("entry"), cohort.column("time")
        clusters, _ = labels_to_codes(cohort.episodes["household_id"].to_numpy(dtype=str), "household_id")
        groups.append(
            CurveGroup(
                level=name,
                entry=entry,
                time=time,
                cause=cohort.column("cause"),
                cluster=clusters,
                start_at=float(start_of_curve(entry, time, policy)),
            )
        )
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
    curves = Curves(
        definition=definition,
        endpoint=key,
        dimension="system",
        groups=tuple(groups),
        causes=CAUSES,
        estimates=tuple(incidence_of(group, len(CAUSES)) for group in groups),
        horizons=tuple(round(months * DAYS_PER_MONTH) for months in asked.horizons_months),
        # Whom a system is open to by residence status tells that status (rule 3).
        sensitive=any(asked.systems[name].entitled_with for name in found),
        parts=False,
    )
    return SystemAccess(
        definition=definition,
        key=key,
        curves=curves,
        prevalent=tuple(_prevalent(cohort) for cohort in found.values()),
    )


def _prevalent(cohort: Cohort) -> int:
    """Persons who had entered before observation began: those whom the last step left out."""
    left = dict(cohort.attrition)
    return left["under_observation"] - left["goal_open_at_entry"]
