"""Whether a release leaves its question without an answer: then nobody needs an introduction to it."""

from __future__ import annotations

from collections.abc import Iterable

from hamm_eval.release.released import (
    Release,
    ReleasedAbsent,
    ReleasedAccess,
    ReleasedArrivals,
    ReleasedAttainmentModel,
    ReleasedCaseloadModel,
    ReleasedCurves,
    ReleasedFunnel,
    ReleasedGoals,
    ReleasedModel,
    ReleasedSideBySide,
    ReleasedStates,
    ReleasedWorkerShare,
)
from hamm_eval.release.tally import tally
from hamm_eval.report.wording import Wording


def nothing_to_tell(wording: Wording) -> str:
    """The sentence in place of an introduction."""
    return wording.text("page.nothing_to_tell")


def tells_nothing(release: Release) -> bool:
    """Whether nothing of what was asked can be told, though the number of persons may be.

    An effect that is withheld is an answer as long as it tells whom it would have compared.

    Examples
    --------
    >>> tells_nothing(ReleasedAbsent(id="a:b", definition_digest="0", policy="strict", lacking=("data",)))
    True
    """
    match release:
        case ReleasedAbsent():
            return True
        case ReleasedCurves():
            return _all_withheld([release])
        case ReleasedGoals(curves=curves):
            return _all_withheld([curves])
        case ReleasedAccess(curves=curves, while_open=while_open):
            return _all_withheld([curves, while_open])
        case ReleasedSideBySide(hazard=model) | ReleasedCaseloadModel(model=model):
            return bool(model.withheld)
        case (
            ReleasedModel()
            | ReleasedAttainmentModel()
            | ReleasedArrivals()
            | ReleasedFunnel()
            | ReleasedStates()
            | ReleasedWorkerShare()
        ):
            return bool(release.withheld)
        case _:
            counted = tally(release)
            return not counted.shown and bool(counted.withheld_parts)


def _all_withheld(several: Iterable[ReleasedCurves]) -> bool:
    """Whether no curve is drawn."""
    return all(curve.withheld for curves in several for curve in curves.curves)
