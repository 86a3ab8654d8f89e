"""How long a synthetic city takes, and how much memory: seconds, peak of all processes, rows, bytes.

python benchmarks/synthetic_city.py                 # Hamm, ten times Hamm, national; one and two workers
python benchmarks/synthetic_city.py national -w 2   # one of them
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyarrow.parquet as pq

SEED = 1
SIZES: dict[str, list[str]] = {
    "hamm": [],
    "ten": ["--persons", "21410"],
    "national": ["--scenario", "national"],
}
EVERY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command took."""

    size: str
    file_format: str
    workers: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    rows: int
    size_bytes: int
    load_before: float


class PeakMemory(threading.Thread):
    """The largest sum of a process tree's memory, looked at twenty times a second.

    Proportional set size: pages that processes share count once. Between two looks a peak can be missed.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(EVERY_SECONDS):
            self.peak = max(self.peak, self._now())

    def _now(self) -> int:
        total = 0
        try:
            for process in (self.process, *self.process.children(recursive=True)):
                total += process.memory_full_info().pss
        except psutil.Error:
            return 0  # one of them has just ended
        return total


def measure(size: str, file_format: str, workers: int) -> Run:
    """Write a city into a new folder by the command, as a user does."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        command = [
            sys.executable,
            "-m",
            "hamm_eval.cli",
            "synth",
            str(city),
            "--seed",
            str(SEED),
            "--no-truth",
        ]
        command += [*SIZES[size], "--format", file_format, "--workers", str(workers)]
        before, begin = os.times(), time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        watch = PeakMemory(process.pid)
        watch.start()
        if process.wait():
            sys.exit(f"The command has failed: {' '.join(command[2:])}")
        seconds = time.perf_counter() - begin
        watch.done.set()
        after = os.times()
        files = sorted(city.iterdir())
        return Run(
            size=size,
            file_format=file_format,
            workers=workers,
            seconds=seconds,
            cpu_seconds=after.children_user + after.children_system
            - before.children_user - before.children_system,
            peak_bytes=watch.peak,
            rows=sum(_rows(path) for path in files),
            size_bytes=sum(path.stat().st_size for path in files),
            load_before=load,
        )  # fmt: skip


def _rows(path: Path) -> int:
    """Rows of one table's file."""
    if path.suffix == ".parquet":
        return int(pq.read_metadata(path).num_rows)
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1


def main() -> None:
    """Run what is asked for, and print a Markdown table."""
    asks = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asks.add_argument("--city", nargs="+", default=[*SIZES], choices=[*SIZES])
    asks.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    asks.add_argument("--format", nargs="+", default=["csv", "parquet"], choices=["csv", "parquet"])
    asks.add_argument("--repeat", type=int, default=1)
    asked = asks.parse_args()
    memory = psutil.virtual_memory().total / 2**30
    print(f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}\n")
    print("| city | format | workers | seconds | CPU seconds | peak memory | rows | size | load before |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for size in asked.city:
        for file_format in asked.format:
            for workers in asked.workers:
                for _ in range(asked.repeat):
                    r = measure(size, file_format, workers)
                    print(
                        f"| {r.size} | {r.file_format} | {r.workers} | {r.seconds:.1f} | {r.cpu_seconds:.1f} "
                        f"| {r.peak_bytes / 2**30:.2f} GiB | {r.rows:,} | {r.size_bytes / 1e6:,.1f} MB "
                        f"| {r.load_before:.1f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
