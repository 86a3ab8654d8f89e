"""Forest plot of measures: a row per question, withheld ones with their reason instead of a mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedEffectOverview, ReleasedEffectRow
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.tables.effect import points_range
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, TOP, BELOW, LINE = 64, 44, 66, 18
NAME, SMALL, VALUE = 15.5, 14, 15
MOST_LETTERS = 38
MARK, DECIDED = "D", {"confirmed": style.ACCENT, "not_confirmed": style.PAPER, "": style.ACCENT}


def effects(release: ReleasedEffectOverview, wording: Wording) -> Markup:
    """Draw all questions, those that are shown with estimate, interval and what could have been detected."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    rows = release.rows
    with style.drawing_style():
        named = [_name(row, wording) for row in rows]
        left = 26 + max(
            max(canvas.text_width(name, NAME, style.SEMIBOLD), canvas.text_width(goal, SMALL))
            for name, goal in named
        )
        beside = [_beside(row, wording) for row in rows]
        heading = wording.text("effect_overview.column")
        right = 30 + max(
            canvas.text_width(words, VALUE, style.SEMIBOLD) for pair in beside for words in (*pair, heading)
        )
        sheet = canvas.sheet(TOP + ROW * len(rows) + BELOW)
        axes = canvas.place(sheet, left, TOP, right, BELOW)
        low, high = _limits(rows)
        axes.set_xlim(low, high)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(axis="x")
        for line, (row, name, words) in enumerate(zip(rows, named, beside, strict=True)):
            _write(axes, line, name, (0, 4 - left), (NAME, SMALL))
            _write(axes, line, words, (1, 18), (VALUE, SMALL))
            _mark(axes, line, row, wording)
            if line:
                axes.axhline(line - 0.5, color=style.GRID, linewidth=pixels(1.2), zorder=0)
        axes.axvline(0, color=style.INK, linewidth=pixels(1.2), zorder=1)
        for words_at, align, shift in (("less", "right", -8), ("more", "left", 8)):
            arrow = "← {}" if words_at == "less" else "{} →"
            axes.annotate(
                arrow.format(wording.text(f"effect_overview.{words_at}")), (0, 1),
                xycoords=("data", "axes fraction"), xytext=(pixels(shift), pixels(12)),
                textcoords="offset points", ha=align, va="bottom", color=style.MUTED, fontsize=pixels(SMALL),
            )  # fmt: skip
        axes.annotate(
            heading, (1, 1), xycoords="axes fraction", xytext=(pixels(18), pixels(12)), va="bottom",
            textcoords="offset points", color=style.MUTED, fontsize=pixels(SMALL),
        )  # fmt: skip
        every = 10 if high - low <= 90 else 20
        first = math.ceil(low / every) * every
        axes.xaxis.set_major_locator(
            FixedLocator([float(v) for v in range(first, math.floor(high) + 1, every)])
        )
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.number(v, signed=True)))
        axes.yaxis.set_major_locator(NullLocator())
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(wording.text("effect_overview.axis"), labelpad=pixels(6))
        # The label speaks of the whole figure, and is longer than the axis.
        axes.xaxis.label.set_horizontalalignment("center")
        width = canvas.size(sheet)[0]
        axes.xaxis.set_label_coords((width / 2 - left) / (width - left - right), -40 / (ROW * len(rows)))
        return canvas.image(sheet, _alternative(release, wording), wording.synthetic_mark)


def _name(row: ReleasedEffectRow, wording: Wording) -> tuple[str, str]:
    """What stands at the left of a row: the measure, beneath it the goal."""
    goal = canvas.wrapped(wording.endpoint(row.endpoint), MOST_LETTERS)
    role = f"\n{wording.text('effect_overview.primary')}" if row.primary else ""
    return canvas.wrapped(wording.measure(row.measure), MOST_LETTERS), f"{goal}{role}"


