"""The quarter's page as a reader's browser shows it: on screen, on a phone, on paper, without a network."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from chromium import chromium, picture, printed

from hamm_eval.pipeline import Published
from hamm_eval.report.wording import load_texts

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page(quarter_report: Published) -> Path:
    """The page of the committed quarter."""
    return quarter_report.page.resolve()


def test_the_browser_neither_blocks_nor_misses_anything(tmp_path: Path, page: Path) -> None:
    said = chromium(tmp_path, page, "--dump-dom")
    complaints = re.findall(r"CONSOLE.*", said)
    assert complaints == []
    # That the browser would complain is shown by a page that asks for something from outside.
    asking = tmp_path / "asking.html"
    html = page.read_text(encoding="utf-8")
    asking.write_text(
        html.replace("</main>", '<img src="http://127.0.0.1:9/x.png"></main>'), encoding="utf-8"
    )
    assert "violates the following Content Security Policy" in chromium(tmp_path, asking, "--dump-dom")
    assert html.count("<img") >= 10
    assert re.findall(r"""(?:src|href)=["'](?!data:|#)""", html) == []


def test_the_first_screen_is_a_report_and_no_notebook(tmp_path: Path, page: Path) -> None:
    light = picture(tmp_path, page, 1000, 1400)
    assert light.shape == (1400, 1000)
    # Paper is light, and there is something on it from top to bottom.
    assert np.median(light) > 0.9
    inked = (light < 0.6).any(axis=1)
    assert all(inked[start : start + 200].any() for start in range(0, 1400, 200))
    html = page.read_text(encoding="utf-8")
    assert "study.show" not in html
    assert "In&nbsp;[" not in html


def test_a_phone_needs_no_sideways_scrolling(tmp_path: Path, page: Path) -> None:
    # A page wider than the screen is cut off: its text would run into the right edge.
    light = picture(tmp_path, page, 500, 4000)
    assert (light[200:, -4:] > 0.6).mean() > 0.97


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_printed_sheet_says_that_the_data_are_generated(
    tmp_path: Path, page: Path, language: str
) -> None:
    texts = load_texts(language)
    notice = texts["page.synthetic"].format(city="Hamm")
    html = page.read_text(encoding="utf-8")
    if language == "en":  # the same sheets with the English words: executing the notebooks anew adds nothing
        german = load_texts("de")["page.synthetic"].format(city="Hamm")
        assert html.count(german) == 1
        html = html.replace(german, notice)
    copy = tmp_path / "page.html"
    copy.write_text(html, encoding="utf-8")
    sheets = printed(tmp_path, copy)
    assert len(sheets) >= 10
    assert [number for number, words in enumerate(sheets, 1) if notice not in words] == []
    # Nothing is lost beneath the notice: every heading is still there.
    headings = [re.sub(r"<[^>]+>|\s+", " ", found) for found in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]
    together = " ".join(sheets)
    assert len(headings) >= 5
    assert [words for words in headings if " ".join(unescape(words).split()) not in together] == []


def test_it_prints_on_a4_pages(tmp_path: Path, page: Path) -> None:
    file = tmp_path / "report.pdf"
    chromium(tmp_path, page, f"--print-to-pdf={file}", "--no-pdf-header-footer")
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page[^s]", content))
    html = page.read_text(encoding="utf-8")
    parts = sum(len(re.findall(f"<{tag}[ >]", html)) for tag in ("h2", "h3", "figure", "table"))
    assert 10 <= pages <= parts  # a page for each section, figure and table at the most
