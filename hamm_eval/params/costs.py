"""What params say of costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hamm_eval.params.base import Key, Label
from hamm_eval.yaml_models import FrozenModel


class Price(FrozenModel):
    """What one additional person who reaches an endpoint is worth, in euros, and why this amount."""

    amount: Annotated[float, Field(gt=0)]
    reason: Label


class Costs(FrozenModel):
    """Prices by endpoint. Costs themselves are data: the export's measures and their funding classes."""

    price_per_additional: Mapping[Key, Price]
