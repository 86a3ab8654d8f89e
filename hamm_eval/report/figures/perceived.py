"""Perceived effectiveness and estimated effect of each measure in one row: two panels, two questions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import (
    Interval,
    ReleasedEffectRow,
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedShare,
)
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.figures.effects import reason_in_short
from hamm_eval.report.style import pixels
from hamm_eval.report.tables.effect import points_range
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import Perspective

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, TOP, BELOW, BETWEEN = 66, 66, 66, 34
NAME, SMALL = 15, 13.5
LETTERS = 22
MAJORITY = 50
APART = 0.17  # of a row, from its middle to either side's mark
SIDES = tuple(perspective.value for perspective in Perspective)


def perceived(release: ReleasedPerceivedEffects, title: str, wording: Wording) -> Markup:
    """Draw every measure: left what both sides think, right what the estimate says."""
    from matplotlib.ticker import NullLocator

    rows = release.rows
    with style.drawing_style():
        names = [canvas.wrapped(wording.measure(row.measure), LETTERS) for row in rows]
        left = 24 + max(canvas.text_width(name, NAME, style.SEMIBOLD) for name in names)
        sheet = canvas.sheet(TOP + ROW * len(rows) + BELOW)
        width = canvas.size(sheet)[0]
        half = (width - left - BETWEEN - 24) / 2
        opinion = canvas.place(sheet, left, TOP, width - left - half, BELOW)
        effect = canvas.place(sheet, left + half + BETWEEN, TOP, 24, BELOW)
        for axes in (opinion, effect):
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.grid(axis="x")
            axes.spines["left"].set_visible(False)
            axes.yaxis.set_major_locator(NullLocator())
        _opinion_axis(opinion, wording)
        _effect_axis(effect, rows, wording)
        for line, (row, name) in enumerate(zip(rows, names, strict=True)):
            opinion.annotate(
                name, (0, line), xycoords=("axes fraction", "data"), xytext=(pixels(4 - left), 0),
                textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(NAME),
            )  # fmt: skip
            for position, share in enumerate(row.effective):
                _opinion(opinion, line + APART * (2 * position - 1), position, share, wording)
            _effects(effect, line, row, wording)
            if line:
                for axes in (opinion, effect):
                    axes.axhline(line - 0.5, color=style.GRID, linewidth=pixels(1.2), zorder=0)
        return canvas.image(sheet, _alternative(release, title, wording), wording.synthetic_mark)


def _heading(axes: Axes, words: str) -> None:
    """What a panel shows, above it."""
    axes.annotate(
        words, (0, 1), xycoords="axes fraction", xytext=(0, pixels(38)), textcoords="offset points",
        va="bottom", weight=style.SEMIBOLD, fontsize=pixels(NAME),
    )  # fmt: skip


def _opinion_axis(axes: Axes, wording: Wording) -> None:
    """Shares 0 to 100 with the majority marked, both sides named by their marks."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    axes.set_xlim(0, 100)
    axes.axvline(MAJORITY, color=style.INK, linewidth=pixels(1.2), zorder=1)
    axes.xaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.number(v)))
    axes.set_xlabel(wording.text("perceived_effects.axis_opinion"), labelpad=pixels(6))
    _heading(axes, wording.text("perceived_effects.panel_opinion"))
    at = 0.0
    for position, side in enumerate(SIDES):
        look, name = style.series(position), wording.level_name("perspective", side)
        axes.annotate(
            {"o": "●", "s": "■"}[look.marker], (0, 1), xycoords="axes fraction", color=look.colour,
            xytext=(pixels(at), pixels(11)), textcoords="offset points", fontsize=pixels(SMALL),
        )  # fmt: skip
        axes.annotate(
            name, (0, 1), xycoords="axes fraction", xytext=(pixels(at + 16), pixels(11)), color=look.words,
            textcoords="offset points", fontsize=pixels(SMALL),
        )  # fmt: skip
        at += 34 + canvas.text_width(name, SMALL)


