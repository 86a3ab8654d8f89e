"""What a release tells in figures: one digest, equal where a page shows the same, and how many there are."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hamm_eval.release.released import QuarterlySummary, Release, ReleasedAbsent
from hamm_eval.release.released.base import told_fields
from hamm_eval.release.tally import tally

_NAMES = frozenset(field.name for field in dataclasses.fields(Release))
_DECIMALS = 6
"""That are compared: releases are rounded to at most four, what lies below is noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one release tells in figures, without any of them.

    Parameters
    ----------
    release : str
        Its id.
    digest : str
        Of all that it tells, see `figures_digest`; "" where it tells none.
    shown, hidden, withheld : int
        Figures that are shown and hidden, and parts that are withheld, as `tally` counts them.
    """

    release: str
    digest: str
    shown: int
    hidden: int
    withheld: int

    @classmethod
    def of(cls, release: Release) -> Figures:
        """Of one release."""
        counted = tally(release)
        return cls(
            release=release.id,
            digest=figures_digest(release),
            shown=counted.shown,
            hidden=counted.hidden_figures,
            withheld=counted.withheld_parts,
        )


def figures_digest(release: Release) -> str:
    """A digest of all that a release tells: counts, steps of curves, quantiles, coefficients, effects.

    Parameters
    ----------
    release : Release

    Returns
    -------
    str
        Sixteen hexadecimal digits; "" where it tells no figure of its own: a section left out, the summary.

    Notes
    -----
    Taken of the release, which holds the figures as they are shown: wording, language, pictures and layout
    are no part of it, nor are decimals beyond those that any figure is shown with. What stands at its default
    is left out, so that a field that a later version adds changes nothing where it says nothing.

    Examples
    --------
    >>> from hamm_eval.release.released import ReleasedQuantiles
    >>> def waits(days):
    ...     return ReleasedQuantiles(id="a:b", definition_digest="0", policy="strict", rows=("x",),
    ...         row_dimension="table", probability=0.5, unit="days", values=(days,), beside=(None,))
    >>> figures_digest(waits(45)) == figures_digest(waits(45.0 + 1e-12)) != figures_digest(waits(50.0))
    True
    """
    if isinstance(release, ReleasedAbsent | QuarterlySummary):
        return ""
    text = json.dumps([release.kind, _plain(release)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Numbers as they are shown, everything else as it is."""
    if dataclasses.is_dataclass(value):
        left_out = _NAMES if isinstance(value, Release) else frozenset()
        told = {
            field: _plain(getattr(value, field.name))
            for field in told_fields(value)
            if field.name not in left_out
        }
        return {
            field.name: item
            for field, item in told.items()
            if field.default is dataclasses.MISSING or item != _plain(field.default)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{round(value, _DECIMALS) + 0.0:.{_DECIMALS}f}"
    return value
