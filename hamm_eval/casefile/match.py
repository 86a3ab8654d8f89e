"""From a file's header to the columns wanted: what is missing, double, superfluous or must not be there."""

from __future__ import annotations

from collections import Counter

from hamm_eval.casefile.extra_columns import free_text, identifying
from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.names import folded, nearest
from hamm_eval.casefile.plan import TablePlan
from hamm_eval.casefile.readers.header import Header


def match_columns(plan: TablePlan, header: Header, notes: FileCollector) -> dict[str, int] | None:
    """Position of each of our columns in the file, or None where the header cannot be used at all."""
    if not header.trusted:
        expected = ", ".join(column.headers[0] for column in plan.columns if not column.absent)
        notes.add("header_missing", lines=header.lines, expected=expected)
        return None
    positions: dict[str, int] = {}
    for index, name in enumerate(header.names):
        positions.setdefault(folded(name), index)
    for name, times in Counter(map(folded, header.names)).items():
        if times > 1 and name:
            notes.add("column_duplicate", column=header.shown(positions[name]), lines=header.lines)
    found: dict[str, int] = {}
    missing = []
    for column in plan.columns:
        at = [positions[folded(name)] for name in column.headers if folded(name) in positions]
        if len(at) > 1:
            notes.add("column_duplicate", column=header.shown(at[1]), lines=header.lines)
        if at:
            found[column.column.name] = at[0]
        elif not column.absent and column.constant is None:
            missing.append(column)
    wanted = {folded(name) for column in plan.columns for name in column.headers}
    extra = {name: index for index, name in enumerate(header.names) if folded(name) not in wanted}
    for column in missing:
        near = nearest(column.headers[0], extra)
        place = f"#{extra[near] + 1}" if near else ""  # its text might be data
        notes.add(
            "column_missing",
            column=column.headers[0],
            lines=header.lines,
            hint_de=f" Spalte {place} ähnelt ihr." if near else "",
            hint_en=f" Column {place} resembles it." if near else "",
        )
    for index, name in enumerate(header.names):
        if folded(name) not in wanted:
            _note_extra(plan, header, index, notes)
    return found


def _note_extra(plan: TablePlan, header: Header, index: int, notes: FileCollector) -> None:
    """A column that nobody declared: ignored, dropped with a notice, or refused."""
    name, shown = header.names[index], header.shown(index)
    if not name:
        notes.add("column_unnamed", column=shown, lines=header.lines)
    elif folded(name) in plan.free_text:
        notes.add("free_text_ignored", column=shown)
    elif (kind := identifying(name)) is not None:
        notes.add(
            "column_identifying",
            column=shown,
            lines=header.lines,
            kind_de=kind.german,
            kind_en=kind.english,
        )
    elif free_text(name):
        notes.add("column_free_text", column=shown, lines=header.lines)
    else:
        notes.add("column_extra", column=shown)
