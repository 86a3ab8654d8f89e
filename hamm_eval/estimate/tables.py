"""Tables of counts and of quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hamm_eval.estimate.base import Estimate, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Cells of a table that together are a number that another table may tell too.

    Parameters
    ----------
    whole : str
        Name of that number: the same in every table that it stands in.
    cells : tuple of (row, column)
    rest : bool
        Whether the cells are only some of it.
    size : int, optional
        The number, where it is not the sum of the cells.
    """

    whole: str
    cells: tuple[tuple[int, int], ...]
    rest: bool = False
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountTable(Estimate):
    """Counts in rows and columns.

    Parameters
    ----------
    rows, columns : tuple of str
        Keys of the levels.
    row_dimension, column_dimension : str
        What the levels are levels of (``household_type``, ``step``); "" where there is a single column.
    counts : ndarray of int, shape (rows, columns)
    unit : "persons", "households", "cases", "records" or "participations"
        What is counted. Other units than persons bring `persons`: the distinct persons behind each cell.
    persons : ndarray of int or None, shape (rows, columns)
    sensitive : bool
        Whether a level tells a sensitive attribute (residence status, health): rule 3.
    total : int or None
        Size of the whole (distinct persons), published on its own, rounded on its own.
    shares : "none", "of_total", "of_row" or "of_column"
        Which percentages are shown beside the counts.
    additive : bool
        Whether the rows are parts of a whole; the steps of a flow are not, and have no sum.
    unrecorded : tuple of str
        Rows of which nothing was recorded: their counts are missing, not 0.
    whom : str
        Name of the persons counted, shared by tables of the same persons; "" where no other table counts
        them. The release gate's proof links tables by it.
    links : tuple of Link
        Cells that stand in sums beyond this table.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_dimension: str
    column_dimension: str
    counts: IntArray
    unit: Literal["persons", "households", "cases", "records", "participations"] = "persons"
    persons: IntArray | None = None
    sensitive: bool = False
    total: int | None = None
    shares: Literal["none", "of_total", "of_row", "of_column"] = "none"
    additive: bool = True
    unrecorded: tuple[str, ...] = ()
    whom: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QuantileTable(Estimate):
    """One quantile per row, as the recording delay by table.

    `values` (rows,) are in `unit`; `persons` (rows,) are the distinct persons behind each;
    `beside` (rows,) a declared figure shown next to it (a planned value from params), NaN where none.
    """

    rows: tuple[str, ...]
    row_dimension: str
    probability: float
    values: FloatArray
    persons: IntArray
    unit: str
    beside: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DistributionTable(Estimate):
    """Several quantiles per row, side by side: how a quantity is distributed in each group.

    Rows stand in an order that is fixed beforehand, never in that of their values: no ranking.

    Parameters
    ----------
    rows : tuple of str
    row_dimension : str
    probabilities : tuple of float
        Of the quantiles, rising.
    values : ndarray of float, shape (rows, probabilities)
        In `unit`; NaN where there is nothing to take a quantile of.
    persons : ndarray of int, shape (rows,)
        Distinct persons behind each row.
    unit : str
    whom : tuple of str
        Names of those of whom the persons behind each row are some, shared by results that count them; empty
        where no other result does.
    """

    rows: tuple[str, ...]
    row_dimension: str
    probabilities: tuple[float, ...]
    values: FloatArray
    persons: IntArray
    unit: str
    whom: tuple[str, ...] = ()
