"""All kinds of defects, in the order in which they are planted."""

from __future__ import annotations

from hamm_eval.synthetic.dirty import (
    dates,
    dialects,
    files,
    histories,
    records,
    related,
    unseen,
    values,
    workbooks,
)
from hamm_eval.synthetic.dirty.kind import DefectKind

# Whole files first, for they decide which rows can be read; then what needs particular rows.
KINDS: tuple[DefectKind, ...] = (
    *files.KINDS,
    *workbooks.KINDS,
    *dialects.KINDS,
    *histories.KINDS,
    *records.KINDS,
    *related.KINDS,
    *unseen.KINDS,
    *dates.KINDS,
    *values.KINDS,
)
BY_NAME: dict[str, DefectKind] = {kind.name: kind for kind in KINDS}
