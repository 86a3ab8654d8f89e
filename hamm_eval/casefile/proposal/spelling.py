"""How alike two names are: the same but for spelling, abbreviated, mistyped, or merely similar."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from hamm_eval.casefile.names import tidy

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-Z])(?=[A-Z][a-z])")
_TOKEN = re.compile(r"[^\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_IDS = ("nummer", "nr", "kennung", "kennziffer", "number", "id", "no", "num")
_REMEMBERED = 10_000
_SHORTEST_COMPOUND = 3  # letters that stay before -nummer, -nr ... within one word
# Small words that turn a meaning round: with or without one, two texts are not the same.
_TURNING = frozenset(
    {
        "nicht",
        "kein",
        "keine",
        "keinen",
        "ohne",
        "mit",
        "not",
        "no",
        "non",
        "without",
        "with",
        "un",
        "vor",
        "nach",
        "ab",
        "bis",
    }
)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a name: case, umlauts' spelling and separators set aside, ids called ``id``.

    Examples
    --------
    >>> tokens("Prüfungs-Nr."), tokens("pruefungsNummer"), tokens("GUELTIG_AB")
    (('pruefungs', 'id'), ('pruefungs', 'id'), ('gueltig', 'ab'))
    """
    spaced = _CAMEL.sub(" ", tidy(text))
    words = [word.translate(_UMLAUTS) for word in _TOKEN.findall(spaced.casefold())]
    if words and words[-1] in _IDS:
        words[-1] = "id"
    elif words:
        for ending in _IDS[:4]:
            stem = words[-1].removesuffix(ending)
            if stem != words[-1] and len(stem) >= _SHORTEST_COMPOUND:
                words[-1:] = [stem, "id"]
                break
    return tuple(words)


@lru_cache(maxsize=_REMEMBERED)
def key(text: str) -> str:
    """The name without separators, for comparing."""
    return "".join(tokens(text))


@lru_cache(maxsize=_REMEMBERED)
def plain(text: str) -> str:
    """The name with every umlaut reduced to its letter, as systems without umlauts write it."""
    letters = unicodedata.normalize("NFD", tidy(text).casefold().replace("ß", "ss"))
    return key("".join(letter for letter in letters if not unicodedata.combining(letter)))


def same(one: str, other: str) -> bool:
    """Whether two names differ in spelling alone."""
    return key(one) == key(other) or plain(one) == plain(other)


def mistyped(one: str, other: str) -> bool:
    """Whether one is the other with a slip or two, no small word that turns the meaning among them."""
    a, b = key(one), key(other)
    allowed = 0 if min(len(a), len(b)) < 5 else 1 if min(len(a), len(b)) < 9 else 2
    if abs(len(a) - len(b)) > allowed or not 0 < _slips(a, b) <= allowed:
        return False
    if _TURNING.intersection(tokens(one)) != _TURNING.intersection(tokens(other)):
        return False
    # "un-", "nicht-": what is put before a word turns it.
    return not (a.endswith(b) or b.endswith(a))


def abbreviated(one: str, other: str) -> bool:
    """Whether `one` abbreviates `other` word by word, with a full stop: ``Pers.-Nr.`` for *Personen-Nr*."""
    if "." not in one:
        return False
    short, long = tokens(one), tokens(other)
    return len(short) == len(long) and all(
        mine == theirs or (len(mine) >= 3 and theirs.startswith(mine))
        for mine, theirs in zip(short, long, strict=True)
    )


def _slips(a: str, b: str) -> int:
    """Optimal string alignment distance: letters changed, missing, superfluous or two exchanged."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
