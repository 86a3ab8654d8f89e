"""Whether a header's cell is a column's name or data: a person's value must not be told as a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from hamm_eval.casefile.names import folded

_LONGEST_NAME = 40
_LONG_WORD = 8  # letters: a category word as long is looked for within words too
_LETTER = r"[^\W\d_]"
_WORD = re.compile(r"\w+")
_NAME = re.compile(rf"{_LETTER}(?:{_LETTER}|[ _/.()&:%-])*")
_DATA = re.compile(
    r"[\W\d_]+"  # no letter: dates, numbers, phone numbers
    r"|.*@.*"
    r"|.*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*"
    rf"|{_LETTER}{{0,3}}[-_./ ]?\d+"  # an id, a level
    r"|.*(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,}.*"  # more digits than a number of columns has, and no year
)


def plausible(name: str, known: Collection[str], words: Collection[str]) -> bool:
    """Whether messages may call an undeclared column by this text.

    Parameters
    ----------
    name : str
    known, words : collection of str
        Folded headers and category words of the table.
    """
    text = folded(name)
    return (
        len(name) <= _LONGEST_NAME
        and _NAME.fullmatch(name) is not None
        and not runs_on(name, known)
        and not any(
            _parted(word) in _parted(text)
            or (len(word) >= _LONG_WORD and word in text)
            or word.startswith(text)  # a file may break off within a word
            for word in words
        )
    )


def _parted(text: str) -> str:
    """The text's words, each with a blank before and behind."""
    return f" {' '.join(_WORD.findall(text))} "


def is_data(name: str, words: Collection[str]) -> bool:
    """Whether a cell is written as values are: an id, a date, a number, a declared category word."""
    return bool(name) and (folded(name) in words or _DATA.fullmatch(name) is not None)


def runs_on(name: str, known: Collection[str]) -> bool:
    """Whether a declared header goes on without a blank, as no compound does: ``Erfasst amP``."""
    return any(
        name[i].isalnum() and folded(name[:i]) in known and not (name[:i].isalpha() and name[i].islower())
        for i in range(1, len(name))
    )


def first_record_at(
    names: Sequence[str], widths: Sequence[int], known: Collection[str], words: Collection[str]
) -> int | None:
    """At which cell the first record begins, where the line end behind the header is gone, or None.

    Parameters
    ----------
    names : sequence of str
        The header's cells.
    widths : sequence of int
        How many cells the following lines have.
    known, words : collection of str
        Folded headers and category words of the table.
    """
    last = max((i for i, name in enumerate(names) if folded(name) in known), default=-1)
    behind = names[last + 1 :]
    width = Counter(widths).most_common(1)[0][0] if widths else 0
    if not behind or width >= len(names):
        return None
    data = any(is_data(name, words) or runs_on(name, known) for name in behind)
    double = 1 < width <= (len(names) + 1) / 2
    return last + 1 if data or double else None
