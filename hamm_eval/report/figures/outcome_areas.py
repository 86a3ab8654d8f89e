"""Where everybody stands: goal reached, departed, still open, adding up to all persons in every month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.figures.polyline import points
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import DAYS_PER_MONTH, Wording

if TYPE_CHECKING:
    from hamm_eval.release.released import ReleasedCurve

LEFT, TOP, PLOT, BELOW = 64, 14, 280, 60


def outcome_areas(
    curve: ReleasedCurve,
    horizons: Sequence[int],
    labels: Sequence[tuple[str, str]],
    since: str,
    alt: str,
    wording: Wording,
) -> Markup:
    """Draw one curve with what competes, up to the last of some horizons in days, all of them released.

    `labels` are (name, value at that horizon) from below: the goal, still open, then the competing causes.
    `since` says from when the months count.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter

    until = horizons[-1]
    lines = [_line(curve, values, horizons) for values in (curve.incidence, *curve.competing)]
    days = sorted({0.0, *(day for line, _ in lines for day in line)})
    months = [round(day / DAYS_PER_MONTH, 1) if day == until else day / DAYS_PER_MONTH for day in days]
    # A year is 12 months, not 11.99.
    reached, *competing = ([float(v) for v in np.interp(days, *line)] for line in lines)
    bounds = [reached]
    gone = [sum(values) for values in zip(*competing, strict=True)] if competing else [0.0] * len(months)
    bounds.append([1 - g for g in gone])
    for values in competing:
        bounds.append([b + v for b, v in zip(bounds[-1], values, strict=True)])
    colours = [style.SERIES[0].colour, style.OPEN, *style.COMPETING]
    hatches = ["", "", "///", "\\\\\\", "..."]
    with style.drawing_style():
        right = 40 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name, _ in labels)
        sheet = canvas.sheet(TOP + PLOT + BELOW)
        axes = canvas.place(sheet, LEFT, TOP, right, BELOW)
        floor = [0.0] * len(months)
        middles = []
        for position, bound in enumerate(bounds):
            axes.fill_between(
                months,
                floor,
                bound,
                facecolor=colours[position % len(colours)],
                edgecolor=style.PAPER,
                linewidth=pixels(1.2),
                hatch=hatches[position % len(hatches)],
            )
            middles.append((floor[-1] + bound[-1]) / 2 * PLOT)
            floor = bound
        for (name, value), height in zip(labels, canvas.spread(middles, 40, 12, PLOT - 12), strict=True):
            axes.annotate(
                name, (1, height / PLOT), xycoords="axes fraction", xytext=(pixels(12), pixels(1)),
                textcoords="offset points", va="bottom", weight=style.SEMIBOLD, fontsize=pixels(15),
            )  # fmt: skip
            axes.annotate(
                value, (1, height / PLOT), xycoords="axes fraction", xytext=(pixels(12), -pixels(1)),
                textcoords="offset points", va="top", color=style.MUTED, fontsize=pixels(15),
            )  # fmt: skip
        axes.set_xlim(months[0], max(months[-1], months[0] + 1))
        axes.set_ylim(0, 1)
        every = 3 if months[-1] <= 27 else 6
        ticks = [float(m) for m in range(0, math.floor(months[-1] + 0.2) + 1, every) if m >= months[0] - 0.01]
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.number(value)))
        axes.yaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1.0]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.percent(value)))
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(wording.text("curves.axis_time", origin=since), labelpad=pixels(6))
        return canvas.image(sheet, alt, wording.synthetic_mark)


def _line(
    curve: ReleasedCurve, values: Sequence[float], horizons: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Days and shares up to the last horizon, to be joined straight, as the curve itself is drawn."""
    days, places = points(curve.time, values, horizons)
    return [day for day in days if day <= horizons[-1]], [
        values[at] for day, at in zip(days, places, strict=True) if day <= horizons[-1]
    ]
