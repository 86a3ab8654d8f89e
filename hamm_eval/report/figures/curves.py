"""Cumulative incidence: lines with bands, words at the lines, the at-risk table under the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import ReleasedCurve, ReleasedCurves
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.figures.polyline import Polyline, polyline
from hamm_eval.report.findings import over_at, value_at
from hamm_eval.report.follow_up import origin
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import DAYS_PER_MONTH, Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, TOP, PLOT, AXIS = 64, 38, 320, 62
ROW = 22
LABEL = 15


def incidence(release: ReleasedCurves, wording: Wording) -> Markup:
    """Draw the curves that are shown; at least one must be."""
    shown = [curve for curve in release.curves if not curve.withheld]
    names = [_name(release, curve, wording) for curve in shown]
    alone = len(shown) == 1
    with style.drawing_style():
        right = 30.0 if alone else _room_for(names)
        below = AXIS + ROW * (len(shown) + 1) + 10
        sheet = canvas.sheet(TOP + PLOT + below)
        axes = canvas.place(sheet, LEFT, TOP, right, below)
        last = max(max((*curve.time, *curve.at_risk_time), default=0.0) for curve in shown)
        last = math.ceil(last / DAYS_PER_MONTH - 0.05) * DAYS_PER_MONTH
        top = _ceiling(shown)
        lines: list[Polyline] = []
        for position, curve in enumerate(shown):
            lines.append(polyline(curve, release.horizons))
            marked = _released(release, curve)
            _draw(axes, lines[-1], style.series(position), marked, 0.14 if len(shown) < 3 else 0.08)
        if any(curve.over_ceiling_from for curve in shown):
            _over_ceiling(axes, shown, last, wording)
        if not alone:
            _label(axes, lines, names, top)
        share = _said("axis_share", release, wording)
        _scales(axes, last, top, origin(release.endpoint, wording), share, wording)
        _at_risk(axes, shown, [] if alone else names, last, wording)
        return canvas.image(sheet, alternative(release, wording), wording.synthetic_mark)


def _room_for(names: Sequence[str]) -> float:
    """Pixels that names need beside the plot, at the lines and under them."""
    at_lines = max(canvas.text_width(name, LABEL, style.SEMIBOLD) for name in names)
    under = max(canvas.text_width(name.replace("\n", " "), 13) for name in names)
    return 46 + max(at_lines, under)


def alternative(release: ReleasedCurves, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    last = max(release.horizons, default=0)
    said = [
        _said(
            "alt", release, wording, endpoint=wording.endpoint(release.endpoint), months=wording.months(last)
        )
    ]
    for curve in release.curves:
        points = []
        for position, days in enumerate(release.horizons):
            at = value_at(curve, position)
            if over_at(curve, days):
                points.append(
                    wording.text("curves.alt_point", value=wording.nearly_all, months=wording.months(days))
                )
            if at is None or at.value is None:
                continue
            span = wording.percent_range(at)
            points.append(
                wording.text(
                    "curves.alt_point_range" if span else "curves.alt_point",
                    value=wording.percent(at.value),
                    range=span,
                    months=wording.months(days),
                )
            )
        if points:
            level = wording.level_name(release.dimension, curve.level)
            said.append(wording.text("curves.alt_value", level=level, values=wording.join(points)))
    return " ".join(said)


def _said(name: str, release: ReleasedCurves, wording: Wording, **values: object) -> str:
    """A text of curves; entries into systems are no goals and have their own."""
    own = f"curves.{name}_{release.dimension}"
    return wording.text(own if wording.has(own) else f"curves.{name}", **values)


def _released(release: ReleasedCurves, curve: ReleasedCurve) -> list[int]:
    """Horizons at which the curve has a value."""
    return [days for position, days in enumerate(release.horizons) if value_at(curve, position) is not None]


def _name(release: ReleasedCurves, curve: ReleasedCurve, wording: Wording) -> str:
    """Name of a group, broken to fit beside the plot."""
    return canvas.wrapped(wording.level_name(release.dimension, curve.level), 20)


def _ceiling(shown: Sequence[ReleasedCurve]) -> float:
    """Upper end of the share axis: the highest band, rounded up to a fifth; never above 100 %."""
    highest = max((v for c in shown for v in (*c.upper, *c.incidence) if math.isfinite(v)), default=0.2)
    return min(1.0, max(0.2, math.ceil(highest * 5 - 1e-9) / 5))


def _draw(axes: Axes, line: Polyline, look: style.Series, horizons: Sequence[int], strength: float) -> None:
    """Band and line where they may be read, a thin connector elsewhere, and a marker at each horizon."""
    months = [day / DAYS_PER_MONTH for day in line.days]
    for run in line.runs(known=False):
        axes.plot(
            months[run], line.values[run], color=look.colour, linewidth=pixels(1.3), linestyle=(0, (1.0, 3.0))
        )
    for run in line.runs(known=True):
        axes.fill_between(
            months[run],
            line.lower[run],
            line.upper[run],
            color=look.colour,
            alpha=strength,
            linewidth=0,
        )
        axes.plot(
            months[run],
            line.values[run],
            color=look.colour,
            linewidth=pixels(2.6),
            linestyle=_dash(look),
            solid_joinstyle="round",
            dash_joinstyle="round",
        )
    marked = [
        (day / DAYS_PER_MONTH, value)
        for day, value in zip(line.days, line.values, strict=True)
        if day in horizons
    ]
    axes.plot(
        [x for x, _ in marked],
        [y for _, y in marked],
        linestyle="none",
        marker=look.marker,
        markersize=pixels(9),
        color=look.colour,
        markeredgecolor=style.PAPER,
        markeredgewidth=pixels(1.4),
        clip_on=False,
        zorder=5,
    )


def _over_ceiling(axes: Axes, shown: Sequence[ReleasedCurve], last: float, wording: Wording) -> None:
    """The shares of which no more is told than that they lie there (rule 3), and where a line gets there."""
    ceiling = wording.policy.share_ceiling / 100
    axes.axhspan(ceiling, 1, color=style.OPEN, linewidth=0, zorder=0)
    axes.text(
        last / DAYS_PER_MONTH, (1 + ceiling) / 2,
        wording.text("curves.over_ceiling_zone", ceiling=wording.nearly_all),
        ha="right", va="center", color=style.MUTED, fontsize=pixels(12),
    )  # fmt: skip
    for position, curve in enumerate(shown):
        day = curve.over_ceiling_from[0] if curve.over_ceiling_from else None
        if day is not None:
            look = style.series(position)
            axes.plot(
                [day / DAYS_PER_MONTH], [ceiling], linestyle="none", marker=look.marker, markersize=pixels(9),
                markerfacecolor=style.PAPER, markeredgecolor=look.colour, markeredgewidth=pixels(1.8),
                zorder=6,
            )  # fmt: skip


def _dash(look: style.Series) -> object:
    """Matplotlib's form of a dash pattern."""
    return look.dash if isinstance(look.dash, str) else (0, look.dash)


