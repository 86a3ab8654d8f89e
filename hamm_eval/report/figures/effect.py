"""An effect at a glance: both risks as bars, their difference with its interval on an axis around zero."""

from __future__ import annotations

import math

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedEffect
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.tables.effect import points_range
from hamm_eval.report.wording import Wording


def risks_and_difference(release: ReleasedEffect, difference: Interval, wording: Wording) -> Markup:
    """Draw an effect that is shown."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    treated, control = release.risk_treated or 0.0, release.risk_control or 0.0
    value = difference.value or 0.0
    lower = value if difference.lower is None else difference.lower
    upper = value if difference.upper is None else difference.upper
    names = (
        wording.text("effect.with"),
        wording.text("effect.without"),
        wording.text("effect.difference_label"),
    )
    with style.drawing_style():
        left = 22 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name in names)
        sheet = canvas.sheet(322)
        bars = canvas.place(sheet, left, 10, 40, 196)
        for line, (risk, colour, hatch) in enumerate(
            ((treated, style.ACCENT, ""), (control, "#aeb8c2", "////"))
        ):
            bars.barh(line, risk, height=0.62, color=colour, hatch=hatch, edgecolor=style.PAPER, linewidth=0)
            bars.annotate(
                wording.percent(risk), (risk, line), xytext=(pixels(8), 0), textcoords="offset points",
                va="center", weight=style.SEMIBOLD, fontsize=pixels(17),
            )  # fmt: skip
        top = min(1.0, max(0.2, math.ceil(max(treated, control) * 5 + 0.2) / 5))
        bars.set_xlim(0, top)
        bars.set_ylim(1.5, -0.5)
        bars.xaxis.set_major_locator(
            FixedLocator([0.1 * i for i in range(round(top * 10) + 1)][:: 1 if top <= 0.6 else 2])
        )
        bars.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.percent(v)))
        bars.set_xlabel(
            wording.text(
                "effect.risks_axis",
                endpoint=wording.endpoint(release.endpoint),
                months=wording.months(release.horizon_days),
            ),
            labelpad=pixels(5),
        )
        gap = canvas.place(sheet, left, 204, 40, 62)
        low = min(-0.05, math.floor(lower * 20 - 0.2) / 20)
        high = max(0.05, math.ceil(upper * 20 + 0.2) / 20)
        gap.set_xlim(low * 100, high * 100)
        gap.set_ylim(-0.5, 0.5)
        gap.axvline(0, color=style.INK, linewidth=pixels(1.2))
        gap.plot([lower * 100, upper * 100], [0, 0], color=style.ACCENT, linewidth=pixels(4))
        gap.plot([value * 100], [0], marker="D", markersize=pixels(12), color=style.ACCENT,
                 markeredgecolor=style.PAPER, markeredgewidth=pixels(1.5))  # fmt: skip
        gap.annotate(
            wording.number(value * 100, signed=True), (value * 100, 0), xytext=(0, pixels(11)), ha="center",
            textcoords="offset points", va="bottom", weight=style.SEMIBOLD, fontsize=pixels(17),
        )  # fmt: skip
        every = 5 if (high - low) <= 0.45 else 10 if (high - low) <= 0.9 else 20
        first = math.ceil(low * 100 / every - 1e-9) * every
        gap.xaxis.set_major_locator(
            FixedLocator([float(v) for v in range(first, round(high * 100) + 1, every)])
        )
        gap.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.number(v, signed=True)))
        gap.grid(axis="x")
        gap.set_xlabel(wording.text("effect.difference_axis"), labelpad=pixels(5))
        for axes, lines in ((bars, names[:2]), (gap, names[2:])):
            axes.spines["left"].set_visible(False)
            axes.yaxis.set_major_locator(NullLocator())
            for line, name in enumerate(lines):
                axes.annotate(
                    name, (0, line), xycoords=("axes fraction", "data"), xytext=(-pixels(left - 4), 0),
                    textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(15),
                )  # fmt: skip
        return canvas.image(sheet, _alternative(release, difference, wording), wording.synthetic_mark)


def _alternative(release: ReleasedEffect, difference: Interval, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    return wording.text(
        "effect.risks_alt",
        endpoint=wording.endpoint(release.endpoint),
        treated=wording.percent(release.risk_treated or 0.0),
        control=wording.percent(release.risk_control or 0.0),
        difference=wording.points(difference.value or 0.0),
        range=points_range(difference, wording),
    )
