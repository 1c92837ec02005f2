"""Batches computed side by side, each by one thread of torch."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial

import torch

Work = Callable[[int], None]
Each = Callable[[Work, Sequence[int]], Iterator[int]]

AHEAD = 2  # batches for each thread that are given out: none waits for the slowest


@contextmanager
def side_by_side(lanes: int) -> Iterator[Each]:
    """Open threads that compute as many batches at a time.

    Sharing out one batch of 8-bit integers takes threads of torch longer than computing it, so
    each batch has a thread for itself.

    Args:
        lanes: The number of batches at a time; with 1, the caller's thread computes them.

    Yields:
        (work, numbers) -> the numbers in turn, each before its work is waited for; raises what the
        first raised, when no other work goes on.
    """
    if lanes == 1:
        yield _in_turn
        return
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(lanes, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            yield partial(_at_once, pool, AHEAD * lanes)
        finally:
            torch.set_num_threads(threads)  # what threads to come begin with


def _in_turn(work: Work, numbers: Sequence[int]) -> Iterator[int]:
    for number in numbers:
        yield number
        work(number)


def _at_once(
    pool: ThreadPoolExecutor, most: int, work: Work, numbers: Sequence[int]
) -> Iterator[int]:
    given: deque[Future[None]] = deque()
    try:
        for done, number in enumerate(numbers):
            for another in numbers[done + len(given) : done + most]:
                given.append(pool.submit(work, another))
            yield number
            given[0].result()
            given.popleft()
    finally:
        for future in given:
            future.cancel()
        wait(given)
