"""The few HTML shapes of the report; everything passed in as plain text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from hamm_eval.release.released import Cell
from hamm_eval.report.wording import Wording

Content = str | Markup
MOST_COLUMNS = 3  # that surely fit on a phone
MOST_ON_A_PAGE = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading: numbers stand right-aligned; `group` is a heading over several columns."""

    heading: Content
    numeric: bool = True
    group: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its heading, the cells, a note under the heading; `strong` for sums.

    Neighbours with the same `group` stand under that as a heading of their own.
    """

    heading: Content
    cells: tuple[Content, ...]
    note: str = ""
    strong: bool = False
    group: str = ""


def join(parts: Iterable[Content]) -> Markup:
    """Parts one after the other, plain text escaped."""
    return Markup("\n").join(part for part in parts if part)


def numbered(counter: str) -> Markup:
    """The place where the page writes "Abbildung 3" or "Tabelle 2"."""
    return Markup('<span class="he-number" data-count="{}"></span>').format(counter)


def scroll_hint(what: str) -> Markup:
    """The place where the page says, on a phone, that a figure or a table goes on to the right."""
    return Markup('<p class="he-hint" aria-hidden="true" data-count="{}"></p>\n').format(what)


def read_box(wording: Wording, *sentences: str, what: str = "figure") -> Markup:
    """The box "So lesen Sie diese Abbildung"."""
    return Markup('<div class="he-read"><p><strong>{}</strong> {}</p></div>').format(
        wording.text(f"{what}.read"), " ".join(sentences)
    )


def reading(id: str, wording: Wording) -> Markup:
    """How to read a table, where its question has words for that; nothing where it has none."""
    key = f"table.reading.{id.partition(':')[2].partition('/')[0]}"
    return read_box(wording, wording.text(key), what="table") if wording.has(key) else Markup("")


def note(*sentences: Content) -> Markup:
    """Small print under a figure or a table; nothing where there is nothing to say."""
    said = [sentence for sentence in sentences if sentence]
    return Markup('<p class="he-note">{}</p>').format(Markup(" ").join(said)) if said else Markup("")


def of_group(group: str, wording: Wording) -> Markup:
    """Over everything that is told of a target group: which one, and by what clock."""
    rules = wording.params.cohort if wording.params else None
    clock = getattr(rules, "clock", None)
    said = [wording.text("target_group.clock", origin=wording.text(f"origins.{clock}"))] if clock else []
    said.append(wording.text("target_group.apart"))
    if wording.policy.sensitive_throughout:
        said.append(wording.text("target_group.sensitive", hidden=wording.hidden))
    return Markup('<p class="he-group-of"><strong>{}</strong> {}</p>').format(
        wording.text("target_group.of", group=wording.target_group(group)), " ".join(said)
    )


def synthetic_notice(wording: Wording) -> Markup:
    """That the data are generated, or not for passing on, under what they are shown in; else nothing."""
    mark = wording.synthetic_mark
    return Markup('<p class="he-synthetic">{}</p>').format(mark) if mark else Markup("")


def caution(sentence: str) -> Markup:
    """A caution: directly under what it warns of."""
    return Markup('<p class="he-caution" role="note"><span aria-hidden="true">▲</span> {}</p>').format(
        sentence
    )


def step(number: int, name: str, wording: Wording) -> Markup:
    """Heading of a step from the question to how sure its answer is."""
    return Markup('<p class="he-step" role="heading" aria-level="4">{} · {}</p>').format(
        number, wording.text(f"effect_steps.{name}")
    )


def figure(title: str, picture: Markup, *below: Markup) -> Markup:
    """A numbered figure whose title states the finding."""
    return Markup(
        '<figure class="he-figure">\n<figcaption>{} <span class="he-title">{}</span></figcaption>\n'
        '{}<div class="he-picture" role="region" tabindex="0" aria-label="{}">{}</div>\n{}\n</figure>'
    ).format(numbered("figure"), title, scroll_hint("figure"), title, picture, join(below))


def count_note(wording: Wording, cells: Iterable[Cell | None], unit: str = "persons") -> str:
    """What a table says of its counts: rounded, and what "≤7" means where it occurs."""
    hidden = [cell for cell in cells if cell is not None and cell.value is None and cell.recorded]
    small = any(not cell.linked for cell in hidden)
    named = wording.text(f"unit.{unit}")
    rules = {
        "base": wording.policy.count_rounding,
        "largest": wording.policy.largest_hidden_count,
        "counts": wording.text(f"counts.{unit}"),
        "unit": named if wording.language == "de" else named.lower(),
    }
    hidden_note = "table.hidden_note" if unit == "persons" else "table.hidden_note_behind"
    how = hidden_note if small else "table.rounded_note"
    said = [wording.of_counts(how, hidden=wording.hidden, **rules)]
    if any(cell.linked for cell in hidden):
        said.append(wording.text("table.linked_note"))
    return " ".join(said)


def dash_note(wording: Wording, rows: Iterable[Row]) -> str:
    """What a dash stands for, where the rows have one."""
    none = wording.text("symbols.none")
    return wording.text("table.dash_note") if any(none in row.cells for row in rows) else ""


def with_interval(value: str, interval: str) -> Content:
    """A value with its interval small beneath."""
    return Markup('{}<span class="he-interval">{}</span>').format(value, interval) if interval else value


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *notes: Content,
) -> Markup:
    """A numbered table; the first column heads the rows.

    One with many columns may have to be scrolled sideways on a phone, where a hint says so.
    """
    wide = len(columns) > MOST_COLUMNS
    beside = scroll_hint("table") if wide else ""
    head = _head(columns)
    body = join(_body(list(together), columns) for _, together in groupby(rows, key=lambda row: row.group))
    return Markup(
        '<div class="he-table-block">\n<div class="he-scroll" role="region" tabindex="0" aria-label="{}">\n'
        '<table class="he-table{}">\n'
        '<caption><span class="he-caption">{} <span class="he-title">{}</span></span></caption>\n'
        "<thead>\n{}\n</thead>\n{}\n</table>\n</div>\n{}{}\n</div>"
    ).format(caption, _width(len(columns)), numbered("table"), caption, head, body, beside, note(*notes))


def _width(columns: int) -> str:
    """Classes of a table with many columns: wide on a phone, dense where it would not fit a page either."""
    return (" he-wide" if columns > MOST_COLUMNS else "") + (" he-dense" if columns > MOST_ON_A_PAGE else "")


def _body(rows: Sequence[Row], columns: Sequence[Column]) -> Markup:
    """Rows that stand under one heading, or under none."""
    lines = [_row(row, columns[1:]) for row in rows]
    if rows and rows[0].group:
        lines.insert(
            0,
            Markup('<tr class="he-subhead"><th scope="rowgroup" colspan="{}">{}</th></tr>').format(
                len(columns), rows[0].group
            ),
        )
    return Markup("<tbody>\n{}\n</tbody>").format(join(lines))


def _head(columns: Sequence[Column]) -> Markup:
    """One heading row, or two where columns are grouped."""
    grouped = any(column.group for column in columns)
    if not grouped:
        return Markup("<tr>{}</tr>").format(join(_heading(column) for column in columns))
    first: list[Markup] = []
    second: list[Markup] = []
    at = 0
    while at < len(columns):
        column = columns[at]
        if not column.group:
            first.append(_heading(column, ' rowspan="2"'))
            at += 1
            continue
        many = sum(1 for other in columns[at:] if other.group == column.group)
        first.append(
            Markup('<th scope="colgroup" class="he-group" colspan="{}">{}</th>').format(many, column.group)
        )
        second += [_heading(other) for other in columns[at : at + many]]
        at += many
    return Markup("<tr>{}</tr>\n<tr>{}</tr>").format(join(first), join(second))


def _heading(column: Column, span: str = "") -> Markup:
    """One column heading."""
    kind = Markup(' class="he-num"') if column.numeric else Markup("")
    return Markup('<th scope="col"{}{}>{}</th>').format(kind, Markup(span), column.heading)


def _row(row: Row, columns: Sequence[Column]) -> Markup:
    """One row with its heading."""
    beneath = Markup('<span class="he-merged">{}</span>').format(row.note) if row.note else Markup("")
    cells = Markup("").join(
        Markup("<td{}>{}</td>").format(Markup(' class="he-num"') if column.numeric else Markup(""), cell)
        for cell, column in zip(row.cells, columns, strict=True)
    )
    kind = Markup(' class="he-sum"') if row.strong else Markup("")
    return Markup('<tr{}><th scope="row">{}{}</th>{}</tr>').format(kind, row.heading, beneath, cells)
