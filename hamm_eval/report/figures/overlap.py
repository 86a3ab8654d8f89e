"""Overlap: participants above, comparison persons below, by their probability of taking part."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from hamm_eval.release.released import ReleasedEffect
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording


def overlap_histogram(release: ReleasedEffect, wording: Wording) -> Markup:
    """Draw the binned, rounded counts of both groups."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    edges = release.overlap_edges
    # All hidden bins alike, hatched, whether they are small or protect a small one.
    hatched = wording.policy.largest_hidden_count
    both = ((release.overlap_treated, 1, style.ACCENT), (release.overlap_controls, -1, "#8d99a6"))
    with style.drawing_style():
        names = (wording.text("effect.with"), wording.text("effect.without"))
        right = 26 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name in names)
        sheet = canvas.sheet(300)
        axes = canvas.place(sheet, 64, 12, right, 60)
        for counts, side, colour in both:
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
                hidden = count is None
                axes.bar(
                    low, side * (hatched if count is None else count), width=high - low, align="edge",
                    facecolor=style.PAPER if hidden else colour, edgecolor=colour if hidden else style.PAPER,
                    linewidth=pixels(1), hatch="////" if hidden else "",
                )  # fmt: skip
        axes.axhline(0, color=style.INK, linewidth=pixels(1.2))
        top = max(hatched, *(c or 0 for c in release.overlap_treated))
        bottom = max(hatched, *(c or 0 for c in release.overlap_controls))
        above, below = max(top, bottom * 0.3), max(bottom, top * 0.3)
        axes.set_ylim(-below * 1.08, above * 1.08)
        axes.set_xlim(edges[0], edges[-1])
        for name, height, colour in (
            (names[0], above * 0.6, style.ACCENT),
            (names[1], -below * 0.6, style.MUTED),
        ):
            axes.annotate(
                name, (1, height), xycoords=("axes fraction", "data"), xytext=(pixels(12), 0), color=colour,
                textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(15),
            )  # fmt: skip
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.percent(v)))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.number(abs(v))))
        axes.grid(axis="y")
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.set_xlabel(wording.text("effect.overlap_axis"), labelpad=pixels(6))
        axes.set_ylabel(wording.text("effect.overlap_persons"))
        alt = wording.text(
            "effect.overlap_alt",
            treated=_bins(edges, release.overlap_treated, wording),
            controls=_bins(edges, release.overlap_controls, wording),
        )
        return canvas.image(sheet, alt, wording.synthetic_mark)


def _bins(edges: Sequence[float], counts: Sequence[int | None], wording: Wording) -> str:
    """Counts by bin in words; empty bins left out."""
    hidden = wording.text("effect.overlap_hidden", largest=wording.policy.largest_hidden_count)
    return wording.join(
        wording.text(
            "effect.overlap_bin",
            count=hidden if count is None else wording.number(count),
            lower=wording.percent(low),
            upper=wording.percent(high),
        )
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
        if count != 0
    )
