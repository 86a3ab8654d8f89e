"""Everybody's place on a path: areas, one a state, that add up to all persons in every month."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import DAYS_PER_MONTH, Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from hamm_eval.release.released import ReleasedStates

LEFT, TOP, PLOT, BELOW, LEGEND = 64, 14, 320, 60, 28
ENDS = {"closed": (style.OPEN, ""), "none": (style.OPEN, ""), "left": (style.COMPETING[0], "///")}
# Steps of one path are one colour, from pale to strong: the further, the darker.
STEPS = ("#cfe3f1", "#9fc8e3", "#5fa3cf", "#0072b2", "#004b78", "#002f4d")


def state_areas(release: ReleasedStates, alt: str, wording: Wording) -> Markup:
    """Draw the shares that are released, joined straight; what is hidden leaves a gap at the top."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    months = [round(day / DAYS_PER_MONTH, 1) for day in release.times]
    names = [wording.state(release.path, state) for state in release.states]
    names = [canvas.wrapped(name[:1].upper() + name[1:], 22) for name in names]
    # Of "over 95 %" what is sure is drawn.
    least = wording.policy.share_ceiling / 100
    values = [[least if share.bound else share.value or 0.0 for share in shares] for shares in release.shares]
    # Rounded shares add up to nearly all: what is shown fills the height, unless something is hidden.
    whole = [sum(row) if all(s.value is not None for s in shares) else max(sum(row), 1.0)
             for row, shares in zip(values, release.shares, strict=True)]  # fmt: skip
    bounds = [
        list(accumulate(value / total for value in row)) for row, total in zip(values, whole, strict=True)
    ]
    with style.drawing_style():
        right = 36 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name in names)
        gone = [k for k, value in enumerate(values[-1]) if not value and any(row[k] for row in values)]
        top_edge = TOP + (LEGEND if gone else 0)
        sheet = canvas.sheet(top_edge + PLOT + BELOW)
        axes = canvas.place(sheet, LEFT, top_edge, right, BELOW)
        floor = [0.0] * len(months)
        middles = []
        for position, state in enumerate(release.states):
            top = [bound[position] for bound in bounds]
            colour, hatch = _look(state, position)
            axes.fill_between(
                months,
                floor,
                top,
                facecolor=colour,
                edgecolor=style.PAPER,
                linewidth=pixels(1.2),
                hatch=hatch,
            )
            middles.append((floor[-1] + top[-1]) / 2 * PLOT)
            floor = top
        shown = [k for k, value in enumerate(values[-1]) if value]
        places = canvas.spread([middles[k] for k in shown], 42, 14, PLOT - 14)
        for k, height in zip(shown, places, strict=True):
            axes.annotate(
                names[k], (1, height / PLOT), xycoords="axes fraction", xytext=(pixels(12), pixels(1)),
                textcoords="offset points", va="bottom", weight=style.SEMIBOLD, fontsize=pixels(15),
                linespacing=1.0,
            )  # fmt: skip
            axes.annotate(
                wording.share_alone(release.shares[-1][k]), (1, height / PLOT),
                xycoords="axes fraction", xytext=(pixels(12), -pixels(1)), textcoords="offset points",
                va="top", color=style.MUTED, fontsize=pixels(15),
            )  # fmt: skip
        # States that nobody is in at the end have no place at the right: their names stand above.
        at = 0.0
        for k in gone:
            colour, hatch = _look(release.states[k], k)
            at = _legend(
                axes, canvas.size(sheet)[0] - LEFT - right, at, colour, hatch, names[k].replace("\n", " ")
            )
        axes.set_xlim(months[0], max(months[-1], months[0] + 1))
        axes.set_ylim(0, 1)
        every = 3 if months[-1] <= 27 else 6
        axes.xaxis.set_major_locator(FixedLocator(range(0, math.floor(months[-1] + 0.2) + 1, every)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.number(value)))
        axes.yaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1.0]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.percent(value)))
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(
            wording.text("curves.axis_time", origin=wording.path_origin(release.path)), labelpad=pixels(6)
        )
        return canvas.image(sheet, alt, wording.synthetic_mark)


def _look(state: str, position: int) -> tuple[str, str]:
    """Colour and hatch of a state."""
    return ENDS.get(state, (STEPS[position % len(STEPS)], ""))


def _legend(axes: Axes, width: float, at: float, colour: str, hatch: str, name: str) -> float:
    """A patch and a name above a plot of this width, `at` pixels from its left; where the next begins."""
    from matplotlib.patches import Rectangle

    patch = Rectangle(
        (at / width, 1 + 10 / PLOT), 16 / width, 14 / PLOT, transform=axes.transAxes, clip_on=False,
        facecolor=colour, hatch=hatch, linewidth=0,
    )  # fmt: skip
    axes.add_patch(patch)
    axes.annotate(
        name, (at / width, 1 + 17 / PLOT), xycoords="axes fraction", xytext=(pixels(22), 0),
        textcoords="offset points", va="center", fontsize=pixels(14.5),
    )  # fmt: skip
    return at + 22 + canvas.text_width(name, 14.5) + 24
