"""Prefetching: training batches are cut on threads during the step before."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from srviewer.core.volumes.volume import Voxels

BATCH_STREAM = 0  # the generator of what a whole batch shares; patch n has stream n + 1


@dataclass(frozen=True, eq=False)
class PatchBatch:
    """Pairs of one training step; shapes as in NetworkShape, shares of the intensity range.

    Attributes:
        factor: The factor of all pairs.
        inputs: Patches for the network.
        targets: Patches that it should return.
    """

    factor: int
    inputs: Tensor
    targets: Tensor

    @staticmethod
    def of(factor: int, inputs: Voxels, targets: Voxels) -> "PatchBatch":
        """Make a batch of arrays.

        Args:
            factor: The factor of all pairs.
            inputs: (B, C, h, w).
            targets: (B, c, H, W).

        Returns:
            The batch, in torch's layout channels_last.
        """
        return PatchBatch(factor, _channels_last(inputs), _channels_last(targets))


def _channels_last(images: Voxels) -> Tensor:
    """The same values, in the memory order that convolutions prefer."""
    # By numpy: torch would wake its threads, which are busy with the batch before this one.
    last = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    return torch.from_numpy(last).permute(0, 3, 1, 2)


class BatchSource(Protocol):
    """A source of training batches; ``draw(step)`` depends on the plan and the step alone.

    So a run that is resumed at a step sees what an uninterrupted one sees, however many threads
    draw, and processes that draw their own shares of a batch make up the batch of one process.
    """

    def draw(self, step: int) -> PatchBatch:
        """Draw the batch of a step.

        Args:
            step: The number of the step, from 0.

        Returns:
            The same batch whenever it is drawn.
        """


def generator(seed: int, step: int, stream: int) -> np.random.Generator:
    """The random generator of one patch, or of what a batch shares.

    Args:
        seed: Of the run.
        step: The number of the step.
        stream: BATCH_STREAM, or the number of the patch + 1.

    Returns:
        A generator in its initial state.
    """
    return np.random.default_rng((seed, step, stream))


class Prefetch:
    """Draws the next batches on threads during the current step."""

    def __init__(self, source: BatchSource, first: int, pool: ThreadPoolExecutor, ahead: int):
        self._source, self._pool, self._step = source, pool, first
        self._coming: deque[Future[PatchBatch]] = deque()
        for _ in range(ahead):
            self._submit()

    def next(self) -> PatchBatch:
        """The batch of the next step; raises what drawing it raised."""
        batch = self._coming.popleft().result()
        self._submit()
        return batch

    def _submit(self) -> None:
        self._coming.append(self._pool.submit(self._source.draw, self._step))
        self._step += 1


@contextmanager
def prefetched(source: BatchSource, first: int, workers: int) -> Iterator[Prefetch]:
    """Prefetch batches inside the block.

    Args:
        source: The source of the batches.
        first: The first step.
        workers: Threads that draw; they end with the block.

    Yields:
        The batches in order.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="patches")
    try:
        yield Prefetch(source, first, pool, workers + 1)
    finally:
        pool.shutdown(cancel_futures=True)
