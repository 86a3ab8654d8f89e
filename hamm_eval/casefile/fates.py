"""Nothing lost, be an export usable or not: where every row of a file went, or an internal error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.errors import HammEvalError


@dataclass(frozen=True, slots=True)
class RowFates:
    """Where every row of one file went; `read` is the sum of the others.

    Parameters
    ----------
    table, file : str
    read : int
        Rows below the header.
    used : int
        Known at the cut and sound, earlier versions of corrected records among them; what would be used,
        where the export is refused for other rows.
    quarantined, refused, not_yet_known, excluded : int
        Set aside; named by a refusal; recorded after the cut; rows of totals and blank ones.

    Raises
    ------
    HammEvalError
        They do not add up: an internal error.
    """

    table: str
    file: str
    read: int
    used: int
    quarantined: int
    refused: int
    not_yet_known: int
    excluded: int

    def __post_init__(self) -> None:
        parts = (self.used, self.quarantined, self.refused, self.not_yet_known, self.excluded)
        if self.read != sum(parts) or min(parts) < 0:
            raise HammEvalError(
                f"Of {self.read} rows {sum(parts)} are accounted for: this is an internal error.",
                where=self.file,
                todo="Report it; use no figure of this export.",
            )


def row_fates(
    typed: TypedTable, *, quarantined: int, refused_lines: Collection[int], cut: dt.date
) -> RowFates:
    """Count where the rows of a table went; each count is taken by itself.

    Parameters
    ----------
    typed : TypedTable
        Without the rows that were set aside.
    quarantined : int
    refused_lines : collection of int
        Lines of the file that a refusal names.
    cut : datetime.date
    """
    frame = typed.frame
    refused = frame[LINE].is_in(list(refused_lines)) if refused_lines else frame[LINE] < 0
    recorded = frame["recorded_on"]
    return RowFates(
        table=typed.plan.table.name,
        file=typed.file,
        read=typed.read,
        used=int((~refused & (recorded <= cut)).sum()),
        quarantined=quarantined,
        refused=int(refused.sum()),
        not_yet_known=int((~refused & (recorded > cut)).sum()),
        excluded=typed.excluded,
    )
