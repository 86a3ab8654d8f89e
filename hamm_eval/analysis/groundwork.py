"""What several questions on one case file rest on, done once: cohorts, and who is compared."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from hamm_eval.cohort import Cohort, build_cohort
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

Answer = TypeVar("Answer")


class Groundwork:
    """Cohorts and comparisons of one case file under one params.

    A question asked alone makes its own; a study hands one to all questions of a report, so that none builds
    again, or imputes again, what another has. Nothing in it may be edited.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    """

    def __init__(self, case_file: CaseFile, params: Params) -> None:
        self.case_file = case_file
        self.params = params
        self._done: dict[Hashable, Any] = {}

    def __repr__(self) -> str:
        return f"<Groundwork of {len(self._done)} parts: internal, not released>"

    def once(self, key: Hashable, do: Callable[[], Answer]) -> Answer:
        """What `do` returns, done the first time only; an error is raised anew each time."""
        if key not in self._done:
            self._done[key] = do()
        found: Answer = self._done[key]
        return found

    def cohort(self, endpoint: str) -> Cohort:
        """Episodes of everyone at risk of an endpoint (`cohort.build_cohort`)."""
        return self.once(("cohort", endpoint), lambda: build_cohort(self.case_file, self.params, endpoint))
