"""Funnel: how far each group lies from what is expected, by its size, within limits of chance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from hamm_eval.release.released import ReleasedFunnel, ReleasedFunnelGroup, ReleasedFunnelLimits
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, TOP, BELOW, HEIGHT = 62, 44, 62, 430
LINE = 20  # pixels of a label's line
AWAY = 12  # pixels from a mark to its label
FUNNEL = "#edf2f6"
MARKS = {"within": ("o", style.ACCENT), "beyond_95": ("D", "#b04c00"), "beyond_998": ("s", "#b04c00")}


class Box(NamedTuple):
    """Part of the figure in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether two parts overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


def funnel(release: ReleasedFunnel, limits: ReleasedFunnelLimits, alt: str, wording: Wording) -> Markup:
    """Draw the groups, each with its name beside its mark, and both pairs of limits."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    sizes = limits.persons
    names = {key: wording.text(f"funnel.{key}") for key in ("limit_95", "limit_998", "as_expected")}
    with style.drawing_style():
        right = 18 + max(canvas.text_width(name, 13.5) for name in names.values())
        sheet = canvas.sheet(HEIGHT)
        axes = canvas.place(sheet, LEFT, TOP, right, BELOW)
        points = {
            key: [100 * value for value in getattr(limits, key)]
            for key in ("below_95", "above_95", "below_998", "above_998")
        }
        apart = [100 * group.difference for group in release.groups]
        reach = 1.08 * max(abs(value) for value in (*points["below_95"], *points["above_95"], *apart))
        axes.set_xlim(sizes[0], sizes[-1])
        axes.set_ylim(-reach, reach)
        axes.fill_between(sizes, points["below_95"], points["above_95"], color=FUNNEL, linewidth=0)
        for key, dash in (("95", "solid"), ("998", (0, (5, 3)))):
            for side in ("below", "above"):
                axes.plot(sizes, points[f"{side}_{key}"], color=style.MUTED, linewidth=pixels(1.3),
                          linestyle=dash)  # fmt: skip
        axes.axhline(0, color=style.INK, linewidth=pixels(1.2))
        for key, at in (
            ("limit_998", points["above_998"][-1]),
            ("limit_95", points["above_95"][-1]),
            ("as_expected", 0.0),
        ):
            axes.annotate(
                names[key], (1, at), xycoords=("axes fraction", "data"), xytext=(pixels(8), 0),
                textcoords="offset points", va="center", color=style.MUTED, fontsize=pixels(13.5),
            )  # fmt: skip
        for group, value in zip(release.groups, apart, strict=True):
            marker, colour = MARKS[group.place]
            axes.plot([group.persons.value or 0], [value], marker=marker, markersize=pixels(12), color=colour,
                      markeredgecolor=style.PAPER, markeredgewidth=pixels(1.5), zorder=5)  # fmt: skip
        _name(axes, release, apart, wording)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: wording.number(at)))
        axes.yaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: wording.number(at, signed=True)))
        axes.set_xlabel(wording.text("funnel.axis_persons"), labelpad=pixels(5))
        axes.annotate(
            wording.text("funnel.axis_difference"), (0, 1), xycoords="axes fraction",
            xytext=(-pixels(LEFT - 6), pixels(16)), textcoords="offset points", color=style.MUTED,
            fontsize=pixels(14.5),
        )  # fmt: skip
        return canvas.image(sheet, alt, wording.synthetic_mark)


def _name(axes: Axes, release: ReleasedFunnel, apart: Sequence[float], wording: Wording) -> None:
    """Names beside the marks, where they cover neither a mark nor another name."""
    from matplotlib.patheffects import withStroke

    frame = axes.get_window_extent()
    marks = [
        tuple(axes.transData.transform((group.persons.value or 0, value)))
        for group, value in zip(release.groups, apart, strict=True)
    ]
    zero = float(axes.transData.transform((0, 0))[1])
    taken = [Box(x - 8, y - 8, x + 8, y + 8) for x, y in marks]
    taken.append(Box(frame.x0, zero - 1, frame.x1, zero + 1))
    for group, value, (x, y) in zip(release.groups, apart, marks, strict=True):
        name = _label(group, release, wording)
        width = canvas.text_width(name, 14.5, style.SEMIBOLD) + 6
        places = [_beside(x, y, width, across, up) for up, across in product((0, 1, -1, 2, -2), (1, -1, 0))]
        free = [
            place
            for place in places
            if place.left >= frame.x0 + 2
            and place.right <= frame.x1 + 6
            and not any(place.meets(box) for box in taken if box != Box(x - 8, y - 8, x + 8, y + 8))
        ]
        place = (free or places)[0]
        taken.append(place)
        axes.annotate(
            name, (group.persons.value or 0, value), textcoords="offset points", ha="center", va="center",
            xytext=(pixels((place.left + place.right) / 2 - x), pixels((place.bottom + place.top) / 2 - y)),
            weight=style.SEMIBOLD, fontsize=pixels(14.5), zorder=6,
            path_effects=[withStroke(linewidth=pixels(4), foreground=style.PAPER)],
        )  # fmt: skip


def _label(group: ReleasedFunnelGroup, release: ReleasedFunnel, wording: Wording) -> str:
    """A group's name; where it lies outside, in words as well as by its shape and colour."""
    name = wording.level_name(release.dimension, group.level)
    return name if group.place == "within" else wording.text("funnel.mark_outside", level=name)


def _beside(x: float, y: float, width: float, across: int, up: int) -> Box:
    """A label's place: right of a mark, left of it or centred on it, so many lines above or below."""
    middle = y + up * LINE
    left = x + AWAY if across > 0 else x - AWAY - width if across < 0 else x - width / 2
    if across == 0 and up == 0:
        middle = y + LINE
    return Box(left, middle - LINE / 2, left + width, middle + LINE / 2)
