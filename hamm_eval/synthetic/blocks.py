"""Large cities in blocks: each is simulated for itself, on as many processes as there are.

A block has its own stream of random numbers, whoever computes it, and results come in the order of the
blocks: the same seed gives the same bytes on any number of workers.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from hamm_eval.errors import HammEvalError, UsageError

BLOCK_SCALE = 10.0
_HELD_BACK = (signal.SIGINT, signal.SIGTERM)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a city: its number, None where the city is one block, its size, its source of randomness."""

    number: int | None
    scale: float
    seed: np.random.SeedSequence

    def generator(self) -> np.random.Generator:
        """The block's own source of random numbers, every time at its beginning."""
        # A sequence counts what was spawned from it: only a fresh one gives the same children again.
        return np.random.default_rng(np.random.SeedSequence(self.seed.entropy, spawn_key=self.seed.spawn_key))


def blocks_of(scale: float, seed: int, *, block_scale: float = BLOCK_SCALE) -> list[Block]:
    """The blocks of a city: whole ones, and one for the rest.

    Examples
    --------
    >>> [(block.number, block.scale) for block in blocks_of(25.0, 1)]
    [(0, 10.0), (1, 10.0), (2, 5.0)]
    >>> [(block.number, block.scale) for block in blocks_of(1.0, 1)]
    [(None, 1.0)]
    """
    source = np.random.SeedSequence(seed)
    whole = int(scale // block_scale)
    rest = scale - whole * block_scale
    scales = [block_scale] * whole
    # A rest too small to be a city of its own is part of the last block.
    if not whole or rest >= min(1.0, block_scale):
        scales.append(rest)
    else:
        scales[-1] += rest
    if len(scales) == 1:
        return [Block(None, scale, source)]
    return [
        Block(i, size, stream)
        for i, (size, stream) in enumerate(zip(scales, source.spawn(len(scales)), strict=True))
    ]


def map_blocks(function: Callable[[Block], T], blocks: Sequence[Block], *, workers: int = 1) -> Iterator[T]:
    """What a function makes of each block, in order; only a few blocks are in memory at a time.

    Parameters
    ----------
    function : callable
        One that another process can import.
    blocks : sequence of Block
    workers : int
        Processes. More than one are started anew, and import the script that is running: it must begin its
        work under ``if __name__ == "__main__":``.

    Raises
    ------
    UsageError
        Fewer than one worker.
    HammEvalError
        A worker was ended from outside.
    """
    if workers < 1:
        raise UsageError("There must be at least one worker.", where="workers")
    workers = min(workers, len(blocks))
    if workers == 1:
        yield from map(function, blocks)
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker
    )
    waiting: deque[Future[T]] = deque()
    try:
        for block in blocks:
            if len(waiting) > workers:
                yield waiting.popleft().result()
            with _undisturbed():  # it starts workers
                waiting.append(pool.submit(function, block))
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise HammEvalError(
            "A worker process has ended before its work was done, perhaps for lack of memory.",
            todo="Ask for fewer workers.",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back: a worker that is half started would complain of it with a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    former = {number: signal.signal(number, lambda n, _: caught.append(n)) for number in _HELD_BACK}
    # A worker inherits the mask, and so is deaf until it is told otherwise.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for held, handler in former.items():
            signal.signal(held, handler)
    for number in caught:
        signal.raise_signal(number)


def _begin_worker() -> None:
    """Leave Ctrl-C to the process that waits for the results, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD_BACK)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker once nobody waits for it: a pool's worker would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
