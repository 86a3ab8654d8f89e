"""Names of covariates as a model writes them, ``factor`` or ``factor=level``."""

from __future__ import annotations

from hamm_eval.report.wording import Wording


def covariate_name(covariate: str, wording: Wording) -> str:
    """A covariate in words: "Altersgruppe: unter 25 Jahre"."""
    factor, _, level = covariate.partition("=")
    return wording.covariate(factor, level)


def merged_note(dimension: str, merged: tuple[str, ...], wording: Wording) -> str:
    """Which levels were merged into one; "" where none were."""
    if not merged:
        return ""
    return wording.text(
        "table.merged", levels=wording.join(wording.level(dimension, level) for level in merged)
    )
