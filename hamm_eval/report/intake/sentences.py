"""What the texts of one rule have in common, and what each place adds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

from hamm_eval.casefile.findings import Language
from hamm_eval.casefile.rules import Rule

_END = re.compile(r"(?<=[.?!])\s+(?=[A-ZÄÖÜ„“\"])")
_HINT = re.compile(r"\{hint_(?:de|en)\}")
_ASIDE = re.compile(r"\s*\([^()]*\{[^()]*\)")
_TAIL = re.compile(r"\s*[:;][^:;]*\{.*$")
_DETAIL = re.compile(r"\{[a-z_]+\}")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def shown(text: str) -> str:
    r"""The text with everything that no terminal or page should obey made visible.

    Names of files and columns come from outside: escape sequences, marks that turn the direction of
    writing, and bytes that are no text become the replacement character.

    Examples
    --------
    >>> shown("a\x1b[2Jb.csv")
    'a\ufffd[2Jb.csv'
    """
    return "".join("\ufffd" if unicodedata.category(c) in _UNSHOWN else c for c in text)


def rule_title(rule: Rule, language: Language) -> str:
    """What a rule is about, in few words: its first sentence without the particulars of a place.

    Examples
    --------
    >>> from hamm_eval.casefile.rules import BY_ID
    >>> rule_title(BY_ID["row_short"], "en")
    'Rows with too few fields'
    """
    text = _HINT.sub("", rule.de if language == "de" else rule.en)
    first = _TAIL.sub("", _ASIDE.sub("", _END.split(text)[0]))
    return _DETAIL.sub("…", first).rstrip(".")


def rule_todo(rule: Rule, language: Language) -> str:
    """What a rule says beyond its first sentence, particulars of a place as dots.

    Examples
    --------
    >>> from hamm_eval.casefile.rules import BY_ID
    >>> rule_todo(BY_ID["category_unknown"], "en")
    'Allowed: …'
    """
    text = _HINT.sub("", rule.de if language == "de" else rule.en)
    return _DETAIL.sub("…", " ".join(_END.split(text)[1:])).replace("….", "…")


def split_texts(texts: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """The first sentence that all texts begin with, what else they share, and what each has of its own.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    first, common, own : str, str, tuple of str
        `first` without its full stop; empty where the texts begin differently.

    Examples
    --------
    >>> split_texts(["No such word. Is “a” meant? Allowed: a.", "No such word. Allowed: b."])
    ('No such word', '', ('Is “a” meant? Allowed: a.', 'Allowed: b.'))
    >>> split_texts(["No such day. Correct it."])
    ('No such day', 'Correct it.', ('',))
    """
    parts = [_END.split(text) for text in texts]
    front = _shared(parts)
    rests = [part[front:] for part in parts]
    back = _shared([rest[::-1] for rest in rests])
    common = [*parts[0][1:front], *(rests[0][len(rests[0]) - back :])]
    own = tuple(" ".join(rest[: len(rest) - back]) for rest in rests)
    return parts[0][0].rstrip(".") if front else "", " ".join(common), own


def _shared(parts: Sequence[Sequence[str]]) -> int:
    """How many elements all sequences begin with."""
    return sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*parts, strict=False)))
