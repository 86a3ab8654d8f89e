"""The findings as a workbook: overview, findings one row each, rules with what to do.

Every cell is written as text or number: nothing that a file or a column is called becomes a formula or a
link, not even when the cell is edited.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import xlsxwriter

from hamm_eval.casefile.rules import BY_ID, Severity
from hamm_eval.report.intake.phrases import advice, findings_sentence, read_sentence, verdict
from hamm_eval.report.intake.read_tables import fate_names
from hamm_eval.report.intake.sentences import rule_title, rule_todo

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from hamm_eval.report.intake.content import IntakeReport
    from hamm_eval.report.wording import Wording

Cell = str | int | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = dt.datetime(1980, 1, 1)  # no clock time: equal findings give equal bytes
_MOST_CHARACTERS = 32_000  # of a cell


class _Sheets:
    """A workbook under construction, and its few formats."""

    def __init__(self, buffer: io.BytesIO) -> None:
        self.book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        self.book.set_properties({"created": _EPOCH})
        top = {"valign": "top", "text_wrap": True, "font_name": "Calibri", "font_size": 11}
        self.text = self.book.add_format(top)
        self.quoted = self.book.add_format({**top, "quote_prefix": True})
        self.number = self.book.add_format({**top, "num_format": "#,##0"})
        self.head = self.book.add_format({**top, "bold": True, "bottom": 2, "valign": "bottom"})
        self.title = self.book.add_format({**top, "bold": True, "font_size": 14, "text_wrap": False})
        self.plain = self.book.add_format({**top, "text_wrap": False})
        self.sum = self.book.add_format({**top, "bold": True, "top": 1, "num_format": "#,##0"})

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell, style: Format | None = None) -> None:
        """One cell, as a number or as text and nothing else."""
        if cell is None:
            sheet.write_blank(row, column, None, style or self.text)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, style or self.number)
        else:
            own = self.quoted if cell.startswith(_FORMULA) else self.text
            sheet.write_string(row, column, cell[:_MOST_CHARACTERS], style or own)

    def table(
        self, sheet: Worksheet, row: int, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]
    ) -> int:
        """A heading row with column widths and the rows under it; the row after them."""
        for i, (heading, width) in enumerate(columns):
            self.write(sheet, row, i, heading, self.head)
            sheet.set_column(i, i, width)
        for line in rows:
            row += 1
            for i, cell in enumerate(line):
                self.write(sheet, row, i, cell)
        return row + 1


def workbook(report: IntakeReport, wording: Wording) -> bytes:
    """The findings report as XLSX.

    Parameters
    ----------
    report : IntakeReport
    wording : Wording

    Returns
    -------
    bytes
        Equal reports give equal bytes.
    """
    buffer = io.BytesIO()
    sheets = _Sheets(buffer)
    _overview(sheets, report, wording)
    _findings(sheets, report, wording)
    _rules(sheets, report, wording)
    sheets.book.close()
    return buffer.getvalue()


def _sheet(sheets: _Sheets, name: str, *, freeze: int) -> Worksheet:
    """A sheet that prints on A4, landscape, with its heading row on every page."""
    sheet = sheets.book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(freeze - 1)
    sheet.freeze_panes(freeze, 0)
    return sheet


def _overview(sheets: _Sheets, report: IntakeReport, wording: Wording) -> None:
    """The verdict, and every table with where its rows went."""
    said = [
        f"{wording.text('check.source')}: {report.source}",
        verdict(report, wording),
        advice(report, wording),
        f"{read_sentence(report, wording)} {findings_sentence(report, wording)}",
    ]
    if report.not_delivered:
        names = wording.join(report.not_delivered)
        said.append(wording.text("check.not_delivered", tables=names))
    said.append(wording.text("check.rows_balance"))
    if not report.usable:
        said.append(wording.text("check.rows_refused"))
    said += [wording.text("check.reading"), wording.text("check.values")]
    start = len(said) + 2
    sheet = _sheet(sheets, wording.text("check.sheet_overview"), freeze=start + 1)
    sheets.write(sheet, 0, 0, wording.text("check.title"), sheets.title)
    for row, sentence in enumerate(said, 1):
        sheets.write(sheet, row, 0, sentence, sheets.plain)
    columns = [
        (wording.text("check.column_table"), 26),
        (wording.text("check.column_file"), 26),
        (wording.text("check.column_form"), 40),
        *((wording.text(f"check.severities.{severity.value}"), 13) for severity in Severity),
        (wording.text("check.column_rows"), 12),
        *((name, 14) for name in fate_names(report.usable, wording)),
    ]
    found = {group.table: group for group in report.by_table}
    rows: list[list[Cell]] = []
    for one in report.tables:
        group = found.get(one.table)
        by_severity = [group.count(severity) if group else 0 for severity in Severity]
        form = wording.text(f"check.state.{one.state}") if one.rows is None else one.evidence
        rows.append([one.name, one.file, form, *by_severity, one.rows, *one.fates])
    for group in report.by_table:
        if not group.table or group.table not in {one.table for one in report.tables}:
            by_severity = [group.count(severity) for severity in Severity]
            rows.append([group.name, None, None, *by_severity])
    end = sheets.table(sheet, start, columns, rows)
    sums = [sum(line[i] or 0 for line in rows if len(line) > i) for i in range(3, len(columns))]  # type: ignore[misc]
    for i, cell in enumerate([wording.text("check.sum"), None, None, *sums]):
        sheets.write(sheet, end, i, cell, sheets.sum)


def _findings(sheets: _Sheets, report: IntakeReport, wording: Wording) -> None:
    """One row a finding, with all lines that are kept."""
    columns = [
        (wording.text("check.column_severity"), 14),
        (wording.text("check.column_table"), 24),
        (wording.text("check.column_file"), 26),
        (wording.text("check.column_column"), 24),
        (wording.text("check.column_first_line"), 11),
        (wording.text("check.column_affected"), 12),
        (wording.text("check.column_text"), 70),
        (wording.text("check.column_lines"), 40),
        (wording.text("check.column_rule"), 26),
    ]
    names = {group.table: group.name for group in report.by_table}
    rows: list[list[Cell]] = [
        [
            wording.text(f"check.severity.{place.severity.value}"),
            names[place.table],
            place.file,
            place.column,
            place.lines[0] if place.lines else None,
            place.count or None,
            place.text,
            ", ".join(map(str, place.lines)) + (" …" if 0 < len(place.lines) < place.count else ""),
            place.rule,
        ]
        for group in report.rules
        for place in group.places
    ]
    _filtered(sheets, wording.text("check.sheet_findings"), columns, rows)


def _rules(sheets: _Sheets, report: IntakeReport, wording: Wording) -> None:
    """One row a rule that is broken: what it means, what to do, how often."""
    columns = [
        (wording.text("check.column_severity"), 14),
        (wording.text("check.column_what"), 60),
        (wording.text("check.column_todo"), 70),
        (wording.text("check.column_places"), 10),
        (wording.text("check.column_affected"), 12),
        (wording.text("check.column_file"), 40),
        (wording.text("check.column_rule"), 26),
    ]
    rows: list[list[Cell]] = [
        [
            wording.text(f"check.severity.{group.severity.value}"),
            rule_title(BY_ID[group.rule], wording.language),
            group.todo or rule_todo(BY_ID[group.rule], wording.language),
            len(group.places),
            group.rows or None,
            ", ".join(group.files),
            group.rule,
        ]
        for group in report.rules
    ]
    _filtered(sheets, wording.text("check.sheet_rules"), columns, rows)


def _filtered(
    sheets: _Sheets, name: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]
) -> None:
    """A sheet that is one table, to be filtered by its headings."""
    sheet = _sheet(sheets, name, freeze=1)
    end = sheets.table(sheet, 0, columns, rows)
    sheet.autofilter(0, 0, max(end - 1, 1), len(columns) - 1)
