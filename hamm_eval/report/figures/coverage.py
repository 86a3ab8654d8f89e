"""The share of persons who have something, a bar a quarter; a quarter that was not recorded has none."""

from __future__ import annotations

import math

from markupsafe import Markup

from hamm_eval.release.released import Cell, ReleasedTable
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import Quarter

LEFT, TOP, PLOT, BELOW, RIGHT = 64, 30, 240, 50, 16


def coverage(release: ReleasedTable, title: str, wording: Wording) -> Markup:
    """Draw the shares of the first column that are shown; hidden ones and missing ones say so in words."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    first = [line[0] for line in release.cells]
    highest = max((cell.share for cell in first if cell.share is not None), default=0.0)
    top = min(1.0, max(0.2, math.ceil(highest * 10 + 0.5) / 10))
    with style.drawing_style():
        sheet = canvas.sheet(TOP + PLOT + BELOW)
        axes = canvas.place(sheet, LEFT, TOP, RIGHT, BELOW)
        axes.set_xlim(-0.5, len(first) - 0.5)
        axes.set_ylim(0, top)
        axes.grid(axis="y")
        for at, cell in enumerate(first):
            if not cell.recorded:
                axes.bar(
                    at, top, width=1, facecolor=style.GRID, edgecolor=style.MUTED, hatch="///", linewidth=0
                )
            elif cell.share is not None:
                axes.bar(at, cell.share, width=0.68, color=style.ACCENT)
                axes.annotate(
                    wording.share(cell), (at, cell.share), xytext=(0, pixels(4)), ha="center", va="bottom",
                    textcoords="offset points", weight=style.SEMIBOLD, fontsize=pixels(14.5),
                )  # fmt: skip
            else:
                axes.annotate(
                    wording.count(cell), (at, 0), xytext=(0, pixels(4)), ha="center", va="bottom",
                    textcoords="offset points", color=style.MUTED, fontsize=pixels(14.5),
                )  # fmt: skip
        missing = [at for at, cell in enumerate(first) if not cell.recorded]
        if missing:
            # Over them all together: a word a bar would not fit.
            axes.annotate(
                canvas.wrapped(wording.text("symbols.not_recorded"), 14),
                ((missing[0] + missing[-1]) / 2, top / 2), ha="center", va="center",
                weight=style.SEMIBOLD, fontsize=pixels(15), backgroundcolor=style.PAPER,
            )  # fmt: skip
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(FixedLocator(range(len(first))))
        axes.set_xticklabels([_short(row) for row in release.rows])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_locator(FixedLocator([0.1 * step for step in range(round(top * 10) + 1)]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.percent(value)))
        axes.annotate(
            wording.text("volunteers.axis"), (0, 1), xycoords="axes fraction",
            xytext=(-pixels(LEFT - 4), pixels(10)), textcoords="offset points", va="bottom",
            color=style.MUTED, fontsize=pixels(14.5),
        )  # fmt: skip
        return canvas.image(sheet, _alternative(release, title, wording), wording.synthetic_mark)


def _short(row: str) -> str:
    """A quarter where there is little room: "Q2" over "2017"."""
    quarter = Quarter.parse(row)
    return f"Q{quarter.number}\n{quarter.year}"


def _alternative(release: ReleasedTable, title: str, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    said = [
        f"{wording.level('quarter', row)}: {_value(line[0], wording)}"
        for row, line in zip(release.rows, release.cells, strict=True)
    ]
    return f"{title}. {'; '.join(said)}."


def _value(cell: Cell, wording: Wording) -> str:
    """A share, or why there is none."""
    return wording.share(cell) if cell.share is not None else wording.count(cell)
