"""PNG images: pixels only. Whatever else travels with the picture, nobody sees it."""

from __future__ import annotations

import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LENGTHS = {
    b"IHDR": (13, 13),
    b"PLTE": (3, 768),
    b"tRNS": (1, 256),
    b"IEND": (0, 0),
    b"pHYs": (9, 9),
    b"sRGB": (1, 1),
    b"gAMA": (4, 4),
    b"cHRM": (32, 32),
}
"""Bytes of each chunk beside the pixels' own: a known name with a longer body carries more than it says."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = 3
_MORE = "An image holds more than its pixels."


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
    found: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    more = False
    while at < len(content) and not ended:
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            return ("An image is damaged.",)
        body = content[at + 8 : end - 4]
        if kind == b"IDAT":
            pixels.append(body)
        elif kind not in _LENGTHS:
            others.add(kind)
        else:
            least, most = _LENGTHS[kind]
            more |= kind in found or not least <= length <= most
            found[kind] = body
        ended = kind == b"IEND"
        at = end
    faults = []
    if others:
        # Names of chunks have four letters; whatever else stands there is no name.
        names = sorted(kind.decode("ascii") if kind.isalpha() else "unknown" for kind in others)
        faults.append(f"An image holds metadata ({', '.join(names)}).")
    if not ended:
        faults.append("An image is damaged.")
    elif at < len(content):
        faults.append("Something is appended to an image.")
    elif more or not _only_pixels(found, b"".join(pixels)):
        faults.append(_MORE)
    return tuple(faults)


def _only_pixels(found: dict[bytes, bytes], packed: bytes) -> bool:
    """Whether the packed stream is as many bytes as the picture has pixels, and nothing comes after it."""
    head = found.get(b"IHDR", b"")
    if len(head) != _LENGTHS[b"IHDR"][0]:
        return False
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    depth, colour, *methods = head[8:]
    if colour not in _CHANNELS or any(methods):
        return False
    if colour != _PALETTE and found.keys() & {b"PLTE", b"tRNS"}:
        return False  # a palette that no pixel refers to
    wanted = height * (1 + (width * depth * _CHANNELS[colour] + 7) // 8)
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(packed, wanted + 1)
    except zlib.error:
        return False
    return len(unpacked) == wanted and stream.eof and not stream.unused_data and not stream.unconsumed_tail
