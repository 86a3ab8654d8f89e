"""Findings: what released numbers say, in one sentence. Nothing is estimated here.

Quarters are interim looks, so a finding names estimate and interval and never speaks of significance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from markupsafe import Markup

from hamm_eval.effects import adjust_p
from hamm_eval.release.released import (
    Interval,
    ReleasedCurve,
    ReleasedCurves,
    ReleasedEffect,
    ReleasedEffectRow,
    ReleasedModel,
    ReleasedTerm,
)
from hamm_eval.report.wording import Wording

YEAR = 365
SURPRISING = 0.05
_NORMAL_95 = 1.959964
_LEAST_RATIO = 0.005  # a ratio shown as 0.00
NO_BREAK = "\u00a0"


def headline_horizon(release: ReleasedCurves) -> int | None:
    """Position of the horizon to speak of: the nearest to one year that has a value; None without any."""
    valued = [
        position
        for position in range(len(release.horizons))
        if any(value_at(curve, position) is not None for curve in release.curves)
    ]
    return min(valued, key=lambda i: (abs(release.horizons[i] - YEAR), i)) if valued else None


def told_horizon(release: ReleasedCurves) -> int | None:
    """As `headline_horizon`, where "over 95 %" is told too."""
    told = [
        position
        for position, days in enumerate(release.horizons)
        if any(value_at(curve, position) is not None or over_at(curve, days) for curve in release.curves)
    ]
    return min(told, key=lambda i: (abs(release.horizons[i] - YEAR), i)) if told else None


def over_at(curve: ReleasedCurve, days: float, cause: int = 0) -> bool:
    """Whether the share of a cause lies above the ceiling by then (rule 3); cause 0 is the endpoint."""
    since = curve.over_ceiling_from[cause] if cause < len(curve.over_ceiling_from) else None
    return since is not None and days >= since


def share_at(release: ReleasedCurves, curve: ReleasedCurve, position: int, wording: Wording) -> str:
    """The share at a horizon in words, "über 95 %" too; "" where none is shown."""
    if over_at(curve, release.horizons[position]):
        return wording.nearly_all
    at = value_at(curve, position)
    return "" if at is None or at.value is None else wording.percent(at.value)


def over_ceiling_note(release: ReleasedCurves, wording: Wording) -> str:
    """Why a line ends at 95 %; "" where none does."""
    passed = any(curve.over_ceiling_from for curve in release.curves)
    return wording.text("curves.over_ceiling", ceiling=wording.nearly_all) if passed else ""


def value_at(curve: ReleasedCurve, position: int) -> Interval | None:
    """The interval at a horizon, None where the curve does not reach it or is withheld."""
    if curve.withheld or position >= len(curve.at_horizon):
        return None
    at = curve.at_horizon[position]
    return None if at.value is None else at


def competing_at(curve: ReleasedCurve, position: int) -> tuple[float | None, ...]:
    """Shares that the competing causes took by a horizon, one per cause; None where not shown."""
    if curve.withheld:
        return ()
    return tuple(
        shares[position] if position < len(shares) else None for shares in curve.competing_at_horizon
    )


def curves_title(release: ReleasedCurves, wording: Wording) -> str:
    """Title of an incidence figure: the finding."""
    endpoint = wording.endpoint(release.endpoint)
    if all(curve.withheld for curve in release.curves):
        return wording.text("curves.title_withheld", endpoint=endpoint)
    position = told_horizon(release)
    if position is None:
        return wording.text("curves.title_unreached", endpoint=endpoint)
    months = wording.months(release.horizons[position])
    over = [curve for curve in release.curves if over_at(curve, release.horizons[position])]
    if over and len(release.curves) > 1:
        levels = wording.join(wording.level_name(release.dimension, curve.level) for curve in over)
        return wording.text(
            "curves.title_over", endpoint=endpoint, months=months, levels=levels, value=wording.nearly_all
        )
    if over:
        return wording.text("curves.title_one", months=months, value=wording.nearly_all, endpoint=endpoint)
    pair = extremes(release, position)
    if pair is None:
        at = next(v for c in release.curves if (v := value_at(c, position)) is not None)
        return _title_of_one(at, months, endpoint, wording)
    (low_curve, low), (high_curve, high) = pair
    gap = _gap(release, position)
    # Without an interval of the difference nobody can say whether rounding or chance made the order.
    if gap is None:
        return wording.text("curves.title_unreached", endpoint=endpoint)
    if gap[0] <= 0:
        return wording.text("curves.title_unclear", endpoint=endpoint, months=months)
    if wording.percent(low.value or 0) == wording.percent(high.value or 0):
        return wording.text(
            "curves.title_equal", endpoint=endpoint, months=months, value=wording.percent(high.value or 0)
        )
    return wording.text(
        "curves.title_groups",
        endpoint=endpoint,
        months=months,
        low_level=wording.level_name(release.dimension, low_curve.level),
        low=wording.percent(low.value or 0),
        high_level=wording.level_name(release.dimension, high_curve.level),
        high=wording.percent(high.value or 0),
    )


def _title_of_one(at: Interval, months: int, endpoint: str, wording: Wording) -> str:
    """Title where a single curve is shown."""
    span = wording.percent_range(at).replace(" ", NO_BREAK)
    key = "curves.title_one_range" if span else "curves.title_one"
    return wording.text(
        key, months=months, value=wording.percent(at.value or 0), endpoint=endpoint, range=span
    )


def extremes(
    release: ReleasedCurves, position: int
) -> tuple[tuple[ReleasedCurve, Interval], tuple[ReleasedCurve, Interval]] | None:
    """The groups with the lowest and the highest value at a horizon; None with fewer than two groups."""
    shown = [(curve, at) for curve in release.curves if (at := value_at(curve, position)) is not None]
    if len(shown) < 2:
        return None
    ranked = sorted(shown, key=lambda pair: pair[1].value or 0.0)
    return ranked[0], ranked[-1]


def curves_comparison(release: ReleasedCurves, wording: Wording) -> str:
    """How far the lowest and the highest group lie apart, with the interval of that; "" with one group.

    Intervals of two groups may overlap though their difference is clear, so the difference has one of its
    own. The two were picked as the extremes, so it is widened for all pairs of groups (Bonferroni).
    """
    position = headline_horizon(release)
    pair = None if position is None else extremes(release, position)
    gap = None if position is None else _gap(release, position)
    if position is None or pair is None or gap is None:
        return ""
    (low_curve, low), (high_curve, high) = pair
    apart = (high.value or 0.0) - (low.value or 0.0)
    key = "curves.apart" if gap[0] > 0 else "curves.perhaps_apart"
    return wording.text(
        key,
        low_level=wording.level_name(release.dimension, low_curve.level),
        high_level=wording.level_name(release.dimension, high_curve.level),
        months=wording.months(release.horizons[position]),
        apart=wording.points(apart, signed=False),
        range=wording.points_range(*gap),
    )


def _gap(release: ReleasedCurves, position: int) -> tuple[float, float] | None:
    """Interval of the difference between the highest and the lowest group; None where there is none."""
    pair = extremes(release, position)
    if pair is None:
        return None
    (low_curve, low), (high_curve, high) = pair
    errors = [curve.std_error_at_horizon[position] for curve in (low_curve, high_curve)]
    if low.value is None or high.value is None or None in errors:
        return None
    shown = sum(value_at(curve, position) is not None for curve in release.curves)
    pairs = shown * (shown - 1) // 2
    critical = NormalDist().inv_cdf(1 - 0.025 / pairs)
    apart = high.value - low.value
    reach = critical * math.hypot(*(error for error in errors if error is not None))
    return apart - reach, apart + reach


def model_title(release: ReleasedModel, wording: Wording) -> str:
    """Title of a forest plot: the characteristic that stands out most, if one does."""
    endpoint = wording.endpoint(release.endpoint)
    if release.withheld:
        return wording.text("model.title_withheld", endpoint=endpoint)
    finding, factor = strongest(release.terms)
    return wording.text(
        f"model.title_{finding}", endpoint=endpoint, factor=wording.dimension(factor) if factor else ""
    )


def strongest(terms: Sequence[ReleasedTerm]) -> tuple[Literal["strongest", "chance", "none"], str]:
    """Which characteristic of a model stands out most, corrected for how many are compared (Holm).

    From the ratios and intervals as they are shown. "chance" where single intervals leave 1 out, and none of
    the differences is larger than so many comparisons let expect; then, and for "none", no characteristic.

    References
    ----------
    Holm, S. (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    compared = [term for term in terms if not term.reference]
    if not compared:
        return "none", ""
    adjusted = adjust_p([_p_value(term) for term in compared], method="holm")
    least = int(adjusted.argmin())
    if adjusted[least] < SURPRISING:
        return "strongest", compared[least].factor
    apart = any(term.lower > 1 or term.upper < 1 for term in compared)
    return ("chance" if apart else "none"), ""


def many_compared(terms: Sequence[ReleasedTerm], wording: Wording) -> str:
    """That a title over many comparisons is corrected for them, and their intervals are not."""
    compared = sum(not term.reference for term in terms)
    return wording.text("model.many_compared", n=wording.number(compared)) if compared > 1 else ""


def _p_value(term: ReleasedTerm) -> float:
    """Two-sided p-value of no difference, by a ratio and its interval; of Student's t it errs upwards."""
    lower, ratio, upper = (math.log(max(at, _LEAST_RATIO)) for at in (term.lower, term.ratio, term.upper))
    error = (upper - lower) / (2 * _NORMAL_95)
    return math.erfc(abs(ratio) / error / math.sqrt(2)) if error else 1.0


@dataclass(frozen=True, slots=True)
class EffectFinding:
    """An effect in persons of a hundred; `direction` is more, fewer, unclear or withheld."""

    direction: str
    n: str = ""
    lower: str = ""
    upper: str = ""
    estimate: str = ""


def effect_finding(release: ReleasedEffect | ReleasedEffectRow, wording: Wording) -> EffectFinding:
    """What a released effect says of 100 persons."""
    at = release.difference
    if release.withheld or at is None or at.value is None or at.lower is None or at.upper is None:
        return EffectFinding("withheld")
    value, lower, upper = round(at.value * 100), round(at.lower * 100), round(at.upper * 100)
    if lower > 0:
        return EffectFinding("more", *map(wording.number, (value, lower, upper)))
    if upper < 0:
        return EffectFinding("fewer", *map(wording.number, (-value, -upper, -lower)))
    return EffectFinding(
        "unclear",
        wording.number(abs(value)),
        bound(lower, wording),
        bound(upper, wording),
        in_hundred(value, wording),
    )


def in_hundred(points: int, wording: Wording) -> str:
    """Signed persons of a hundred: "3 weniger", "9 mehr", "gleich viele"."""
    if points == 0:
        return wording.text("effect.same")
    return wording.text("effect.more" if points > 0 else "effect.fewer", n=wording.number(abs(points)))


def bound(points: int, wording: Wording) -> str:
    """An end of an interval in persons of a hundred: as `in_hundred`, but 0 is "0 mehr"."""
    return in_hundred(points, wording) if points else wording.text("effect.more", n=wording.number(0))


def effect_title(release: ReleasedEffect, wording: Wording) -> str:
    """Title of an effect: the finding."""
    finding = effect_finding(release, wording)
    return wording.text(
        f"effect.title_{finding.direction}",
        population=wording.text(f"effect.population.{release.estimand}"),
        measure=wording.measure(release.measure),
        endpoint=wording.endpoint(release.endpoint),
        n=finding.n,
    )


def effect_headline(release: ReleasedEffect, wording: Wording, prefix: str = "effect.headline") -> Markup:
    """The effect's main sentence, as HTML."""
    finding = effect_finding(release, wording)
    return wording.markup(
        f"{prefix}_{finding.direction}",
        population=wording.text(f"effect.population.{release.estimand}"),
        measure=wording.measure(release.measure),
        endpoint=wording.endpoint(release.endpoint),
        n=finding.n,
        lower=finding.lower,
        upper=finding.upper,
        estimate=finding.estimate,
    )
