"""Which kinds of defects are planted, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass

from hamm_eval.errors import UsageError
from hamm_eval.synthetic.dirty.catalogue import BY_NAME, KINDS
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.kind import DefectKind


@dataclass(frozen=True, slots=True)
class DefectPlan:
    """What to plant.

    Parameters
    ----------
    times : int
        Defects of each kind that sits in rows; files and their dialects get one of each where there is
        room.
    families : tuple of Family
    only : tuple of str
        Names of kinds, where not all of the families are wanted.
    refusing : bool
        Whether defects that refuse the export are planted. Without them intake reads the export, and
        its counts of rows can be held against the plan.

    Raises
    ------
    UsageError
        A kind is unknown, or `times` is below 1.

    Examples
    --------
    >>> plan = DefectPlan(only=("duplicate_row", "total_row"), times=2)
    >>> [kind.name for kind in plan.kinds]
    ['duplicate_row', 'total_row']
    """

    times: int = 3
    families: tuple[Family, ...] = tuple(Family)
    only: tuple[str, ...] = ()
    refusing: bool = True

    def __post_init__(self) -> None:
        unknown = sorted(set(self.only) - set(BY_NAME))
        if unknown:
            raise UsageError(
                f"There is no such kind of defect: {', '.join(unknown)}.",
                where="only",
                todo="docs/dirty-exports.md lists the kinds.",
            )
        if self.times < 1:
            raise UsageError("At least one defect of each kind is needed.", where="times")

    @property
    def kinds(self) -> tuple[DefectKind, ...]:
        """The kinds wanted, in the order of planting."""
        return tuple(
            kind
            for kind in KINDS
            if kind.family in self.families
            and (not self.only or kind.name in self.only)
            and (self.refusing or kind.expected is not Expected.REFUSED)
        )

    def number(self, kind: DefectKind) -> int:
        """How many of a kind at most."""
        return self.times if kind.times is None else min(kind.times, self.times)


# The rows of every table stay readable: nothing hides a defect of a row.
ROWS = DefectPlan(families=(Family.DIALECTS, Family.RECORDS, Family.HISTORIES, Family.UNSEEN, Family.CELLS))
# Intake reads the whole export: what it counts can be held against what was planted.
NOT_REFUSED = DefectPlan(families=ROWS.families, refusing=False)
