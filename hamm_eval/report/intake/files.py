"""The findings reports as files: complete or not at all, and never in place of what was delivered."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hamm_eval.errors import UsageError
from hamm_eval.report.whole_files import replace_file

if TYPE_CHECKING:
    from hamm_eval.report.intake.content import IntakeReport
    from hamm_eval.report.wording import Wording


def refuse_places(source: Path, places: Iterable[Path | None]) -> None:
    """Refuse places where a report would overwrite or join what is checked, before anything is read.

    Parameters
    ----------
    source : Path
        Folder or workbook of the export.
    places : iterable of Path or None

    Raises
    ------
    UsageError
        A file lies in the export, is named twice, or its folder is not there.
    """
    export = source.resolve()
    taken: set[Path] = set()
    for place in places:
        if place is None:
            continue
        path = place.resolve()
        if path == export or export in path.parents:
            raise UsageError(
                "This file would lie in the export, and be taken for a part of it.",
                where=str(place),
                todo="Name a file in another folder.",
            )
        if path in taken:
            raise UsageError(
                "This file is named twice.", where=str(place), todo="Name a file of its own for each."
            )
        if not path.parent.is_dir() or path.is_dir():
            raise _not_writable(place)
        taken.add(path)


def write_reports(
    report: IntakeReport, wording: Wording, *, html: Path | None = None, xlsx: Path | None = None
) -> None:
    """Write the page and the workbook, each in place of the former one only when it is complete.

    Parameters
    ----------
    report : IntakeReport
    wording : Wording
    html, xlsx : Path or None
        None writes none.

    Raises
    ------
    UsageError
        A file cannot be written; a former one is untouched.
    """
    contents: list[tuple[Path, bytes]] = []
    if html is not None:
        from hamm_eval.report.intake.page import page

        contents.append((html, page(report, wording).encode()))
    if xlsx is not None:
        from hamm_eval.report.intake.workbook import workbook

        contents.append((xlsx, workbook(report, wording)))
    for path, content in contents:
        try:
            replace_file(path, content)
        except OSError:
            raise _not_writable(path) from None


def _not_writable(path: Path) -> UsageError:
    """The error for a file that cannot be written."""
    return UsageError(
        "The findings report cannot be written to this file.",
        where=str(path),
        todo="Name a file in a folder that exists and that you may write to.",
    )
