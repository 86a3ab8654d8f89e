"""The survival engine beside its peers: seconds, and memory above the input arrays, side by side in one run.

python benchmarks/survival.py                                # 2,000 to 2,000,000 persons, all tasks and sides
python benchmarks/survival.py --persons 20000 --task cox     # one size, one task
python benchmarks/survival.py --side hamm_eval               # this engine alone

Peers take part where they are installed: lifelines and statsmodels come with the project, scikit-survival
(GPL, never a dependency) and R with its packages survival and cmprsk do not. Each measurement is a process
of its own with one thread that reads the same arrays from disk; timed is the call alone, without imports and
reading, after a first one of which only calls of more than six seconds count, and as often as fits into three
seconds, at least twice: the medians of seconds and CPU seconds (R's clock is coarse: the mean of its).
Ratios are those of CPU seconds: other programs on the machine lengthen seconds, and them much less. A peer
that needs more than `--limit` CPU seconds, with what it prepares, is stopped; where it would need more by the
size before, it is not begun. Both are named.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

SEED = 1
SIZES = (2_000, 20_000, 200_000, 2_000_000)
COVARIATES = 5
MONTHS = 18
DAYS_PER_MONTH = 30
# In its first call a process is given its memory; a call of more seconds than that is not repeated.
FIRST_SECONDS = 6.0
# Else at least two more, and no more once this many seconds have gone.
REPEAT_SECONDS = 3.0
# No side is measured with more threads than another.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SIDES = ("hamm_eval", "R", "lifelines", "statsmodels", "scikit-survival")
NEEDS = {"lifelines": "lifelines", "statsmodels": "statsmodels", "scikit-survival": "sksurv"}
Arrays = dict[str, np.ndarray]


def simulate(folder: Path, persons: int) -> None:
    """Times in days over 18 months, two competing causes, households, late entry, and start-stop rows.

    One file a column, 8-byte floats, so that R and Python read the same without parsing. Columns of persons
    begin with ``p_``; those of rows, each person split at up to two changes of a covariate, with ``r_``.
    """
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(persons, COVARIATES))
    x[:, 0] = x[:, 0] > 0
    x[:, 1] = x[:, 1] > 1
    household = np.sort(rng.integers(int(persons / 1.7), size=persons))
    frailty = rng.gamma(4.0, 0.25, size=int(persons / 1.7))[household]
    rate = np.exp(x @ np.array([0.4, -0.3, 0.2, 0.0, -0.1])) * frailty / 600
    goal, away = rng.exponential(1 / rate), rng.exponential(1500, persons)
    followed = rng.integers(60, MONTHS * DAYS_PER_MONTH + 1, size=persons)
    first = np.minimum(goal, away)
    end = np.ceil(np.minimum(first, followed))
    cause = np.where(first > followed, 0, np.where(goal < away, 1, 2))
    # The same ends without ties, for what counts in distinct times.
    exact = end - rng.random(persons)
    entry = np.where(rng.random(persons) < 0.2, np.floor(end * rng.random(persons) * 0.5), 0.0)
    columns = {
        "p_entry": entry,
        "p_time": end,
        "p_exact": exact,
        "p_cause": cause,
        "p_group": x[:, 0],
        "p_household": household,
        **{f"p_x{j}": x[:, j] for j in range(COVARIATES)},
    }
    # Up to two changes of the last covariate, strictly inside of the person's time.
    cut = np.sort(np.floor(entry[:, None] + (end - entry)[:, None] * rng.random((persons, 2))), axis=1)
    bounds = np.column_stack([entry, cut, end])
    person = np.repeat(np.arange(persons), 3)
    start, stop = bounds[:, :-1].ravel(), bounds[:, 1:].ravel()
    kept = start < stop
    person, start, stop = person[kept], start[kept], stop[kept]
    rows = {
        "r_person": person,
        "r_start": start,
        "r_stop": stop,
        "r_event": (stop == end[person]) & (cause[person] == 1),
        "r_household": household[person],
        **{f"r_x{j}": x[person, j] for j in range(COVARIATES - 1)},
        f"r_x{COVARIATES - 1}": rng.normal(size=person.size),
    }
    for name, values in (columns | rows).items():
        np.asarray(values, dtype=np.float64).tofile(folder / name)


def load(folder: Path, prefix: str) -> Arrays:
    """Columns of persons (``p_``) or rows (``r_``)."""
    return {path.name[2:]: np.fromfile(path) for path in sorted(folder.glob(f"{prefix}*"))}


def matrix(data: Arrays) -> np.ndarray:
    """Covariates, shape (n, p)."""
    return np.column_stack([data[f"x{j}"] for j in range(COVARIATES)])


# --- tasks: each prepares what a user has at hand, and returns the call that is timed -----------------


def _cox(data: Arrays, side: str) -> Callable[[], Any]:
    """Start-stop rows, late entry, Efron, variance clustered by household."""
    if side == "hamm_eval":
        from hamm_eval.survival import cox

        x = matrix(data)
        return lambda: cox(data["stop"], data["event"], x, start=data["start"], cluster=data["household"])
    if side == "lifelines":
        from lifelines import CoxPHFitter

        frame = _frame(data, "start", "stop", "event", "household")
        return lambda: CoxPHFitter().fit(
            frame, "stop", "event", entry_col="start", cluster_col="household", robust=True
        )
    from statsmodels.duration.hazard_regression import PHReg

    x = matrix(data)
    # Breslow: with groups its Efron variance is off. Its convention of late entry differs by the tied.
    return lambda: PHReg(data["stop"], x, status=data["event"], entry=data["start"], ties="breslow").fit(
        groups=data["household"]
    )


def _cox_persons(data: Arrays, side: str) -> Callable[[], Any]:
    """One row a person, no late entry, model variance: what all peers can do."""
    happened, x = data["cause"] == 1, matrix(data)
    if side == "hamm_eval":
        from hamm_eval.survival import cox

        return lambda: cox(data["time"], happened, x)
    if side == "lifelines":
        from lifelines import CoxPHFitter

        frame = _frame(data, "time").assign(event=happened)
        return lambda: CoxPHFitter().fit(frame, "time", "event")
    if side == "scikit-survival":
        from sksurv.linear_model import CoxPHSurvivalAnalysis
        from sksurv.util import Surv

        outcome = Surv.from_arrays(happened, data["time"])
        # No standard errors there.
        return lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, outcome)
    from statsmodels.duration.hazard_regression import PHReg

    return lambda: PHReg(data["time"], x, status=happened, ties="efron").fit()


def _aalen_johansen(data: Arrays, side: str) -> Callable[[], Any]:
    """Cumulative incidence of two causes with standard errors."""
    time_, cause = data["time"], data["cause"].astype(np.int64)
    if side == "hamm_eval":
        from hamm_eval.survival import aalen_johansen

        return lambda: aalen_johansen(time_, cause)
    if side == "lifelines":
        from lifelines import AalenJohansenFitter

        return lambda: [AalenJohansenFitter(seed=1).fit(time_, cause, event_of_interest=c) for c in (1, 2)]
    if side == "scikit-survival":
        from sksurv.nonparametric import cumulative_incidence_competing_risks

        return lambda: cumulative_incidence_competing_risks(cause, time_, conf_type="log-log")
    from statsmodels.duration.survfunc import CumIncidenceRight

    return lambda: CumIncidenceRight(time_, cause)


def _aalen_johansen_clustered(data: Arrays, side: str) -> Callable[[], Any]:
    """The same with late entry and households."""
    from hamm_eval.survival import aalen_johansen

    cause = data["cause"].astype(np.int64)
    return lambda: aalen_johansen(data["time"], cause, entry=data["entry"], cluster=data["household"])


def _kaplan_meier(data: Arrays, side: str) -> Callable[[], Any]:
    """Survival with log-log intervals."""
    time_, happened = data["time"], data["cause"] == 1
    if side == "hamm_eval":
        from hamm_eval.survival import kaplan_meier

        return lambda: kaplan_meier(time_, happened)
    if side == "lifelines":
        from lifelines import KaplanMeierFitter

        return lambda: KaplanMeierFitter().fit(time_, happened)
    if side == "scikit-survival":
        from sksurv.nonparametric import kaplan_meier_estimator

        return lambda: kaplan_meier_estimator(happened, time_, conf_type="log-log")
    from statsmodels.duration.survfunc import SurvfuncRight

    return lambda: SurvfuncRight(time_, happened)


def _logrank(data: Arrays, side: str) -> Callable[[], Any]:
    """Two groups."""
    time_, happened, group = data["time"], data["cause"] == 1, data["group"]
    if side == "hamm_eval":
        from hamm_eval.survival import logrank

        return lambda: logrank(time_, happened, group)
    if side == "lifelines":
        from lifelines.statistics import multivariate_logrank_test

        return lambda: multivariate_logrank_test(time_, group, happened)
    if side == "scikit-survival":
        from sksurv.compare import compare_survival
        from sksurv.util import Surv

        outcome = Surv.from_arrays(happened, time_)
        return lambda: compare_survival(outcome, group)
    from statsmodels.duration.survfunc import survdiff

    return lambda: survdiff(time_, happened, group)


def _proportionality(data: Arrays, side: str) -> Callable[[], Any]:
    """Test of a fit that is there already; start-stop rows (lifelines: one row a person)."""
    if side == "hamm_eval":
        from hamm_eval.survival import cox

        fit = cox(data["stop"], data["event"], matrix(data), start=data["start"], cluster=data["household"])
        return lambda: fit.proportionality_test("km")
    from lifelines import CoxPHFitter
    from lifelines.statistics import proportional_hazard_test

    frame = _frame(data, "start", "stop", "event")
    fitted = CoxPHFitter().fit(frame, "stop", "event", entry_col="start")
    return lambda: proportional_hazard_test(fitted, frame, time_transform="km")


def _residuals(data: Arrays, side: str) -> Callable[[], Any]:
    """Dfbeta residuals of a fit that is there already."""
    if side == "hamm_eval":
        from hamm_eval.survival import cox

        fit = cox(data["stop"], data["event"], matrix(data), start=data["start"], cluster=data["household"])
        return lambda: fit.residuals("dfbeta")
    from lifelines import CoxPHFitter

    frame = _frame(data, "start", "stop", "event")
    fitted = CoxPHFitter().fit(frame, "stop", "event", entry_col="start")
    return lambda: fitted.compute_residuals(frame, "delta_beta")


def _fine_gray(data: Arrays, side: str) -> Callable[[], Any]:
    """Subdistribution hazards of the goal."""
    from hamm_eval.survival import fine_gray

    cause, x = data["cause"].astype(np.int64), matrix(data)
    return lambda: fine_gray(data["time"], cause, x)


def _gray_test(data: Arrays, side: str) -> Callable[[], Any]:
    """Two groups, competing causes."""
    from hamm_eval.survival import gray_test

    cause = data["cause"].astype(np.int64)
    return lambda: gray_test(data["time"], cause, data["group"])


def _pseudo_observations(data: Arrays, side: str) -> Callable[[], Any]:
    """Incidence of the goal at two times (R: by the infinitesimal jackknife)."""
    from hamm_eval.survival import pseudo_observations

    cause = data["cause"].astype(np.int64)
    return lambda: pseudo_observations(data["time"], cause, at=[180, 365])


def _pseudo_observations_untied(data: Arrays, side: str) -> Callable[[], Any]:
    """The same with ends without ties: as many times as persons."""
    return _pseudo_observations(data | {"time": data["exact"]}, side)


def _state_occupation_untied(data: Arrays, side: str) -> Callable[[], Any]:
    """Three states, ends without ties: as many times as persons."""
    return _state_occupation(data | {"time": data["exact"]}, side)


def _state_occupation(data: Arrays, side: str) -> Callable[[], Any]:
    """Three states over the same persons: here, goal, away."""
    from hamm_eval.survival import state_occupation

    person = np.arange(data["time"].size)
    names = np.array(["here", "goal", "away"], dtype=object)
    begin = np.zeros(person.size)
    there = names[np.zeros(person.size, dtype=int)]
    to = names[data["cause"].astype(int)]
    return lambda: state_occupation(person, begin, data["time"], there, to, states=list(names))


def _frame(data: Arrays, *names: str) -> Any:
    """The table that lifelines wants."""
    import pandas as pd

    return pd.DataFrame({name: data[name] for name in (*names, *(f"x{j}" for j in range(COVARIATES)))})


class Task(NamedTuple):
    """What prepares a call, which file columns it reads, how many columns it is given, and who takes part."""

    prepare: Callable[[Arrays, str], Callable[[], Any]]
    prefix: str
    columns: int
    sides: tuple[str, ...]


ALL, RS = SIDES, ("hamm_eval", "R")
TASKS = {
    "cox": Task(_cox, "r_", 4 + COVARIATES, SIDES[:4]),
    "proportionality": Task(_proportionality, "r_", 4 + COVARIATES, SIDES[:3]),
    "residuals": Task(_residuals, "r_", 4 + COVARIATES, SIDES[:3]),
    "cox_persons": Task(_cox_persons, "p_", 2 + COVARIATES, ALL),
    "aalen_johansen": Task(_aalen_johansen, "p_", 2, ALL),
    "aalen_johansen_clustered": Task(_aalen_johansen_clustered, "p_", 4, RS),
    "kaplan_meier": Task(_kaplan_meier, "p_", 2, ALL),
    "logrank": Task(_logrank, "p_", 3, ALL),
    "fine_gray": Task(_fine_gray, "p_", 2 + COVARIATES, RS),
    "gray_test": Task(_gray_test, "p_", 3, RS),
    "pseudo_observations": Task(_pseudo_observations, "p_", 2, RS),
    "pseudo_observations_untied": Task(_pseudo_observations_untied, "p_", 2, RS),
    "state_occupation": Task(_state_occupation, "p_", 5, RS),
    "state_occupation_untied": Task(_state_occupation_untied, "p_", 5, RS),
}
# --- one measurement --------------------------------------------------------------------------------


def measure(task: str, side: str, folder: Path) -> dict[str, float]:
    """Median seconds and CPU seconds of the call, and the peak of memory above what was there before."""
    warnings.simplefilter("ignore")
    data = load(folder, TASKS[task].prefix)
    call = TASKS[task].prepare(data, side)
    before = peak()
    seconds, cpu = timed(call, times=1)
    memory = peak() - before
    if seconds[0] <= FIRST_SECONDS:
        seconds, cpu = timed(call, times=2, until=REPEAT_SECONDS)
    return {"seconds": median(seconds), "cpu": median(cpu), "memory": memory}


def timed(call: Callable[[], Any], *, times: int, until: float = 0.0) -> tuple[list[float], list[float]]:
    """Seconds and CPU seconds of each call, of so many calls or more until some seconds have gone."""
    seconds: list[float] = []
    cpu: list[float] = []
    begin = time.perf_counter()
    while len(seconds) < times or time.perf_counter() - begin < until:
        started, cpu_started = time.perf_counter(), time.process_time()
        call()
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - cpu_started)
    return seconds, cpu


def peak() -> int:
    """The largest memory of this process so far, in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def run(task: str, side: str, folder: Path, limit: int) -> dict[str, float] | None:
    """One measurement in a process of its own; no numbers where it took too long, None where it failed."""
    if side == "R":
        command = ["Rscript", "--vanilla", str(Path(__file__).with_suffix(".R")), task, str(folder)]
    else:
        command = [sys.executable, __file__, "--measure", task, "--side", side, "--folder", str(folder)]
    # A peer that has used up its CPU seconds is killed; so is one that gets too few of them to end.
    own = side == "hamm_eval"
    within = functools.partial(resource.setrlimit, resource.RLIMIT_CPU, (limit, limit))
    try:
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=None if own else 5 * limit,
            env=os.environ | ONE_THREAD,
            preexec_fn=None if own else within,
        )
    except subprocess.TimeoutExpired:
        return {}
    except subprocess.CalledProcessError as error:
        if error.returncode in (-signal.SIGKILL, -signal.SIGXCPU):
            return {}
        print(f"{task}, {side}: {(error.stderr.strip().splitlines() or ['?'])[-1]}", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


@functools.cache
def installed(side: str) -> bool:
    """Whether a peer can take part on this machine."""
    if side == "R":
        return shutil.which("Rscript") is not None
    return side not in NEEDS or find_spec(NEEDS[side]) is not None


Found = dict[int, dict[str, dict[str, float] | None]]


def table(task: str, found: Found, bytes_a_column: dict[str, dict[int, float]], limit: int) -> str:
    """Markdown rows: this engine's measurements, and every other side as a multiple of its CPU seconds."""
    lines, former = [], None
    for persons, by_side in found.items():
        own = by_side.get("hamm_eval")
        if not own:
            continue
        given = bytes_a_column[TASKS[task].prefix][persons] * TASKS[task].columns
        growth = f"{own['cpu'] / former['cpu']:.1f} ×" if former else ""
        cells = [task, f"{persons:,}", f"{own['seconds']:.3g}", f"{own['cpu']:.3g}", growth]
        cells += [f"{own['memory'] / given:.1f}", f"{own['load']:.1f}"]
        for side in SIDES[1:]:
            there = by_side.get(side)
            if there is None:
                cells.append("failed" if side in by_side else "")
            elif there:
                cells.append(f"{there['cpu'] / own['cpu']:.3g} ×")
            else:
                cells.append(f"over {limit} s")
        lines.append("| " + " | ".join(cells) + " |")
        former = own
    return "\n".join(lines)


def main() -> None:
    """Measure, and print one row a task and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--persons", type=int, nargs="+", default=SIZES)
    parser.add_argument("--task", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--limit", type=int, default=100, help="CPU seconds a measurement may take")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--side", nargs="+", choices=SIDES, default=list(SIDES), help="who takes part")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.side[0], given.folder)))
        return
    found: dict[str, Found] = {task: {} for task in given.task}
    bytes_a_column: dict[str, dict[int, float]] = {"p_": {}, "r_": {}}
    before: dict[tuple[str, str], float] = {}
    former = 0
    for persons in given.persons:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            simulate(folder, persons)
            for prefix, sizes in bytes_a_column.items():
                sizes[persons] = next(folder.glob(f"{prefix}*")).stat().st_size
            for task in given.task:
                found[task][persons] = {}
                for side in filter(installed, TASKS[task].sides):
                    if side not in given.side:
                        continue
                    # Linear growth is the least that can be expected.
                    expected = before.get((task, side), 0.0) * (persons / former if former else 1)
                    load_before = os.getloadavg()[0]
                    result = (
                        run(task, side, folder, given.limit)
                        if side == "hamm_eval" or expected <= given.limit
                        else {}
                    )
                    before[task, side] = result["cpu"] if result else float("inf")
                    found[task][persons][side] = result and result | {"load": load_before}
                    shown = json.dumps(found[task][persons][side]) if result else "failed or too long"
                    print(f"{persons:,} {task}: {side} {shown}", file=sys.stderr, flush=True)
        former = persons
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, one thread a side\n")
    print(
        "| task | persons | seconds | CPU seconds | growth | memory / inputs | load | "
        + " | ".join(SIDES[1:])
        + " |"
    )
    print("|---|" + "---:|" * (5 + len(SIDES)))
    for task in given.task:
        print(table(task, found[task], bytes_a_column, given.limit))


if __name__ == "__main__":
    main()
