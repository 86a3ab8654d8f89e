"""Where agreed goals stand, a bar a domain: scores to both sides of what was agreed, findings in one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from hamm_eval.report import style
from hamm_eval.report.figures import canvas
from hamm_eval.report.style import pixels
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hamm_eval.release.released import ReleasedGoalScores, ReleasedStandings

ROW, BAR, LINE, BELOW, RIGHT = 46, 0.62, 26, 12, 20
GAP = 0.05  # between the scores and what has none, as a share of persons
READABLE = 30  # pixels that a percentage needs


class Look(NamedTuple):
    """How a part of a bar is drawn: its colour, a hatch besides, the colour of its percentage."""

    colour: str
    hatch: str = ""
    ink: str = style.INK


# Pale beside what was agreed, strong at the ends, hatched where it is less: told apart in grey as well.
BELOW_AGREED = {"-1": Look("#f6d3b5", "///"), "-2": Look("#d98743", "///")}
FROM_AGREED = {
    "0": Look("#b3d4ea"),
    "1": Look("#4f9bcb", ink=style.PAPER),
    "2": Look("#004b78", ink=style.PAPER),
}
UNSCORED = {
    "dropped": Look("#c2c8ce", "xx"),
    "not_scored": Look("#d9dee3", ".."),
    "not_reviewed": Look(style.OPEN),
}
AFTER, UNADAPTED = "met_after_adaptation", "met_unadapted"
_MET = Look("#0072b2", ink=style.PAPER)
FINDINGS = {
    "met": _MET,
    UNADAPTED: _MET,
    AFTER: Look("#5fa3cf", "\\\\\\"),
    "partly": Look("#cfe3f1"),
    "unmet": Look("#f6d3b5", "///"),
    "adapted": Look("#eec36a", ".."),
    **{name: look for name, look in UNSCORED.items() if name != "not_scored"},
}


class Part(NamedTuple):
    """One part of a bar, in shares of persons."""

    start: float
    width: float
    look: Look


def score_bars(release: ReleasedGoalScores, alt: str, wording: Wording) -> Markup:
    """Scores by domain: what is less than agreed to the left of the line, the rest to its right."""
    rows = _shares(release.scores)
    left = max((sum(row.get(name, 0.0) for name in BELOW_AGREED) for row in rows), default=0.0)
    right = max((sum(row.get(name, 0.0) for name in FROM_AGREED) for row in rows), default=0.0)
    without = right + GAP
    bars = [
        [
            *_side(row, BELOW_AGREED, 0.0, -1),
            *_side(row, FROM_AGREED, 0.0, 1),
            *_side(row, UNSCORED, without, 1),
        ]
        for row in rows
    ]
    most = max((sum(row.get(name, 0.0) for name in UNSCORED) for row in rows), default=0.0)
    looks = {name: {**BELOW_AGREED, **FROM_AGREED, **UNSCORED}[name] for name in release.scores.columns}
    with style.drawing_style():
        sheet, axes = _rows(
            release, bars, (-left - 0.01, without + most + 0.01), looks, "attainment_score", wording
        )
        axes.axvline(0, color=style.INK, linewidth=pixels(1.6))
        return canvas.image(sheet, alt, wording.synthetic_mark)


def finding_bars(release: ReleasedGoalScores, alt: str, wording: Wording) -> Markup:
    """Findings by domain in one row; those met as two parts where those after an adaptation may be told."""
    rows = finding_parts(release)
    bars = [_side(row, FINDINGS, 0.0, 1) for row in rows]
    with style.drawing_style():
        # The same colour with two names: only those that a bar has.
        unused = {name for name in ("met", UNADAPTED) if not any(name in row for row in rows)}
        looks = {name: look for name, look in FINDINGS.items() if name not in unused}
        sheet, _ = _rows(release, bars, (0.0, 1.02), looks, "attainment_finding", wording)
        return canvas.image(sheet, alt, wording.synthetic_mark)


def finding_parts(release: ReleasedGoalScores) -> list[dict[str, float]]:
    """Shares of each bar: those met after an adaptation apart from the others met, where they may be told."""
    rows = _shares(release.findings)
    for row, after in zip(rows, release.after_adaptation, strict=True):
        if after.share is not None and "met" in row:
            row[AFTER] = min(after.share, row["met"])
            row[UNADAPTED] = row.pop("met") - row[AFTER]
    return rows


def _shares(standings: ReleasedStandings) -> list[dict[str, float]]:
    """Shares that are shown, by column."""
    return [
        {name: cell.share for name, cell in zip(standings.columns, cells, strict=True) if cell.share}
        for cells in standings.cells
    ]


def _side(row: Mapping[str, float], looks: Mapping[str, Look], start: float, direction: int) -> list[Part]:
    """Parts from a place on, one after the other, to the right or to the left."""
    parts = []
    for name, look in looks.items():
        width = row.get(name, 0.0)
        if width:
            parts.append(Part(start if direction > 0 else start - width, width, look))
            start += direction * width
    return parts


def _rows(
    release: ReleasedGoalScores,
    bars: Sequence[Sequence[Part]],
    limits: tuple[float, float],
    looks: Mapping[str, Look],
    dimension: str,
    wording: Wording,
) -> tuple[Figure, Axes]:
    """A sheet with the legend above and a bar a domain, percentages where they fit."""
    from matplotlib.ticker import NullLocator

    names = [wording.level_name("domain", domain) for domain in release.domains]
    left = 18 + max(canvas.text_width(name, 15, style.SEMIBOLD) for name in names)
    legend = _lines([wording.level_name(dimension, name) for name in looks], style.WIDTH - 8)
    top = 10 + LINE * len(legend)
    sheet = canvas.sheet(top + ROW * len(names) + BELOW)
    axes = canvas.place(sheet, left, top, RIGHT, BELOW)
    axes.set_xlim(*limits)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_axis_off()
    axes.xaxis.set_major_locator(NullLocator())
    axes.yaxis.set_major_locator(NullLocator())
    per_share = (style.WIDTH - left - RIGHT) / (limits[1] - limits[0])
    for line, (name, parts) in enumerate(zip(names, bars, strict=True)):
        axes.annotate(
            name, (0, line), xycoords=("axes fraction", "data"), xytext=(-pixels(left - 4), 0),
            textcoords="offset points", va="center", weight=style.SEMIBOLD, fontsize=pixels(15),
            annotation_clip=False,
        )  # fmt: skip
        if not parts:
            axes.annotate(
                wording.text("quantiles.too_few"), (0, line), xycoords=("axes fraction", "data"),
                xytext=(pixels(8), 0), textcoords="offset points", va="center", color=style.MUTED,
                fontsize=pixels(14.5),
            )  # fmt: skip
        for part in parts:
            axes.barh(
                line, part.width, left=part.start, height=BAR, facecolor=part.look.colour,
                edgecolor=style.PAPER, linewidth=pixels(1.4), hatch=part.look.hatch,
            )  # fmt: skip
            if part.width * per_share >= READABLE:
                _percentage(axes, part, line, wording)
    _legend(sheet, legend, list(looks.values()))
    return sheet, axes


def _percentage(axes: Axes, part: Part, line: int, wording: Wording) -> None:
    """The share in its part; on a hatch it needs a ground of its own."""
    ground = {"boxstyle": "round,pad=0.15", "facecolor": part.look.colour, "edgecolor": "none"}
    axes.annotate(
        wording.percent(part.width), (part.start + part.width / 2, line), ha="center", va="center",
        color=part.look.ink, fontsize=pixels(13.5), bbox=ground if part.look.hatch else None,
    )  # fmt: skip


def _lines(names: Sequence[str], width: float) -> list[list[tuple[float, str]]]:
    """Names with their places in pixels, in as many lines as they need."""
    lines: list[list[tuple[float, str]]] = [[]]
    at = 0.0
    for name in names:
        needed = 24 + canvas.text_width(name, 14) + 22
        if lines[-1] and at + needed > width:
            lines.append([])
            at = 0.0
        lines[-1].append((at, name))
        at += needed
    return lines


def _legend(sheet: Figure, lines: Sequence[Sequence[tuple[float, str]]], looks: Sequence[Look]) -> None:
    """A patch and a name for every look, above the bars."""
    from matplotlib.patches import Rectangle

    width, height = canvas.size(sheet)
    waiting = iter(looks)
    for number, line in enumerate(lines):
        y = 1 - (14 + LINE * number) / height
        for at, name in line:
            look = next(waiting)
            patch = Rectangle(
                ((4 + at) / width, y - 7 / height), 16 / width, 14 / height, transform=sheet.transFigure,
                facecolor=look.colour, hatch=look.hatch, linewidth=0,
            )  # fmt: skip
            sheet.add_artist(patch)
            sheet.text((4 + at + 22) / width, y, name, va="center", fontsize=pixels(14))
