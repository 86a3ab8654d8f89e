"""Rule 7: the proof, by integer programming, that no hidden count can be recovered from all that is shown."""

from __future__ import annotations

from hamm_eval.release.proof.attack import Recovered, find_recovered
from hamm_eval.release.proof.conceal import conceal, still_shown
from hamm_eval.release.proof.curve_chain import days_recovered
from hamm_eval.release.proof.curve_family import families, steps_to_leave_out, tells_of_few
from hamm_eval.release.proof.nesting import levels_in_every_quarter
from hamm_eval.release.proof.repair import Unmendable, hide_until_safe
from hamm_eval.release.proof.system import System

__all__ = [
    "Recovered",
    "System",
    "Unmendable",
    "conceal",
    "days_recovered",
    "families",
    "find_recovered",
    "hide_until_safe",
    "levels_in_every_quarter",
    "steps_to_leave_out",
    "still_shown",
    "tells_of_few",
]
