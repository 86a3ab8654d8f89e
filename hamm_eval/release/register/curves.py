"""Curves of a whole series: results that tell, drawn quarter after quarter, how few came in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hamm_eval.release.facts import Facts
from hamm_eval.release.known_curves import EarlierCurves, KnownCurve
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import days_recovered, families, tells_of_few
from hamm_eval.release.proof.curve_family import Family


def recovering_curves(
    series: Mapping[str, tuple[Facts, ...]], quarter: str, policy: Policy
) -> tuple[str, ...]:
    """Results of a quarter whose curves, with those of other quarters and beside each other, tell too much.

    Parameters
    ----------
    series : mapping of quarter to facts
        That quarter among them.
    quarter : str
    policy : Policy

    Returns
    -------
    tuple of str
        Their names.
    """
    told = curves_told(series)
    found = {
        each.release: None
        for each in series[quarter]
        for curve in each.curves
        for chain in (told(each.release, each.version, curve.name), *_beside(curve, each.curves))
        if days_recovered(chain, policy)
    }
    others = {name: facts for name, facts in series.items() if name != quarter}
    for family in families(series[quarter], quarter_before(others, quarter)):
        if tells_of_few(family, policy):
            found |= dict.fromkeys(_of_parts(family, series[quarter]))
    return tuple(found)


def curves_told(series: Mapping[str, tuple[Facts, ...]]) -> EarlierCurves:
    """What the curves of all quarters have told, each result once, the oldest quarter first."""
    return EarlierCurves.of(
        (each.release, each.version, curve)
        for quarter in sorted(series)
        for each in {each.release: each for each in series[quarter]}.values()
        for curve in each.curves
    )


def quarter_before(series: Mapping[str, tuple[Facts, ...]], quarter: str) -> tuple[Facts, ...]:
    """What the last quarter before one has told; nothing where there is none."""
    return series[max(earlier)] if (earlier := [name for name in series if name < quarter]) else ()


def _of_parts(family: Family, facts: Iterable[Facts]) -> Iterable[str]:
    """Results that draw the parts of a family: without them the whole tells of nobody beside them."""
    parts = {part for total in family.sums for part in total.parts}
    return (told.release for told in facts for curve in told.curves if curve.key in parts)


def _beside(curve: KnownCurve, others: Iterable[KnownCurve]) -> Iterable[tuple[KnownCurve, ...]]:
    """A curve with each of the same result whose events are some of its own."""
    return ((other, curve) for other in others if other.name in curve.some)
