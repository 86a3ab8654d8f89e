"""Where everybody stands: goal reached, departed, still open, adding up to all persons in every month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import DAYS_PER_MONTH, Wording

if TYPE_CHECKING:
    from hamm_eval.release.released import ReleasedCurve

LEFT, TOP, PLOT, BELOW = 64, 14, 280, 60


def outcome_areas(
    curve: ReleasedCurve,
    until: int,
    labels: Sequence[tuple[str, str]],
    since: str,
    alt: str,
    wording: Wording,
) -> Markup:
    """Draw one curve with what competes, up to a horizon in days.

    `labels` are (name, value at the horizon) from below: the goal, still open, then the competing causes.
    `since` says from when the months count.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter

    start = min((*curve.at_risk_time, *curve.time), default=0.0)
    steps = [step for step, days in enumerate(curve.time) if start < days <= until]
    end = round(until / DAYS_PER_MONTH, 1)  # a year is 12 months, not 11.99
    months = [*(t / DAYS_PER_MONTH for t in (0, start, *(curve.time[step] for step in steps))), end]
    reached = _path(curve.incidence, steps)
    competing = [_path(values, steps) for values in curve.competing]
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
                step="post",
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
        return canvas.image(sheet, alt)


def _path(values: Sequence[float], steps: Sequence[int]) -> list[float]:
    """Nothing until the start of observation, then step by step, held until the end."""
    path = [0.0, 0.0, *(values[step] for step in steps)]
    return [*path, path[-1]]
