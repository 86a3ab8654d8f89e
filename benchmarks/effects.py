"""The effect of 12 measures on 5 endpoints at 3 horizons, monthly trials pooled, on two processes.

python benchmarks/effects.py                        # 1,416 simulated persons, all 180 effects estimable
python benchmarks/effects.py --city                 # the committed city, as a report does it
python benchmarks/effects.py --statsmodels          # the same estimator, written plainly with statsmodels

Each effect is the risk difference of starting a measure within 30 days against not starting (AIPW, trials of
six months pooled, departures competing, files closed early), with balance, overlap, the effect on departures
and the small-sample variance clustered by household; then again with the variance clustered by social worker,
counted apart. Imports, simulation and reading are not timed. Without ``--city`` every effect has all rows and
complete covariates; with it cohorts, trials, missing covariates (imputed as in a report) and the refusal of
small arms are part of what is timed. The city offers seven measures: five more are random halves of the
participants of five of them, under another name.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

# One thread a process: the work is spread over processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from hamm_eval.effects.starting_comparison import compare_strategies

ROOT = Path(__file__).resolve().parents[1]
SEED = 1
PERSONS, MEASURES, ENDPOINTS = 1_416, 12, 5
MONTHS, HORIZONS, GRACE = range(6), (6, 12, 18), 30
DAYS_PER_MONTH = 365.25 / 12
Job = Callable[[tuple[int, int]], "list[Spent]"]
RESAMPLES, ALL_RESAMPLES = 50, 999
REPEATS = 3


@dataclass(frozen=True)
class Trials:
    """Rows of one effect, a person and month each: what an estimator is given."""

    time: np.ndarray
    cause: np.ndarray
    start: np.ndarray
    covariates: pd.DataFrame
    month: np.ndarray
    person: np.ndarray
    household: np.ndarray
    worker: np.ndarray
    horizon: int


@dataclass(frozen=True)
class Spent:
    """CPU seconds of one effect; without its second variance None where it was refused."""

    household: float
    worker: float | None
    rows: int
    memory: int


# --- 1,416 persons of whom everything is known --------------------------------------------------------


@dataclass(frozen=True)
class City:
    """Persons with days of starts (persons, measures) and of endpoints, departures and closings."""

    covariates: pd.DataFrame
    household: np.ndarray
    worker: np.ndarray
    starts: np.ndarray
    goals: np.ndarray
    left: np.ndarray
    closed: np.ndarray

    def trials(self, measure: int, endpoint: int, months: int) -> Trials:
        """All persons in all months in which they are eligible."""
        zero = np.repeat([round(DAYS_PER_MONTH * month) for month in MONTHS], PERSONS)
        who = np.tile(np.arange(PERSONS), len(MONTHS))
        goal, left, closed = self.goals[who, endpoint], self.left[who], self.closed[who]
        end = np.minimum(np.minimum(goal, left), closed)
        start = self.starts[who, measure]
        kept = (end > zero) & (start > zero)
        cause = np.where(goal == end, 1, np.where(left == end, 2, 0))
        return Trials(
            time=(end - zero)[kept],
            cause=cause[kept],
            start=(start - zero)[kept],
            covariates=self.covariates.iloc[who[kept]].reset_index(drop=True),
            month=np.repeat(MONTHS, PERSONS)[kept],
            person=who[kept].astype(str),
            household=self.household[who[kept]].astype(str),
            worker=self.worker[who[kept]].astype(str),
            horizon=round(DAYS_PER_MONTH * months),
        )


def simulate() -> City:
    """Twelve columns of covariates, as the questions of params have; some thirty percent start in time."""
    rng = np.random.default_rng(SEED)
    schooling, household_class, provider = (rng.integers(k, size=PERSONS) for k in (3, 3, 6))
    columns = {
        "age": rng.uniform(16, 64, PERSONS),
        "sex": rng.integers(2, size=PERSONS),
        "any_german": rng.random(PERSONS) < 0.3,
    }
    columns |= {f"schooling={k}": schooling == k for k in (1, 2)}
    columns |= {f"household={k}": household_class == k for k in (1, 2)}
    columns |= {f"provider={k}": provider == k for k in range(1, 6)}
    x = pd.DataFrame(columns).astype(float)
    scaled = ((x - x.mean()) / x.std()).to_numpy()
    infinite = np.full((PERSONS, MEASURES), np.inf)
    starts = rng.exponential(400 / np.exp(scaled @ rng.normal(0, 0.1, (x.shape[1], MEASURES))))
    starts = np.where(starts < 900, np.ceil(starts), infinite)
    goals = np.ceil(rng.exponential(900 / np.exp(scaled @ rng.normal(0, 0.15, (x.shape[1], ENDPOINTS)))))
    left, closed = (np.ceil(rng.exponential(scale, PERSONS)) for scale in (2500, 4000))
    return City(
        x,
        np.sort(rng.integers(PERSONS * 10 // 17, size=PERSONS)),
        rng.integers(40, size=PERSONS // 2 + 1)[np.arange(PERSONS) // 2],
        starts,
        goals,
        left,
        closed,
    )


# --- this engine ------------------------------------------------------------------------------------


def compare(trials: Trials) -> Any:
    """The comparison that effects are read off from."""
    return compare_strategies(
        trials.time,
        trials.cause,
        trials.start,
        trials.covariates,
        horizon=trials.horizon,
        grace=GRACE,
        trial=trials.month,
        person=trials.person,
        cluster=trials.household,
        interactions="none",
        small_sample=True,
    )


def spend(ask: Callable[[], tuple[Any, Callable[[], Any] | None, int]]) -> Spent:
    """CPU seconds of an effect and of its second variance."""
    begun = time.process_time()
    _, again, rows = ask()
    first = time.process_time()
    if again is not None:
        again()
    second = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Spent(first - begun, None if again is None else second - first, rows, memory)


def simulated_job(city: City, job: tuple[int, int]) -> list[Spent]:
    """One measure and endpoint at all horizons."""
    measure, endpoint = job

    def ask(months: int) -> tuple[Any, Callable[[], Any], int]:
        trials = city.trials(measure, endpoint, months)
        found = compare(trials)
        return found.effect(), lambda: found.clustered_by(trials.worker).effect(), trials.time.size

    return [spend(partial(ask, months)) for months in HORIZONS]


# --- the committed city, by way of what a report uses -------------------------------------------------


class CommittedCity:
    """The case file of the committed city and twelve measures; cohorts are built where first asked for."""

    def __init__(self) -> None:
        from hamm_eval.analysis.groundwork import Groundwork
        from hamm_eval.casefile import read_source
        from hamm_eval.cohort.check_params import load_checked_params

        params = load_checked_params(ROOT / "params" / "2017-Q2.yaml")
        case_file = read_source(params.source, ROOT, as_of=params.data_cut, language="en")
        starts = case_file.tables["participations"]
        starts = starts[starts["started_on"].notna()].astype({"measure_id": object})
        rng = np.random.default_rng(SEED)
        self.starts = {name: starts[starts["measure_id"] == name] for name in params.measures}
        for name in list(params.measures)[: MEASURES - len(params.measures)]:
            persons = self.starts[name]["person_id"].unique()
            half = rng.choice(persons, len(persons) // 2, replace=False)
            self.starts[f"{name}_half"] = self.starts[name][self.starts[name]["person_id"].isin(half)]
        self.params = params
        self.ground = Groundwork(case_file, params)

    def ask(self, measure: str, endpoint: str, months: int) -> tuple[Any, Callable[[], Any] | None, int]:
        """An effect as `analysis.target_trial` estimates it."""
        from hamm_eval.analysis import target_trial as emulated
        from hamm_eval.analysis.arms import persons_by_arm, small_arms
        from hamm_eval.cohort import target_trials
        from hamm_eval.errors import NotEstimable
        from hamm_eval.estimate import Definition
        from hamm_eval.params import StrategyPair

        (question,) = self.params.target_trials.values()
        pair = StrategyPair(trials="pooled", grace_days=GRACE, adherence="intention_to_treat")
        horizon = round(DAYS_PER_MONTH * months)
        trials = target_trials(
            self.ground.cohort(endpoint),
            self.starts[measure],
            months=tuple(MONTHS),
            grace_days=GRACE,
            horizon_days=horizon,
        )
        definition = Definition("benchmark", f"{measure}/{endpoint}/{months}")
        compared = emulated._compared(trials, self.params, question, definition)
        rows = compared.rows
        started = rows["start"].lt(rows["time"]) & (rows["start"] <= GRACE)
        if small_arms(persons_by_arm(rows, started, horizon)):
            return None, None, len(rows)
        try:
            found = emulated._compare(compared, pair, question, horizon)
            effect = compared.covariates.pool([each.effect() for each in found])
        except NotEstimable:
            return None, None, len(rows)
        worker = rows["social_worker"].to_numpy(dtype=str)
        return (
            effect,
            lambda: emulated._pooled(compared, [each.clustered_by(worker) for each in found]),
            len(rows),
        )


def committed_job(city: CommittedCity, job: tuple[int, int]) -> list[Spent]:
    """One measure and endpoint at all horizons."""
    measure, endpoint = list(city.starts)[job[0]], list(city.params.endpoints)[job[1]]
    return [spend(partial(city.ask, measure, endpoint, months)) for months in HORIZONS]


# --- the same estimator with statsmodels --------------------------------------------------------------


def plain(trials: Trials, weight: np.ndarray) -> float:
    """The point estimate from person-period rows and generalised linear models; rows bear a frequency."""
    import statsmodels.api as sm

    from hamm_eval.effects.hazard_model import pieces

    until = np.minimum(trials.time, trials.horizon)
    begun = np.where(trials.start < until, trials.start, np.inf)
    months = pd.get_dummies(trials.month, prefix="month", drop_first=True, dtype=float)
    x = pd.concat([trials.covariates, months], axis=1).to_numpy()
    x = (x - x.mean(axis=0)) / x.std(axis=0)

    def rows_by_piece(cuts: np.ndarray, since: np.ndarray, end: np.ndarray) -> np.ndarray:
        return np.clip(np.minimum(cuts[1:], end[:, None]) - np.maximum(cuts[:-1], since[:, None]), 0, None)

    def hazard(exposures: list[np.ndarray], events: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Rates by piece and log hazard ratios of a Poisson model of the periods at risk."""
        spent, happened = np.hstack(exposures), np.hstack(events)
        who, piece = np.nonzero(spent > 0)
        design = np.hstack([np.eye(spent.shape[1])[piece], x[who]])
        model = sm.GLM(
            happened[who, piece],
            design,
            family=sm.families.Poisson(),
            offset=np.log(spent[who, piece]),
            freq_weights=weight[who],
        )
        found = model.fit().params
        return np.exp(found[: spent.shape[1]]), np.exp(x @ found[spent.shape[1] :])

    def event_in(cuts: np.ndarray, day: np.ndarray, flag: np.ndarray) -> np.ndarray:
        return ((day[:, None] > cuts[:-1]) & (day[:, None] <= cuts[1:]) & flag[:, None]).astype(float)

    none = np.zeros(until.size)
    cuts = pieces(begun, GRACE)
    waited = np.minimum(np.minimum(until, begun), GRACE)
    rate, relative = hazard([rows_by_piece(cuts, none, waited)], [event_in(cuts, waited, begun <= GRACE)])
    by_grace = (rows_by_piece(cuts, none, np.full(until.size, GRACE)) @ rate) * relative
    within = (rows_by_piece(cuts, none, np.minimum(until, GRACE)) @ rate) * relative
    started = begun <= GRACE
    treated = np.where(started, 1.0, np.where(until < GRACE, 1 - np.exp(-(by_grace - within)), 0.0))
    control = np.where(started, 0.0, np.exp(within)) * (1 - np.exp(-by_grace))

    ended = (trials.cause == 0) & (trials.time < trials.horizon)
    seen = np.ones(until.size)
    if ended.any():
        cuts = pieces(trials.time[ended], trials.horizon)
        before, after = np.minimum(until, begun), begun < until
        spent = [rows_by_piece(cuts, none, before), rows_by_piece(cuts, before, until)]
        closing = [event_in(cuts, until, ended & ~after), event_in(cuts, until, ended & after)]
        rate, relative = hazard(spent, closing)
        seen = np.where(ended, 0.0, np.exp((np.hstack(spent) @ rate) * relative))

    outcome = ((trials.cause == 1) & (trials.time <= trials.horizon)).astype(float)
    base = np.column_stack([np.ones(until.size), x])
    one, zero = np.column_stack([base, np.ones(until.size)]), np.column_stack([base, none])
    used = np.concatenate([weight * seen * treated, weight * seen * control])
    some = used > 0
    model = sm.GLM(
        np.tile(outcome, 2)[some],
        np.vstack([one, zero])[some],
        family=sm.families.Binomial(),
        freq_weights=used[some],
    ).fit()
    target = weight * treated
    return float(target @ (model.predict(one) - model.predict(zero)) / target.sum())


