"""Shares of states as they may be shown: as counts of the persons whose state is known, by rules 2 and 7.

A share at a time up to which nobody was lost is a count over a count: exact, it gives the count back. So the
expected number of persons in each state goes through the rules of counts, and share and interval are made
from multiples of the rounding alone.
"""

from __future__ import annotations

from hamm_eval.estimate import StateShares
from hamm_eval.release.counts import hide_linked, release_count
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedShare, ReleasedStates
from hamm_eval.release.shares import beside_nearly_all, release_share

TOO_SMALL = "group_too_small"


def release_states(estimate: StateShares, policy: Policy) -> ReleasedStates:
    """Shares at the times at which enough persons' state is known; none in too small a group (rule 5)."""
    enough = [
        at
        for at, known in enumerate(estimate.known)
        if known >= max(policy.curve_persons, policy.curve_at_risk)
    ]
    # Shares end where too few are known, and do not begin anew.
    times = [at for at in enough if at == enough.index(at)]
    small = estimate.persons < policy.curve_persons or len(times) < 2
    found = estimate.fit.at([estimate.times[at] for at in times] or [0])
    known = [release_count(int(estimate.known[at]), policy) for at in times]
    return ReleasedStates(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        path=estimate.path,
        states=estimate.states,
        withheld=TOO_SMALL if small else "",
        persons=release_count(estimate.persons, policy),
        times=() if small else tuple(estimate.times[at] for at in times),
        horizons=()
        if small
        else tuple(day for day in estimate.horizons if day in {estimate.times[at] for at in times}),
        known=() if small else tuple(known),
        shares=()
        if small
        else tuple(
            _shares(
                [float(p) for p in found.probability[i]],
                [float(e) for e in found.std_error[i]],
                int(estimate.known[at]),
                known[i],
                policy,
            )
            for i, at in enumerate(times)
        ),
    )


def _shares(
    probability: list[float], std_error: list[float], persons: int, total: Cell, policy: Policy
) -> tuple[ReleasedShare, ...]:
    """All states at one time; they add up to everyone whose state is known."""
    cells = hide_linked([release_count(round(p * persons), policy) for p in probability], total, policy)
    base = total.value or 0
    return beside_nearly_all(
        [release_share(cell, base, policy, std_error=e) for cell, e in zip(cells, std_error, strict=True)]
    )
