"""Forest plot of a Cox model: groups of a characteristic compared with their reference group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.release.released import ReleasedModel, ReleasedTerm
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, TOP, BELOW = 27, 40, 74
TICKS = (0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0)


MODEL = {"axis": "model.axis", "less": "model.slower", "more": "model.faster", "ratio": "model.column_ratio"}


def forest(release: ReleasedModel, wording: Wording) -> Markup:
    """Draw the terms of a model that is shown, characteristic by characteristic."""
    return forest_of(release.terms, alternative(release, wording), MODEL, wording)


def forest_of(terms: Sequence[ReleasedTerm], alt: str, words: Mapping[str, str], wording: Wording) -> Markup:
    """Draw terms; `words` are the keys of what stands at the axis, at its two sides and above the ratios."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    lines = _lines(terms)
    with style.drawing_style():
        widths = [canvas.text_width(_label(term, wording), 15) + 34 for term in lines if term is not None] + [
            canvas.text_width(wording.dimension(factor), 15, style.SEMIBOLD) + 16
            for factor in {t.factor for t in terms}
        ]
        ratios = [canvas.text_width(_ratio(t, wording), 14.5) for t in terms]
        right = 26 + max([*ratios, canvas.text_width(wording.text(words["ratio"]), 13.5)])
        height = len(lines) * ROW
        sheet = canvas.sheet(TOP + height + BELOW)
        left = max(widths)
        axes = canvas.place(sheet, left, TOP, right, BELOW)
        axes.set_xscale("log")
        low, high = _limits(terms)
        axes.set_xlim(low, high)
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.axvline(1, color=style.INK, linewidth=pixels(1.2), zorder=1)
        axes.grid(axis="x")
        headings = iter(_factors(terms))
        for position, term in enumerate(lines):
            if term is None:
                _write(axes, position, wording.dimension(next(headings)), left - 4, style.INK, style.SEMIBOLD)
            else:
                _row(axes, position, term, left, wording)
        axes.annotate(
            wording.text(words["ratio"]), (1, 1), xycoords="axes fraction", va="bottom", ha="left",
            xytext=(pixels(18), pixels(14)), textcoords="offset points", color=style.MUTED,
            fontsize=pixels(13.5),
        )  # fmt: skip
        for side, align, shift in (("less", "right", -8), ("more", "left", 8)):
            arrow = "← {}" if side == "less" else "{} →"
            axes.annotate(
                arrow.format(wording.text(words[side])), (1, 1), xycoords=("data", "axes fraction"),
                xytext=(pixels(shift), pixels(14)), textcoords="offset points", ha=align, va="bottom",
                color=style.MUTED, fontsize=pixels(14),
            )  # fmt: skip
        axes.xaxis.set_major_locator(FixedLocator([t for t in TICKS if low <= t <= high]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value, wording)))
        axes.yaxis.set_major_locator(NullLocator())
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(wording.text(words["axis"]), labelpad=pixels(6))
        return canvas.image(sheet, alt, wording.synthetic_mark)


def alternative(release: ReleasedModel, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    rows = alternative_rows(release.terms, wording)
    return wording.text("model.alt", endpoint=wording.endpoint(release.endpoint), rows=rows)


def alternative_rows(terms: Sequence[ReleasedTerm], wording: Wording) -> str:
    """The lines in words."""
    return " ".join(
        wording.text(
            "model.alt_row",
            term=wording.covariate(term.factor, term.level),
            ratio=wording.number(term.ratio, 2),
            range=_range(term, wording),
        )
        for term in terms
        if not term.reference
    )


def _factors(terms: Sequence[ReleasedTerm]) -> list[str]:
    """Factors with levels, in the order of the model."""
    return list(dict.fromkeys(term.factor for term in terms if term.level))


def _lines(terms: Sequence[ReleasedTerm]) -> list[ReleasedTerm | None]:
    """Lines of the plot: None stands for a heading, then the reference group, then the others."""
    lines: list[ReleasedTerm | None] = []
    for factor in dict.fromkeys(term.factor for term in terms):
        mine: list[ReleasedTerm | None] = [t for t in terms if t.factor == factor and t.reference]
        mine += [t for t in terms if t.factor == factor and not t.reference]
        if factor in _factors(terms):
            lines.append(None)
        lines += mine
    return lines


def _label(term: ReleasedTerm, wording: Wording) -> str:
    """Name of a line."""
    return wording.level_name(term.factor, term.level) if term.level else wording.dimension(term.factor)


def _range(term: ReleasedTerm, wording: Wording) -> str:
    """The interval of a ratio."""
    return wording.text(
        "units.ratio_range", lower=wording.number(term.lower, 2), upper=wording.number(term.upper, 2)
    )


def _ratio(term: ReleasedTerm, wording: Wording) -> str:
    """What stands at the right of a line."""
    if term.reference:
        return wording.text("model.reference")
    return f"{wording.number(term.ratio, 2)}  ({_range(term, wording)})"


def _limits(terms: Sequence[ReleasedTerm]) -> tuple[float, float]:
    """Ends of the axis: all intervals, at least 0.5 to 2."""
    lows = [t.lower for t in terms if not t.reference and t.lower > 0]
    highs = [t.upper for t in terms if not t.reference]
    return max(0.09, min([0.48, *(v * 0.92 for v in lows)])), min(
        11.0, max([2.1, *(v * 1.08 for v in highs)])
    )


def _short(value: float, wording: Wording) -> str:
    """A tick: as few decimals as it needs."""
    return wording.number(value, next(d for d in (0, 1, 2) if d == 2 or abs(round(value, d) - value) < 1e-9))


def _write(axes: Axes, line: int, words: str, indent: float, colour: str, weight: int = 400) -> None:
    """Words at the left of a line, `indent` pixels before the plot."""
    axes.annotate(
        words, (0, line), xycoords=("axes fraction", "data"), xytext=(-pixels(indent), 0),
        textcoords="offset points", va="center", ha="left", color=colour, weight=weight, fontsize=pixels(15),
    )  # fmt: skip


def _row(axes: Axes, line: int, term: ReleasedTerm, left: float, wording: Wording) -> None:
    """One group: its name, its interval and its ratio in words."""
    _write(axes, line, _label(term, wording), left - (18 if term.level else 4), style.INK)
    if term.reference:
        axes.plot([1], [line], marker="o", markersize=pixels(9), color=style.PAPER, markeredgecolor=style.INK,
                  markeredgewidth=pixels(1.6))  # fmt: skip
    else:
        axes.plot([term.lower, term.upper], [line, line], color=style.ACCENT, linewidth=pixels(2.6))
        axes.plot([term.ratio], [line], marker="o", markersize=pixels(9), color=style.ACCENT,
                  markeredgecolor=style.PAPER, markeredgewidth=pixels(1.2))  # fmt: skip
    axes.annotate(
        _ratio(term, wording), (1, line), xycoords=("axes fraction", "data"), xytext=(pixels(18), 0),
        textcoords="offset points", va="center", color=style.MUTED if term.reference else style.INK,
        fontsize=pixels(14.5),
    )  # fmt: skip
