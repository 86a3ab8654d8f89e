"""The sheet a figure is drawn on, and the image it becomes: raster, twice as fine, without metadata.

Raster only: a vector image gives every step of a curve back to the digit.
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.report.style import MUTED, PIXELS_PER_INCH, WIDTH, pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FINENESS = 2
STRIP = 24  # pixels of the page, for a mark beneath the figure


def sheet(height: float, width: float = WIDTH) -> Figure:
    """An empty figure of so many pixels, apart from pyplot and its global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / PIXELS_PER_INCH, height / PIXELS_PER_INCH), dpi=PIXELS_PER_INCH)
    FigureCanvasAgg(figure)
    return figure


def place(figure: Figure, left: float, top: float, right: float, bottom: float) -> Axes:
    """Axes whose frame keeps these distances, in pixels, from the edges of the sheet."""
    width, height = size(figure)
    return figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )


def size(figure: Figure) -> tuple[float, float]:
    """Width and height in pixels of the page."""
    inches = figure.get_size_inches()
    return float(inches[0] * PIXELS_PER_INCH), float(inches[1] * PIXELS_PER_INCH)


def text_width(words: str, size_in_pixels: float = 15, weight: int = 400) -> float:
    """Width of a text in pixels; the longest line counts."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    from hamm_eval.report.style import FONT

    font = FontProperties(family=FONT, weight=weight)
    return max(
        (
            float(TextPath((0, 0), line, size=pixels(size_in_pixels), prop=font).get_extents().width)
            for line in words.split("\n")
            if line.strip()
        ),
        default=0.0,
    ) * (PIXELS_PER_INCH / 72)


def wrapped(words: str, letters: int) -> str:
    """Broken into lines of at most so many letters, between words."""
    return "\n".join(textwrap.wrap(words, letters, break_long_words=False)) or words


def spread(wanted: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """Positions as near to the wanted ones as a least distance allows, in the same order as given."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed = [wanted[i] for i in order]
    for _ in range(200):
        moved = False
        for lower in range(len(placed) - 1):
            lack = gap - (placed[lower + 1] - placed[lower])
            if lack > 1e-6:
                placed[lower] -= lack / 2
                placed[lower + 1] += lack / 2
                moved = True
        if not moved:
            break
    shift = max(0.0, lowest - placed[0]) if placed else 0.0
    shift -= max(0.0, placed[-1] + shift - highest) if placed else 0.0
    result = [0.0] * len(wanted)
    for position, i in zip(placed, order, strict=True):
        result[i] = position + shift
    return result


def image(figure: Figure, alt: str, mark: str = "") -> Markup:
    """The figure as an ``<img>`` that needs no file beside the page.

    A `mark` stands in a strip of its own beneath, within the picture: it goes where the picture is copied.
    """
    from matplotlib.transforms import Bbox

    width, height = size(figure)
    strip = STRIP if mark else 0
    if mark:
        beneath = -strip / 2 / height
        figure.text(1, beneath, mark, color=MUTED, fontsize=pixels(13), ha="right", va="center")
    sheet = Bbox.from_extents(0, -strip / PIXELS_PER_INCH, width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="png",
        dpi=PIXELS_PER_INCH * FINENESS,
        bbox_inches=sheet,
        metadata={"Software": None},
    )  # no trace of program or time: equal figures are equal bytes
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return Markup('<img src="data:image/png;base64,{}" alt="{}" width="{}" height="{}">').format(
        data, alt, round(width), round(height + strip)
    )
