"""The release policy: every number of the rules as a parameter.

Two profiles: `strict` makes what may be passed on, `internal` what stays with researchers inside the city.
Params choose one and may tighten its numbers; they are loosened by editing a policy file alone, whose digest
stands in the report, and never below what `internal` asks. No profile switches the gate off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.errors import ParamsError, Problem
from hamm_eval.nearest import did_you_mean
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
_FIXED = ("name", "share_ceiling", "sensitive_throughout")

INTERNAL: Mapping[str, int] = MappingProxyType(
    {
        "largest_hidden_count": 2,
        "count_rounding": 1,
        "smallest_denominator": 3,
        "quantile_step_days": 1,
        "curve_persons": 20,
        "curve_events": 10,
        "curve_rounding": 1,
        "curve_step_events": 3,
        "curve_at_risk": 3,
        "curve_lag_percent": 10,
        "model_events_per_parameter": 5,
        "level_persons": 5,
        "level_events": 3,
        "level_non_events": 3,
        "effect_persons": 20,
        "overlap_bins": 20,
        "money_step": 1,
        "feasible_values": 2,
    }
)
"""What `internal` asks instead: no number from fewer than three, the rule of the German labour statistics,
and exact counts; all other numbers are those of `strict`. The floor of every policy file."""

_PROTECTION = frozenset(
    {
        "largest_hidden_count",
        "count_rounding",
        "curve_rounding",
        "curve_step_events",
        "curve_at_risk",
        "level_events",
        "level_non_events",
        "feasible_values",
    }
)
"""What keeps hidden counts hidden, over tables and quarters: what is passed on keeps these numbers."""

Profile = Literal["strict", "internal"]


class Policy(FrozenModel):
    """Numbers of the release rules; the defaults are the policy `strict`.

    Parameters
    ----------
    name : "strict" or "internal"
        The profile. What `internal` makes is marked as not for passing on.
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

    name: Profile = "strict"
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
        for name, least in floors(self.name).items():
            if _looser(name, getattr(self, name), least):
                raise ValueError(f"{name} would loosen the release policy")
        return self

    @classmethod
    def strict(cls) -> Policy:
        """The default policy: what it lets out may be passed on."""
        return cls()

    @classmethod
    def internal(cls) -> Policy:
        """For researchers inside the city: minimum 3, exact counts; not for passing on."""
        return cls.model_validate({"name": "internal", **INTERNAL})

    @classmethod
    def of_profile(cls, name: Profile) -> Policy:
        """The profile as it stands, neither tightened nor loosened."""
        return cls.internal() if name == "internal" else cls.strict()

    @property
    def exact(self) -> bool:
        """Whether counts that are shown are shown as they are."""
        return self.count_rounding == 1

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
        problems = [*_unknown(changes, "release.tighten")]
        for name in (name for name in changes if name in numbers()):
            present = getattr(self, name)
            if _looser(name, changes[name], present):
                bound = f"At most {present}." if name in _SMALLER_IS_STRICTER else f"At least {present}."
                todo = f"{bound} A policy file can loosen it: release.policy_file."
                problems.append(
                    Problem("This would loosen the release policy.", f"release.tighten.{name}", todo)
                )
        if problems:
            raise ParamsError.of(problems, "The release policy can only be made stricter:")
        return self._with(changes, "release.tighten")

    def changed_by_file(self, changes: Mapping[str, int]) -> Policy:
        """The policy with a policy file's numbers, stricter or looser, down to the profile's floor.

        Parameters
        ----------
        changes : mapping of field name to its new number

        Raises
        ------
        ParamsError
            Unknown names, numbers below the floor, or that contradict each other; all at once.
        """
        problems = [*_unknown(changes, "numbers")]
        for name in (name for name in changes if name in numbers()):
            least = floors(self.name)[name]
            if _looser(name, changes[name], least):
                bound = f"At most {least}." if name in _SMALLER_IS_STRICTER else f"At least {least}."
                internal = name in _PROTECTION and self.name == "strict"
                more = " What is not passed on may use the profile internal." if internal else ""
                problems.append(
                    Problem("No policy goes below this number.", f"numbers.{name}", f"{bound}{more}")
                )
        if problems:
            raise ParamsError.of(problems, "The policy file cannot be used:")
        return self._with(changes, "numbers")

    def _with(self, changes: Mapping[str, int], where: str) -> Policy:
        """The policy with other numbers; consistent, or refused."""
        try:
            return type(self).model_validate({**self.model_dump(), **changes})
        except ValueError:
            raise ParamsError(
                "These numbers do not fit together or are out of range.",
                where=where,
                todo="A rounded count must stay above the hidden ones, and a curve's step must hold as many "
                "events as counts are rounded to.",
            ) from None


def numbers() -> tuple[str, ...]:
    """Names of all numbers of a policy."""
    return tuple(name for name in Policy.model_fields if name not in _FIXED)


def floors(profile: Profile) -> dict[str, int]:
    """The loosest that each number of a profile can be, whatever a policy file says."""
    strict = {name: int(Policy.model_fields[name].default) for name in numbers()}
    fixed = _PROTECTION if profile == "strict" else frozenset()
    return {name: strict[name] if name in fixed else INTERNAL.get(name, strict[name]) for name in strict}


def _looser(name: str, value: int, than: int) -> bool:
    """Whether a number asks less than another."""
    return value > than if name in _SMALLER_IS_STRICTER else value < than


def _unknown(changes: Mapping[str, int], where: str) -> list[Problem]:
    """Names that a policy does not have."""
    known = numbers()
    return [
        Problem("The policy has no such number.", f"{where}.{name}", did_you_mean(name, known))
        for name in changes
        if name not in known
    ]


def policy_of(params: Params) -> Policy:
    """The policy that a quarter's params ask for: a profile, as a policy file changes it, tightened.

    Of a target group that is defined by residence status everything is sensitive.

    Raises
    ------
    ParamsError
        As `Policy.changed_by_file` and `Policy.tighten`.
    """
    release = params.release
    file = release.file
    policy = Policy.of_profile(release.policy)
    if file is not None:
        policy = policy.changed_by_file(file.numbers)
    policy = policy.tighten(release.tighten)
    sensitive = getattr(params.cohort, "sensitive", False)
    return policy.model_copy(update={"sensitive_throughout": True}) if sensitive else policy
