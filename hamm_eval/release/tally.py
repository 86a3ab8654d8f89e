"""What a release tells and what it keeps back, counted: for the data protection officer, without a figure."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hamm_eval.release.released import Cell, Interval, Release, ReleasedCurve, ReleasedShare, ReleasedTable
from hamm_eval.release.released.base import told_fields

# Plain numbers among a release's fields that are figures, None where kept back, and the reason for that.
_FIGURES = {
    "values": "few_for_quantile",
    "at_risk": "small",
    "overlap_treated": "small",
    "overlap_controls": "small",
    "effective_treated": "small",
    "effective_controls": "small",
}

RULES: Mapping[str, int] = {
    "small": 2,
    "no_share": 2,
    "too_few_events": 2,
    "too_few_departures": 2,
    "sensitive": 3,
    "nearly_all": 3,
    "few_for_quantile": 4,
    "too_few": 4,
    "group_too_small": 5,
    "not_read": 5,
    "too_few_persons": 5,
    "events_per_parameter": 6,
    "residual_freedom": 6,
    "level_too_small": 6,
    "linked": 7,
}
"""Which release rule keeps back for which reason. Other reasons are the method's: the design fails."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many figures a release shows and hides, and what of it is withheld as a whole.

    Parameters
    ----------
    shown : int
        Counts, intervals, shares and quantiles that are told.
    hidden : mapping of str to int
        Reason to the number of figures that are hidden for it.
    withheld : mapping of str to int
        Reason to the number of parts (a curve, a model, an effect) that are withheld for it; a part may have
        several.
    """

    shown: int
    hidden: Mapping[str, int]
    withheld: Mapping[str, int]

    @property
    def hidden_figures(self) -> int:
        """Figures that are hidden, whatever for."""
        return sum(self.hidden.values())

    @property
    def withheld_parts(self) -> int:
        """Parts that are withheld; one with several reasons as often."""
        return sum(self.withheld.values())

    @classmethod
    def sum(cls, tallies: Iterable[Tally]) -> Tally:
        """All together."""
        shown, hidden, withheld = 0, Counter[str](), Counter[str]()
        for one in tallies:
            shown += one.shown
            hidden.update(one.hidden)
            withheld.update(one.withheld)
        return cls(shown, dict(hidden), dict(withheld))


def tally(release: Release) -> Tally:
    """Count what a release shows and keeps back.

    Examples
    --------
    >>> from hamm_eval.release.released import ReleasedTable
    >>> table = ReleasedTable(
    ...     id="cohort:all", definition_digest="0", policy="strict", rows=("single", "couple"),
    ...     columns=("persons",), row_dimension="household_type", column_dimension="", unit="persons",
    ...     cells=((Cell(value=40),), (Cell(value=None),)), total=None, column_totals=(40,), sensitive=False,
    ...     shares="none")
    >>> tally(table)
    Tally(shown=1, hidden={'small': 1}, withheld={})
    """
    count = _Count(
        sensitive=bool(getattr(release, "sensitive", False)),
        # Households and records have no share in persons: none is kept back.
        with_shares=isinstance(release, ReleasedTable)
        and release.shares != "none"
        and (release.unit == "persons" or release.shares != "of_total"),
    )
    count.part(release)
    return Tally(count.shown, dict(count.hidden), dict(count.withheld))


class _Count:
    """One walk through a release."""

    def __init__(self, *, sensitive: bool, with_shares: bool) -> None:
        self.shown = 0
        self.hidden: Counter[str] = Counter()
        self.withheld: Counter[str] = Counter()
        self._small = "sensitive" if sensitive else "small"
        self._with_shares = with_shares
        self._unread = "not_read"

    def part(self, value: Any) -> None:
        """Whatever stands in a field."""
        if isinstance(value, Cell):
            self._cell(value)
        elif isinstance(value, ReleasedShare):
            self._figure(
                value.value, "nearly_all" if value.bound else "linked" if value.linked else "not_read"
            )
        elif isinstance(value, Interval):
            self._figure(value.value, self._unread)
        elif isinstance(value, ReleasedCurve):
            # Where a line ends at the ceiling, that is why later horizons have no value.
            self._unread = "nearly_all" if value.over_ceiling_from else "not_read"
            self._fields(value)
            self._unread = "not_read"
        elif dataclasses.is_dataclass(value):
            self._fields(value)
        elif isinstance(value, tuple):
            for item in value:
                self.part(item)

    def _fields(self, value: Any) -> None:
        """All fields of a part."""
        for field in told_fields(value):
            self._field(field.name, getattr(value, field.name))

    def _field(self, name: str, value: Any) -> None:
        """A field by its name: a reason, figures, or a part."""
        if name.endswith(("withheld", "missing")):
            self.withheld.update(_reasons(value))
        elif name == "lacking":
            self.withheld["lacking"] += 1
        elif name in _FIGURES:
            for item in _flat(value):
                self._figure(item, _FIGURES[name])
        else:
            self.part(value)

    def _cell(self, cell: Cell) -> None:
        """A count, and its percentage where the table has such."""
        self._figure(cell.value, "linked" if cell.linked else self._small)
        if self._with_shares and cell.value is not None and cell.share is None and not cell.share_bound:
            self.hidden["no_share"] += 1

    def _figure(self, value: Any, reason: str) -> None:
        """One figure: told, or hidden for a reason."""
        if value is None:
            self.hidden[reason] += 1
        else:
            self.shown += 1


def _reasons(value: Any) -> list[str]:
    """Keys of reasons: one, several, or several with what was found."""
    if isinstance(value, str):
        return [value] if value else []
    return [one if isinstance(one, str) else str(one[0]) for one in value]


def _flat(value: Any) -> list[Any]:
    """The elements of nested tuples."""
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, tuple) else [value]
