"""The parts of figures that can be judged without looking."""

from __future__ import annotations

import base64
import io
import re
from itertools import pairwise

import matplotlib.image
import numpy as np
import pytest
import report_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from hamm_eval.report import render, style
from hamm_eval.report.figures.canvas import FINENESS, STRIP, spread, text_width, wrapped
from hamm_eval.report.wording import Wording


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_labels_keep_their_distance_and_order(wanted: list[float]) -> None:
    placed = spread(wanted, 20, 0, 300)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    gaps = [placed[upper] - placed[lower] for lower, upper in pairwise(order)]
    assert all(gap >= 20 - 1e-3 for gap in gaps)


def test_labels_that_do_not_touch_stay_where_they_are() -> None:
    assert spread([10.0, 100.0, 60.0], 20, 0, 300) == [10.0, 100.0, 60.0]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_have_contrast_enough_on_white() -> None:
    for colour in (style.INK, style.MUTED, style.ACCENT, *(look.words for look in style.SERIES)):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


def test_groups_differ_in_shape_and_dash_too() -> None:
    assert len({look.marker for look in style.SERIES}) == len(style.SERIES)
    assert len({look.dash for look in style.SERIES}) == len(style.SERIES)


def test_text_is_measured_in_the_reports_font() -> None:
    with style.drawing_style():
        narrow, wide = text_width("iiii"), text_width("MMMM")
    assert 0 < narrow < wide


def test_long_names_break_between_words() -> None:
    assert wrapped("Paare und Alleinerziehende", 20) == "Paare und\nAlleinerziehende"


def pictures(html: str) -> list[np.ndarray]:
    """The pictures in a fragment as shares of light, shape (height, width)."""
    found = re.findall(r"base64,([A-Za-z0-9+/=]+)", html)
    return [
        matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))[:, :, :3].mean(axis=2) for data in found
    ]


@pytest.mark.parametrize("name", ["curve", "model", "effect"])
def test_pictures_of_generated_data_bear_their_mark_beneath_what_they_show(
    name: str, german: Wording
) -> None:
    release = samples.every_release()[name]
    params = samples.params()
    real = params.model_copy(update={"source": params.source.model_copy(update={"synthetic": False})})
    assert params.source.synthetic
    marked = pictures(render(release, german).html)
    plain = pictures(render(release, Wording("de", real)).html)
    assert len(marked) == len(plain) > 0
    for with_mark, without in zip(marked, plain, strict=True):
        shown = len(without)
        assert len(with_mark) == shown + STRIP * FINENESS
        np.testing.assert_array_equal(with_mark[:shown], without)
        strip = with_mark[shown:]
        assert (strip < 0.6).any()  # words, and none cut off at the edges
        assert (strip[[0, -1]] > 0.9).all()
        assert (strip[:, 0] > 0.9).all()
