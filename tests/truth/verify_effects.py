"""Effects over many cities of Hamm's own size, beside the planted truth: what docs/verification.md tells.

    python tests/truth/verify_effects.py                    # 300 cities a scenario, into docs/verification.md
    python tests/truth/verify_effects.py --replicates 20    # a look, written nowhere

Replicates, seeds and the rule of acceptance were fixed before the first run. Each city is estimated as the
analyst of the quarter sees it; the design decides, before the estimate is looked at, whether it is shown.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from acceptance import band
from scipy.stats import norm
from trap_lab import City

from hamm_eval.analysis import measure_effectiveness as landmark
from hamm_eval.analysis import target_trial as emulated
from hamm_eval.analysis.missing_covariates import covariates_of
from hamm_eval.cohort import LandmarkTrial
from hamm_eval.effects import HorizonEffect, assess_design, effect_at_horizon
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Definition
from hamm_eval.params import Params, StrategyPair, TargetTrialQuestion, load_params
from hamm_eval.release.policy import policy_of
from hamm_eval.survival import cox
from hamm_eval.synthetic.export import simulate_city
from hamm_eval.synthetic.marked import with_tables
from hamm_eval.synthetic.scenario import load_scenario

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "verification.md"
REPLICATES, SEED = 300, 20_261_128
SCENARIOS = ("hamm", "null")
COURSE, COACHING = "intensive_course_on_b1", "job_coaching_on_work"
YEAR = 365


@dataclass(frozen=True)
class Cell:
    """What is estimated: its name on the page, and the truth it aims at.

    The truth is None where it is known to be 0, or, for the logarithm of a hazard ratio, on the null alone. A
    naive cell is not checked: it shows what an analysis that walks into a trap would have claimed.
    """

    name: str
    truth: tuple[str, str, str, str] | None
    naive: bool = False
    log_hazard_ratio: bool = False


_COURSE_ON_B1 = ("language_course_intensive", "language_b1")
CELLS = {
    "landmark": Cell(
        "Intensive course on B1, from day 90 on, ATT",
        (*_COURSE_ON_B1, "started_by_landmark", "intention_to_treat"),
    ),
    "coaching": Cell("Job coaching on work, from day 90 on, ATT (null only)", None),
    "per_protocol": Cell(
        "Start of the course within 91 days or never, ATT",
        (*_COURSE_ON_B1, "start_within_91_days", "per_protocol"),
    ),
    "intention_to_treat": Cell(
        "Start of the course within 91 days or not, ATT",
        (*_COURSE_ON_B1, "start_within_91_days", "intention_to_treat"),
    ),
    "ever": Cell(
        "Ever in the course within the year against never, same covariates adjusted",
        (*_COURSE_ON_B1, "start_within_91_days", "per_protocol"),
        naive=True,
    ),
    "ever_hazard_ratio": Cell("The same as a hazard ratio", None, naive=True, log_hazard_ratio=True),
    "ever_hazard_ratio_crude": Cell(
        "The same as a hazard ratio, nothing adjusted", None, naive=True, log_hazard_ratio=True
    ),
    "unadjusted": Cell(
        "In the course by day 90 against not, from day 90 on, nothing adjusted",
        (*_COURSE_ON_B1, "started_by_landmark", "intention_to_treat"),
        naive=True,
    ),
}


@dataclass(frozen=True)
class Found:
    """One estimate in one city, a hazard ratio as its logarithm."""

    value: float
    std_error: float
    lower: float
    upper: float
    shown: bool


@cache
def _params() -> Params:
    return load_params(ROOT / "params" / "2017-Q2.yaml")


@cache
def planted(scenario: str) -> dict[str, float]:
    """True risk difference of each cell, after a year; nan where no truth is planted."""
    stored = files("hamm_eval.synthetic.truth").joinpath("stored", f"{scenario}.json")
    rows = json.loads(stored.read_text(encoding="utf-8"))["effects"]
    found = {}
    for key, cell in CELLS.items():
        if scenario == "null" or cell.truth is None:
            found[key] = float("nan") if scenario != "null" and cell.log_hazard_ratio else 0.0
            continue
        measure, endpoint, strategies, adherence = cell.truth
        asked = {"measure": measure, "endpoint": endpoint, "strategies": strategies, "adherence": adherence}
        asked |= {"estimand": "ATT", "effect": "total", "horizon_days": YEAR}
        (row,) = [row for row in rows if all(row[name] == value for name, value in asked.items())]
        found[key] = float(row["risk_difference"])
    return found


def replicate(job: tuple[str, int]) -> dict[str, Found | None]:
    """All cells in one city of a scenario; None where nothing could be estimated."""
    scenario, number = job
    params, seed = _params(), SEED + number
    city = City(*simulate_city(load_scenario(scenario), seed=seed))
    case_file = city.known_by(params.data_cut)
    trial = _trial(case_file, params, COURSE)
    found = {"landmark": _landmark(trial, params, COURSE), "unadjusted": _unadjusted(trial)}
    if scenario == "null":
        found["coaching"] = _landmark(_trial(case_file, params, COACHING), params, COACHING)
    # The truth of starting within a grace period counts from eligibility on: files must open with it.
    early = City(*simulate_city(load_scenario(scenario).without(["late_entry"]), seed=seed))
    seen = early.known_by(params.data_cut)
    known = early.params(params.data_cut, delays=params.reporting_delay_days)
    for adherence in ("per_protocol", "intention_to_treat"):
        compared = _started_within(seen, known, adherence)
        found[adherence] = _emulated(compared, known, adherence)
        if adherence == "per_protocol":
            found |= _ever_against_never(compared)
    return found


def _judged(fit: Any) -> Found:
    return Found(fit.value, fit.std_error, fit.lower, fit.upper, assess_design(fit).passed)


def _trial(case_file: Any, params: Params, key: str) -> LandmarkTrial:
    question = params.measure_effectiveness[key]
    return landmark.trial_of(case_file, params, question, question.endpoint)


def _landmark(trial: LandmarkTrial, params: Params, key: str) -> Found | None:
    question = params.measure_effectiveness[key]
    small = landmark.level_judge(trial, policy_of(params))
    matrix = covariates_of(trial, question, params.groups, small, Definition("verification", key))
    fit = landmark.fit_and_judge(trial.rows[matrix.kept], matrix, trial, question)[0]
    return None if fit is None else _judged(fit)


def _unadjusted(trial: LandmarkTrial) -> Found:
    """From the landmark on, but whoever was chosen for the course against whoever was not: confounding."""
    rows = trial.rows
    fit = effect_at_horizon(
        rows["time"].astype(float),
        rows["cause"],
        rows["treated"],
        None,
        horizon=trial.landmark_days + trial.horizon_days,
        entry=np.full(len(rows), float(trial.landmark_days)),
        cluster=rows["household_id"].to_numpy(dtype=str),
        method="unadjusted",
    )
    return Found(fit.value, fit.std_error, fit.lower, fit.upper, True)


def _pair(params: Params, adherence: Any) -> tuple[TargetTrialQuestion, StrategyPair]:
    question = params.target_trials[COURSE].model_copy(update={"months": (0,)})
    return question, StrategyPair(trials="first", grace_days=91, adherence=adherence)


def _started_within(case_file: Any, params: Params, adherence: str) -> emulated.Compared:
    """Who is eligible on the first day, with the covariates."""
    question, pair = _pair(params, adherence)
    trials = emulated._trials(case_file, params, question, question.endpoint, pair, YEAR)
    return emulated._compared(trials, params, question, Definition("verification", adherence))


def _emulated(compared: emulated.Compared, params: Params, adherence: str) -> Found | None:
    question, pair = _pair(params, adherence)
    return _or_none(lambda: _judged(emulated._estimate(compared, pair, question, YEAR)))


def _ever_against_never(compared: emulated.Compared) -> dict[str, Found | None]:
    """Whoever began within the year against whoever never did: immortal time, and crude also confounding.

    Who began had to be there without the goal until then; who reached it before, or left, counts as never in
    the course. Adjusting for covariates does not repair that.
    """
    rows = compared.rows
    ever = (rows["start"] < rows["time"].clip(upper=YEAR)).astype(int)
    cluster = rows["household_id"].to_numpy(dtype=str)

    def placed(columns: pd.DataFrame) -> pd.DataFrame:
        return columns.iloc[compared.place].reset_index(drop=True)

    def difference() -> Found:
        def once(columns: pd.DataFrame) -> HorizonEffect:
            return effect_at_horizon(
                rows["time"].astype(float),
                rows["cause"],
                ever,
                placed(columns),
                horizon=YEAR,
                cluster=cluster,
                interactions="none",
            )

        fit = compared.covariates.estimate(once)
        return Found(fit.value, fit.std_error, fit.lower, fit.upper, True)

    def ratio(x: pd.DataFrame) -> Found:
        event = (rows["cause"] == 1) & (rows["time"] <= YEAR)
        fit = cox(rows["time"].clip(upper=YEAR), event, x, cluster=cluster)
        limits = float(np.log(fit.lower[0])), float(np.log(fit.upper[0]))
        return Found(float(fit.coefficients[0]), float(fit.std_error[0]), *limits, True)

    crude = pd.DataFrame({"ever": ever})
    # Of the imputations the first alone: the interval is naive too.
    adjusted = pd.concat([crude, placed(compared.covariates.columns)], axis=1)
    return {
        "ever": _or_none(difference),
        "ever_hazard_ratio": _or_none(lambda: ratio(adjusted)),
        "ever_hazard_ratio_crude": _or_none(lambda: ratio(crude)),
    }


def _or_none(find: Callable[[], Found]) -> Found | None:
    try:
        return find()
    except NotEstimable:
        return None


@dataclass(frozen=True)
class Summary:
    """A cell over all cities of a scenario."""

    cell: str
    scenario: str
    truth: float
    asked: int
    found: tuple[Found, ...]

    @property
    def mean(self) -> float:
        return float(np.mean([f.value for f in self.found]))

    @property
    def error_in_standard_errors(self) -> float:
        """Mean error over its own Monte-Carlo error."""
        values = np.array([f.value for f in self.found])
        return float((values.mean() - self.truth) / (values.std(ddof=1) / np.sqrt(values.size)))

    @property
    def ratio(self) -> float:
        """Mean standard error over the estimates' own spread."""
        values = np.array([f.value for f in self.found])
        return float(np.mean([f.std_error for f in self.found]) / values.std(ddof=1))

    def covered(self, *, shown: bool = False) -> tuple[int, int]:
        """How many intervals hold the truth, of how many."""
        asked = [f for f in self.found if f.shown or not shown]
        return sum(f.lower <= self.truth <= f.upper for f in asked), len(asked)

    def claims(self, *, shown: bool = False) -> float:
        """Share of cities in which the interval excludes 0, of all cities."""
        return sum((f.lower > 0 or f.upper < 0) and (f.shown or not shown) for f in self.found) / self.asked

    @property
    def withheld(self) -> float:
        return 1 - sum(f.shown for f in self.found) / self.asked


