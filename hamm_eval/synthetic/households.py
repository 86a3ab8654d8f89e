"""Households by track, accepted against quotas for the reference day.

A stream of candidate households is drawn from the model; it stays open until the quota of those present
on the reference day is filled. Whoever in it has left before or arrives later comes along, so that the
counts are exact and the hazard of departure stays the same in every calendar month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray, day_number, draw_arrivals
from hamm_eval.synthetic.hazards import (
    DAYS_PER_MONTH,
    Baseline,
    FloatArray,
    StrArray,
    event_time,
    linear_predictor,
)
from hamm_eval.synthetic.scenario import Hazard, LogNormal, PriorityIntegration, Scenario
from hamm_eval.vocabulary import ResidenceStatus

RECOGNISED = ResidenceStatus.RECOGNISED.value
PROSPECT = ResidenceStatus.PROSPECT_OF_STAYING.value
NO_PROSPECT = ResidenceStatus.NO_PROSPECT_OF_STAYING.value
REQUIRED = ResidenceStatus.REQUIRED_TO_LEAVE.value
FREE = ResidenceStatus.FREEDOM_OF_MOVEMENT.value


@dataclass(frozen=True, slots=True)
class Households:
    """Households as arrays of shape (h,): days as numbers, `NEVER` where something does not happen.

    Residence status is `status` from arrival and `later_status` from `status_change` on.
    """

    household_type: StrArray
    size: IntArray
    origin: StrArray
    arrival: IntArray
    departure: IntArray
    departure_kind: StrArray
    status: StrArray
    status_change: IntArray
    later_status: StrArray
    eligible_from: IntArray
    eligible_until: IntArray
    frailty: FloatArray

    def __len__(self) -> int:
        return len(self.size)

    def take(self, index: IntArray) -> Households:
        """The households at these positions."""
        return Households(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def present(self, day: int) -> np.ndarray:
        """Whether each household lives in Hamm on that day."""
        return (self.arrival <= day) & (self.departure > day)

    def status_on(self, day: int) -> StrArray:
        """Residence status on that day."""
        return np.where(self.status_change <= day, self.later_status, self.status)


def concatenate(parts: list[Households]) -> Households:
    """All households of several tracks."""
    return Households(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Households)}
    )


def draw_from(shares: Mapping[str, float], n: int, rng: np.random.Generator) -> StrArray:
    """Categories by their shares."""
    chances = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares)), size=n, p=chances / chances.sum())


def _delay(law: LogNormal, n: int, rng: np.random.Generator) -> IntArray:
    """Log-normal delays in whole days, at least one."""
    months = law.median * np.exp(law.sigma * rng.standard_normal(n))
    return np.maximum(1, np.round(months * DAYS_PER_MONTH)).astype(np.int64)


def _departures(
    law: Hazard, kind: StrArray, frailty: FloatArray, start: IntArray, rng: np.random.Generator
) -> IntArray:
    """Days of departure: the household leaves together."""
    lp = linear_predictor(law.terms, {"household_type": kind}) + law.frailty * frailty
    time = event_time(Baseline.monthly(law.monthly), rng.standard_exponential(len(kind)), lp)
    return start + np.ceil(time).astype(np.int64)


def _departure_kinds(shares: Mapping[str, float], size: IntArray, rng: np.random.Generator) -> StrArray:
    """Kinds of departure; detention and death take one person, so families get the first kind instead."""
    kinds = draw_from(shares, len(size), rng)
    alone = np.isin(kinds, ["detained", "died"])
    return np.where(alone & (size > 1), next(iter(shares)), kinds)


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
        _delay(law.late_delay_months, n, rng),
        np.where(rejected, _delay(law.rejected_delay_months, n, rng),
                 _delay(law.recognition_delay_months, n, rng)),
    )  # fmt: skip
    return Households(
        household_type=types,
        size=sizes,
        origin=draw_from(law.origins, n, rng),
        arrival=arrival,
        departure=_departures(law.departure, types, frailty, arrival, rng),
        departure_kind=_departure_kinds(law.departure_kinds, sizes, rng),
        status=np.where(late, NO_PROSPECT, PROSPECT),
        status_change=change,
        later_status=np.where(rejected, NO_PROSPECT, RECOGNISED),
        eligible_from=np.where(late, change, arrival),
        eligible_until=np.where(rejected, change - 1, NEVER),
        frailty=frailty,
    )


def scaled(counts: list[int], scale: float) -> list[int]:
    """Counts times `scale`, rounded so that their sum is right (largest remainder)."""
    exact = np.array(counts, dtype=float) * scale
    whole = np.floor(exact + 1e-9).astype(int)
    missing = round(float(exact.sum())) - int(whole.sum())
    for i in np.argsort(-(exact - whole), kind="stable")[:missing]:
        whole[i] += 1
    return [int(w) for w in whole]


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


def no_prospect_households(s: Scenario, persons: int, rng: np.random.Generator) -> Households:
    """Households without prospect: exactly `persons` of them present on the reference day."""
    law, day = s.no_prospect, day_number(s.reference_day)
    n = 4 * persons + 200
    pick = rng.choice(len(law.household_sizes), size=n, p=_normalised(law.household_sizes))
    types = np.array([h.type.value for h in law.household_sizes])[pick]
    sizes = np.array([h.size for h in law.household_sizes], dtype=np.int64)[pick]
    frailty = s.frailty_sd * rng.standard_normal(n)
    arrival = draw_arrivals(s.arrivals, n, rng)
    pool = Households(
        household_type=types,
        size=sizes,
        origin=draw_from(law.origins, n, rng),
        arrival=arrival,
        departure=_departures(law.departure, types, frailty, arrival, rng),
        departure_kind=_departure_kinds(law.departure_kinds, sizes, rng),
        status=np.full(n, NO_PROSPECT),
        status_change=arrival + _delay(law.rejection_delay_months, n, rng),
        later_status=np.full(n, REQUIRED),
        eligible_from=np.full(n, NEVER),
        eligible_until=np.full(n, NEVER),
        frailty=frailty,
    )
    here = pool.present(day)
    # Those present and already required to leave are the next track's.
    pool = pool.take(np.flatnonzero(~(here & (pool.status_change <= day))))
    here = pool.present(day)
    together = np.cumsum(np.where(here, pool.size, 0))
    last = int(np.searchsorted(together, persons, side="right"))  # the first that is too many
    rest = persons - int(together[last - 1] if last else 0)
    singles = np.flatnonzero(here & (pool.size == 1))
    return pool.take(np.concatenate([np.arange(last), singles[singles >= last][:rest]]))


def _normalised(shares: tuple) -> FloatArray:
    """Shares of households as probabilities."""
    values = np.array([h.share for h in shares])
    return values / values.sum()


def required_households(s: Scenario, scale: float, rng: np.random.Generator) -> Households:
    """Persons required to leave: exact margins of origin and length of stay on the reference day."""
    law, day = s.required_to_leave, day_number(s.reference_day)
    persons = round(law.persons * scale)
    sizes, types = _fill(law.household_sizes, persons, rng)
    order = np.argsort(-sizes, kind="stable")  # large households first: single persons fill what is left
    sizes, types = sizes[order], types[order]
    origins = list(law.origins)
    origin = _assign(sizes, scaled(list(law.origins.values()), scale), rng)
    stay = _assign(sizes, scaled([x.persons for x in law.stays], scale), rng)
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
    left = _departures(law.departure, types, frailty, np.full(n, day, dtype=np.int64), rng)
    return Households(
        household_type=types,
        size=sizes,
        origin=np.array(origins)[origin],
        arrival=arrival,
        departure=np.where(remains, NEVER, left),
        departure_kind=_departure_kinds(law.departure_kinds, sizes, rng),
        status=np.full(n, NO_PROSPECT),
        status_change=required,
        later_status=np.full(n, REQUIRED),
        eligible_from=np.where(remains, eligible, NEVER),
        eligible_until=np.full(n, NEVER),
        frailty=frailty,
    )


def _fill(shares: tuple, persons: int, rng: np.random.Generator) -> tuple[IntArray, StrArray]:
    """Sizes and types of households with exactly so many persons; single persons fill the rest."""
    pick = rng.choice(len(shares), size=persons + 10, p=_normalised(shares))
    sizes = np.array([h.size for h in shares], dtype=np.int64)[pick]
    types = np.array([h.type.value for h in shares])[pick]
    together = np.cumsum(sizes)
    last = int(np.searchsorted(together, persons, side="right"))
    rest = persons - int(together[last - 1] if last else 0)
    return (
        np.concatenate([sizes[:last], np.ones(rest, dtype=np.int64)]),
        np.concatenate([types[:last], np.full(rest, "single")]),
    )


def _assign(sizes: IntArray, quotas: list[int], rng: np.random.Generator) -> IntArray:
    """A class for each household so that the classes' numbers of persons are exact."""
    left = np.array(quotas, dtype=float)
    chosen = np.zeros(len(sizes), dtype=np.int64)
    for i, size in enumerate(sizes):
        chances = np.where(left >= size, left, 0.0)
        chosen[i] = rng.choice(len(left), p=chances / chances.sum())
        left[chosen[i]] -= size
    return chosen


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
            sizes, types = _fill(law.household_sizes, round(persons * scale), rng)
            n = len(sizes)
            arrival = rng.integers(arrived[0], arrived[1] + 1, size=n)
            if left is None:
                departure = _departures(
                    law.departure, types, np.zeros(n), np.maximum(arrival, reference), rng
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
                    frailty=s.frailty_sd * rng.standard_normal(n),
                )
            )
    return concatenate(parts)


def without_impossible(households: Households) -> Households:
    """Eligibility that would begin after the departure never begins."""
    gone = households.eligible_from >= households.departure
    return replace(
        households,
        eligible_from=np.where(gone, NEVER, households.eligible_from),
        eligible_until=np.where(gone, NEVER, households.eligible_until),
    )
