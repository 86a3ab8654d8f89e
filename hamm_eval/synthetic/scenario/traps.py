"""The traps of the field: each can be switched off alone."""

from __future__ import annotations

from typing import Literal, get_args

from hamm_eval.yaml_models import FrozenModel

Trap = Literal[
    "immortal_time",
    "confounding",
    "competing_departures",
    "late_entry",
    "interval_censoring",
    "informative_ratings",
    "recording_delay",
]
TRAPS: tuple[Trap, ...] = get_args(Trap)


class Traps(FrozenModel):
    """Which traps the city holds.

    Switched off, `immortal_time`: whoever would start a measure within 90 days of eligibility starts it on
    the first day, the others never. `confounding`: referral is the same for everybody of the measure's age
    and by every worker. `competing_departures`: nobody of priority integration departs. `late_entry`: a file
    opens with eligibility (what a late one misses are departures: without those it misses nothing).
    `interval_censoring`: a review is held on the day a goal is attained. `informative_ratings`: a refugee's
    rating is missing whatever the satisfaction. `recording_delay`: every fact is recorded at once, and
    without errors.
    """

    immortal_time: bool = True
    confounding: bool = True
    competing_departures: bool = True
    late_entry: bool = True
    interval_censoring: bool = True
    informative_ratings: bool = True
    recording_delay: bool = True
