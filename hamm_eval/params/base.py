"""Kinds of values that many questions share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hamm_eval.yaml_models import FrozenModel

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

Level = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]

Language = Literal["de", "en"]

DAYS_PER_MONTH = 365.25 / 12


class Label(FrozenModel):
    """A name in both languages of the report."""

    de: str
    en: str
