"""An effect over time: one difference with its interval at each horizon, around zero."""

from __future__ import annotations

import math

from markupsafe import Markup

from hamm_eval.release.released import ReleasedEffectOverTime
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.tables.effect import points_range
from hamm_eval.report.wording import DAYS_PER_MONTH, Wording


def differences_over_time(release: ReleasedEffectOverTime, wording: Wording) -> Markup:
    """Draw the horizons that are shown; no line joins them, for nothing is told of the time between."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    shown = [
        (part.days / DAYS_PER_MONTH, part.difference.value, part.difference.lower, part.difference.upper)
        for part in release.horizons
        if part.difference is not None
    ]
    with style.drawing_style():
        sheet = canvas.sheet(300)
        axes = canvas.place(sheet, 64, 30, 24, 62)
        ends = [0.0]
        for months, value, lower, upper in shown:
            low, at, high = ((end or 0.0) * 100 for end in (lower, value, upper))
            ends += [low, high]
            axes.plot([months, months], [low, high], color=style.ACCENT, linewidth=pixels(4))
            axes.plot([months], [at], marker="D", markersize=pixels(12), color=style.ACCENT,
                      markeredgecolor=style.PAPER, markeredgewidth=pixels(1.5))  # fmt: skip
            axes.annotate(
                wording.number(at, signed=True), (months, at), xytext=(pixels(11), 0), ha="left",
                textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(17),
            )  # fmt: skip
        axes.axhline(0, color=style.INK, linewidth=pixels(1.2))
        axes.set_ylim(math.floor(min(ends) / 5 - 0.2) * 5, math.ceil(max(ends) / 5 + 0.2) * 5)
        last = max(part.days for part in release.horizons) / DAYS_PER_MONTH
        axes.set_xlim(0, last * 1.1)
        axes.xaxis.set_major_locator(
            FixedLocator([0.0, *(part.days / DAYS_PER_MONTH for part in release.horizons)])
        )
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: wording.number(round(at))))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: wording.number(at, signed=True)))
        axes.grid(axis="y")
        axes.set_xlabel(wording.text("effect_over_time.axis_time"), labelpad=pixels(5))
        axes.annotate(
            wording.text("effect_over_time.axis_difference"), (0, 1), xycoords="axes fraction",
            xytext=(-pixels(56), pixels(12)), textcoords="offset points", color=style.MUTED,
            fontsize=pixels(14.5),
        )  # fmt: skip
        return canvas.image(sheet, _alternative(release, wording), wording.synthetic_mark)


def _alternative(release: ReleasedEffectOverTime, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    values = [
        wording.text(
            "effect_over_time.alt_value",
            months=wording.months(part.days),
            value=wording.points(part.difference.value or 0.0),
            range=points_range(part.difference, wording),
        )
        for part in release.horizons
        if part.difference is not None
    ]
    return wording.text(
        "effect_over_time.alt", endpoint=wording.endpoint(release.endpoint), values=" ".join(values)
    )
