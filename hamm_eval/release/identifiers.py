"""The search for identifiers of the case file in what is about to be published."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

SHORTEST_IDENTIFIER = 6
"""Shorter ones occur in any text by chance: they are looked for as whole fields only."""

# Only where a browser takes it for an image or a font: the words "base64," in a text hide nothing after them.
_IMAGE = re.compile(
    r"""(\bsrc=\\?["']|url\(\\?["']?)data:[a-z]+/[a-z0-9]+;base64,[A-Za-z0-9+/]+=*(?=\\?["')])"""
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{16,64}(?![0-9A-Za-z])")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


class IdentifierSearch:
    """Looks for identifiers, however many there are, in one pass over a text.

    Parameters
    ----------
    identifiers : iterable of str

    Examples
    --------
    >>> search = IdentifierSearch(["Müller-07", "Meier-08", "P12"])
    >>> search.in_text("<p data-of='M&uuml;ller-07'>P12</p>")
    1
    >>> search.in_fields(["P12", "P123", "of P12"])
    1
    """

    def __init__(self, identifiers: Iterable[str]) -> None:
        wanted = {_plain(identifier) for identifier in identifiers} - {""}
        self._short = frozenset(one for one in wanted if len(one) < SHORTEST_IDENTIFIER)
        self._long = wanted - self._short
        self._starts: dict[str, list[str]] = {}
        for identifier in self._long:
            self._starts.setdefault(identifier[:SHORTEST_IDENTIFIER], []).append(identifier)

    def in_text(self, text: str) -> int:
        """How many of the identifiers of six characters and more occur in a text, images and fonts left out.

        Parameters
        ----------
        text : str
            HTML or JSON: escaped characters are read too, characters that nobody sees are not.

        Returns
        -------
        int
            Distinct identifiers found; never which.

        Notes
        -----
        Digests (16 to 64 hexadecimal digits on their own) are left out, unless one *is* an identifier:
        thousands of short identifiers would be found in a few digests by chance.
        """
        plain = _IMAGE.sub(r"\1", text)
        plain = _plain(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), html.unescape(plain)))
        plain = _DIGEST.sub(lambda match: match[0] if match[0] in self._long else " ", plain)
        found: set[str] = set()
        for at in range(len(plain) - SHORTEST_IDENTIFIER + 1):
            for identifier in self._starts.get(plain[at : at + SHORTEST_IDENTIFIER], ()):
                if plain.startswith(identifier, at):
                    found.add(identifier)
        return len(found)

    def in_fields(self, fields: Iterable[str], *, numbers: bool = True) -> int:
        """How many of the shorter identifiers are the whole of a field: a cell, an attribute, a JSON string.

        `numbers` False leaves out those of plain digits: where counts stand, any may be one by chance.
        """
        if not self._short:
            return 0
        found = {plain for field in fields if (plain := _plain(field)) in self._short}
        return len(found if numbers else {one for one in found if not one.isdecimal()})


def _plain(text: str) -> str:
    """The text as it is compared: one form of each letter, no case, nothing unseen."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold().strip()
