"""One share between nothing and all, with its interval."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import Interval
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording

HEIGHT, SIDE = 118, 46


def share_line(share: Interval, axis: str, alt: str, wording: Wording) -> Markup:
    """Draw a share as a dot on a line from 0 to 100 %, its interval as a bar."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    value, lower, upper = (part or 0.0 for part in (share.value, share.lower, share.upper))
    with style.drawing_style():
        sheet = canvas.sheet(HEIGHT)
        axes = canvas.place(sheet, SIDE, 12, SIDE, 64)
        axes.set_xlim(0, 1)
        axes.set_ylim(-1, 1)
        axes.axhspan(-0.28, 0.28, color=style.OPEN, linewidth=0)
        axes.plot([lower, upper], [0, 0], color=style.ACCENT, linewidth=pixels(7), alpha=0.45)
        axes.plot([value], [0], marker="o", markersize=pixels(13), color=style.ACCENT, clip_on=False,
                  markeredgecolor=style.PAPER, markeredgewidth=pixels(1.6))  # fmt: skip
        axes.xaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1.0]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: wording.percent(at)))
        axes.yaxis.set_major_locator(NullLocator())
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(axis, labelpad=pixels(6))
        return canvas.image(sheet, alt, wording.synthetic_mark)
