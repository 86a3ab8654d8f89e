"""Does a measure work? Balance, overlap, effects with stacked variances, and when not to say."""

from __future__ import annotations

from hamm_eval.effects.balancing import Balance, balance
from hamm_eval.effects.complete_outcome import estimate_effect
from hamm_eval.effects.horizon import effect_at_horizon
from hamm_eval.effects.results import Effect, HorizonEffect

__all__ = ["Balance", "Effect", "HorizonEffect", "balance", "effect_at_horizon", "estimate_effect"]
