"""How funding is shown: classes of measures over time, what began under each, what that cost."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from hamm_eval.release.released import ReleasedFunding, ReleasedFundingAmount
from hamm_eval.report.figures.funding import funding_bars
from hamm_eval.report.markup import Column, Row, figure, join, note, read_box, table
from hamm_eval.report.tables.counts import count_table
from hamm_eval.report.wording import Wording

YEARS = 3  # drawn, the year of the quarter included


def funding_title(wording: Wording) -> str:
    """What the section tells."""
    return wording.text("funding.title")


def funding_fragment(release: ReleasedFunding, wording: Wording) -> Markup:
    """Spells as a figure, participations by quarter and class, amounts by class."""
    parts = []
    until = dt.date.fromisoformat(release.shown_until)
    since = dt.date(until.year - YEARS + 1, 1, 1)
    if release.spells:
        changed = len({spell.measure for spell in release.spells if spell.since >= since.isoformat()})
        named = {0: "funding.figure_title_none", 1: "funding.figure_title_one"}
        title = wording.text(
            named.get(changed, "funding.figure_title"), n=_words(changed, wording), year=str(since.year)
        )
        rows = " ".join(
            wording.text(
                "funding.alt_row",
                measure=wording.level_name("measure", spell.measure),
                name=wording.level("funding_class", spell.funding_class),
                since=wording.date(dt.date.fromisoformat(spell.since)),
            )
            for spell in release.spells
        )
        picture = funding_bars(release, since, wording.text("funding.alt", rows=rows), wording)
        parts.append(figure(title, picture, read_box(wording, wording.text("funding.read"))))
    parts.append(count_table(release.begun, wording, wording.text("funding.caption_begun")))
    parts.append(note(Markup(wording.text("funding.begun_note"))))
    parts.append(_amounts(release, wording))
    return join(parts)


def _words(number: int, wording: Wording) -> str:
    """A small number in words."""
    key = f"spans.number.{number}"
    return wording.text(key) if wording.has(key) else wording.number(number)


def _amounts(release: ReleasedFunding, wording: Wording) -> Markup:
    """One amount a class; what is not in it is said."""
    columns = [
        Column(wording.text("costs.column_class"), numeric=False),
        Column(wording.text("funding.column_amount")),
    ]
    rows = [
        Row(wording.level_name("funding_class", amount.funding_class), (_amount(amount, wording),))
        for amount in release.amounts
    ]
    incomplete = any(amount.incomplete for amount in release.amounts)
    return table(
        wording.text("funding.caption_amounts"),
        columns,
        rows,
        wording.text("funding.amounts_note"),
        wording.text("funding.incomplete") if incomplete else "",
    )


def _amount(amount: ReleasedFundingAmount, wording: Wording) -> str:
    """The amount; at least so much where some is not in it."""
    if amount.amount is None:
        return wording.text("funding.not_told")
    shown = wording.money(amount.amount)
    return wording.text("funding.at_least", amount=shown) if amount.incomplete else shown
