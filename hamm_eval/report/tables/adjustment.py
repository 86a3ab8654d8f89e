"""What a comparison balances and what it leaves alone, each with the reason that params give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.report.markup import Column, Row, table
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from hamm_eval.params import EffectQuestion, TargetTrialQuestion


def adjustment_table(question: EffectQuestion | TargetTrialQuestion | None, wording: Wording) -> Markup:
    """The characteristics of the adjustment set, then those left out of it on purpose.

    Parameters
    ----------
    question : EffectQuestion, TargetTrialQuestion or None
        As params declare it; nothing is shown where params are not at hand, or where it adjusts for nothing.
    wording : Wording
    """
    if question is None or not (question.adjust_for or question.left_out):
        return Markup("")
    rows = [
        Row(
            _name(key, wording),
            (_begins_large(getattr(reason, wording.language)),),
            group=wording.text(f"adjustment.{name}"),
        )
        for name, declared in (("balanced", question.adjust_for), ("left_out", question.left_out))
        for key, reason in declared.items()
    ]
    columns = [
        Column(wording.text("adjustment.column_what"), numeric=False),
        Column(wording.text("adjustment.column_why"), numeric=False),
    ]
    return table(wording.text("adjustment.caption", measure=wording.measure(question.measure)), columns, rows)


def _begins_large(reason: str) -> str:
    """A reason where it stands alone in a cell."""
    return reason[:1].upper() + reason[1:]


def _name(key: str, wording: Wording) -> str:
    """A characteristic, or an endpoint that may lie on the way: what is left out is often one."""
    if wording.params is not None and key in wording.params.endpoints:
        return wording.endpoint(key)
    return wording.dimension(key)
