"""Distributions side by side: the middle half as a bar, the median in it, a line up to 95 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import ReleasedDistribution
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.tables.distribution import quantile_name
from hamm_eval.report.tables.quantiles import amount
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, TOP, BELOW = 38, 34, 62
GAP = 100  # pixels between the middles of two names
_LIGHT = "#b3cfe2"


def distribution(release: ReleasedDistribution, title: str, wording: Wording) -> Markup:
    """Draw the rows that have a median, in the order of the release; the others say why they have none.

    The release must bring the quartiles, the median and one quantile above them.
    """
    from matplotlib.ticker import MaxNLocator, NullLocator

    names = [wording.level_name(release.row_dimension, row) for row in release.rows]
    with style.drawing_style():
        left = 22 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name in names)
        sheet = canvas.sheet(TOP + BELOW + ROW * len(names))
        axes = canvas.place(sheet, left, TOP, 40, BELOW)
        known = [value for values in release.values for value in values if value is not None]
        axes.set_xlim(0, 1.08 * max([10.0, *known]))
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(axis="x")
        for line, (name, values) in enumerate(zip(names, release.values, strict=True)):
            axes.annotate(
                name, (0, line), xycoords=("axes fraction", "data"), xytext=(-pixels(left - 4), 0),
                textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(15),
            )  # fmt: skip
            low, middle, high, far = values
            if middle is None or low is None or high is None:
                axes.annotate(
                    wording.text("quantiles.too_few"), (0, line), xytext=(pixels(8), 0), va="center",
                    textcoords="offset points", color=style.MUTED, fontsize=pixels(14.5),
                )  # fmt: skip
                continue
            if far is not None:
                axes.plot([high, far], [line, line], color=style.ACCENT, linewidth=pixels(2))
                axes.plot([far, far], [line - 0.16, line + 0.16], color=style.ACCENT, linewidth=pixels(2))
            axes.barh(line, high - low, left=low, height=0.5, color=_LIGHT)
            axes.plot([middle, middle], [line - 0.25, line + 0.25], color=style.INK, linewidth=pixels(3.5))
        axes.spines["left"].set_visible(False)
        axes.yaxis.set_major_locator(NullLocator())
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.set_xlabel(distribution_text("axis", release, wording), labelpad=pixels(5))
        _name_marks(axes, release, wording)
        return canvas.image(sheet, alternative(release, title, wording), wording.synthetic_mark)


def _name_marks(axes: Axes, release: ReleasedDistribution, wording: Wording) -> None:
    """Name median, upper quartile and outer quantile above the first row that has them all."""
    whole = [(line, values) for line, values in enumerate(release.values) if None not in values]
    if not whole:
        return
    line, values = whole[0]
    width = axes.get_window_extent().width
    per_day = width / axes.get_xlim()[1]
    shown = [(value or 0.0, at) for value, at in zip(values, release.probabilities, strict=True)][1:]
    wanted = [value * per_day for value, _ in shown]
    for (_, at), place in zip(shown, canvas.spread(wanted, GAP, 30, width - 10), strict=True):
        axes.annotate(
            quantile_name(at, wording), (place / per_day, line - 0.3), xytext=(0, pixels(4)), ha="center",
            textcoords="offset points", va="bottom", color=style.MUTED, fontsize=pixels(13.5),
        )  # fmt: skip


def asked_for(release: ReleasedDistribution) -> str:
    """What its question is called: ``delays`` of ``cohort_and_data_quality:delays/provider``."""
    return release.id.partition(":")[2].partition("/")[0]


def distribution_text(name: str, release: ReleasedDistribution, wording: Wording, **values: object) -> str:
    """A text of its own for the question asked where there is one, else that of records and their delays."""
    asked = f"distribution.{asked_for(release)}.{name}"
    return wording.text(asked if wording.has(asked) else f"distribution.{name}", **values)


def alternative(release: ReleasedDistribution, title: str, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    rows = []
    for row, values in zip(release.rows, release.values, strict=True):
        known = [
            wording.text(
                "distribution.alt_value",
                share=quantile_name(at, wording),
                amount=amount(value, release.unit, wording),
            )
            for value, at in zip(values, release.probabilities, strict=True)
            if value is not None
        ]
        name = wording.level_name(release.row_dimension, row)
        said = wording.join(known) if known else wording.text("quantiles.too_few")
        rows.append(wording.text("distribution.alt_row", level=name, values=said))
    return wording.text("distribution.alt", title=title, rows=" ".join(rows))
