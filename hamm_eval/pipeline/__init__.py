"""One quarter's report: plan, execute, scan, render, publish in one step.

Names are imported when first used: kernels read what a run keeps, and need neither papermill nor nbformat,
whose import takes them longer than opening a study.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hamm_eval.pipeline.progress import Progress
    from hamm_eval.pipeline.run import Published, run_report

_HOMES = {"Progress": "progress", "Published": "run", "run_report": "run"}

__all__ = ["Progress", "Published", "run_report"]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