def resampled(trials: Trials, resamples: int) -> float:
    """Standard error by resampling whole households, as frequencies of their rows."""
    rng = np.random.default_rng(SEED)
    codes, labels = pd.factorize(trials.household)
    drawn = rng.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=resamples)
    return float(np.std([plain(trials, count[codes].astype(float)) for count in drawn], ddof=1))


def side_by_side(city: City, effects: int, resamples: int) -> None:
    """A row an effect: CPU seconds of both sides on the same arrays."""
    columns = ("effect", "rows", "this engine, all", "statsmodels, point", "ratio")
    columns += (f"with bootstrap of {ALL_RESAMPLES}", "ratio", "values differ by", "standard errors")
    print("| " + " | ".join(columns) + " |\n|---|" + "---:|" * (len(columns) - 1))
    for number in range(effects):
        measure, endpoint, months = number, number % ENDPOINTS, HORIZONS[number % len(HORIZONS)]
        trials = city.trials(measure, endpoint, months)
        own, effect = cpu_seconds(lambda: compare(trials).effect(), REPEATS)  # noqa: B023
        ones = np.ones(trials.time.size)
        point, value = cpu_seconds(lambda: plain(trials, ones), REPEATS)  # noqa: B023
        some, std_error = cpu_seconds(lambda: resampled(trials, resamples), 1)  # noqa: B023
        whole = point + some / resamples * ALL_RESAMPLES
        print(
            f"| measure {measure + 1}, endpoint {endpoint + 1}, {months} months | {ones.size:,} "
            f"| {own:.3f} s | {point:.3f} s | {point / own:.1f} × | {whole:,.0f} s | {whole / own:,.0f} × | "
            f"{abs(effect.value - value):.1e} | {effect.std_error:.4f}, {std_error:.4f} |",
            flush=True,
        )


