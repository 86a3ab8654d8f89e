"""Planting into one cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from hamm_eval.casefile.schema import Column
from hamm_eval.synthetic.dirty.city import City, Mark, Spot
from hamm_eval.synthetic.dirty.kind import Planter

Change = Callable[[Spot, City, np.random.Generator], str | None]


def cell(fits: Callable[[Column], bool], change: Change, *, among: Iterable[str] | None = None) -> Planter:
    """Plants by changing one cell of a column that fits; `change` gives None where it cannot."""
    tables = tuple(among) if among is not None else None

    def plant(city: City, rng: np.random.Generator) -> Mark | None:
        """Change one cell."""
        text = None

        def possible(spot: Spot) -> bool:
            """Whether this cell can be changed so."""
            nonlocal text
            text = change(spot, city, rng)
            return text is not None and text != spot.text

        spot = city.pick(rng, city.places(fits, among=tables), possible)
        if spot is None or text is None:
            return None
        spot.write(text)
        return Mark(spot.sheet, spot.line, spot.declared.german, partners=city.siblings(spot))

    return plant


def null_word(spot: Spot, city: City, rng: np.random.Generator) -> str | None:
    """A program's word for missing, where something stood."""
    return ("NULL", "null", "NA", "n/a", "k.A.")[rng.integers(5)] if spot.text else None
