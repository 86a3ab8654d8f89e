"""Caseload by quarter: the middle half of workers and months as a bar, the median in it."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedCaseload
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import Quarter

LEFT, TOP, RIGHT, BELOW, HEIGHT = 56, 40, 20, 46, 320
_LIGHT = "#b3cfe2"
_WIDTH = 0.34


def caseload_bars(release: ReleasedCaseload, alt: str, wording: Wording) -> Markup:
    """Draw the quarters that have quartiles, in their order; the others stay empty."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

    spread = release.spread
    names = [Quarter.parse(row) for row in spread.rows]
    with style.drawing_style():
        sheet = canvas.sheet(HEIGHT)
        axes = canvas.place(sheet, LEFT, TOP, RIGHT, BELOW)
        known = [value for line in spread.values for value in line if value is not None]
        axes.set_xlim(-0.6, len(names) - 0.4)
        axes.set_ylim(0, 1.12 * max([10.0, *known]))
        axes.grid(axis="y")
        for at, (low, middle, high) in enumerate(spread.values):
            if low is None or middle is None or high is None:
                axes.annotate(
                    wording.text("quantiles.too_few"), (at, 0), xytext=(0, pixels(8)), ha="center",
                    textcoords="offset points", color=style.MUTED, fontsize=pixels(13.5),
                )  # fmt: skip
                continue
            axes.bar(at, high - low, bottom=low, width=2 * _WIDTH, color=_LIGHT)
            axes.plot([at - _WIDTH, at + _WIDTH], [middle, middle], color=style.INK, linewidth=pixels(3.5))
            axes.annotate(
                wording.number(middle), (at, middle), xytext=(0, pixels(5)), ha="center", va="bottom",
                textcoords="offset points", weight=style.SEMIBOLD, fontsize=pixels(15),
            )  # fmt: skip
        axes.xaxis.set_major_locator(FixedLocator([float(at) for at in range(len(names))]))
        axes.xaxis.set_major_formatter(
            FixedFormatter([wording.text("caseload.tick", number=q.number, year=q.year) for q in names])
        )
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
        axes.annotate(
            wording.text("caseload.axis"), (0, 1), xycoords="axes fraction",
            xytext=(-pixels(LEFT - 6), pixels(14)), textcoords="offset points", color=style.MUTED,
            fontsize=pixels(14.5),
        )  # fmt: skip
        return canvas.image(sheet, alt, wording.synthetic_mark)
