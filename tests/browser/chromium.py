"""A page in headless Chromium: what the browser says, a picture of it, its printed sheets."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)


def chromium(tmp_path: Path, page: Path, *flags: str) -> str:
    """Open the page; what the browser says on stderr."""
    binary = shutil.which("chromium")
    if binary is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    done = subprocess.run(
        [binary, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *flags, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout + done.stderr


def picture(tmp_path: Path, page: Path, width: int, height: int) -> np.ndarray:
    """A screenshot as shares of light, shape (height, width)."""
    file = tmp_path / "page.png"
    chromium(tmp_path, page, f"--window-size={width},{height}", f"--screenshot={file}")
    return matplotlib.image.imread(file)[:, :, :3].mean(axis=2)


def printed(tmp_path: Path, page: Path) -> list[str]:
    """The words on each sheet of the printed page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: apt-get install poppler-utils")
    file = tmp_path / "sheets.pdf"
    chromium(tmp_path, page, f"--print-to-pdf={file}", "--no-pdf-header-footer")
    done = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True)
    return [re.sub(r"\s+", " ", words) for words in done.stdout.split("\f")[:-1]]
