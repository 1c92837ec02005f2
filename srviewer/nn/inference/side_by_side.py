"""Batches computed side by side, each by one thread of torch."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch

Each = Callable[[Callable[[int], None], Sequence[int]], None]


@contextmanager
def side_by_side(lanes: int) -> Iterator[Each]:
    """Open threads that compute as many batches at a time.

    Sharing out one batch of 8-bit integers takes threads of torch longer than computing it, so
    each batch has a thread for itself.

    Args:
        lanes: The number of batches at a time; with 1, the caller's thread computes them.

    Yields:
        (work, numbers) -> None: does the work of each number, and raises what the first raised.
    """
    if lanes == 1:
        yield _in_turn
        return
    threads = torch.get_num_threads()

    def each(work: Callable[[int], None], numbers: Sequence[int]) -> None:
        for _ in pool.map(work, numbers):
            pass

    with ThreadPoolExecutor(lanes, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            yield each
        finally:
            torch.set_num_threads(threads)  # what threads to come begin with


def _in_turn(work: Callable[[int], None], numbers: Sequence[int]) -> None:
    for number in numbers:
        work(number)
