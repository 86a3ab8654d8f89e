"""What params ask of ratings from two perspectives."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hamm_eval.params.base import Key
from hamm_eval.yaml_models import FrozenModel


class TwoPerspectives(FrozenModel):
    """Measures whose ratings by social workers and by refugees are set side by side.

    `by_groups` are the groups by which it is told who answers; `weigh_by` the characteristics by which those
    who answer are weighted towards all, in a sensitivity analysis. `reporting_delay_days` is the time within
    which 95 % of the ratings are given and recorded, counted from the end of a participation: who ended later
    than that before the data cut is not yet asked for.
    """

    measures: Annotated[tuple[Key, ...], Field(min_length=1)]
    by_groups: tuple[Key, ...] = ()
    weigh_by: tuple[Key, ...] = ()
    reporting_delay_days: Annotated[int, Field(ge=0)]
