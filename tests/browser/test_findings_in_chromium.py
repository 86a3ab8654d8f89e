"""The findings page as the data owner's browser shows it: on screen, on a phone, on paper, offline."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from chromium import chromium, picture, printed
from typer.testing import CliRunner

from hamm_eval.cli import app
from hamm_eval.synthetic.export import write_city

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The findings of a small dirty city."""
    folder = tmp_path_factory.mktemp("findings")
    write_city(folder / "dirty", seed=5, persons=150, truth=False)
    # A defect of each kind of place: a whole file, a header, single lines.
    persons = folder / "dirty" / "personen.csv"
    lines = persons.read_bytes().split(b"\r\n")
    lines[0] += b";Telefon"
    lines[1:-1] = [line + b";0" for line in lines[1:-1]]
    persons.write_bytes(b"\r\n".join(lines))
    tests = folder / "dirty" / "sprachtests.csv"
    tests.write_bytes(re.sub(rb"\d\d\.(\d\d\.\d{4})", rb"32.\1", tests.read_bytes(), count=3))
    (folder / "dirty" / "ziele.csv").write_bytes(b"")
    file = folder / "findings.html"
    done = CliRunner().invoke(app, ["check", str(folder / "dirty"), "--html", str(file)])
    assert done.exit_code == 3
    return file


def test_the_browser_neither_blocks_nor_misses_anything(tmp_path: Path, page: Path) -> None:
    assert re.findall(r"CONSOLE.*", chromium(tmp_path, page, "--dump-dom")) == []
    html = page.read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href)=["'](?!data:|#)""", html) == []
    assert "<script" not in html
    assert '<html lang="de"' in html
    # That the browser would complain is shown by a page that asks for something from outside.
    asking = tmp_path / "asking.html"
    asking.write_text(
        html.replace("</main>", '<img src="http://127.0.0.1:9/x.png"></main>'), encoding="utf-8"
    )
    assert "violates the following Content Security Policy" in chromium(tmp_path, asking, "--dump-dom")


def test_the_first_screen_is_light_and_written_on(tmp_path: Path, page: Path) -> None:
    light = picture(tmp_path, page, 1000, 1000)
    assert np.median(light) > 0.9
    inked = (light < 0.6).any(axis=1)
    assert all(inked[start : start + 200].any() for start in range(0, 1000, 200))


def test_a_phone_needs_no_sideways_scrolling(tmp_path: Path, page: Path) -> None:
    # A page wider than the screen is cut off: its text would run into the right edge.
    light = picture(tmp_path, page, 500, 4000)
    assert (light[:, -4:] > 0.6).mean() > 0.97


def test_tables_name_what_stands_in_them(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    tables = re.findall(r"<table.*?</table>", html, flags=re.DOTALL)
    assert tables
    for table in tables:
        named = re.search(r"""<table[^>]* aria-labelledby=["']?([\w-]+)""", table)
        assert "<caption" in table or (named and f'id="{named[1]}"' in html)
        assert re.search(r"""<th[^>]* scope=["']?col""", table)


def test_the_printed_sheets_tell_every_finding(tmp_path: Path, page: Path) -> None:
    sheets = " ".join(printed(tmp_path, page))
    for words in (
        "personen.csv",
        "sprachtests.csv",
        "ziele.csv",
        "Telefon",
        "Diesen Tag gibt es nicht",
        "Zeilen 2, 3",
    ):
        assert words in sheets
