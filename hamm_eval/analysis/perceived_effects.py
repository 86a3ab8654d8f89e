"""Do those who know a measure hold it to be effective, and does the estimated effect say so too?"""

from __future__ import annotations

from collections.abc import Mapping

from hamm_eval.analysis.definitions import define
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Absent, EffectOverview, PerceivedEffects, TwoPerspectives
from hamm_eval.params import Params

QUESTION = "two_perspectives"


def perceived_effects(
    params: Params,
    perspectives: Mapping[str, TwoPerspectives | Absent],
    effects: EffectOverview | Absent,
) -> PerceivedEffects:
    """Ratings of every measure beside the effects that are estimated of it. Nothing is estimated anew.

    Parameters
    ----------
    params : Params
    perspectives : mapping of measure to TwoPerspectives or Absent
        The answers to `params.two_perspectives`.
    effects : EffectOverview or Absent

    Returns
    -------
    PerceivedEffects
        Measures in the order of params; those that nobody has finished are left out.

    Raises
    ------
    NotEstimable
        Params ask for the ratings of no measure, or no measure has any.
    """
    asked = params.two_perspectives.measures if params.two_perspectives is not None else ()
    found = [of for measure in asked if isinstance(of := perspectives[measure], TwoPerspectives)]
    if not found:
        raise NotEstimable("There are no ratings of a measure.", where="two_perspectives")
    overview = effects if isinstance(effects, EffectOverview) else None
    return PerceivedEffects(
        definition=define(
            QUESTION,
            "perceived_effects",
            of={each.measure: each.definition.digest for each in found},
            effects="" if overview is None else overview.definition.digest,
        ),
        perspectives=tuple(found),
        effects=overview,
    )
