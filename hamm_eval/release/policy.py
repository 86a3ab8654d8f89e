"""The release policy: every number of the rules as a parameter, which can only be made stricter."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.errors import ParamsError, Problem
from hamm_eval.yaml_models import FrozenModel

if TYPE_CHECKING:
    from hamm_eval.params import Params

Positive = Annotated[int, Field(ge=1)]

_SMALLER_IS_STRICTER = frozenset(
    {
        "largest_hidden_percent",
        "curve_lag_percent",
        "curve_decimals",
        "share_decimals",
        "coefficient_decimals",
        "overlap_bins",
        "largest_worker_percent",
    }
)


class Policy(FrozenModel):
    """Numbers of the release rules; the defaults are the policy `strict`.

    Parameters
    ----------
    name : str
    largest_hidden_count, count_rounding : int
        Rule 2: counts from 1 to the first are hidden, all others rounded to a multiple of the second.
    smallest_denominator : int
        Rule 2: no percentage of fewer.
    largest_hidden_percent : int
        Rule 2: no percentage of a sum of published cells when hidden cells could add more than this share.
    share_ceiling : 95
        Rule 3: percent above which a share of a sensitive attribute is shown as "over 95 %".
    quantile_persons, outer_quantile_persons, tail_persons : int
        Rule 4: persons behind a quartile or median; behind what lies outside the quartiles; and persons who
        must lie beyond any quantile shown.
    quantile_step_days : int
        Rule 4: quantiles in days are rounded to a multiple of it, others to whole units.
    curve_persons, curve_events : int
        Rule 5: persons and events of the cause shown that a curve needs.
    curve_rounding, curve_step_events, curve_at_risk : int
        Rule 5: base of the midpoint rounding, events a step holds, persons at risk below which it is cut.
    curve_grid_days : int
        Rule 5: steps lie on multiples of it or on a horizon, never on an event's own day.
    curve_lag_percent : int
        Rule 5: no figure is read off at a horizon where the curve may have moved on by more since its step.
    curve_decimals, share_decimals : int
        Decimals of the drawn curve and of figures read from it.
    model_events_per_parameter, model_residual_freedom : int
        Rule 6.
    level_persons, level_events, level_non_events : int
        Rule 6: behind every level of every factor. More than rule 2 hides: an interval tells of the events.
    coefficient_decimals : int
        Rule 6.
    share_workers, largest_worker_percent, variance_share_step : int
        Rules 6 and 9, for the share of differences between social workers: workers with as many persons as a
        level needs; the greatest part of all persons that one worker may have; percentage points to which the
        share is rounded.
    effect_persons : int
        Persons in each arm of an effect, as in each group of a curve.
    group_workers : int
        Rule 9: social workers behind a provider or social space.
    agreement_pairs : int
        Pairs of ratings that a measure of agreement needs.
    overlap_bins : int
        Bins of a propensity histogram.
    money_step : int
        Rule 4: euros that an amount of money is rounded to, or to a coarser round number.
    feasible_values : int
        Rule 7: values a hidden cell must keep.
    sensitive_throughout : bool
        Rule 3 for every figure: to be counted at all tells of a person's residence status, as in a target
        group that is defined by it.

    Examples
    --------
    >>> Policy.strict().largest_hidden_count
    7
    >>> Policy.strict().tighten({"curve_persons": 100}).curve_persons
    100
    """

    name: Literal["strict"] = "strict"
    largest_hidden_count: Positive = 7
    count_rounding: Positive = 5
    smallest_denominator: Positive = 20
    largest_hidden_percent: Annotated[int, Field(ge=0, le=100)] = 5
    share_ceiling: Literal[95] = 95
    quantile_persons: Positive = 10
    outer_quantile_persons: Positive = 50
    tail_persons: Positive = 5
    quantile_step_days: Positive = 5
    curve_persons: Positive = 50
    curve_events: Positive = 20
    curve_rounding: Positive = 6
    curve_step_events: Positive = 6
    curve_at_risk: Positive = 10
    curve_grid_days: Positive = 7
    curve_lag_percent: Annotated[int, Field(ge=0)] = 5
    curve_decimals: Annotated[int, Field(ge=1)] = 3
    share_decimals: Annotated[int, Field(ge=1)] = 2
    model_events_per_parameter: Positive = 10
    model_residual_freedom: Positive = 10
    level_persons: Positive = 10
    level_events: Positive = 8
    level_non_events: Positive = 8
    coefficient_decimals: Annotated[int, Field(ge=1)] = 2
    share_workers: Positive = 10
    largest_worker_percent: Annotated[int, Field(ge=1, le=100)] = 25
    variance_share_step: Positive = 5
    effect_persons: Positive = 50
    group_workers: Annotated[int, Field(ge=2)] = 2
    agreement_pairs: Positive = 50
    overlap_bins: Annotated[int, Field(ge=2)] = 10
    money_step: Positive = 10
    feasible_values: Positive = 6
    sensitive_throughout: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Policy:
        base, hidden = self.count_rounding, self.largest_hidden_count
        if (2 * (hidden + 1) + base) // (2 * base) * base <= hidden:
            raise ValueError("count_rounding would round a shown count down to where counts are hidden")
        if self.curve_step_events < self.curve_rounding:
            raise ValueError("curve_step_events must be at least curve_rounding")
        for name, field in type(self).model_fields.items():
            if name not in ("name", "share_ceiling"):
                value, least = getattr(self, name), field.default
                if value > least if name in _SMALLER_IS_STRICTER else value < least:
                    raise ValueError(f"{name} would loosen the release policy")
        return self

    @classmethod
    def strict(cls) -> Policy:
        """The default policy."""
        return cls()

    @property
    def digest(self) -> str:
        """SHA-256 of all numbers, shortened to 16 hex digits; stands in the report."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()[:16]

    def tighten(self, changes: Mapping[str, int]) -> Policy:
        """A stricter policy.

        Parameters
        ----------
        changes : mapping of field name to its new number

        Raises
        ------
        ParamsError
            Unknown names, numbers that would loosen a rule, or that contradict each other; all at once.
        """
        known = [name for name in type(self).model_fields if name not in ("name", "share_ceiling")]
        problems = []
        for name, value in changes.items():
            where = f"release.tighten.{name}"
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
                problems.append(Problem("The policy has no such number.", where, advice))
                continue
            present = getattr(self, name)
            smaller = name in _SMALLER_IS_STRICTER
            if value > present if smaller else value < present:
                bound = f"At most {present}." if smaller else f"At least {present}."
                problems.append(Problem("This would loosen the release policy.", where, bound))
        if problems:
            raise ParamsError.of(problems, "The release policy can only be made stricter:")
        try:
            return type(self).model_validate({**self.model_dump(), **changes})
        except ValueError:
            raise ParamsError(
                "These numbers do not fit together or are out of range.",
                where="release.tighten",
                todo="A rounded count must stay above the hidden ones, and a curve's step must hold as many "
                "events as counts are rounded to.",
            ) from None


def policy_of(params: Params) -> Policy:
    """The policy that a quarter's params ask for: `strict`, tightened as they say.

    Of a target group that is defined by residence status everything is sensitive.

    Raises
    ------
    ParamsError
        As `Policy.tighten`.
    """
    policy = Policy.strict().tighten(params.release.tighten)
    sensitive = getattr(params.cohort, "sensitive", False)
    return policy.model_copy(update={"sensitive_throughout": True}) if sensitive else policy
