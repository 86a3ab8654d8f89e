"""Executing one notebook in a kernel of its own. The only file that knows papermill."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from subprocess import DEVNULL, Popen
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG
from papermill.execute import execute_notebook as papermill_execute

from hamm_eval.errors import HammEvalError, NotebookFailed, ReleaseRefused
from hamm_eval.pipeline.group_notebook import for_group
from hamm_eval.pipeline.kernel_end import KernelEnd, lost_kernel
from hamm_eval.pipeline.plan import GROUP_PARAMETER, RunUnit
from hamm_eval.pipeline.workplace import Workplace
from hamm_eval.release.record import NOTEBOOK_VARIABLE, RUN_VARIABLE, RunRecord

_ENGINE = "hamm_eval"
_ADDED = {"injected-parameters", ERROR_MARKER_TAG}
_START_SECONDS = 120
_OUTPUT_SECONDS = 60  # papermill's 4 seconds are too short on a loaded machine
_CELL_SECONDS = 3600
# One thread each: two kernels share the machine, and sums in another order would change last digits.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

# Papermill speaks of cells through a logger; without a handler Python would print its warnings.
logging.getLogger("papermill").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class RunParameters:
    """The scalars that every notebook is given; beside them only a target group goes through papermill."""

    quarter: str
    params_file: str
    language: str

    def of(self, unit: RunUnit) -> dict[str, str]:
        """What one unit is given: its target group too, where the notebook asks for one."""
        return asdict(self) | ({GROUP_PARAMETER: unit.target_group} if unit.takes_group else {})


class Kernels:
    """The kernels that are running, so that an interrupted run takes them down at once."""

    def __init__(self) -> None:
        self._running: set[AsyncKernelManager] = set()
        self._stopped = False
        self._guard = threading.Lock()

    @contextmanager
    def watching(self, manager: AsyncKernelManager) -> Iterator[None]:
        """Know a kernel while it runs."""
        with self._guard:
            self._running.add(manager)
        try:
            yield
        finally:
            with self._guard:
                self._running.discard(manager)

    def started(self, manager: AsyncKernelManager) -> None:
        """Kill a kernel that was about to start when the run was stopped."""
        with self._guard:
            if self._stopped:
                _kill(manager)

    @property
    def stopped(self) -> bool:
        """Whether the run itself took them down."""
        return self._stopped

    def stop(self) -> None:
        """Kill every kernel, running or about to start; those who wait for it see a dead kernel."""
        with self._guard:
            self._stopped = True
            for manager in self._running:
                _kill(manager)


def _kill(manager: AsyncKernelManager) -> None:
    """Kill a kernel, if it has started, with what it has started: each leads a process group of its own."""
    pid = getattr(manager.provisioner, "pid", None)
    if pid:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def execute_notebook(
    unit: RunUnit, parameters: RunParameters, workplace: Workplace, kernels: Kernels
) -> NotebookNode:
    """Execute a notebook and return it with its outputs, confidential as they may be.

    Raises
    ------
    NotebookFailed
        A cell failed, the kernel died, or the notebook did not run to its last cell. Names notebook, cell
        and type of the exception, never its message.
    ReleaseRefused
        A cell failed because the release gate refused.
    """
    kernel = _Kernel(unit.name, workplace, kernels, cwd=str(unit.path.parent))
    written = nbformat.read(unit.path, as_version=4)
    try:
        node = papermill_execute(
            for_group(written, unit.target_group),
            None,
            parameters=parameters.of(unit),
            engine_name=_ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            start_timeout=_START_SECONDS,
            execution_timeout=_CELL_SECONDS,
            iopub_timeout=_OUTPUT_SECONDS,
            kernel=kernel,
        )
    except PapermillExecutionError:
        node = kernel.executed  # `_judge` finds the cell, by its number in the notebook as written
    except CellTimeoutError:
        raise NotebookFailed(
            f"A cell took longer than {_CELL_SECONDS // 60} minutes.", where=unit.name
        ) from None
    except RuntimeError as error:  # a dead kernel's too
        if kernels.stopped:
            raise NotebookFailed("The kernel died, as the run was stopped.", where=unit.name) from None
        raise lost_kernel(kernel.end(), error, workplace.root) from None
    node = _as_written(node)
    _judge(unit, node, workplace)
    return node


def _judge(unit: RunUnit, node: NotebookNode, workplace: Workplace) -> None:
    """Success is told by the cells and the run record: metadata say "completed" after a killed kernel."""
    for number, cell in enumerate(node.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        failure = next((output for output in cell.outputs if output.output_type == "error"), None)
        if failure is not None:
            raise _failed(unit, number, failure.ename)
        if cell.execution_count is None:
            raise NotebookFailed("A cell was not executed.", where=f"{unit.name}, cell {number}")
    if not RunRecord(workplace.folder).finished(unit.name):
        raise NotebookFailed(
            "The notebook ended without writing its end into the run record.",
            where=unit.name,
            todo="Its last code cell must be study.finish().",
        )


def _failed(unit: RunUnit, cell: int, exception: str) -> HammEvalError:
    """The error of a failing cell; its message stays in the kernel, since it may carry a value."""
    kind = ReleaseRefused if exception == ReleaseRefused.__name__ else NotebookFailed
    return kind(
        f"The cell ended with {exception}.",
        where=f"{unit.name}, cell {cell}",
        todo="Run the notebook in JupyterLab (make lab) to see why.",
    )


def _as_written(node: NotebookNode) -> NotebookNode:
    """Without the cells that papermill adds: their random ids would make equal runs differ."""
    kept = [cell for cell in node.cells if not _ADDED & set(cell.metadata.get("tags", []))]
    return NotebookNode({**node, "cells": kept})


class _Kernel:
    """How a notebook's kernel is started: the running interpreter, a private socket, the run announced."""

    def __init__(self, notebook: str, workplace: Workplace, kernels: Kernels, cwd: str) -> None:
        self.notebook = notebook
        self.workplace = workplace
        self.kernels = kernels
        self.cwd = cwd
        self.executed: NotebookNode = NotebookNode()
        self.running: NotebookNode | None = None
        self.process: Popen[bytes] | None = None
        self.client_manager: _Manager | None = None

    def end(self) -> KernelEnd:
        """How the kernel was lost, after its client gave it up."""
        asked = self.client_manager is not None and self.client_manager.asked_to_end
        code = self.process.returncode if self.process is not None and not asked else None
        cells = _as_written(self.executed).cells if self.running is not None else ()
        numbers = (number for number, cell in enumerate(cells, start=1) if cell is self.running)
        return KernelEnd(self.notebook, next(numbers, None), code)

    def manager(self) -> AsyncKernelManager:
        """A manager of its own, spoken to by sockets no one else can open."""
        # A few digits of its digest identify a unit within a run and keep the path short; the default path is
        # shared by kernels that start at once, TCP ports collide and are open to other users.
        place = self.workplace.sockets / hashlib.sha256(self.notebook.encode()).hexdigest()[:8]
        manager = self.client_manager = _Manager(
            kernel_name="python3", transport="ipc", ip=str(place), connection_file=f"{place}.json"
        )
        # The running interpreter, whatever kernels are installed on the machine.
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=argv, display_name="Python 3", language="python")
        return manager

    def environment(self) -> dict[str, str]:
        """Environment of the kernel."""
        private = self.workplace.folder / "ipython"
        private.mkdir(mode=0o700, exist_ok=True)
        return {
            **os.environ,
            **dict.fromkeys(_ONE_THREAD, "1"),
            "PYTHONHASHSEED": "0",
            "IPYTHONDIR": str(private),  # no start-up files, no history
            RUN_VARIABLE: str(self.workplace.folder),
            NOTEBOOK_VARIABLE: self.notebook,
        }


