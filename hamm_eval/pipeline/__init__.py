"""One quarter's report: plan, execute, scan, render, publish in one step."""

from hamm_eval.pipeline.progress import Progress
from hamm_eval.pipeline.run import Published, run_report

__all__ = ["Progress", "Published", "run_report"]
