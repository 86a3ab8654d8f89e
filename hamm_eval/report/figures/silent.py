"""What the silent could change: the share of those who answered, between the least and the most it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import ReleasedRatings, ReleasedTwoPerspectives
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, TOP, BELOW, BAR = 92, 30, 62, 0.3
NAME, SMALL = 15.5, 14


def silent(release: ReleasedTwoPerspectives, title: str, wording: Wording) -> Markup:
    """Draw each side: a band of all that is possible, shifts as strokes, what was answered as a diamond."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    with style.drawing_style():
        names = [_name(side, release, wording) for side in release.ratings]
        left = 26 + max(
            max(canvas.text_width(name, NAME, style.SEMIBOLD), canvas.text_width(below, SMALL))
            for name, below in names
        )
        sheet = canvas.sheet(TOP + BELOW + ROW * len(names))
        axes = canvas.place(sheet, left, TOP, 40, BELOW)
        axes.set_xlim(0, 100)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(axis="x")
        for line, (side, words) in enumerate(zip(release.ratings, names, strict=True)):
            for text, weight, colour, letters, above in (
                (words[0], style.SEMIBOLD, style.INK, NAME, 5),
                (words[1], 400, style.MUTED, SMALL, -13),
            ):
                axes.annotate(
                    text, (0, line), xycoords=("axes fraction", "data"), va="baseline", weight=weight,
                    xytext=(pixels(4 - left), pixels(above)), textcoords="offset points", color=colour,
                    fontsize=pixels(letters),
                )  # fmt: skip
            _row(axes, line, side, wording)
        axes.xaxis.set_major_locator(FixedLocator([0, 20, 40, 60, 80, 100]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.percent(v / 100)))
        axes.yaxis.set_major_locator(NullLocator())
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(wording.text("two_perspectives.silent_axis"), labelpad=pixels(6))
        return canvas.image(sheet, _alternative(release, title, wording), wording.synthetic_mark)


def _name(side: ReleasedRatings, release: ReleasedTwoPerspectives, wording: Wording) -> tuple[str, str]:
    """Whose opinion, and how many of them answered."""
    name = wording.level_name("perspective", side.perspective)
    given = next(of.given for of in release.responses if not of.dimension)
    cell = given[[each.perspective for each in release.ratings].index(side.perspective)]
    share = wording.share(cell)
    return name, wording.text("two_perspectives.answered", share=share) if share else ""


def _row(axes: Axes, line: int, side: ReleasedRatings, wording: Wording) -> None:
    """Band with its ends, shifts, the answered and the weighted share."""
    at = side.effective
    if at.value is None or side.lowest is None or side.highest is None:
        axes.annotate(
            _none(side, wording), (50, line), ha="center", va="center",
            color=style.MUTED, fontsize=pixels(15),
        )  # fmt: skip
        return
    low, high = 100 * side.lowest, 100 * side.highest
    axes.barh(line, high - low, left=low, height=BAR, facecolor="#cfe3f1", edgecolor=style.ACCENT,
              linewidth=pixels(1.2), zorder=1)  # fmt: skip
    for value, align, shift in ((low, "right", -6), (high, "left", 6)):
        axes.annotate(
            wording.percent(value / 100), (value, line), xytext=(pixels(shift), 0), ha=align, va="center",
            textcoords="offset points", color=style.MUTED, fontsize=pixels(SMALL),
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": pixels(1)},
        )  # fmt: skip
    for _, value in side.shifted:
        axes.plot([100 * value] * 2, [line - BAR / 2, line + BAR / 2], color=style.INK, linewidth=pixels(1.6))
    if side.weighted is not None and side.weighted.value is not None:
        axes.plot([100 * side.weighted.value], [line], marker="o", markersize=pixels(11), zorder=3,
                  color=style.PAPER, markeredgecolor=style.INK, markeredgewidth=pixels(1.6))  # fmt: skip
    axes.plot([100 * at.value], [line], marker="D", markersize=pixels(11), color=style.ACCENT, zorder=4,
              markeredgecolor=style.PAPER, markeredgewidth=pixels(1.6))  # fmt: skip
    axes.annotate(
        wording.text("two_perspectives.mark_answered", share=wording.percent(at.value)),
        (100 * at.value, line - BAR / 2), xytext=(0, pixels(7)), textcoords="offset points", ha="center",
        va="bottom", color=style.ACCENT, weight=style.SEMIBOLD, fontsize=pixels(SMALL),
    )  # fmt: skip
    if side.shifted:
        last = 100 * side.shifted[-1][1]
        axes.annotate(
            wording.text("two_perspectives.mark_shifts"), (last, line + BAR / 2),
            xytext=(0, -pixels(6)), textcoords="offset points", ha="center", va="top", color=style.MUTED,
            fontsize=pixels(SMALL),
        )  # fmt: skip


def _none(side: ReleasedRatings, wording: Wording) -> str:
    """Why there is no band."""
    hidden = side.effective.linked or side.weighted_missing == "linked"
    return wording.text("symbols.linked" if hidden else "two_perspectives.too_few")


def _alternative(release: ReleasedTwoPerspectives, title: str, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    rows = []
    for side in release.ratings:
        name = wording.level_name("perspective", side.perspective)
        if side.effective.value is None or side.lowest is None or side.highest is None:
            said = _none(side, wording)
        else:
            said = wording.text(
                "two_perspectives.silent_alt",
                share=wording.percent(side.effective.value),
                low=wording.percent(side.lowest),
                high=wording.percent(side.highest),
            )
        rows.append(wording.text("two_perspectives.alt_row", side=name, values=said))
    return wording.text("two_perspectives.alt", title=title, rows=" ".join(rows))
