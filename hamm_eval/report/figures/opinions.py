"""Ratings of both sides as bars that share the middle of the scale: approval right, doubt left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import ReleasedRatings, ReleasedTwoPerspectives
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import RATINGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, TOP, BELOW, BAR = 74, 54, 62, 0.56
NAME, SMALL = 15.5, 14
LEAST_HIDDEN = 1.5  # percent that a hatched part is wide
LEAST_LABELLED = 4.5  # percent that a number fits into
# Okabe and Ito's vermilion and blue, pale next to the middle: dark ends also in grey print.
COLOURS = ("#b04c00", "#f0b990", "#e3e8ed", "#9fc8e3", "#00578a")
ON_BAR = (style.PAPER, style.INK, style.INK, style.INK, style.PAPER)


def opinions(release: ReleasedTwoPerspectives, title: str, wording: Wording) -> Markup:
    """Draw both sides; a hidden count is hatched, as wide as the shown ones leave room."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    widths = [bar_widths(side) for side in release.ratings]
    with style.drawing_style():
        named = [_name(side, wording) for side in release.ratings]
        left = 26 + max(
            max(canvas.text_width(name, NAME, style.SEMIBOLD), canvas.text_width(below, SMALL))
            for name, below in named
        )
        sheet = canvas.sheet(TOP + BELOW + ROW * len(widths))
        axes = canvas.place(sheet, left, TOP, 24, BELOW)
        starts = [-(sum(width[:2]) + width[2] / 2) for width in widths]
        low = min([-40.0, *starts]) - 2
        high = max([40.0, *(start + sum(width) for start, width in zip(starts, widths, strict=True))]) + 2
        axes.set_xlim(low, high)
        axes.set_ylim(len(widths) - 0.5, -0.5)
        axes.axvline(0, color=style.RULE, linewidth=pixels(1.2), zorder=0)
        for line, (side, width, start) in enumerate(zip(release.ratings, widths, starts, strict=True)):
            _write_name(axes, line, named[line], left)
            _bar(axes, line, side, width, start, wording)
        _legend(axes, wording)
        first = int(low // 20 + 1) * 20
        axes.xaxis.set_major_locator(FixedLocator([float(v) for v in range(first, int(high) + 1, 20)]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.percent(abs(v) / 100)))
        axes.yaxis.set_major_locator(NullLocator())
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(wording.text("two_perspectives.axis"), labelpad=pixels(6))
        return canvas.image(sheet, _alternative(release, title, wording), wording.synthetic_mark)


def bar_widths(side: ReleasedRatings) -> list[float]:
    """Percent of the ratings given, one width a rating; hidden counts share what the shown ones leave.

    Rounded apart these may leave nothing: then a hidden count is still seen to be one. Where all are hidden
    nothing is known of any width.
    """
    if all(cell.value is None for cell in side.cells):
        return [0.0] * len(side.cells)
    base = side.given.value or sum(cell.value or 0 for cell in side.cells) or 1
    shown = [None if cell.value is None else 100 * cell.value / base for cell in side.cells]
    hidden = shown.count(None)
    room = max(100.0 - sum(width or 0.0 for width in shown), 0.0) / hidden if hidden else 0.0
    room = max(room, LEAST_HIDDEN)
    return [room if width is None else width for width in shown]


def _name(side: ReleasedRatings, wording: Wording) -> tuple[str, str]:
    """Whose ratings, and how many."""
    given = "two_perspectives.given_linked" if side.given.linked else "two_perspectives.given"
    return (
        wording.level_name("perspective", side.perspective),
        wording.text(given, n=wording.count(side.given)),
    )


def _write_name(axes: Axes, line: int, words: tuple[str, str], left: float) -> None:
    """Whose ratings at the left of a bar, beneath it how many."""
    look = ((words[0], style.SEMIBOLD, style.INK, NAME, 5), (words[1], 400, style.MUTED, SMALL, -13))
    for text, weight, colour, letters, above in look:
        axes.annotate(
            text, (0, line), xycoords=("axes fraction", "data"), xytext=(pixels(4 - left), pixels(above)),
            textcoords="offset points", va="baseline", weight=weight, color=colour, fontsize=pixels(letters),
        )  # fmt: skip


def _bar(
    axes: Axes, line: int, side: ReleasedRatings, widths: list[float], start: float, wording: Wording
) -> None:
    """One side's bar, its shares within; a word where all are hidden."""
    if not any(widths):
        linked = any(cell.linked for cell in side.cells)
        axes.annotate(
            wording.text("symbols.linked" if linked else "two_perspectives.too_few"), (0, line), ha="center",
            va="center", color=style.MUTED, fontsize=pixels(15),
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": pixels(3)},
        )  # fmt: skip
        return
    at = start
    for position, (cell, width) in enumerate(zip(side.cells, widths, strict=True)):
        hidden = cell.value is None
        axes.barh(
            line, width, left=at, height=BAR, facecolor=style.PAPER if hidden else COLOURS[position],
            edgecolor=style.PAPER if not hidden else style.MUTED, linewidth=pixels(1.2),
            hatch="///" if hidden else "", zorder=2,
        )  # fmt: skip
        if not hidden and cell.share is not None and width >= LEAST_LABELLED:
            axes.annotate(
                wording.number(100 * cell.share), (at + width / 2, line), ha="center", va="center_baseline",
                color=ON_BAR[position], weight=style.SEMIBOLD, fontsize=pixels(15), zorder=3,
            )  # fmt: skip
        at += width


def _legend(axes: Axes, wording: Wording) -> None:
    """The scale above the bars, in its own order and colours."""
    names = [wording.text(f"two_perspectives.rating.{rating}") for rating in RATINGS]
    gap, mark = 16.0, 20.0
    wide = sum(canvas.text_width(name, SMALL) + mark + gap for name in names) - gap
    canvas_width = axes.get_window_extent().width
    at = max((canvas_width - wide) / 2, canvas_width - wide)
    for name, colour in zip(names, COLOURS, strict=True):
        axes.annotate(
            "■", (0, 1), xycoords="axes fraction", xytext=(pixels(at), pixels(22)), color=colour,
            textcoords="offset points", va="baseline", fontsize=pixels(SMALL + 4),
        )  # fmt: skip
        axes.annotate(
            name, (0, 1), xycoords="axes fraction", xytext=(pixels(at + mark), pixels(23)),
            textcoords="offset points", va="baseline", color=style.MUTED, fontsize=pixels(SMALL),
        )  # fmt: skip
        at += mark + canvas.text_width(name, SMALL) + gap


def _alternative(release: ReleasedTwoPerspectives, title: str, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    rows = []
    for side in release.ratings:
        told = [
            wording.text(
                "two_perspectives.alt_rating",
                rating=rating,
                value=wording.share(cell) or wording.count(cell),
            )
            for rating, cell in zip(RATINGS, side.cells, strict=True)
        ]
        name = wording.level_name("perspective", side.perspective)
        rows.append(wording.text("two_perspectives.alt_row", side=name, values=wording.join(told)))
    return wording.text("two_perspectives.alt", title=title, rows=" ".join(rows))