def _beside(row: ReleasedEffectRow, wording: Wording) -> tuple[str, str]:
    """What stands at the right of a row: the value, beneath it the range and the decision of the year."""
    at = row.difference
    if at is None or at.value is None:
        return "", ""
    decided = f"\n{wording.text(f'effect_overview.{row.decision}')}" if row.decision else ""
    return wording.number(at.value * 100, signed=True), f"{_range(at, wording)}{decided}"


def _range(at: Interval, wording: Wording) -> str:
    """The interval in persons of a hundred."""
    if at.lower is None or at.upper is None:
        return ""
    return wording.points_range(at.lower, at.upper)


def reason_in_short(row: ReleasedEffectRow, wording: Wording) -> str:
    """The first reason why a row has no value, in a few words."""
    key = row.withheld[0][0] if row.withheld else "generic"
    place = f"effect_overview.reason.{key}"
    return wording.text(place if wording.has(place) else "effect_overview.reason.generic")


def _limits(rows: Sequence[ReleasedEffectRow]) -> tuple[float, float]:
    """Ends of the axis: all intervals and bands, at least 20 to either side."""
    shown = [(row.difference, row.detectable or 0.0) for row in rows if row.difference is not None]
    lows = [100 * min(at.lower or 0.0, -band) for at, band in shown]
    highs = [100 * max(at.upper or 0.0, band) for at, band in shown]
    return min([-20.0, *lows]) - 2, max([20.0, *highs]) + 2


def _write(
    axes: Axes, line: int, words: tuple[str, str], at: tuple[float, float], size: tuple[float, float]
) -> None:
    """Words in the middle of a row, the first part strong, the second beneath it; `at` = side, indent."""
    first, second = (part.split("\n") if part else [] for part in words)
    lines = [*((each, style.SEMIBOLD, style.INK, size[0]) for each in first),
             *((each, 400, style.MUTED, size[1]) for each in second)]  # fmt: skip
    for position, (each, weight, colour, letters) in enumerate(lines):
        above = ((len(lines) - 1) / 2 - position) * LINE - 5
        axes.annotate(
            each, (at[0], line), xycoords=("axes fraction", "data"), xytext=(pixels(at[1]), pixels(above)),
            textcoords="offset points", va="baseline", ha="left", weight=weight, color=colour,
            fontsize=pixels(letters),
        )  # fmt: skip


def _mark(axes: Axes, line: int, row: ReleasedEffectRow, wording: Wording) -> None:
    """Band, interval and diamond of a row; of a withheld one the reason alone."""
    at = row.difference
    if at is None or at.value is None:
        axes.annotate(
            reason_in_short(row, wording), (0.5, line), xycoords=("axes fraction", "data"), ha="center",
            va="center", color=style.MUTED, fontsize=pixels(VALUE),
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": pixels(5)},
        )  # fmt: skip
        return
    if row.detectable is not None:
        axes.barh(line, 200 * row.detectable, left=-100 * row.detectable, height=0.5, color=style.OPEN,
                  linewidth=0, zorder=0.5)  # fmt: skip
    if at.lower is not None and at.upper is not None:
        axes.plot([at.lower * 100, at.upper * 100], [line, line], color=style.ACCENT, linewidth=pixels(3.4))
    axes.plot([at.value * 100], [line], marker=MARK, markersize=pixels(11), color=DECIDED[row.decision],
              markeredgecolor=style.ACCENT if row.decision == "not_confirmed" else style.PAPER,
              markeredgewidth=pixels(1.6), zorder=3)  # fmt: skip


def _alternative(release: ReleasedEffectOverview, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    rows = []
    for row in release.rows:
        said = {"measure": wording.measure(row.measure), "endpoint": wording.endpoint(row.endpoint)}
        at = row.difference
        if at is None or at.value is None:
            rows.append(
                wording.text("effect_overview.alt_withheld", reason=reason_in_short(row, wording), **said)
            )
        else:
            value = wording.points(at.value)
            rows.append(
                wording.text("effect_overview.alt_row", value=value, range=points_range(at, wording), **said)
            )
    return wording.text("effect_overview.alt", rows=" ".join(rows))
