"""The quarters whose records are compared with one another."""

from __future__ import annotations

from hamm_eval.params import Params
from hamm_eval.vocabulary import Quarter

TREND_QUARTERS = 8


def recent_quarters(params: Params) -> tuple[Quarter, ...]:
    """The last eight quarters up to the one reported, oldest first.

    The quarter in which files began and those before are left out: nothing could be late then.
    """
    quarters = [params.quarter]
    while len(quarters) < TREND_QUARTERS:
        quarters.insert(0, quarters[0].previous)
    begin = params.cohort.files_begin
    return tuple(quarter for quarter in quarters if begin is None or quarter.start > begin)
