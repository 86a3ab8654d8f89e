"""PNG images: pixels only. A text chunk travels with the picture and nobody sees it."""

from __future__ import annotations

import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"bKGD"}
)


def faults_of_png(content: bytes) -> tuple[str, ...]:
    """What an image holds besides its pixels.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    tuple of str
        Sentences, without content; empty where there is nothing.

    Examples
    --------
    >>> faults_of_png(b"GIF89a")
    ('An image is no PNG.',)
    """
    if not content.startswith(_SIGNATURE):
        return ("An image is no PNG.",)
    at, others, ended = len(_SIGNATURE), set(), False
    while at < len(content) and not ended:
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            return ("An image is damaged.",)
        if kind not in _PIXELS:
            others.add(kind)
        ended = kind == b"IEND"
        at = end
    found = []
    if others:
        # Names of chunks have four letters; whatever else stands there is no name.
        names = sorted(kind.decode("ascii") if kind.isalpha() else "unknown" for kind in others)
        found.append(f"An image holds metadata ({', '.join(names)}).")
    if not ended:
        found.append("An image is damaged.")
    elif at < len(content):
        found.append("Something is appended to an image.")
    return tuple(found)