def _effect_axis(axes: Axes, rows: Sequence[ReleasedPerceived], wording: Wording) -> None:
    """Points of a hundred around 0, as wide as the intervals are."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    shown = [of.difference for row in rows for of in row.effects if of.difference is not None]
    ends = [100 * abs(end) for at in shown for end in (at.lower or 0.0, at.upper or 0.0)]
    reach = 10 * math.ceil(max([20.0, *ends]) / 10)
    axes.set_xlim(-reach - 1, reach + 1)
    axes.axvline(0, color=style.INK, linewidth=pixels(1.2), zorder=1)
    axes.xaxis.set_major_locator(MultipleLocator(10 if reach <= 30 else 20))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.number(v, signed=True)))
    axes.set_xlabel(wording.text("perceived_effects.axis_effect"), labelpad=pixels(6))
    _heading(axes, wording.text("perceived_effects.panel_effect"))
    for key, align, shift, arrow in (("less", "right", -8, "← {}"), ("more", "left", 8, "{} →")):
        axes.annotate(
            arrow.format(wording.text(f"effect_overview.{key}")), (0, 1),
            xycoords=("data", "axes fraction"), xytext=(pixels(shift), pixels(11)), ha=align,
            textcoords="offset points", color=style.MUTED, fontsize=pixels(SMALL),
        )  # fmt: skip


def _opinion(axes: Axes, height: float, position: int, share: ReleasedShare, wording: Wording) -> None:
    """One side's share with its interval; in words where it is not shown."""
    look = style.series(position)
    if share.value is None:
        axes.annotate(
            _opinion_in_words(share, wording), (50, height), ha="center", va="center",
            color=look.words, fontsize=pixels(SMALL),
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": pixels(2)},
        )  # fmt: skip
        return
    if share.lower is not None and share.upper is not None:
        ends = [100 * share.lower, 100 * share.upper]
        axes.plot(ends, [height] * 2, color=look.colour, linewidth=pixels(3), zorder=2)
    axes.plot([100 * share.value], [height], marker=look.marker, markersize=pixels(9.5), color=look.colour,
              markeredgecolor=style.PAPER, markeredgewidth=pixels(1.4), zorder=3)  # fmt: skip


def _opinion_in_words(share: ReleasedShare, wording: Wording) -> str:
    """A share, or why there is none."""
    if share.value is None and not (share.bound or share.linked):
        return wording.text("two_perspectives.too_few")
    return wording.share_alone(share)


def _effects(axes: Axes, line: int, row: ReleasedPerceived, wording: Wording) -> None:
    """Effects of a measure one under the other; in words where there is none to be shown."""
    if not row.effects:
        _say(axes, line, wording.text("perceived_effects.not_asked"))
        return
    many = len(row.effects)
    for position, of in enumerate(row.effects):
        height = line + (position - (many - 1) / 2) * 0.6 / many
        at = of.difference
        if at is None or at.value is None:
            _say(axes, height, canvas.wrapped(reason_in_short(of, wording), LETTERS + 6))
            continue
        _effect(axes, height, at)


def _effect(axes: Axes, height: float, at: Interval) -> None:
    """Interval and diamond, as in the overview of effects."""
    if at.lower is not None and at.upper is not None:
        axes.plot([100 * at.lower, 100 * at.upper], [height] * 2, color=style.INK, linewidth=pixels(3))
    axes.plot([100 * (at.value or 0.0)], [height], marker="D", markersize=pixels(9.5), color=style.INK,
              markeredgecolor=style.PAPER, markeredgewidth=pixels(1.4), zorder=3)  # fmt: skip


def _say(axes: Axes, height: float, words: str) -> None:
    """Words in place of a mark."""
    axes.annotate(
        words, (0.5, height), xycoords=("axes fraction", "data"), ha="center", va="center",
        color=style.MUTED, fontsize=pixels(SMALL),
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": pixels(3)},
    )  # fmt: skip


def _alternative(release: ReleasedPerceivedEffects, title: str, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    rows = []
    for row in release.rows:
        sides = [_opinion_in_words(share, wording) for share in row.effective]
        told = [_in_words(of, wording) for of in row.effects] or [wording.text("perceived_effects.not_asked")]
        rows.append(
            wording.text(
                "perceived_effects.alt_row",
                measure=wording.measure(row.measure),
                worker=sides[0],
                refugee=sides[1],
                effect=wording.join(told),
            )
        )
    return wording.text("two_perspectives.alt", title=title, rows=" ".join(rows))


def _in_words(of: ReleasedEffectRow, wording: Wording) -> str:
    """One effect with its range, or why it has none."""
    at = of.difference
    if at is None or at.value is None:
        return reason_in_short(of, wording)
    return f"{wording.points(at.value)} ({points_range(at, wording)})"