class _Manager(AsyncKernelManager):
    """A manager that knows whether its kernel was asked to end: what ended without that, ended by itself."""

    asked_to_end = False

    async def shutdown_kernel(  # type: ignore[override]  # of the synchronous manager it is declared of
        self, now: bool = False, restart: bool = False
    ) -> None:
        self.asked_to_end = True
        await super().shutdown_kernel(now=now, restart=restart)


class _Client(PapermillNotebookClient):
    """A client that takes its kernel from us."""

    def __init__(self, nb_man: NotebookExecutionManager, kernel: _Kernel, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._kernel = kernel

    def create_kernel_manager(self) -> AsyncKernelManager:
        self.km = self._kernel.manager()
        return self.km

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(**options)
        # The provisioner forgets the process once it has ended.
        self._kernel.process = getattr(self.km.provisioner, "process", None)
        self._kernel.kernels.started(self.km)

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        self._kernel.running = cell
        return super().execute_cell(cell, cell_index, **options)


class _Engine(NBClientEngine):
    """papermill's engine with our kernel."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        kernel: _Kernel,
        start_timeout: int,
        execution_timeout: int,
        iopub_timeout: int,
        **unused: Mapping[str, Any],
    ) -> None:
        client = _Client(
            nb_man,
            kernel,
            timeout=execution_timeout,
            startup_timeout=start_timeout,
            iopub_timeout=iopub_timeout,
            kernel_name=kernel_name,
            log=logging.getLogger("papermill"),
        )
        client.create_kernel_manager()
        client.owns_km = True
        kernel.executed = nb_man.nb
        with kernel.kernels.watching(client.km):
            # What bypasses the notebook, as C code does, would reach the console.
            client.execute(env=kernel.environment(), cwd=kernel.cwd, stdout=DEVNULL, stderr=DEVNULL)


papermill_engines.register(_ENGINE, _Engine)
