"""Households of priority integration, accepted against quotas for the reference day.

A stream of candidate households is drawn from the model; it stays open until the quota of those present
on the reference day is filled. Whoever in it has left before or arrives later comes along, so that the
counts are exact and the hazard of departure stays the same in every calendar month.
"""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.days import NEVER, day_number, draw_arrivals
from hamm_eval.synthetic.households import (
    NO_PROSPECT,
    PROSPECT,
    RECOGNISED,
    Households,
    concatenate,
    delay_days,
    departure_days,
    departure_kinds_of,
    draw_from,
)
from hamm_eval.synthetic.quotas import scaled
from hamm_eval.synthetic.scenario import PriorityIntegration, Scenario


def _priority_candidates(s: Scenario, kind: str, size: int, n: int, rng: np.random.Generator) -> Households:
    """Candidates with a prospect of staying, or recognised later."""
    law: PriorityIntegration = s.priority_integration
    types, sizes = np.full(n, kind), np.full(n, size, dtype=np.int64)
    frailty = s.frailty_sd * rng.standard_normal(n)
    arrival = draw_arrivals(s.arrivals, n, rng)
    u = rng.random(n)
    late = u < law.late_share
    rejected = ~late & (u < law.late_share + law.rejected_share)
    change = arrival + np.where(
        late,
        delay_days(law.late_delay_months, n, rng),
        np.where(rejected, delay_days(law.rejected_delay_months, n, rng),
                 delay_days(law.recognition_delay_months, n, rng)),
    )  # fmt: skip
    return Households(
        household_type=types,
        size=sizes,
        origin=draw_from(law.origins, n, rng),
        arrival=arrival,
        departure=departure_days(law.departure, types, frailty, arrival, rng),
        departure_kind=departure_kinds_of(law.departure_kinds, sizes, rng),
        status=np.where(late, NO_PROSPECT, PROSPECT),
        status_change=change,
        later_status=np.where(rejected, NO_PROSPECT, RECOGNISED),
        eligible_from=np.where(late, change, arrival),
        eligible_until=np.where(rejected, change - 1, NEVER),
        frailty=frailty,
    )


def priority_households(s: Scenario, scale: float, rng: np.random.Generator) -> Households:
    """Households of priority integration: exact numbers present, by type, size and status."""
    quotas = s.priority_integration.households
    recognised = scaled([q.households - q.of_them_prospect for q in quotas], scale)
    prospect = scaled([q.of_them_prospect for q in quotas], scale)
    day = day_number(s.reference_day)
    accepted = []
    for quota, n_recognised, n_prospect in zip(quotas, recognised, prospect, strict=True):
        stream: list[Households] = []
        while n_recognised + n_prospect:
            batch = 2 * (n_recognised + n_prospect) + 50
            stream.append(_priority_candidates(s, quota.type.value, quota.size, batch, rng))
            pool = concatenate(stream)
            status = np.where(pool.present(day), pool.status_on(day), "absent")
            of_recognised = np.flatnonzero(status == RECOGNISED)
            of_prospect = np.flatnonzero(status == PROSPECT)
            if len(of_recognised) < n_recognised or len(of_prospect) < n_prospect:
                continue
            either = np.flatnonzero((status == RECOGNISED) | (status == PROSPECT))
            open_until = either[n_recognised + n_prospect - 1]
            others = np.flatnonzero((status == "absent") | (status == NO_PROSPECT))
            keep = np.concatenate(
                [of_recognised[:n_recognised], of_prospect[:n_prospect], others[others < open_until]]
            )
            accepted.append(pool.take(np.sort(keep)))
            break
    return concatenate(accepted)
