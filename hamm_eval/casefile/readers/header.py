"""The names of a table's columns, and how messages may call them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.names import folded, tidy
from hamm_eval.casefile.readers.plausible import is_data, plausible


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table.

    Parameters
    ----------
    names : tuple of str
        Tidy column names; trailing empty ones are gone.
    line : int or None
        Its physical line; None where the format keeps names apart from rows.
    trusted : bool
        Whether so many names are known that this is a header, not the data of a headerless file.
    labels : tuple of str
        How messages call the columns: by position where a name might be data.
    """

    names: tuple[str, ...]
    line: int | None
    trusted: bool
    labels: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Header({len(self.names)} columns, line {self.line})"

    @property
    def lines(self) -> list[int]:
        """Its line, as findings take it."""
        return [] if self.line is None else [self.line]

    def shown(self, index: int) -> str:
        """How messages call a column: its name, or its position where the name might be data."""
        return self.labels[index]


def make_header(
    cells: Sequence[str],
    line: int | None,
    known: Collection[str],
    words: Collection[str],
    notes: FileCollector,
) -> Header:
    """A header from its cells as written; notes names whose spelling had to be normalised.

    Parameters
    ----------
    cells : sequence of str
    line : int or None
    known, words : collection of str
        Folded headers and category words of the table.
    notes : FileCollector
    """
    written = list(cells)
    while written and not tidy(written[-1]):
        written.pop()
    names = tuple(tidy(cell) for cell in written)
    trusted = enough(count_known(names, known), known)
    if trusted and any(name != cell.strip(" ") for name, cell in zip(names, written, strict=True)):
        notes.add("header_normalised", lines=[] if line is None else [line])
    labels = _labels(names, known, words) if trusted else tuple(f"#{i + 1}" for i in range(len(names)))
    return Header(names, line, trusted, labels)


def count_known(names: Sequence[str], known: Collection[str]) -> int:
    """How many cells are known names."""
    return sum(folded(name) in known for name in names)


def enough(matches: int, known: Collection[str]) -> bool:
    """At least two known names tell a header from data and from a title."""
    return matches >= min(2, len(known))


def _labels(names: tuple[str, ...], known: Collection[str], words: Collection[str]) -> tuple[str, ...]:
    """Declared names; others where they can be names, which one cell of data puts in doubt for all."""
    undeclared = [name for name in names if folded(name) not in known]
    doubtful = any(is_data(name, words) for name in undeclared)
    return tuple(
        name if folded(name) in known or (not doubtful and plausible(name, known, words)) else f"#{i + 1}"
        for i, name in enumerate(names)
    )
