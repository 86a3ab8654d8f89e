"""The findings in the console: what was read, then rule by rule, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hamm_eval.casefile.rules import Severity
from hamm_eval.report.intake.phrases import (
    extent,
    findings_sentence,
    more_places,
    read_sentence,
    verdict,
)
from hamm_eval.report.intake.read_tables import fate_names

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from hamm_eval.report.intake.content import IntakeReport, Place, RuleGroup
    from hamm_eval.report.intake.read_tables import ReadTable
    from hamm_eval.report.wording import Wording

PLACES_SHOWN = 5  # of a rule
_ROOMY = 1000
_FILE_WIDTH = 24  # not narrower, if file names need it
_STYLES = {
    Severity.REFUSE: "bold red",
    Severity.QUARANTINE: "bold magenta",
    Severity.WARN: "bold yellow",
    Severity.NOTICE: "bold cyan",
}


def print_report(report: IntakeReport, wording: Wording, console: Console) -> bool:
    """Print what was read and what was found; the last line says whether the export can be used.

    Returns
    -------
    bool
        Whether places are left out.
    """
    if report.tables:
        full = _read(report, wording)
        fits = console.measure(full, options=console.options.update(width=_ROOMY)).maximum <= console.width
        console.print(full if fits else _read(report, wording, narrow=True))
    if report.not_delivered:
        names = wording.join(report.not_delivered)
        console.print(Text("\n" + wording.text("check.not_delivered", tables=names)))
    for severity in Severity:
        groups = report.of(severity)
        if groups:
            heading = Text(wording.text(f"check.severities.{severity.value}"), style=_STYLES[severity])
            count = wording.number(report.counts[severity])
            console.print(Text("\n").append(heading).append(f" ({count})"))
            console.print(Text(wording.text(f"check.meaning.{severity.value}"), style="dim"))
        for group in groups:
            for line in _rule(group, wording):
                console.print(line)
    if report.tables or report.findings:
        console.print()
    console.print(Text(read_sentence(report, wording)))
    style = "bold green" if report.usable else "bold red"
    end = Text(findings_sentence(report, wording) + " ").append(verdict(report, wording), style=style)
    console.print(end)
    return any(len(group.places) > PLACES_SHOWN for group in report.rules)


def _read(report: IntakeReport, wording: Wording, *, narrow: bool = False) -> Table:
    """What was read; of the columns that say where rows went only those that have any.

    Where it is too narrow for all that was understood, the format alone stands there.
    """
    names = fate_names(report.usable, wording)
    fates = [(i, name) for i, name in enumerate(names) if any(t.fates[i] for t in report.tables if t.fates)]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    longest = max(len(one.file) for one in report.tables)
    table.add_column(wording.text("check.column_file"), overflow="fold", min_width=min(longest, _FILE_WIDTH))
    table.add_column(wording.text("check.column_form"), overflow="fold")
    table.add_column(wording.text("check.column_rows"), justify="right", no_wrap=True)
    for _, name in fates:
        table.add_column(name, justify="right", overflow="fold")
    for one in report.tables:
        went = (
            wording.number(one.fates[i]) if one.fates else wording.text("check.unknown") for i, _ in fates
        )
        table.add_row(*_read_row(one, wording, narrow), *went)
    return table


def _read_row(one: ReadTable, wording: Wording, narrow: bool) -> Iterator[RenderableType]:
    """File, format and rows of one table; its state in place of the format where it was not read."""
    yield Text(one.file)
    if one.rows is None:
        yield Text(wording.text(f"check.state.{one.state}"), style="bold red")
        yield Text(wording.text("check.unknown"))
    else:
        yield Text(one.evidence.partition(", ")[0] if narrow else one.evidence)
        yield Text(wording.number(one.rows))


def _rule(group: RuleGroup, wording: Wording) -> Iterator[RenderableType]:
    """One rule: what is wrong, what to do, where."""
    yield Text()
    title = Text(f"{group.title}.", style="bold")
    yield title.append(f" [{group.rule}] ({extent(group, wording)})", style="not bold dim")
    if group.todo:
        yield Padding(Text(group.todo), (0, 0, 0, 2), expand=False)
    for place in group.places[:PLACES_SHOWN]:
        yield Padding(_place(place), (0, 0, 0, 4), expand=False)
    left = len(group.places) - PLACES_SHOWN
    if left > 0:
        yield Padding(Text(more_places(left, wording), style="dim"), (0, 0, 0, 4), expand=False)


def _place(place: Place) -> Text:
    """One place, as an editor can jump to it."""
    text = Text(place.where, style="cyan")
    if place.listed:
        text.append(f" {place.listed}", style="default")
    if place.own:
        text.append(f": {place.own}", style="default")
    return text
