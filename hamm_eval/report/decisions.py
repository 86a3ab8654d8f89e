"""Whether figures of a quarter decide: one line, in the same words wherever an effect is shown."""

from __future__ import annotations

from hamm_eval.report.wording import Wording


def interim_note(wording: Wording) -> str:
    """The line of an interim quarter, or of the confirmatory one; without params the quarter is interim.

    Examples
    --------
    >>> from hamm_eval.report.wording import Wording
    >>> interim_note(Wording("en")).partition(":")[0]
    'Interim figures'
    """
    annual = wording.params is not None and wording.params.confirmatory
    return wording.text(f"effect.{'confirmatory' if annual else 'interim'}")
