"""What every estimate has: its definition, and a representation without values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Json = Any

IntArray = NDArray[np.int64]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Definition:
    """What was asked, exactly enough that the same digest means the same question.

    Parameters
    ----------
    question : str
        The one name of the question: an analysis module, a notebook, a key in params and texts.
    key : str
        Tells estimates of one question apart, as ``language_b1/household_type``.
    details : Mapping
        JSON-ready parameters of the definition (endpoint, groups, window, estimand ...).
    version : int
        Raised when the meaning of an unchanged key changes.
    group : str
        Target group that was asked; "" for the cohort of the report. It is part of name and digest: results
        of two groups are never taken for each other.
    """

    question: str
    key: str
    details: Mapping[str, Json] = field(default_factory=dict)
    version: int = 1
    group: str = ""

    @property
    def id(self) -> str:
        """Name of the estimate within a run: ``question:key``, or ``question@group:key``."""
        asked = f"{self.question}@{self.group}" if self.group else self.question
        return f"{asked}:{self.key}"

    @property
    def digest(self) -> str:
        """SHA-256 of the definition, shortened to 16 hex digits."""
        text = json.dumps(
            [self.question, self.key, self.version, self.details, *([self.group] if self.group else [])],
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Base of all estimates: internal, not released."""

    definition: Definition

    def __repr__(self) -> str:
        # Values stay out of the representation: it may end up in a log or a traceback.
        return f"<{type(self).__name__} {self.definition.id}: internal, not released>"

    def to_frame(self) -> pd.DataFrame:
        """The exact numbers for the researcher: internal, not for passing on."""
        from hamm_eval.estimate_frames import to_frame

        return to_frame(self)

    def _repr_html_(self) -> str:
        """The exact numbers in JupyterLab; a run refuses a notebook that shows them."""
        line = "intern, nicht freigegeben · internal, not released"
        return f"<p><strong>{line}</strong>: {self.definition.id}</p>{self.to_frame().to_html()}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Absent(Estimate):
    """A question that this source cannot answer. A report leaves its section out with a word.

    Parameters
    ----------
    lacking : tuple of str
        Names of tables that the export does not hold, or "truth" (real data have none), or "data" (too few
        to estimate anything).
    """

    lacking: tuple[str, ...]
