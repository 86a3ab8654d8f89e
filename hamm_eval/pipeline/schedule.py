"""Executing the units of a run two at a time, each as soon as what it needs is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from nbformat import NotebookNode

from hamm_eval.pipeline.execute import Kernels, RunParameters, execute_notebook
from hamm_eval.pipeline.plan import RunUnit
from hamm_eval.pipeline.workplace import Workplace

AT_ONCE = 2
# Polars restarts system calls after Ctrl-C (pola-rs/polars#21739): a wait without end would not hear it.
_HEARTBEAT = 0.5


def execute_units(
    units: Sequence[RunUnit],
    parameters: RunParameters,
    workplace: Workplace,
    tell: Callable[[str, float], None],
) -> dict[str, NotebookNode]:
    """Execute all units and return the executed notebooks by name, in the order of the units.

    Parameters
    ----------
    units : sequence of RunUnit
        Those in `after` of a unit are among them.
    parameters : RunParameters
    workplace : Workplace
    tell : callable
        Called with name and seconds when a notebook is done.

    Raises
    ------
    NotebookFailed, ReleaseRefused
        Of the first notebook that fails; the others are stopped.
    """
    kernels = Kernels()
    waiting = list(units)
    running: dict[Future[NotebookNode], tuple[str, float]] = {}
    done: dict[str, NotebookNode] = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="notebook") as pool:
        try:
            while waiting or running:
                ready = [unit for unit in waiting if set(unit.after) <= done.keys()]
                for unit in ready[: AT_ONCE - len(running)]:
                    waiting.remove(unit)
                    future = pool.submit(execute_notebook, unit, parameters, workplace, kernels)
                    running[future] = (unit.name, time.monotonic())
                finished, _ = wait(running, timeout=_HEARTBEAT, return_when=FIRST_COMPLETED)
                for future in finished:
                    name, started = running.pop(future)
                    done[name] = future.result()
                    tell(name, time.monotonic() - started)
        except BaseException:
            # Also Ctrl-C: a kernel does not hear it, and the pool would wait for it.
            kernels.stop()
            raise
    return {unit.name: done[unit.name] for unit in units}