def _label(axes: Axes, lines: Sequence[Polyline], names: Sequence[str], top: float) -> None:
    """Names beside the ends of the lines, pushed apart where they would touch."""
    rows = max(name.count("\n") + 1 for name in names)
    heights = canvas.spread(
        [line.values[-1] / top * PLOT if line.values else 0.0 for line in lines],
        19 * rows + 3,
        8,
        PLOT - 8,
    )
    for position, (name, height) in enumerate(zip(names, heights, strict=True)):
        look = style.series(position)
        axes.annotate(
            name,
            xy=(1, height / PLOT),
            xycoords="axes fraction",
            xytext=(pixels(36), 0),
            textcoords="offset points",
            va="center",
            color=look.words,
            weight=style.SEMIBOLD,
            fontsize=pixels(LABEL),
            linespacing=1.05,
        )
        axes.plot(
            [1 + 25 / _plot_width(axes)],
            [height / PLOT],
            transform=axes.transAxes,
            marker=look.marker,
            markersize=pixels(8),
            color=look.colour,
            clip_on=False,
        )


def _plot_width(axes: Axes) -> float:
    """Width of the plot in pixels."""
    return float(axes.get_position().width) * style.WIDTH


def _scales(axes: Axes, last: float, top: float, since: str, share: str, wording: Wording) -> None:
    """Months below, percent at the left, quiet lines across."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    months = last / DAYS_PER_MONTH
    axes.set_xlim(0, months)
    axes.set_ylim(0, top)
    every = 3 if months <= 27 else 6 if months <= 54 else 12
    axes.xaxis.set_major_locator(
        FixedLocator([float(m) for m in range(0, math.floor(months + 0.2) + 1, every)])
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.number(value)))
    part = 0.1 if top <= 0.6 else 0.2
    axes.yaxis.set_major_locator(FixedLocator([part * i for i in range(round(top / part) + 1)]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.percent(value)))
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(wording.text("curves.axis_time", origin=since), labelpad=pixels(6))
    # The vertical axis is named above it, where nobody has to tilt the head.
    axes.annotate(
        share,
        (0, 1),
        xycoords="axes fraction",
        xytext=(-pixels(LEFT - 4), pixels(14)),
        textcoords="offset points",
        color=style.MUTED,
        fontsize=pixels(14.5),
        va="bottom",
    )


def _at_risk(
    axes: Axes, shown: Sequence[ReleasedCurve], names: Sequence[str], last: float, wording: Wording
) -> None:
    """Rounded persons under observation, each number under its month."""
    from matplotlib.transforms import blended_transform_factory

    where = blended_transform_factory(axes.transData, axes.transAxes)
    first = -(AXIS + ROW * 0.5) / PLOT
    axes.text(
        0,
        first,
        wording.of_counts("curves.at_risk"),
        transform=where,
        va="center",
        ha="left",
        color=style.MUTED,
        fontsize=pixels(13.5),
    )
    for position, curve in enumerate(shown):
        height = first - ROW * (position + 1) / PLOT
        look = style.series(position)
        colour = look.words if names else style.INK
        taken = -math.inf
        for days, persons in zip(curve.at_risk_time, curve.at_risk, strict=True):
            at = days / last * _plot_width(axes)
            if at - taken < 42 or days > last * 1.001:
                continue
            taken = at
            axes.text(
                days / DAYS_PER_MONTH,
                height,
                wording.hidden if persons is None else wording.number(persons),
                transform=where,
                va="center",
                ha="center",
                color=colour,
                fontsize=pixels(14),
            )
        if names:
            axes.annotate(
                names[position].replace("\n", " "),
                xy=(1, height),
                xycoords="axes fraction",
                xytext=(pixels(36), 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontsize=pixels(13),
            )
