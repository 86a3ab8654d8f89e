"""The findings as one self-contained page: nothing is loaded from anywhere, no script runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from hamm_eval.casefile.rules import Severity
from hamm_eval.report import markup
from hamm_eval.report.intake import phrases
from hamm_eval.report.intake.read_tables import fate_names
from hamm_eval.report.numbering import Numbering
from hamm_eval.report.page.assemble import stylesheet

if TYPE_CHECKING:
    from hamm_eval.report.intake.content import IntakeReport, TableGroup
    from hamm_eval.report.wording import Wording

PLACES_SHOWN = 50  # of a rule, and of a table
LINES_SHOWN = 20  # of a place
SHAPES = {Severity.REFUSE: "■", Severity.QUARANTINE: "◆", Severity.WARN: "▲", Severity.NOTICE: "●"}


def page(report: IntakeReport, wording: Wording) -> str:
    """The findings report as HTML.

    Parameters
    ----------
    report : IntakeReport
    wording : Wording

    Returns
    -------
    str
        Style and fonts inside, a Content-Security-Policy that forbids script and every outside address, no
        clock time: equal reports give equal bytes. Every text is escaped.
    """
    html = _template().render(
        w=wording,
        r=report,
        phrases=phrases,
        severities=tuple(Severity),
        shapes={severity.value: shape for severity, shape in SHAPES.items()},
        style=Markup(stylesheet() + _read("findings.css")),
        read_table=_read_table(report, wording),
        severity_table=_severity_table(report, wording),
        lines=lambda lines, count: _lines(lines, count, wording),
        titles={group.rule: group.title for group in report.rules},
        most=PLACES_SHOWN,
    )
    return Numbering(wording).fill(html)


def _read_table(report: IntakeReport, wording: Wording) -> Markup:
    """Every table, how it was read, and where its rows went."""
    fates = fate_names(report.usable, wording)
    columns = [
        markup.Column(wording.text("check.column_table"), numeric=False),
        markup.Column(wording.text("check.column_rows")),
        *(markup.Column(fate) for fate in fates),
    ]
    rows = []
    for one in report.tables:
        if one.rows is None:
            cells = [wording.text("check.unknown")] * (1 + len(fates))
            state = wording.text(f"check.state.{one.state}")
        else:
            cells = [wording.number(one.rows), *(wording.number(fate) for fate in one.fates)]
            state = one.evidence
        rows.append(markup.Row(one.name, tuple(cells), note=f"{one.file} · {state}"))
    read = [one for one in report.tables if one.fates]
    sums = [report.rows, *(sum(one.fates[i] for one in read) for i in range(len(fates)))]
    rows.append(markup.Row(wording.text("check.sum"), tuple(map(wording.number, sums)), strong=True))
    notes = [wording.text("check.rows_balance"), wording.text("check.fate_notes")]
    if not report.usable:
        notes.append(wording.text("check.rows_refused"))
    if report.not_delivered:
        notes.append(wording.text("check.not_delivered", tables=wording.join(report.not_delivered)))
    return markup.table(wording.text("check.read_caption"), columns, rows, *notes)


def _severity_table(report: IntakeReport, wording: Wording) -> Markup:
    """How many findings each table has of each severity, with a link to them."""
    columns = [markup.Column(wording.text("check.column_table"), numeric=False)]
    columns += [markup.Column(wording.text(f"check.severities.{s.value}")) for s in Severity]
    rows = [
        markup.Row(
            Markup('<a href="#{}">{}</a>').format(anchor(group), _capital(group.name)),
            tuple(_or_dash(group.count(severity), wording) for severity in Severity),
        )
        for group in report.by_table
    ]
    sums = tuple(_or_dash(report.counts[severity], wording) for severity in Severity)
    rows.append(markup.Row(wording.text("check.sum"), sums, strong=True))
    return markup.table(wording.text("check.tables_caption"), columns, rows)


def anchor(group: TableGroup) -> str:
    """Where the findings of a table stand; our own name, so it needs no escaping."""
    return f"table-{group.table or 'other'}"


def _capital(name: str) -> str:
    """A name where it stands alone."""
    return name[:1].upper() + name[1:]


def _or_dash(count: int, wording: Wording) -> str:
    """A count; none is a dash, so that what there is stands out."""
    return wording.number(count) if count else wording.text("symbols.none")


def _lines(lines: Sequence[int], count: int, wording: Wording) -> str:
    """Line numbers, as an editor shows them, and how many more there are; nothing where there are none."""
    if not lines:
        return ""
    listed = ", ".join(map(str, lines[:LINES_SHOWN]))
    said = wording.text("check.at_line" if len(lines) == 1 else "check.at_lines", lines=listed)
    left = count - min(len(lines), LINES_SHOWN)
    return f"{said} {wording.text('check.more_lines', count=wording.number(left))}" if left > 0 else said


def _read(name: str) -> str:
    """A text file of this folder."""
    return files("hamm_eval.report.intake").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    """The page's template; everything put in is escaped unless it is markup."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["anchor"] = anchor
    return environment.from_string(_read("findings.html.j2"))
