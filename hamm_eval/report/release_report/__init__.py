"""The report for the data protection officer: what was published, hidden and withheld, and why."""

from hamm_eval.report.release_report.content import PublishedQuarter, PublishedRelease
from hamm_eval.report.release_report.page import page

__all__ = ["PublishedQuarter", "PublishedRelease", "page"]