def run(replicates: int, *, workers: int = 2, scenarios: Sequence[str] = SCENARIOS) -> list[Summary]:
    """Estimate all cells in so many cities of each scenario."""
    gathered: dict[tuple[str, str], list[Found]] = defaultdict(list)
    jobs = [(scenario, number) for scenario in scenarios for number in range(replicates)]
    with ProcessPoolExecutor(workers) as pool:
        for (scenario, _), cells in zip(jobs, pool.map(replicate, jobs, chunksize=5), strict=True):
            for key, found in cells.items():
                place = gathered[scenario, key]
                if found is not None:
                    place.append(found)
    return [
        Summary(key, scenario, planted(scenario)[key], replicates, tuple(gathered[scenario, key]))
        for scenario in scenarios
        for key in CELLS
        if (scenario, key) in gathered
    ]


def failures(summaries: Sequence[Summary]) -> Iterator[str]:
    """Cells outside of what a perfect method would show in 999 of 1,000 runs, Bonferroni over the cells."""
    checked = [summary for summary in summaries if not CELLS[summary.cell].naive]
    tests = 3 * len(checked)
    for summary in checked:
        place = f"{summary.scenario}, {CELLS[summary.cell].name}"
        for shown in (False, True):
            covered, of = summary.covered(shown=shown)
            low, high = band(of, 0.95, tests)
            if not low <= covered <= high:
                yield f"{place}: {covered} of {of} covered, band {low} to {high}{' (shown)' if shown else ''}"
        if abs(summary.error_in_standard_errors) > norm.isf(0.0005 / tests):
            yield f"{place}: mean error {summary.error_in_standard_errors:.1f} of its standard errors"


