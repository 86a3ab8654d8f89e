"""The strategies that are compared: who starts a measure when, from which time zero on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hamm_eval.synthetic.hazards import DAYS_PER_MONTH

Adherence = Literal["intention_to_treat", "per_protocol"]
ADHERENCES: tuple[Adherence, ...] = ("intention_to_treat", "per_protocol")
ESTIMANDS = ("ATT", "ATE", "ATO")
HORIZON_MONTHS = (6, 12, 24)
LANDMARK = 90
GRACE_DAYS = (30, 56, 91)
TRIAL_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Trial:
    """One target trial: at risk on day `zero`; treated whose start falls in the days (after, by].

    Who does not start by itself starts, in the treated world, on a day drawn from the own referral process
    given that it falls in these days, or `at_the_latest` on the last of them.
    """

    zero: int
    after: int
    by: int
    at_the_latest: bool = False


@dataclass(frozen=True, slots=True)
class Contrast:
    """A pair of strategies; several trials of it are pooled, each person-trial counting once."""

    key: str
    landmark_days: int | None
    grace_days: int | None
    trials: tuple[Trial, ...]
    treated: str
    control: str


def _month(number: int) -> int:
    """First day after so many months."""
    return round(number * DAYS_PER_MONTH)


CONTRASTS: tuple[Contrast, ...] = (
    Contrast(
        key="started_by_landmark",
        landmark_days=LANDMARK,
        grace_days=None,
        trials=(Trial(LANDMARK, 0, LANDMARK),),
        treated=f"started within {LANDMARK} days of eligibility; time zero is day {LANDMARK}",
        control=f"not started within {LANDMARK} days of eligibility",
    ),
    *(
        Contrast(
            key=f"start_within_{days}_days",
            landmark_days=None,
            grace_days=days,
            trials=(Trial(0, 0, days),),
            treated=f"starts within {days} days of eligibility, which is time zero",
            control=f"does not start within {days} days of eligibility",
        )
        for days in GRACE_DAYS
    ),
    Contrast(
        key=f"start_at_the_latest_on_day_{GRACE_DAYS[-1]}",
        landmark_days=None,
        grace_days=GRACE_DAYS[-1],
        trials=(Trial(0, 0, GRACE_DAYS[-1], at_the_latest=True),),
        treated=f"starts as referral goes, on day {GRACE_DAYS[-1]} of eligibility at the latest",
        control=f"does not start within {GRACE_DAYS[-1]} days of eligibility",
    ),
    Contrast(
        key="start_this_month_pooled",
        landmark_days=None,
        grace_days=30,
        trials=tuple(Trial(_month(k), _month(k), _month(k + 1)) for k in range(TRIAL_MONTHS)),
        treated=f"starts this month; the first {TRIAL_MONTHS} months of eligibility are time zeros, pooled",
        control="does not start this month",
    ),
)
DEFINITIONS = {
    "day_of_start": "drawn from the person's own referral process, given that it falls in the days named; "
    "'at the latest': as it falls, and on the last day for whoever has not started",
    "intention_to_treat": "who does not start in these days starts later as referral goes",
    "per_protocol": "who does not start in these days does not start within the follow-up",
    "total": "departure competes: the goal after a departure does not count",
    "departure_prevented": "nobody departs after time zero",
    "ATT": "who would start in the days named in the natural course, goal and departure put aside",
    "ATE": "everybody at risk at time zero",
    "ATO": "everybody at risk, weighted by p (1 - p), p the true chance of a start in the days named",
    "at_risk": "present, without the goal and without what ends the referral, of the measure's age, not "
    "started; each counts once a trial",
    "persons": "those with a weight; in pooled trials each counts once a trial",
    "months_difference": "difference in mean months from the goal to the horizon, 0 without the goal",
}
