"""Files that only their owner may read."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from hamm_eval.casefile.findings import Quarantined
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
    _write_rows(path, [HEADINGS, *([str(cell) for cell in row] for row in evidence)])


def write_quarantined(findings: Path, quarantined: Iterable[Quarantined]) -> None:
    """Write the rows that were set aside beside the private findings: one private file a table.

    ``findings.csv`` brings ``findings-quarantined-cases.csv``: rule, line, and the row as it was read.

    Raises
    ------
    UsageError
        A file cannot be written.
    """
    by_file: dict[str, list[Quarantined]] = {}
    for one in quarantined:
        by_file.setdefault(one.file, []).append(one)
    for name, parts in by_file.items():
        rows = [("rule", "line", *parts[0].headings)]
        rows += [(part.rule, *row) for part in parts for row in part.rows]
        stem = Path(name).stem
        _write_rows(findings.with_name(f"{findings.stem}-quarantined-{stem}.csv"), rows)


def _write_rows(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write rows as a private CSV file that no spreadsheet runs anything of."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    for row in rows:
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
