"""What a marginal structural Cox model tells."""

from __future__ import annotations

from dataclasses import dataclass

from hamm_eval.effects.balancing import Balance
from hamm_eval.effects.covariates import DroppedCovariate
from hamm_eval.effects.positivity import Overlap, PerArm
from hamm_eval.effects.results import ModelSupport
from hamm_eval.inference import FloatArray
from hamm_eval.survival import Cox


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedCox(Cox):
    """A marginal structural Cox model: a `Cox` whose standard errors count that the weights are estimated.

    The first coefficient, ``"treated"``, is the log of the marginal hazard ratio of having started; the
    covariates of the weights' numerator follow.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        Of the rows in the Cox model: treatment weights, truncated, times sampling weights.
    truncated : PerArm of int
        Rows under the measure and without it whose treatment weight was cut.
    std_error_known_weights : ndarray, shape (p,)
        Lin-Wei, as if the weights were known. Usually, not always, larger than `std_error`.
    balance, balance_before : Balance
        Rows in which someone starts against rows in which someone else could have, with and without the
        weights that make them alike at each time.
    overlap : Overlap
        Of the probabilities of starting in these rows.
    effective_n : PerArm of float
        Kish's effective number of persons under the measure and before it, by each person's last weight.
    persons : PerArm of int
        Persons who started, and persons seen without the measure; one may be both.
    arm_events : PerArm of int
        Events of rows under the measure and without it.
    support : tuple of ModelSupport
    dropped : tuple of DroppedCovariate
    """

    weights: FloatArray
    truncated: PerArm[int]
    std_error_known_weights: FloatArray
    balance: Balance
    balance_before: Balance
    overlap: Overlap
    effective_n: PerArm[float]
    persons: PerArm[int]
    arm_events: PerArm[int]
    support: tuple[ModelSupport, ...]
    dropped: tuple[DroppedCovariate, ...]
