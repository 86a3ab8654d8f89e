"""Households of priority integration, accepted against quotas for the reference day.

A stream of candidate households is drawn from the model, with their members' lives, for a measure can act on
the departure; it stays open until the quota of those present on the reference day is filled. Whoever in it
has left before or arrives later comes along, so that the counts are exact and the hazard of departure stays
the same in every calendar month.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray, day_number, draw_arrivals
from hamm_eval.synthetic.departures import priority_departures
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, StrArray
from hamm_eval.synthetic.households import (
    NO_PROSPECT,
    PROSPECT,
    RECOGNISED,
    Households,
    delay_days,
    departure_kinds_of,
    draw_from,
)
from hamm_eval.synthetic.quotas import scaled
from hamm_eval.synthetic.referrals import first_of_household, referrals
from hamm_eval.synthetic.residents import Residents, join_residents, settle
from hamm_eval.synthetic.scenario import PriorityIntegration, Scenario


def _candidates(s: Scenario, types: StrArray, sizes: IntArray, rng: np.random.Generator) -> Households:
    """Candidates with a prospect of staying, or recognised later; their departures are still to come."""
    law: PriorityIntegration = s.priority_integration
    n = len(sizes)
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
    recognised = np.where(rejected, NEVER, change)
    rule = law.residence_rule
    tied = recognised >= day_number(rule.in_force_since)
    free = recognised + np.where(tied, round(rule.months * DAYS_PER_MONTH), 0)
    return Households(
        household_type=types,
        size=sizes,
        origin=draw_from(law.origins, n, rng),
        arrival=arrival,
        departure=np.full(n, NEVER),
        departure_kind=departure_kinds_of(law.departure_kinds, sizes, rng),
        status=np.where(late, NO_PROSPECT, PROSPECT),
        status_change=change,
        later_status=np.where(rejected, NO_PROSPECT, RECOGNISED),
        eligible_from=np.where(late, change, arrival),
        eligible_until=np.where(rejected, change - 1, NEVER),
        free_from=np.where(recognised < NEVER, free, NEVER),
        departure_draw=rng.standard_exponential(n),
        frailty=frailty,
    )


def _settled(
    s: Scenario, types: StrArray, sizes: IntArray, teams: int, rng: np.random.Generator
) -> Residents:
    """Candidates with their members, and with the departures that the members' referrals lead to."""
    of_homes, of_people = rng.spawn(2)
    residents = settle(s, _candidates(s, types, sizes, of_homes), teams, of_people)
    homes = residents.households
    departure = priority_departures(
        s,
        homes.household_type,
        homes.frailty,
        homes.arrival,
        homes.free_from,
        homes.departure_draw,
        first_of_household(residents, referrals(s, residents)),
    )
    return replace(residents, households=replace(homes, departure=departure))


def _accepted(status: StrArray, recognised: int, prospect: int) -> IntArray | None:
    """Positions of a stream that fill a quota and come along; None where it is too short.

    `status` is that of the reference day, "absent" for whoever is not there.
    """
    of_recognised = np.flatnonzero(status == RECOGNISED)
    of_prospect = np.flatnonzero(status == PROSPECT)
    if len(of_recognised) < recognised or len(of_prospect) < prospect:
        return None
    either = np.flatnonzero((status == RECOGNISED) | (status == PROSPECT))
    open_until = either[recognised + prospect - 1]
    others = np.flatnonzero((status == "absent") | (status == NO_PROSPECT))
    keep = [of_recognised[:recognised], of_prospect[:prospect], others[others < open_until]]
    return np.sort(np.concatenate(keep))


def priority_residents(s: Scenario, scale: float, teams: int, rng: np.random.Generator) -> Residents:
    """Residents of priority integration: exact numbers present, by household type, size and status."""
    quotas = s.priority_integration.households
    recognised = scaled([q.households - q.of_them_prospect for q in quotas], scale)
    prospect = scaled([q.of_them_prospect for q in quotas], scale)
    wanted = np.array(recognised) + np.array(prospect)
    types, sizes = np.array([q.type.value for q in quotas]), np.array([q.size for q in quotas])
    day = day_number(s.reference_day)
    unfilled = np.flatnonzero(wanted > 0)
    pool: Residents | None = None
    of_quota = np.empty(0, dtype=np.int64)
    accepted: dict[int, IntArray] = {}
    while len(unfilled):
        more = np.repeat(unfilled, 2 * wanted[unfilled] + 50)
        part = _settled(s, types[more], sizes[more], teams, rng)
        pool = part if pool is None else join_residents([pool, part])
        of_quota = np.concatenate([of_quota, more])
        homes = pool.households
        status = np.where(homes.present(day), homes.status_on(day), "absent")
        for i in unfilled:
            stream = np.flatnonzero(of_quota == i)
            keep = _accepted(status[stream], recognised[i], prospect[i])
            if keep is not None:
                accepted[int(i)] = stream[keep]
        unfilled = np.array([i for i in unfilled if int(i) not in accepted], dtype=np.int64)
    assert pool is not None, "a city has households"
    return pool.take(np.concatenate([accepted[i] for i in sorted(accepted)]))
