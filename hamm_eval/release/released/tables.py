"""Released tables of counts and of quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTable(Release):
    """Counts, row by row; `total` rounded on its own, `column_totals` sums of the numeric published cells."""

    kind: ClassVar[str] = "table"
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_dimension: str
    column_dimension: str
    unit: str
    cells: tuple[tuple[Cell, ...], ...]
    total: Cell | None
    column_totals: tuple[int, ...]
    sensitive: bool
    shares: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedQuantiles(Release):
    """One rounded quantile per row; None where fewer persons than the policy asks stand behind it."""

    kind: ClassVar[str] = "quantiles"
    rows: tuple[str, ...]
    row_dimension: str
    probability: float
    unit: str
    values: tuple[float | None, ...]
    beside: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedDistribution(Release):
    """Rounded quantiles, one tuple a row in a fixed order; None where too few persons stand behind one."""

    kind: ClassVar[str] = "distribution"
    rows: tuple[str, ...]
    row_dimension: str
    probabilities: tuple[float, ...]
    unit: str
    values: tuple[tuple[float | None, ...], ...]
