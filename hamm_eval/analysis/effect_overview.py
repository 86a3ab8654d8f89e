"""What do the measures change, all questions together? Corrected for their number, once a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hamm_eval.analysis.definitions import define
from hamm_eval.effects import adjust_by_role
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Absent, Effect, EffectOverview
from hamm_eval.params import Params
from hamm_eval.release.effects import reasons_to_withhold
from hamm_eval.release.policy import policy_of

QUESTION = "effect_overview"


def effect_overview(params: Params, effects: Mapping[str, Effect | Absent]) -> EffectOverview:
    """All effects of a report, and which of them stand up to the number of questions asked.

    Parameters
    ----------
    params : Params
    effects : mapping of question key to Effect or Absent
        The answers to `params.measure_effectiveness`.

    Returns
    -------
    EffectOverview
        Primary questions first, else in the order of params. Which effects are withheld, by design or by
        release policy, is decided without a look at estimates; only the others count as questions asked.

    Raises
    ------
    NotEstimable
        Params ask for no effect, or the export can answer none.
    """
    asked = params.measure_effectiveness
    order = sorted(asked, key=lambda key: not asked[key].primary)
    found = {key: effect for key in order if isinstance(effect := effects[key], Effect)}
    if not found:
        raise NotEstimable("There is no effect to be shown.", where="measure_effectiveness")
    policy = policy_of(params)
    shown = [key for key, effect in found.items() if not reasons_to_withhold(effect, policy)]
    adjusted = dict(
        zip(shown, _adjusted([found[key] for key in shown], [asked[k].primary for k in shown]), strict=True)
    )
    return EffectOverview(
        definition=define(
            QUESTION,
            "all",
            of={key: effect.definition.digest for key, effect in found.items()},
            primary=[key for key in found if asked[key].primary],
        ),
        effects=tuple(found.values()),
        primary=tuple(asked[key].primary for key in found),
        adjusted=tuple(adjusted.get(key) for key in found),
        confirmatory=params.confirmatory,
        absent=tuple(key for key in order if key not in found),
    )


def _adjusted(effects: Sequence[Effect], primary: Sequence[bool]) -> list[float]:
    """p-values by role of those that are shown: the larger of both clusterings, for both have to agree."""
    fits = [[fit for fit in (effect.fit, effect.by_worker) if fit is not None] for effect in effects]
    return [float(p) for p in adjust_by_role([max(fit.p_value for fit in each) for each in fits], primary)]