def cpu_seconds(ask: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Median CPU seconds, and the answer."""
    seconds = []
    for _ in range(repeats):
        begun = time.process_time()
        answer = ask()
        seconds.append(time.process_time() - begun)
    return median(seconds), answer


# --- all effects on several processes -----------------------------------------------------------------


# What a process has from its parent: a city is not sent along with every job.
INHERITED: list[Job] = []


def inherited(job: tuple[int, int]) -> list[Spent]:
    """A job with the city that this process was forked with."""
    return INHERITED[0](job)


def all_effects(job: Job, processes: int) -> None:
    """Print what all measures, endpoints and horizons take together."""
    jobs = [(measure, endpoint) for endpoint in range(ENDPOINTS) for measure in range(MEASURES)]
    load = os.getloadavg()[0]
    begun, before = time.perf_counter(), cpu_of_all()
    INHERITED[:] = [job]
    with get_context("fork").Pool(processes) as pool:
        found = [spent for each in pool.imap_unordered(inherited, jobs) for spent in each]
        pool.close()
        pool.join()
    wall, cpu = time.perf_counter() - begun, cpu_of_all() - before
    estimated = [spent for spent in found if spent.worker is not None]
    print(f"{len(found)} effects asked for, {len(estimated)} estimated")
    print(f"{processes} processes, load before {load:.1f}: wall {wall:.1f} s, CPU {cpu:.1f} s")
    print(f"peak memory of a process {max(spent.memory for spent in found) / 2**20:.0f} MB")
    households, workers = sum(s.household for s in found), sum(s.worker or 0.0 for s in found)
    print(f"of the CPU seconds: {households:.1f} with households, {workers:.1f} more with social workers")
    each = median(s.household for s in estimated), median(s.worker or 0.0 for s in estimated)
    print(f"an effect (median): {each[0]:.3f} s with households, {each[1]:.3f} s more with social workers")
    print(f"rows of an effect (median): {median(s.rows for s in estimated):,.0f}")


def cpu_of_all() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used: Iterable[Any] = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in used)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--city", action="store_true", help="the committed city, as a report does it")
    parser.add_argument("--statsmodels", action="store_true", help="some effects beside statsmodels")
    parser.add_argument("--effects", type=int, default=5, help="how many beside statsmodels")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help=f"extrapolated to {ALL_RESAMPLES}")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    if given.statsmodels:
        side_by_side(simulate(), given.effects, given.resamples)
    elif given.city:
        all_effects(partial(committed_job, CommittedCity()), given.processes)
    else:
        all_effects(partial(simulated_job, simulate()), given.processes)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
