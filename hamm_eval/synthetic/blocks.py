"""Large cities in blocks: each is simulated for itself, on as many processes as there are.

A block has its own stream of random numbers, whoever computes it, and results come in the order of the
blocks: the same seed gives the same bytes on any number of workers.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

BLOCK_SCALE = 10.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a city: its number, None where the city is one block, its size, its source of randomness."""

    number: int | None
    scale: float
    seed: np.random.SeedSequence


def blocks_of(scale: float, seed: int) -> list[Block]:
    """The blocks of a city: whole ones, and one for the rest.

    Examples
    --------
    >>> [(block.number, block.scale) for block in blocks_of(25.0, 1)]
    [(0, 10.0), (1, 10.0), (2, 5.0)]
    >>> [(block.number, block.scale) for block in blocks_of(1.0, 1)]
    [(None, 1.0)]
    """
    source = np.random.SeedSequence(seed)
    if scale <= BLOCK_SCALE:
        return [Block(None, scale, source)]
    whole = int(scale // BLOCK_SCALE)
    rest = scale - whole * BLOCK_SCALE
    # A rest too small to be a city of its own is part of the last block.
    scales = [BLOCK_SCALE] * whole
    if rest >= 1:
        scales.append(rest)
    else:
        scales[-1] += rest
    return [
        Block(i, size, stream)
        for i, (size, stream) in enumerate(zip(scales, source.spawn(len(scales)), strict=True))
    ]


def map_blocks(function: Callable[[Block], T], blocks: Sequence[Block], *, workers: int = 1) -> Iterator[T]:
    """What a function makes of each block, in order; only a few blocks are in memory at a time.

    `function` must be one that another process can import.
    """
    if workers == 1 or len(blocks) == 1:
        yield from map(function, blocks)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[T]] = deque()
        for block in blocks:
            if len(waiting) > workers:
                yield waiting.popleft().result()
            waiting.append(pool.submit(function, block))
        while waiting:
            yield waiting.popleft().result()
