"""Looking through the bytes of a large file in whole arrays, block by block: quick, and without a copy."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 22
_TAB, _FEED, _RETURN, _BLANK, _ASCII = 9, 10, 13, 32, 128
_LARGEST_HALF = 1 << 31
Bytes = NDArray[np.uint8]
Positions = NDArray[np.signedinteger]


def blocks(size: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each block."""
    return ((start, min(start + BLOCK, size)) for start in range(0, size, BLOCK))


def positions_of(view: Bytes, byte: int) -> Positions:
    """Where a byte stands."""
    return _joined(np.flatnonzero(view[start:end] == byte) + start for start, end in blocks(len(view)))


def positions_above_ascii(data: bytes) -> Positions:
    """Where bytes stand that are no ASCII."""
    view = np.frombuffer(data, dtype=np.uint8)
    return _joined(np.flatnonzero(view[start:end] >= _ASCII) + start for start, end in blocks(len(view)))


def only_text(data: bytes) -> bool:
    """Whether the only control characters are tabs and line ends: LF, or CR before LF."""
    if b"\x7f" in data:
        return False
    view = np.frombuffer(data, dtype=np.uint8)
    for start, end in blocks(len(view)):
        block = view[start:end]
        at = np.flatnonzero(block < _BLANK)
        found = block[at]
        returns = found == _RETURN
        if not (returns | (found == _FEED) | (found == _TAB)).all():
            return False
        behind = at[returns] + start + 1
        if behind.size and (behind[-1] >= len(view) or (view[behind] != _FEED).any()):
            return False
    return True


def following(data: bytes, at: Positions, by: int) -> NDArray[np.uint8]:
    """The bytes so far behind each position; 0 behind the end."""
    view = np.frombuffer(data, dtype=np.uint8)
    there = at + by < len(view)
    found = np.zeros(len(at), dtype=np.uint8)
    found[there] = view[at[there] + by]
    return found


def recoded(data: bytes, encoding: str) -> bytes:
    """A single-byte encoding as UTF-8; blocks that are ASCII stay as they are."""
    written = io.BytesIO()
    for start, end in blocks(len(data)):
        block = data[start:end]
        written.write(block if block.isascii() else block.decode(encoding).encode())
    return written.getvalue()


def _joined(found: Iterator[NDArray[np.int64]]) -> Positions:
    """One array of all blocks' positions, of half the size where that can hold them."""
    every = list(found)
    last = max((int(block[-1]) for block in every if block.size), default=0)
    kind = np.int32 if last < _LARGEST_HALF - 2 else np.int64
    return np.concatenate([np.empty(0, dtype=kind), *every], dtype=kind)
