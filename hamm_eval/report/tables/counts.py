"""A table of counts, with shares beside them where the table has them."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from hamm_eval.release.released import Cell, ReleasedTable
from hamm_eval.report.markup import Column, Content, Row, count_note, dash_note, table
from hamm_eval.report.wording import Wording


def count_table(release: ReleasedTable, wording: Wording, caption: str) -> Markup:
    """Counts row by row; the sum of the shown numbers and the independently rounded total at the end."""
    with_shares = any(wording.share(cell) for line in release.cells for cell in line)
    with_sum = bool(release.column_totals)
    columns = [Column(wording.dimension(release.row_dimension), numeric=False)]
    for name in release.columns:
        heading = _column_name(release, name, wording)
        if with_shares:
            columns += [
                Column(
                    wording.text(f"unit.{release.unit}"), group=heading if len(release.columns) > 1 else ""
                ),
                Column(
                    wording.text(f"table.share_{release.shares}"),
                    group=heading if len(release.columns) > 1 else "",
                ),
            ]
        else:
            columns.append(Column(heading))
    rows = [
        Row(wording.level_name(release.row_dimension, name), tuple(_cells(cells, with_shares, wording)))
        for name, cells in zip(release.rows, release.cells, strict=True)
    ]
    if with_sum:
        sums: list[Content] = []
        for total in release.column_totals:
            sums += [wording.number(total), ""] if with_shares else [wording.number(total)]
        rows.append(Row(wording.text("table.total"), tuple(sums), strong=True))
    cells = [cell for line in release.cells for cell in line]
    notes = [count_note(wording, [*cells, release.total], release.unit), dash_note(wording, rows)]
    if with_sum and any(cell.value is None for cell in cells):
        notes.append(wording.text("table.total_note", hidden=wording.hidden))
    if release.total is not None:
        notes.insert(0, f"{wording.of_counts('table.overall')}: {wording.count(release.total)}.")
    return table(caption, columns, rows, *notes)


def count_caption(release: ReleasedTable, wording: Wording) -> str:
    """What the table counts: a text of its own for the question asked, else what its rows and columns are."""
    asked, _, of = release.id.partition(":")[2].partition("/")
    known = f"table.caption.{asked}"
    return wording.text(
        known if wording.has(known) else f"table.caption.counts{'_two' if release.column_dimension else ''}",
        unit=wording.text(f"unit.{release.unit}"),
        rows=wording.dimension(release.row_dimension),
        columns=wording.dimension(release.column_dimension),
        endpoint=wording.endpoint(of),
    )


def _column_name(release: ReleasedTable, name: str, wording: Wording) -> str:
    """Heading of a count column."""
    if not release.column_dimension:
        return wording.text(f"unit.{release.unit}")
    return wording.level_name(release.column_dimension, name)


def _cells(cells: Iterable[Cell], with_shares: bool, wording: Wording) -> Iterable[Content]:
    """Count, and share where there is one."""
    for cell in cells:
        yield wording.count(cell)
        if with_shares and not cell.recorded:
            yield ""
        elif with_shares:
            yield wording.share(cell) or wording.text("symbols.none")
