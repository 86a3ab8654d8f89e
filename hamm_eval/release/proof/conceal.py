"""Hide one more number of a finished release, and whatever was computed from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

from hamm_eval.release.curves import LINKED
from hamm_eval.release.facts.base import Facts, Place
from hamm_eval.release.proof.conceal_ratings import without_derived
from hamm_eval.release.released import (
    Cell,
    Release,
    ReleasedCurve,
    ReleasedShare,
    ReleasedTable,
    ReleasedTwoPerspectives,
)

Some = TypeVar("Some", bound=Release)


def conceal(release: Some, places: Iterable[Place]) -> Some:
    """The release with the numbers at these places hidden as "linked".

    Parameters
    ----------
    release : Release
    places : iterable of paths
        By names of fields and indices, as facts name them.

    Examples
    --------
    >>> table = ReleasedTable(id="a:b", definition_digest="0", policy="strict", rows=("x", "y"),
    ...     columns=("persons",), row_dimension="level", column_dimension="", unit="persons",
    ...     cells=((Cell(value=40, share=0.8),), (Cell(value=10, share=0.2),)), total=None,
    ...     column_totals=(50,), sensitive=False, shares="of_total")
    >>> hidden = conceal(table, [("cells", 1, 0)])
    >>> hidden.cells[1][0].linked, hidden.cells[0][0].share, hidden.column_totals
    (True, None, (40,))
    """
    places = tuple(places)
    for place in places:
        release = _at(release, place)
    anew: Any = _anew(release)
    if isinstance(anew, ReleasedTwoPerspectives):
        anew = without_derived(anew, places)
    concealed: Some = anew
    return concealed


def still_shown(release: Release, facts: Facts) -> tuple[Place, ...]:
    """Places at which a release shows a number that its facts call hidden.

    Parameters
    ----------
    release : Release
    facts : Facts
        Of the same release.
    """
    return tuple(
        place
        for count in facts.counts
        if count.told and not count.shown
        for place in count.places
        if not _is_hidden(_found(release, place))
    )


def _found(value: Any, place: Place) -> Any:
    """What stands at a path; None where a part of it is gone, as the steps of a curve that is withheld."""
    for step in place:
        if isinstance(step, int):
            if step >= len(value):
                return None
            value = value[step]
        else:
            value = getattr(value, step, None)
        if value is None:
            return None
    return value


def _is_hidden(value: Any) -> bool:
    """Whether a number, however it is shown, is hidden."""
    return (value.value if isinstance(value, Cell | ReleasedShare) else value) is None


def _at(value: Any, place: Place) -> Any:
    """The value with what stands at a path hidden."""
    if not place:
        return _hidden(value)
    first, *rest = place
    if isinstance(first, int):
        return tuple(_at(item, tuple(rest)) if at == first else item for at, item in enumerate(value))
    return dataclasses.replace(value, **{first: _at(getattr(value, first), tuple(rest))})


def _hidden(value: Any) -> Any:
    """A number, however it is shown, hidden."""
    if isinstance(value, Cell):
        return Cell(value=None, linked=True)
    if isinstance(value, ReleasedShare):
        return ReleasedShare(value=None, linked=True)
    return None


def _anew(value: Any) -> Any:
    """Sums and shares of tables, wherever they stand, without what is hidden now."""
    if isinstance(value, ReleasedTable):
        return _table(value)
    if isinstance(value, ReleasedCurve):
        return _curve(value)
    if isinstance(value, tuple):
        return tuple(_anew(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Cell):
        changed = {field.name: _anew(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


def _curve(curve: ReleasedCurve) -> ReleasedCurve:
    """A curve's steps and its persons at risk give persons and events back: it goes with them."""
    risk = curve.at_risk[:1] == (None,)
    if curve.withheld or not (curve.persons.linked or curve.events.linked or risk):
        return curve
    return ReleasedCurve(
        level=curve.level, merged=curve.merged, withheld=LINKED, persons=curve.persons, events=curve.events
    )


def _table(table: ReleasedTable) -> ReleasedTable:
    """A share tells its denominator, and that is a sum with the hidden number: such shares go."""
    cells = []
    for i, row in enumerate(table.cells):
        cells.append(
            tuple(
                dataclasses.replace(cell, share=None, share_bound="") if _tells(table, i, j) else cell
                for j, cell in enumerate(row)
            )
        )
    totals = tuple(sum(row[j].value or 0 for row in cells) for j in range(len(table.column_totals)))
    return dataclasses.replace(table, cells=tuple(cells), column_totals=totals)


def _tells(table: ReleasedTable, i: int, j: int) -> bool:
    """Whether the share of a cell is of a number that is hidden for the sake of another."""
    if table.shares == "of_row":
        part = list(table.cells[i])
    elif table.shares == "of_column":
        part = [row[j] for row in table.cells]
    elif table.total is not None:
        part = [table.total]
    else:
        part = [cell for row in table.cells for cell in row]
    return any(cell.linked for cell in part)
