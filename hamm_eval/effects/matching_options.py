"""How rows are matched: the options of matching, and what matching cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from hamm_eval.errors import Problem

Distance = Literal["propensity", "mahalanobis", "inverse_variance"]
DISTANCES: tuple[Distance, ...] = get_args(Distance)

NO_MATCHING = (
    "Matching is offered for complete outcomes only: where outcomes are censored before the horizon the "
    "Abadie-Imbens variance is not known. Weighting answers the same question."
)


@dataclass(frozen=True, slots=True)
class Matching:
    """Options of ``estimate_effect(..., method="matching")``.

    Parameters
    ----------
    caliper : float or None
        Greatest distance of a match on the logit of the propensity score, in standard deviations of that
        logit over all rows; also where `distance` is one of covariates. None: none. Rows without a match
        leave the target population and are counted in ``Effect.unmatched``.
    matches : int
        Matches per row of the target population (fewer where there are no more).
    distance : {"propensity", "mahalanobis", "inverse_variance"}
        On the logit of the estimated propensity score, or on the covariates, brought to one scale by their
        covariance within the arms or by their variances alone.
    exact : sequence of str
        Covariates whose values a match must share.
    replace : bool
        A control may serve several treated. False: greedy, each control once. In the order of falling
        propensity for `distance` "propensity", in the order of rows else; of controls equally near the first
        row is taken. A second match is sought when each treated has been offered a first.
    bias_adjustment : bool
        Matches are corrected by what an outcome model, fitted to the matches, predicts for the difference
        of covariates that remains (Abadie and Imbens 2011).
    variance_neighbours : int
        Neighbours of its own arm that the variance of a row's outcome is estimated with; 0: one variance
        for all rows.
    tie_tolerance : float
        Squared distances, in squared standard deviations, that differ by no more than this count as equal.
        With replacement all rows tied at the last place are matched, and all matches of a row weigh the same.

    Examples
    --------
    >>> from hamm_eval.effects import Matching, estimate_effect
    >>> age = [[30.0], [41.0], [29.0], [40.0], [52.0], [24.0]]
    >>> goals_met, treated = [5, 7, 3, 4, 9, 1], [1, 1, 0, 0, 0, 0]
    >>> nearest = Matching(caliper=0.5, variance_neighbours=1)
    >>> effect = estimate_effect(goals_met, treated, age, method="matching", matching=nearest)
    >>> round(effect.value, 10), effect.n, effect.unmatched
    (2.5, PerArm(treated=2, control=2), PerArm(treated=0, control=0))
    """

    caliper: float | None = 0.2
    matches: int = 1
    distance: Distance = "propensity"
    exact: Sequence[str] = ()
    replace: bool = True
    bias_adjustment: bool = False
    variance_neighbours: int = 2
    tie_tolerance: float = 1e-10

    def problems(self, names: Sequence[str] | None, estimand: str) -> list[Problem]:
        """What cannot be used of these options with these covariates (None: not known)."""
        found: list[Problem] = []

        def note(bad: bool, what: str, option: str, todo: str = "") -> None:
            if bad:
                found.append(Problem(what, f"matching.{option}", todo))

        caliper = self.caliper
        note(
            caliper is not None and not (np.isfinite(caliper) and caliper > 0),
            "Must be positive.",
            "caliper",
            "None matches however far apart.",
        )
        note(not _whole(self.matches, 1), "Must be a whole number from 1.", "matches")
        note(
            self.distance not in DISTANCES,
            "Expected one of " + ", ".join(f'"{entry}"' for entry in DISTANCES) + ".",
            "distance",
        )
        text = isinstance(self.exact, str)
        note(text, "Expected a list of covariates.", "exact", "A single name is a list too.")
        note(
            not text and names is not None and bool(set(self.exact) - set(names)),
            "Names a column that is not among the covariates.",
            "exact",
        )
        note(not _whole(self.variance_neighbours, 0), "Must be a whole number from 0.", "variance_neighbours")
        note(not 0 <= self.tie_tolerance < 1, "Must lie between 0 and 1.", "tie_tolerance")
        note(
            not self.replace and estimand == "ATE",
            "Without replacement a row is matched once, but the effect in all asks for a match of every row.",
            "replace",
            "Ask for the ATT, or match with replacement.",
        )
        return found


def matching_problems(
    options: Matching,
    names: Sequence[str] | None,
    *,
    estimand: str,
    clustered: bool,
    weighted: bool,
    small_sample: bool,
) -> list[Problem]:
    """Arguments of `estimate_effect` that matching has no answer to, each with the reason."""
    found: list[Problem] = []
    if estimand == "ATO":
        what = "The overlap population is defined by weights e (1 - e), which matching does not have."
        found.append(Problem(what, "estimand", 'Ask for the ATT, or use method="weighting".'))
    if clustered:
        what = (
            "The Abadie-Imbens variance of matching takes rows as independent; a form for households is not "
            "known, and the bootstrap fails for matching (Abadie and Imbens 2008)."
        )
        todo = 'Leave it out and say so beside the estimate, or use method="aipw" or "weighting".'
        found.append(Problem(what, "cluster", todo))
    if weighted:
        what = "Sampling weights have no place in the Abadie-Imbens variance as it is implemented here."
        found.append(Problem(what, "weights", 'Use method="aipw" or "weighting".'))
    if small_sample:
        what = "The jackknife by one Newton step belongs to stacked models; matching is not smooth."
        found.append(Problem(what, "small_sample", "Leave it out."))
    if names is not None and not names:
        found.append(Problem("Matching needs covariates.", "covariates", 'Else: method="unadjusted".'))
    return found + options.problems(names, estimand)


def _whole(value: object, least: int) -> bool:
    """A whole number from `least`, not a bool."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and int(value) >= least
