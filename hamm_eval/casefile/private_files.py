"""Files that only their owner may read."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from hamm_eval.errors import UsageError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADINGS = ("rule", "file", "line", "column", "value")


def write_private(path: Path, content: bytes) -> None:
    """Write a file with mode 0600, whatever the umask and whoever made it before."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)


def private_folder(path: Path) -> None:
    """Make a folder with mode 0700."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def write_evidence(path: Path, evidence: Iterable[tuple[str, str, int | None, str, str]]) -> None:
    """Write the values behind findings to a private file, for whoever mends the export.

    Cells that a spreadsheet would run as a formula are made inert by an apostrophe.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(HEADINGS)
    for row in evidence:
        writer.writerow([_inert(str(cell)) for cell in row])
    try:
        write_private(path, text.getvalue().encode("utf-8-sig"))
    except OSError:
        raise UsageError(
            "The private findings cannot be written to this file.",
            where=str(path),
            todo="Name a file in a folder that exists and that you may write to.",
        ) from None


def _inert(cell: str) -> str:
    """The cell as text that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
