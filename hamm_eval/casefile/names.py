"""Comparing names and words as people write them: Unicode forms, blanks and case set aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from hamm_eval.nearest import nearest as nearest_name

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_BLANKS = re.compile(r"\s+")


def tidy(text: str) -> str:
    r"""The text composed (NFC), without invisible characters, blanks of every kind made single.

    Examples
    --------
    >>> tidy("  Gu\u0308ltig\u00a0ab ")
    'Gültig ab'
    """
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text).translate(_INVISIBLE)).strip()


def folded(text: str) -> str:
    """The tidy text without regard to case: what two headers or words are compared by."""
    return tidy(text).casefold()


def nearest(text: str, among: Iterable[str]) -> str | None:
    """The one of `among` that is written most alike, or None; as `hamm_eval.nearest`, of tidy texts."""
    by_folded = {folded(word): word for word in among}
    found = nearest_name(folded(text), by_folded)
    return by_folded[found] if found is not None else None
