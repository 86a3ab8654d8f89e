"""Growing older: systems that open to whoever was too young on arrival, and those that are left with age.

Only what case files learn of it is written here. It has random numbers of its own and acts on nothing else:
endpoints, departures and the truth are those of a city in which nobody grows older.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.casework import reached_on
from hamm_eval.synthetic.days import NEVER, IntArray, birthday, yearly
from hamm_eval.synthetic.hazards import FAR, Baseline, FloatArray, StrArray, event_time
from hamm_eval.synthetic.households import RECOGNISED
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.scenario.growing_up import WaitFrom
from hamm_eval.synthetic.world import World

# Whoever has come to school late stays for this long at least.
LEAST_DAYS_IN_SCHOOL = 365
Entry = tuple[StrArray, IntArray, IntArray]


@dataclass(frozen=True, slots=True)
class GrowingOlder:
    """What growing older brings to each person, days as arrays of shape (n,), NEVER where it does not happen.

    `entries` are systems begun: kind, day of entry and day of exit. `left` names, by kind, the last day in a
    system that is left with age, whenever it was begun; `too_late` the day from which on it is not begun.
    """

    entries: tuple[Entry, ...]
    left: dict[str, IntArray]
    too_late: dict[str, IntArray]


def after(day: IntArray, days: FloatArray | int) -> IntArray:
    """That many whole days later, if it happens at all."""
    happens = day < NEVER
    later = np.where(happens, day, 0) + np.floor(np.where(happens, days, 0)).astype(np.int64)
    return np.where(happens, np.minimum(later, NEVER), NEVER)


def only(who: BoolArray, day: IntArray) -> IntArray:
    """The day for some, NEVER for the others."""
    return np.where(who, day, NEVER)


def grow_older(world: World, rng: np.random.Generator) -> GrowingOlder:
    """Into which systems everybody grows who was too young for them on the first day of eligibility."""
    law, people, homes = world.scenario.growing_up, world.people, world.households
    n, birth = len(people), people.birth
    u, wait = rng.random((7, n)), rng.standard_exponential((4, n))

    def younger(than: int) -> BoolArray:
        """Who becomes eligible before this age."""
        return world.eligible & (people.age < than)

    kita = only(younger(law.kita.from_age), birthday(birth, law.kita.from_age))
    months = event_time(Baseline.monthly(law.kita.monthly), wait[0], np.zeros(n))
    kita = after(kita, np.where(months < FAR, np.ceil(months), NEVER))

    due = only(younger(law.school.from_age), birthday(birth, law.school.from_age))
    on_time = _school_year(world, due)
    deferred = u[0] < law.school.deferred
    on_time = np.where(deferred, _school_year(world, after(on_time, 1)), on_time)
    late = ~deferred & (u[1] < law.school.late)
    school = np.where(late, after(on_time, 1 + law.school.late_mean_days * wait[1]), on_time)
    first, last = law.education_package.days
    package = only(u[2] < law.education_package.share, after(school, first + (last - first) * u[3]))

    begun = np.minimum(school, reached_on(world, "school_entry"))
    stays = np.maximum(after(begun, LEAST_DAYS_IN_SCHOOL), birthday(birth, law.after_school.from_age))
    pupils = younger(law.after_school.from_age) & (begun < NEVER)
    out = after(_school_year(world, only(pupils, after(stays, 1))), -1)
    training = only(u[4] < law.after_school.training, _on(law.after_school.training_begins, out))

    grown = only(younger(law.adults.from_age), birthday(birth, law.adults.from_age))
    recognised = np.where(homes.later_status == RECOGNISED, homes.status_change, NEVER)[people.household]
    entitled = only(recognised < NEVER, np.maximum(grown, recognised))

    def waits(opens: IntArray, law: WaitFrom, uniform: FloatArray, exponential: FloatArray) -> IntArray:
        """A share of them, after some days."""
        return only(uniform < law.share, after(opens, law.first_day + law.mean_days * exponential))

    adults, never = law.adults, np.full(n, NEVER)
    return GrowingOlder(
        entries=(
            _of("kita", only(kita < on_time, kita), after(on_time, -1)),
            _of("school", school, out),
            _of("education_package", package, never),
            _of("vocational_training", training, after(training, law.after_school.training_days)),
            _of("integration_point", waits(grown, adults.integration_point, u[5], wait[2]), never),
            _of("job_centre", waits(entitled, adults.job_centre, u[6], wait[3]), never),
        ),
        left={"kita": after(on_time, -1), "school": out},
        too_late={"kita": on_time},
    )


def _school_year(world: World, since: IntArray) -> IntArray:
    """First day of the first school year that begins on or after a day."""
    return _on(world.scenario.growing_up.school_year_begins, since)


def _on(day_of_year: tuple[int, int], since: IntArray) -> IntArray:
    """First such day of a year on or after a day, NEVER after NEVER."""
    happens = since < NEVER
    return np.where(happens, yearly(*day_of_year, np.where(happens, since, 0)), NEVER)


def _of(kind: str, begin: IntArray, end: IntArray) -> Entry:
    """Entries of one kind."""
    return np.broadcast_to(np.asarray(kind, dtype="<U20"), len(begin)), begin, end
