"""From a CaseFile and an endpoint to episodes: who is at risk, from when, until what."""

from __future__ import annotations

from hamm_eval.cohort.build import build_cohort, observation_end
from hamm_eval.cohort.episodes import Cohort
from hamm_eval.cohort.event_source import TableAbsent
from hamm_eval.cohort.goals import FollowedGoals, GoalCohort, build_goals, first_goals, follow_goals
from hamm_eval.cohort.landmark import LandmarkTrial, landmark_trial
from hamm_eval.cohort.spells import Caseload, TimeVarying
from hamm_eval.cohort.split import SpellColumn, split_at, split_by_columns, split_by_spells
from hamm_eval.cohort.states import StateCohort, build_states
from hamm_eval.cohort.systems import build_access, build_transitions
from hamm_eval.cohort.target_trial import TargetTrials, target_trials

__all__ = [
    "Caseload",
    "Cohort",
    "FollowedGoals",
    "GoalCohort",
    "LandmarkTrial",
    "SpellColumn",
    "StateCohort",
    "TableAbsent",
    "TargetTrials",
    "TimeVarying",
    "build_access",
    "build_cohort",
    "build_goals",
    "build_states",
    "build_transitions",
    "first_goals",
    "follow_goals",
    "landmark_trial",
    "observation_end",
    "split_at",
    "split_by_columns",
    "split_by_spells",
    "target_trials",
]
