"""Balance of characteristics as it may be shown: before weighting, from counts as these are rounded.

The standardised difference of a level before weighting is made of two counts over both arms. To two decimals
it tells each of them where the other is known, to a person in arms of some hundred: a number that is rounded,
or hidden, in a table of groups. So it is computed from the counts as these would be shown.
"""

from __future__ import annotations

import math

import numpy as np

from hamm_eval.estimate import Effect
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedBalance
from hamm_eval.release.rounding import decimals, to_multiple


def release_balance(effect: Effect, policy: Policy) -> tuple[ReleasedBalance, ...]:
    """Standardised differences before and after weighting.

    After weighting the controls are weighted sums, no counts of persons; where nothing was weighted they are
    as before. The mean of a number, such as an age, tells no count either.
    """
    if effect.fit is None:
        return ()
    before, after = effect.fit.balance_before, effect.fit.balance
    rows = []
    for k, name in enumerate(after.names):
        first, second = float(before.smd[k]), float(after.smd[k])
        if not np.isfinite([first, second]).all():
            continue
        shown = first
        if "=" in name:
            shown = _of_counts(float(before.mean_treated[k]), float(before.mean_control[k]), effect, policy)
        rows.append(
            ReleasedBalance(
                covariate=name,
                before=decimals(shown, 2),
                after=decimals(shown if second == first else second, 2),
            )
        )
    return tuple(rows)


def _of_counts(treated: float, control: float, effect: Effect, policy: Policy) -> float:
    """The standardised difference of two shares, from rounded counts of both arms."""
    arms = ((treated, effect.treated), (control, effect.controls))
    one, zero = (_share(round(share * persons), persons, policy) for share, persons in arms)
    spread = math.sqrt((one * (1 - one) + zero * (1 - zero)) / 2)
    return (one - zero) / spread if spread > 0 else 0.0


def _share(count: int, persons: int, policy: Policy) -> float:
    """A share of rounded counts; those with it and those without are never fewer than a count shown.

    A row left out would say that there are few. So the least that is shown stands for the hidden ones too.
    """
    if policy.exact:
        return count / persons
    least = to_multiple(policy.largest_hidden_count + 1, policy.count_rounding)
    whole = max(to_multiple(persons, policy.count_rounding), 2 * least)
    return min(max(to_multiple(count, policy.count_rounding), least), whole - least) / whole
