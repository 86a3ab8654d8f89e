"""Colours, type and line weights: one accent colour, Okabe-Ito for data, a marker shape besides.

Figures are drawn inside `drawing_style()`, which puts Matplotlib's settings back afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from typing import Any, NamedTuple

ACCENT = "#00578a"
INK = "#1b2733"
MUTED = "#55616e"
RULE = "#c9d1d9"
GRID = "#e6eaee"
PAPER = "#ffffff"
OPEN = "#e3e8ed"

FONT = "Hamm Sans"
SEMIBOLD = 600
PIXELS_PER_INCH = 100  # of the page; images have twice as many
WIDTH = 760  # pixels of the page


class Series(NamedTuple):
    """How one group is drawn: line colour, a darker colour for its words, a marker, a dash pattern."""

    colour: str
    words: str
    marker: str
    dash: tuple[float, ...] | str


# Okabe and Ito (2008), the words darkened until they read on white (contrast at least 4.5).
SERIES: tuple[Series, ...] = (
    Series("#0072b2", "#00639b", "o", "solid"),
    Series("#d55e00", "#b04c00", "s", (6.0, 2.0)),
    Series("#009e73", "#00734f", "^", (2.0, 1.5)),
    Series("#cc79a7", "#9c4676", "D", (8.0, 2.0, 2.0, 2.0)),
    Series("#e69f00", "#8a6000", "v", (4.0, 1.5)),
    Series("#56b4e9", "#1b6f9f", "P", (1.0, 1.0)),
)
COMPETING = ("#e69f00", "#cc79a7", "#d55e00")


def series(position: int) -> Series:
    """How the group at this position is drawn; from the seventh on shapes and colours repeat."""
    return SERIES[position % len(SERIES)]


def pixels(value: float) -> float:
    """Pixels of the page as points, Matplotlib's unit of type and lines."""
    return value * 72 / PIXELS_PER_INCH


@cache
def _register_fonts() -> None:
    """Make the font of the page known to Matplotlib; its list of fonts is the one place for that."""
    from matplotlib import font_manager

    for face in ("HammSans-Regular.ttf", "HammSans-SemiBold.ttf"):
        with as_file(files("hamm_eval.report").joinpath("fonts", face)) as path:
            font_manager.fontManager.addfont(str(path))


@contextmanager
def drawing_style() -> Iterator[None]:
    """Matplotlib's settings for our figures, for the duration of a `with` block."""
    import matplotlib

    _register_fonts()
    settings: dict[Any, Any] = {
        "font.family": [FONT],
        "font.size": pixels(15),
        "text.color": INK,
        "text.parse_math": False,  # a label with two dollar signs is a label, not a formula
        "axes.edgecolor": RULE,
        "axes.labelcolor": MUTED,
        "axes.labelsize": pixels(14.5),
        "axes.linewidth": pixels(1.2),
        "axes.grid": False,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "grid.color": GRID,
        "grid.linewidth": pixels(1.2),
        "xtick.color": RULE,
        "ytick.color": RULE,
        "xtick.labelcolor": MUTED,
        "ytick.labelcolor": MUTED,
        "xtick.labelsize": pixels(14.5),
        "ytick.labelsize": pixels(14.5),
        "xtick.major.size": pixels(5),
        "ytick.major.size": 0,
        "hatch.color": MUTED,
        "hatch.linewidth": pixels(0.8),
        "lines.solid_capstyle": "butt",
        "lines.dash_capstyle": "butt",
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "path.simplify": False,
    }
    with matplotlib.rc_context(settings):
        yield
