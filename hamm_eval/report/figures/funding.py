"""Funding classes over time: one bar a measure, one piece a class, the class written in it."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from hamm_eval.release.released import ReleasedFunding
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording

ROW, TOP, BELOW, LEGEND = 36, 14, 34, 30
# From what the municipality pays alone to what others pay: lighter, darker, hatched.
CLASSES = {
    "1": ("#9fc8e3", style.INK, ""),
    "2": ("#0072b2", style.PAPER, ""),
    "3": ("#f3c97a", style.INK, "//"),
}
_OTHER = (style.OPEN, style.INK, "")
_DAYS_A_YEAR = 365.25


def funding_bars(release: ReleasedFunding, since: dt.date, alt: str, wording: Wording) -> Markup:
    """Draw the spells from a day on up to the end of the quarter."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    until = dt.date.fromisoformat(release.shown_until)
    measures = list(dict.fromkeys(spell.measure for spell in release.spells))
    names = [wording.level_name("measure", measure) for measure in measures]
    used = sorted({spell.funding_class for spell in release.spells})
    with style.drawing_style():
        left = 22 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name in names)
        sheet = canvas.sheet(TOP + BELOW + LEGEND + ROW * len(names))
        axes = canvas.place(sheet, left, TOP + LEGEND, 16, BELOW)
        axes.set_xlim(0, (until - since).days)
        axes.set_ylim(len(names) - 0.5, -0.5)
        for line, (measure, name) in enumerate(zip(measures, names, strict=True)):
            axes.annotate(
                name, (0, line), xycoords=("axes fraction", "data"), xytext=(-pixels(left - 4), 0),
                textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(15),
            )  # fmt: skip
            for spell in release.spells:
                last = until if spell.until is None else min(dt.date.fromisoformat(spell.until), until)
                begin = max(dt.date.fromisoformat(spell.since), since)
                if spell.measure != measure or last < begin:
                    continue
                colour, words, hatch = CLASSES.get(spell.funding_class, _OTHER)
                days = (last - begin).days + 1
                axes.barh(line, days, left=(begin - since).days, height=0.62, color=colour, hatch=hatch,
                          edgecolor=style.PAPER, linewidth=pixels(2))  # fmt: skip
                axes.annotate(
                    spell.funding_class, ((begin - since).days + days / 2, line), ha="center", va="center",
                    color=words, weight=style.SEMIBOLD, fontsize=pixels(14.5),
                    bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.5} if hatch else None,
                )  # fmt: skip
        at = 0.0
        for key in used:
            colour, _, hatch = CLASSES.get(key, _OTHER)
            label = wording.level_name("funding_class", key)
            axes.annotate(
                "   ", (0, 1), xycoords="axes fraction", xytext=(pixels(at), pixels(15)), fontsize=pixels(13),
                textcoords="offset points", va="center",
                bbox={"facecolor": colour, "edgecolor": style.PAPER, "hatch": hatch, "pad": 2},
            )  # fmt: skip
            axes.annotate(
                label, (0, 1), xycoords="axes fraction", xytext=(pixels(at + 20), pixels(15)),
                textcoords="offset points", va="center", color=style.MUTED, fontsize=pixels(14),
            )  # fmt: skip
            at += 44 + canvas.text_width(label, 14)
        years = [dt.date(year, 1, 1) for year in range(since.year, until.year + 1)]
        axes.xaxis.set_major_locator(FixedLocator([float((year - since).days) for year in years]))
        axes.xaxis.set_major_formatter(FixedFormatter([str(year.year) for year in years]))
        axes.yaxis.set_major_locator(NullLocator())
        axes.spines["left"].set_visible(False)
        return canvas.image(sheet, alt, wording.synthetic_mark)