HEADS = (
    "| scenario | what is estimated | truth | mean estimate | mean error / its MC error "
    "| standard error / spread | coverage, all | coverage, shown | withheld | excludes 0, shown |"
)
NAIVE_HEADS = "| scenario | naive analysis | truth | it says, on average | excludes no effect |"


def table(summaries: Sequence[Summary]) -> str:
    """What is checked: a row for each cell and scenario."""
    lines = [HEADS, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    for s in summaries:
        if CELLS[s.cell].naive:
            continue
        covered, of = s.covered()
        shown, of_shown = s.covered(shown=True)
        among_shown = f"{100 * shown / of_shown:.1f} %" if of_shown else "none shown"
        lines.append(
            f"| {s.scenario} | {CELLS[s.cell].name} | {100 * s.truth:.1f} | {100 * s.mean:.1f} "
            f"| {s.error_in_standard_errors:+.1f} | {s.ratio:.2f} | {100 * covered / of:.1f} % "
            f"| {among_shown} | {100 * s.withheld:.0f} % "
            f"| {100 * s.claims(shown=True):.1f} % |"
        )
    return "\n".join(lines)


def naive_table(summaries: Sequence[Summary]) -> str:
    """What naive analyses of the same cities would have claimed."""
    lines = [NAIVE_HEADS, "|---|---|---:|---:|---:|"]
    for s in summaries:
        cell = CELLS[s.cell]
        if not cell.naive:
            continue
        if cell.log_hazard_ratio:
            truth = "none planted" if np.isnan(s.truth) else f"{np.exp(s.truth):.2f}"
            said = f"{np.exp(s.mean):.2f}"
        else:
            truth, said = f"{100 * s.truth:.1f}", f"{100 * s.mean:.1f}"
        lines.append(f"| {s.scenario} | {cell.name} | {truth} | {said} | {100 * s.claims():.0f} % |")
    return "\n".join(lines)


def content(summaries: Sequence[Summary], replicates: int) -> str:
    """What stands between the marks of the page."""
    failed = list(failures(summaries))
    rule = (
        "No cell lies outside of its band." if not failed else "Outside of their bands: " + "; ".join(failed)
    )
    return (
        f"{replicates} cities a scenario, seeds from {SEED} on. {rule}\n\n{table(summaries)}\n\n"
        f"What naive analyses of the same cities would have claimed:\n\n{naive_table(summaries)}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    done = run(given.replicates, workers=given.workers)
    written = content(done, given.replicates)
    print(written)
    if given.replicates == REPLICATES:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_tables(page, {"effects": written}), encoding="utf-8")
