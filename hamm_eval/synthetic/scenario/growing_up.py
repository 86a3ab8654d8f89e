"""What growing older brings: the ages at which systems open to whoever was too young on arrival."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator

from hamm_eval.synthetic.scenario.laws import Count, Days, Monthly, Positive, Share
from hamm_eval.yaml_models import FrozenModel


def _in_every_year(day: tuple[int, int]) -> tuple[int, int]:
    """A month and a day that every year has."""
    dt.date(2001, *day)
    return day


YearDay = Annotated[tuple[int, int], AfterValidator(_in_every_year)]


class KitaAge(FrozenModel):
    """From an age on, Kita is begun at these rates by months since the birthday."""

    from_age: Count
    monthly: Monthly


class SchoolAge(FrozenModel):
    """Whoever has reached the age begins with the next school year, some late, some a year later.

    Late is one day and an exponential time of this mean; whoever is late has left Kita all the same.
    """

    from_age: Count
    deferred: Share
    late: Share
    late_mean_days: Positive


class EducationPackage(FrozenModel):
    """Share of those who have begun school that get the package, so many days later."""

    share: Share
    days: Days


class AfterSchool(FrozenModel):
    """Whoever has reached the age leaves with the school year; some begin training, for so many days."""

    from_age: Count
    training: Share
    training_begins: YearDay
    training_days: Count


class WaitFrom(FrozenModel):
    """A share enters, after these days and an exponential wait of this mean."""

    share: Share
    first_day: Count
    mean_days: Positive


class Adults(FrozenModel):
    """What opens with full age."""

    from_age: Count
    integration_point: WaitFrom
    job_centre: WaitFrom


class GrowingUp(FrozenModel):
    """Into which systems persons grow who were too young for them on the first day of eligibility."""

    school_year_begins: YearDay
    kita: KitaAge
    school: SchoolAge
    education_package: EducationPackage
    after_school: AfterSchool
    adults: Adults
