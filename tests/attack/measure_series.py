"""What curves tell quarter after quarter, alone and beside others: docs/curves-across-quarters.md.

python tests/attack/measure_series.py      # writes the page, in a minute or two
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hamm_eval import open_study
from hamm_eval.estimate import Curves, Estimate
from hamm_eval.pipeline.redrawing import draw_safely, facts_in
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json
from hamm_eval.release.known_curves import NOTHING_EARLIER
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import days_recovered, families
from hamm_eval.release.proof.curve_family import _recovered
from hamm_eval.release.record import RunRecord
from hamm_eval.release.register import curves_told
from hamm_eval.release.released import Release, ReleasedCurves
from hamm_eval.report.wording import Wording
from hamm_eval.study import Study

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "curves-across-quarters.md"
STRICT = Policy.strict()
QUARTERS = {"2017-Q2": "2017-06-30", "2017-Q3": "2017-09-30", "2017-Q4": "2017-12-31"}


@dataclass
class Figures:
    """Of one quarter: what its curves tell, and how near they are to the exact ones."""

    quarter: str
    curves: int = 0
    steps_alone: int = 0
    steps: int = 0
    told_alone: int = 0
    told: int = 0
    error_alone: float = 0.0
    error: float = 0.0


def asked_of(study: Study) -> Iterator[Estimate]:
    """Results with curves, as the notebooks ask for them."""
    for endpoint, by in (
        ("language_b1", None), ("language_b1", "household_type"), ("language_b1", "sex"),
        ("employment_13_weeks", None), ("employment_13_weeks", "sex"), ("school_entry", None),
        ("social_participation", None), ("orientation_course", None),
    ):  # fmt: skip
        yield study.time_to_integration(endpoint, by=by)
    yield study.access_to_systems("children")
    yield study.access_to_systems("adults")
    for domain in ("language", "work"):
        yield study.goals_at_reviews(domain)
        yield study.attainment_by_definition(domain)


def estimates(folder: Path) -> Iterator[tuple[str, tuple[Estimate, ...]]]:
    """Quarter by quarter, from the committed city."""
    written = (ROOT / "params" / "2017-Q2.yaml").read_text(encoding="utf-8")
    (folder / "params").mkdir()
    (folder / "synthetic_data").symlink_to(ROOT / "synthetic_data")
    for quarter, cut in QUARTERS.items():
        path = folder / "params" / f"{quarter}.yaml"
        path.write_text(written.replace("2017-Q2", quarter).replace("2017-06-30", cut), encoding="utf-8")
        yield quarter, tuple(asked_of(open_study(path, quarter=quarter, language="de")))


def told_of_few(series: dict[str, tuple[Facts, ...]], quarter: str) -> int:
    """Days by which curves of a quarter, with those before, tell how few came, cause by cause."""
    chains = curves_told({name: facts for name, facts in series.items() if name <= quarter})
    found = 0
    for facts in series[quarter]:
        for curve in facts.curves:
            beside = [(other, curve) for other in facts.curves if other.name in curve.some]
            for chain in (chains(facts.release, facts.version, curve.name), *beside):
                found += len(days_recovered(chain, STRICT))
    before = [name for name in series if name < quarter]
    for family in families(series[quarter], series[max(before)] if before else ()):
        found += sum(
            len({(each.name, each.day) for each in _recovered(family, cause, STRICT)})
            for cause in range(family.causes)
        )
    return found


def error_of(estimate: Estimate, shown: object) -> list[float]:
    """Distances of released lines to the exact ones, day by day, of curves by group."""
    if not isinstance(estimate, Curves) or not isinstance(shown, ReleasedCurves):
        return []
    found: list[float] = []
    for exact, curve in zip(estimate.estimates, shown.curves, strict=True):
        if not curve.withheld:
            days = np.arange(curve.time[0], curve.time[-1] + 1)
            line = np.array(curve.incidence)[np.searchsorted(curve.time, days, side="right") - 1]
            found += np.abs(line - np.asarray(exact.at(days)[0])[:, 0]).tolist()
    return found


def measured() -> list[Figures]:
    """Each quarter drawn as if it stood alone, and as a run draws it."""
    found: list[Figures] = []
    alone: dict[str, tuple[Facts, ...]] = {}
    beside: dict[str, tuple[Facts, ...]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for quarter, asked in estimates(folder):
            figures = Figures(quarter)
            earlier = curves_told(beside) if beside else NOTHING_EARLIER
            record = RunRecord(folder / quarter, "02")
            lone = [release(each, STRICT) for each in asked]
            alone[quarter] = tuple(facts_of(each, one, STRICT) for each, one in zip(asked, lone, strict=True))
            for each in asked:
                shown = release(each, STRICT, earlier)
                facts = facts_of(each, shown, STRICT)
                record.enter(shown, "<p></p>", facts=facts, policy=STRICT.digest, drawn_from=each)
            draw_safely(record, quarter, beside, STRICT, Wording("de"), earlier)
            drawn = [from_json(entry.release) for entry in record.entries()]
            beside[quarter] = facts_in(record.entries())
            figures.curves = sum(len(facts.curves) for facts in beside[quarter])
            figures.steps_alone, figures.steps = (_steps(each[quarter]) for each in (alone, beside))
            figures.told_alone = told_of_few(alone, quarter)
            figures.told = told_of_few(beside, quarter)
            figures.error_alone, figures.error = (_mean_error(asked, every) for every in (lone, drawn))
            found.append(figures)
    return found


def _mean_error(asked: Sequence[Estimate], shown: Sequence[Release]) -> float:
    """Mean distance over all days of all curves."""
    errors = [error for each, one in zip(asked, shown, strict=True) for error in error_of(each, one)]
    return float(np.mean(errors))


def _steps(told: tuple[Facts, ...]) -> int:
    """Steps of all curves and causes."""
    return sum(
        len(curve.steps(cause))
        for facts in told
        for curve in facts.curves
        for cause in range(len(curve.events))
    )


HEAD = """# What curves tell, quarter after quarter

A curve is drawn anew each quarter, from rounded counts. With the curves of the quarters before, and of a
whole beside its parts, it would tell how few came in between
([decision 16](adr/0016-curves-drawn-anew-every-quarter.md)); so steps are left out. The figures are of the
committed synthetic city, its curves by group, of access to systems and of goals, under the policy `strict`,
in three successive quarters. `make release-utility` computes them anew.

*Told* are days by which it is known that at least one and at most seven came, to fewer than six values: in a
chain of one curve, or a curve and one of some of its events, cause by cause, and in a family of a whole and
its parts. A chain's days are those of plain subtraction where that finds any. *Error* is the mean distance of
the drawn line to the exact one, day by day, of curves by group.

| quarter | curves | steps alone | steps kept | told alone | told as drawn | error alone | error as drawn |
|---|---|---|---|---|---|---|---|
"""


def page(found: list[Figures]) -> str:
    """The page's text."""
    rows = (
        f"| {one.quarter} | {one.curves} | {one.steps_alone:,} | {100 * one.steps / one.steps_alone:.1f} % "
        f"| {one.told_alone:,} | {one.told} | {100 * one.error_alone:.2f} points "
        f"| {100 * one.error:.2f} points |\n"
        for one in found
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(measured()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
