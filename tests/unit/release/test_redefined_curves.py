from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from every_kind import access, goals

from hamm_eval.estimate import GoalAttainment, SystemAccess
from hamm_eval.params import load_params
from hamm_eval.release.policy import Policy
from hamm_eval.release.record import RunRecord
from hamm_eval.report.show import Show
from hamm_eval.report.wording import Wording

PARAMS = Path(__file__).parents[3] / "params" / "2017-Q2.yaml"


@pytest.mark.parametrize("estimate", [goals(200, 100), access()])
def test_curves_in_a_result_that_is_defined_anew_are_so_too(
    estimate: GoalAttainment | SystemAccess, tmp_path: Path
) -> None:
    # What earlier quarters told, and steps to leave out, are looked up by the version of the curves.
    definition = estimate.curves.definition
    params = load_params(PARAMS)
    params = params.model_copy(
        update={"release": params.release.model_copy(update={"redefined": {"all": 1}})}
    )
    record = RunRecord(tmp_path, "01")
    show = Show(Policy.strict(), Wording("de", params), record)
    asked = replace(estimate, definition=definition)
    if isinstance(asked, GoalAttainment):
        show.goals(asked)
    else:
        show.access(asked)
    (entry,) = record.entries()
    kept = record.drawn_from(entry)
    assert isinstance(kept, GoalAttainment | SystemAccess) and entry.facts is not None
    assert kept.curves.definition == kept.definition
    assert kept.definition.version == entry.facts["version"] == definition.version + 1
