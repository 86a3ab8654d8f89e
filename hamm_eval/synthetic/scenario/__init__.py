"""The scenario of a synthetic city: what it may say, and how it is read."""

from __future__ import annotations

from hamm_eval.synthetic.scenario.laws import Delay, Hazard, LogNormal
from hamm_eval.synthetic.scenario.load import DEFAULT, load_scenario, scenario_names
from hamm_eval.synthetic.scenario.model import Format, Scenario, TruthPair
from hamm_eval.synthetic.scenario.population import AGE_GROUPS, HouseholdShare, PriorityIntegration
from hamm_eval.synthetic.scenario.support import DEPARTURE, Effect, EndpointModel, MeasureModel, Perspective
from hamm_eval.synthetic.scenario.traps import TRAPS, Trap, Traps

__all__ = [
    "AGE_GROUPS",
    "DEFAULT",
    "DEPARTURE",
    "TRAPS",
    "Delay",
    "Effect",
    "EndpointModel",
    "Format",
    "Hazard",
    "HouseholdShare",
    "LogNormal",
    "MeasureModel",
    "Perspective",
    "PriorityIntegration",
    "Scenario",
    "Trap",
    "Traps",
    "TruthPair",
    "load_scenario",
    "scenario_names",
]
