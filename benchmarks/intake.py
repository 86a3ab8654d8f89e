"""Reading, typing and checking a million participations against reading them as text with pandas.

python benchmarks/intake.py                 # 1,000,000 rows, five pairs
python benchmarks/intake.py --rows 200000   # smaller

Each measurement is a process of its own: seconds after imports, CPU seconds of all threads, and how far the
peak of memory lies above what the imports took. Pairs alternate, so that both sides meet the same machine.
The allocator is told to give memory back as the command ``hamm-eval`` tells it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from hamm_eval.casefile.tables import BY_NAME, TABLES
from hamm_eval.cli.application import ALLOCATOR

SEED = 1
PERSONS, MEASURES = 20_000, 24
FIRST_DAY = dt.date(2014, 1, 1)
FILE = "teilnahmen.csv"
MEGABYTE = 1_000_000


def write_export(folder: Path, rows: int) -> None:
    """Participations in the city's dialect, with the persons and measures that they refer to."""
    rng = np.random.default_rng(SEED)
    days = np.array([(FIRST_DAY + dt.timedelta(days=i)).strftime("%d.%m.%Y") for i in range(1600)], object)
    person = rng.integers(PERSONS, size=rows)
    referred = rng.integers(400, 1200, size=rows)
    started = referred + rng.integers(0, 60, size=rows)
    ended = started + rng.integers(30, 200, size=rows)
    open_end = rng.random(rows) < 0.2
    recorded = np.where(open_end, started, ended) + rng.integers(0, 60, size=rows)
    ending = np.where(rng.random(rows) < 0.7, "abgeschlossen", "abgebrochen").astype(object)
    write(
        folder,
        "participations",
        {
            "participation_id": [f"T-{i:08d}" for i in range(rows)],
            "person_id": [f"P-{i:07d}" for i in person.tolist()],
            "measure_id": [f"M-{i:02d}" for i in rng.integers(MEASURES, size=rows).tolist()],
            "referred_on": days[referred],
            "started_on": days[started],
            "ended_on": np.where(open_end, "31.12.9999", days[ended]),
            "ending": np.where(open_end, "", ending),
            "recorded_on": days[recorded],
        },
    )
    write(
        folder,
        "persons",
        {
            "person_id": [f"P-{i:07d}" for i in range(PERSONS)],
            "household_id": [f"H-{i:07d}" for i in range(PERSONS)],
            "arrived_on": [days[0]] * PERSONS,
            "birth_month": ["01.05.1985"] * PERSONS,
            "recorded_on": [days[1]] * PERSONS,
        },
    )
    write(
        folder,
        "measures",
        {
            "measure_id": [f"M-{i:02d}" for i in range(MEASURES)],
            "available_from": [days[0]] * MEASURES,
            "cost_per_participant": ["1.234,56"] * MEASURES,
            "recorded_on": [days[1]] * MEASURES,
        },
    )


def write(folder: Path, name: str, columns: dict[str, object]) -> None:
    """One table; columns not given hold the first word of their category, or "ja", or nothing."""
    table = BY_NAME[name]
    count = len(columns[table.key])  # type: ignore[arg-type]
    filled = []
    for column in table.columns:
        default = next(iter(column.categories.values()), "ja" if column.kind == "yes_no" else "")
        filled.append(columns.get(column.name, [default] * count))
    lines = [";".join(column.german for column in table.columns)]
    lines += map(";".join, zip(*filled, strict=True))
    (folder / f"{table.german}.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))


def measure(what: str, folder: Path) -> dict[str, float]:
    """One measurement in this process."""
    if what == "pandas":
        import pandas as pd
    else:
        from hamm_eval.casefile import check_export
        from hamm_eval.casefile.mapping import SourceMapping

        lacks = [t.name for t in TABLES if not (folder / f"{t.german}.csv").exists()]
        mapping = SourceMapping(lacks=tuple(lacks))
    before = peak()
    begin, cpu = time.perf_counter(), time.process_time()
    if what == "pandas":
        assert len(pd.read_csv(folder / FILE, sep=";", dtype=str, encoding="cp1252"))
    else:
        checked = check_export(folder, mapping=mapping)
        assert checked.usable, checked.findings
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "memory": peak() - before,
    }


def peak() -> int:
    """The largest memory of this process so far, in bytes (Linux; what its parent had does not count)."""
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


def main() -> None:
    """Measure, and print one row a side and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_export(folder, given.rows)
        size = (folder / FILE).stat().st_size
        found: dict[str, list[dict[str, float]]] = {"pandas": [], "intake": []}
        for _ in range(given.pairs):
            for what, results in found.items():
                command = [sys.executable, __file__, "--measure", what, "--folder", str(folder)]
                done = subprocess.run(command, check=True, capture_output=True, env=os.environ | ALLOCATOR)
                results.append(json.loads(done.stdout))
    print(f"{given.rows:,} rows, {size / MEGABYTE:.0f} MB; Python {platform.python_version()}")
    middle = {w: {k: median(one[k] for one in of) for k in of[0]} for w, of in found.items()}
    for what, of in middle.items():
        print(
            f"{what}: {of['seconds']:.2f} s, {of['cpu']:.2f} CPU s, {of['memory'] / MEGABYTE:.0f} MB memory"
        )
    ratios = {
        key: sorted(i[key] / p[key] for i, p in zip(found["intake"], found["pandas"], strict=True))
        for key in ("seconds", "cpu")
    }
    for key, values in ratios.items():
        print(f"ratio of {key}: {values[0]:.2f} to {values[-1]:.2f}, median {median(values):.2f}")
    print(f"memory: {middle['intake']['memory'] / size:.1f} times the file")


if __name__ == "__main__":
    main()
