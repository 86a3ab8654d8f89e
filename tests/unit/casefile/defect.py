"""What a defect of a small export is, and the place that its finding must name."""

from __future__ import annotations

from dataclasses import dataclass

from edits import Edit


@dataclass(frozen=True)
class Defect:
    rule: str
    edit: Edit
    file: str
    line: int | None = None
    column: str = ""
    name: str = ""
