"""Love plot: how unlike the compared groups were before weighting, and after."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedBalance
from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.tables.terms import covariate_name
from hamm_eval.report.wording import Wording

ROW, TOP, BELOW = 26, 66, 62


def love_plot(balance: tuple[ReleasedBalance, ...], limit: float, wording: Wording) -> Markup:
    """Draw the standardised differences, the largest before weighting on top."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    lines = sorted(balance, key=lambda row: (-abs(row.before), row.covariate))
    names = [covariate_name(row.covariate, wording) for row in lines]
    with style.drawing_style():
        left = 24 + max(canvas.text_width(name, 14.5) for name in names)
        sheet = canvas.sheet(TOP + ROW * len(lines) + BELOW)
        axes = canvas.place(sheet, left, TOP, 30, BELOW)
        reach = max([limit * 1.6, 0.25, *(max(abs(r.before), abs(r.after)) * 1.1 for r in lines)])
        axes.set_xlim(-reach, reach)
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.axvspan(-limit, limit, color=style.GRID, alpha=0.6, linewidth=0)
        axes.axvline(0, color=style.INK, linewidth=pixels(1.2))
        for edge in (-limit, limit):
            axes.axvline(edge, color=style.MUTED, linewidth=pixels(1.2), linestyle=(0, (4, 3)))
        for line, row in enumerate(lines):
            axes.plot(
                [row.before, row.after], [line, line], color=style.RULE, linewidth=pixels(1.4), zorder=1
            )
        rows = range(len(lines))
        before = axes.plot([r.before for r in lines], rows, linestyle="none", marker="D", color=style.PAPER,
                  markeredgecolor="#b04c00", markeredgewidth=pixels(1.8), markersize=pixels(8))  # fmt: skip
        after = axes.plot([r.after for r in lines], rows, linestyle="none", marker="o", color=style.ACCENT,
                  markersize=pixels(9), markeredgecolor=style.PAPER, markeredgewidth=pixels(1))  # fmt: skip
        above = 1 + 28 / (ROW * len(lines))
        axes.legend(            [*before, *after],
            [wording.text("effect.balance_before"), wording.text("effect.balance_after")],
            loc="lower left", bbox_to_anchor=(0, above), ncols=2, frameon=False, borderaxespad=0.4,
            handletextpad=0.2, columnspacing=1.4, fontsize=pixels(14), borderpad=0,
        )  # fmt: skip
        axes.annotate(
            wording.text("effect.balance_limit", limit=wording.number(limit, 2)), (limit, 1),
            xycoords=("data", "axes fraction"), xytext=(pixels(4), pixels(6)), textcoords="offset points",
            color=style.MUTED, fontsize=pixels(13.5), va="bottom",
        )  # fmt: skip
        axes.yaxis.set_major_locator(NullLocator())
        for line, name in enumerate(names):
            axes.annotate(
                name, (0, line), xycoords=("axes fraction", "data"), xytext=(-pixels(left - 4), 0),
                textcoords="offset points", va="center", fontsize=pixels(14.5),
            )  # fmt: skip
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: wording.number(v, 1 if reach > 0.3 else 2)))
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(wording.text("effect.balance_axis"), labelpad=pixels(6))
        worst = max(lines, key=lambda row: abs(row.after))
        alt = wording.text(
            "effect.balance_alt",
            n=len(lines),
            value=wording.number(abs(worst.after), 2),
            covariate=covariate_name(worst.covariate, wording),
            limit=wording.number(limit, 2),
        )
        return canvas.image(sheet, alt, wording.synthetic_mark)
