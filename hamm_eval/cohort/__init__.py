"""From a CaseFile and an endpoint to episodes: who is at risk, from when, until what."""

from __future__ import annotations

from hamm_eval.cohort.build import build_cohort, observation_end
from hamm_eval.cohort.episodes import Cohort
from hamm_eval.cohort.event_source import TableAbsent
from hamm_eval.cohort.landmark import LandmarkTrial, landmark_trial
from hamm_eval.cohort.spells import TimeVarying
from hamm_eval.cohort.split import split_at, split_by_spells

__all__ = [
    "Cohort",
    "LandmarkTrial",
    "TableAbsent",
    "TimeVarying",
    "build_cohort",
    "landmark_trial",
    "observation_end",
    "split_at",
    "split_by_spells",
]
