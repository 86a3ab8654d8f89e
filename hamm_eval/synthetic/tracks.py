"""Households outside priority integration: without prospect, required to leave, EU citizens."""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.arrays import join, take
from hamm_eval.synthetic.days import NEVER, day_number, draw_arrivals
from hamm_eval.synthetic.departures import departure_days
from hamm_eval.synthetic.households import (
    FREE,
    NO_PROSPECT,
    REQUIRED,
    Households,
    delay_days,
    departure_kinds_of,
    draw_from,
)
from hamm_eval.synthetic.quotas import fill_margins, fill_with, normalised, scaled
from hamm_eval.synthetic.scenario import Scenario


def no_prospect_households(s: Scenario, persons: int, rng: np.random.Generator) -> Households:
    """Households without prospect: exactly `persons` of them present on the reference day."""
    law, day = s.no_prospect, day_number(s.reference_day)
    n = 4 * persons + 200
    pick = rng.choice(len(law.household_sizes), size=n, p=normalised(law.household_sizes))
    types = np.array([h.type.value for h in law.household_sizes])[pick]
    sizes = np.array([h.size for h in law.household_sizes], dtype=np.int64)[pick]
    frailty = s.frailty_sd * rng.standard_normal(n)
    arrival = draw_arrivals(s.arrivals, n, rng)
    draws = rng.standard_exponential(n)
    pool = Households(
        household_type=types,
        size=sizes,
        origin=draw_from(law.origins, n, rng),
        arrival=arrival,
        departure=departure_days(law.departure, types, frailty, arrival, draws),
        departure_kind=departure_kinds_of(law.departure_kinds, sizes, rng),
        status=np.full(n, NO_PROSPECT),
        status_change=arrival + delay_days(law.rejection_delay_months, n, rng),
        later_status=np.full(n, REQUIRED),
        eligible_from=np.full(n, NEVER),
        eligible_until=np.full(n, NEVER),
        free_from=np.full(n, NEVER),
        departure_draw=draws,
        frailty=frailty,
    )
    here = pool.present(day)
    # Those present and already required to leave are the next track's.
    pool = take(pool, np.flatnonzero(~(here & (pool.status_change <= day))))
    here = pool.present(day)
    together = np.cumsum(np.where(here, pool.size, 0))
    last = int(np.searchsorted(together, persons, side="right"))  # the first that is too many
    rest = persons - int(together[last - 1] if last else 0)
    singles = np.flatnonzero(here & (pool.size == 1))
    return take(pool, np.concatenate([np.arange(last), singles[singles >= last][:rest]]))


def required_households(s: Scenario, scale: float, rng: np.random.Generator) -> Households:
    """Persons required to leave: exact margins of origin and length of stay on the reference day."""
    law, day = s.required_to_leave, day_number(s.reference_day)
    margins = [
        scaled(list(law.origins.values()), scale),
        scaled([stay.persons for stay in law.stays], scale),
    ]
    sizes, types, (origin, stay) = fill_margins(law.household_sizes, margins, rng)
    n = len(sizes)
    low = np.array([x.from_years for x in law.stays])[stay]
    high = np.array([x.to_years for x in law.stays])[stay]
    years = low + (high - low) * (0.02 + 0.96 * rng.random(n))
    arrival = day - np.floor(years * 365.25).astype(np.int64)
    required = arrival + 1 + np.floor((0.2 + 0.7 * rng.random(n)) * (day - arrival - 1)).astype(np.int64)
    end = day_number(s.records_end)
    remain_from = np.maximum(day_number(law.will_remain_from), required + 90)
    eligible = remain_from + np.floor(rng.random(n) * np.maximum(1, end - 60 - remain_from)).astype(np.int64)
    remains = rng.random(n) < law.will_remain_share
    frailty = s.frailty_sd * rng.standard_normal(n)
    draws = rng.standard_exponential(n)
    left = departure_days(law.departure, types, frailty, np.full(n, day, dtype=np.int64), draws)
    return Households(
        household_type=types,
        size=sizes,
        origin=np.array(list(law.origins))[origin],
        arrival=arrival,
        departure=np.where(remains, NEVER, left),
        departure_kind=departure_kinds_of(law.departure_kinds, sizes, rng),
        status=np.full(n, NO_PROSPECT),
        status_change=required,
        later_status=np.full(n, REQUIRED),
        eligible_from=np.where(remains, eligible, NEVER),
        eligible_until=np.full(n, NEVER),
        free_from=np.full(n, NEVER),
        departure_draw=draws,
        frailty=frailty,
    )


def eu_households(s: Scenario, scale: float, rng: np.random.Generator) -> Households:
    """EU citizens: exact numbers registered on the two days of counting."""
    law = s.eu_citizens
    first, reference = day_number(law.counted_first), day_number(s.reference_day)
    since, end = day_number(law.arrived_since), day_number(s.records_end)
    parts = []
    for nation, counts in law.nations.items():
        stayed = counts.first - counts.left_between
        spans = [  # persons, arrived within, left within
            (stayed, (since, first), None),
            (counts.left_between, (since, first), (first + 1, reference)),
            (counts.reference - stayed, (first + 1, reference), None),
            (counts.left_before, (since, first - 60), (first - 700, first)),
            (counts.arriving_later, (reference + 1, end), None),
        ]
        for persons, arrived, left in spans:
            sizes, types = fill_with(law.household_sizes, round(persons * scale), rng)
            n = len(sizes)
            arrival = rng.integers(arrived[0], arrived[1] + 1, size=n)
            draws = rng.standard_exponential(n)
            if left is None:
                departure = departure_days(
                    law.departure, types, np.zeros(n), np.maximum(arrival, reference), draws
                )
            else:
                departure = rng.integers(np.maximum(left[0], arrival + 1), left[1] + 1)
            # A few have a case file: their eligibility begins some time from 2016 on.
            start = np.maximum(arrival + 30, day_number(s.files_begin))
            eligible = start + np.floor(rng.random(n) * np.maximum(1, end - 60 - start)).astype(np.int64)
            has_file = (rng.random(n) < law.case_file_share) & (eligible < np.minimum(departure, end))
            parts.append(
                Households(
                    household_type=types,
                    size=sizes,
                    origin=np.full(n, nation),
                    arrival=arrival,
                    departure=departure,
                    departure_kind=draw_from({"moved_away": 0.7, "returned": 0.3}, n, rng),
                    status=np.full(n, FREE),
                    status_change=np.full(n, NEVER),
                    later_status=np.full(n, FREE),
                    eligible_from=np.where(has_file, eligible, NEVER),
                    eligible_until=np.full(n, NEVER),
                    free_from=np.full(n, NEVER),
                    departure_draw=draws,
                    frailty=s.frailty_sd * rng.standard_normal(n),
                )
            )
    return join(parts)
