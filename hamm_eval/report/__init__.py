"""What quality management sees: releases as words, figures, tables and one page for the quarter."""

from hamm_eval.report.rendering import Rendered, render
from hamm_eval.report.wording import Wording

__all__ = ["Rendered", "Wording", "render"]
