"""Estimates of a refined volume: the slabs of one, their store, and what computed them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import (
    ArrayVoxels,
    Storage,
    VoxelStore,
    chunk_edges,
    shape_of,
    slab_spans,
    with_length,
)
from srviewer.job import Job, Progress, aside, within
from srviewer.nn.devices.precisions import UsedPrecision

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Computation:
    """The means by which an estimate was computed.

    Attributes:
        device: The title of the device.
        precision: That of the network; None for interpolation.
    """

    device: str
    precision: UsedPrecision | None = None


@dataclass(frozen=True, eq=False)
class Estimate(Generic[T]):
    """A refined volume with its maps: (i, j, k) on the refined grid, in the unit of the scan.

    Attributes:
        voxels: The refined voxels.
        disagreement: Magnitude of the difference of the two planes; None where one estimate is all.
        spread: Standard deviation over test-time augmentation; None without it.
        texture: Magnitude of the change by texture; None without it.
    """

    voxels: T
    disagreement: T | None = None
    spread: T | None = None
    texture: T | None = None

    @property
    def volumes(self) -> tuple[T | None, ...]:
        """The voxels and the maps: disagreement, spread, texture."""
        return self.voxels, self.disagreement, self.spread, self.texture

    def each(self, change: Callable[[T], R]) -> "Estimate[R]":
        """Convert the voxels and each map that is there.

        Args:
            change: Converts one of them.

        Returns:
            The converted estimate.
        """
        maps = (None if one is None else change(one) for one in self.volumes[1:])
        return Estimate(change(self.voxels), *maps)

    def each_map(self, change: Callable[[T], T]) -> "Estimate[T]":
        """Convert each map that is there, and leave the voxels.

        Args:
            change: Converts one of them.

        Returns:
            The converted estimate.
        """
        maps = (None if one is None else change(one) for one in self.volumes[1:])
        return Estimate(self.voxels, *maps)


# Takes the first plane of a slab, and the slab; slabs come in order.
Keep = Callable[[int, Estimate[Voxels]], Job[None]]


class EstimateStore:
    """Keeps the slabs of an estimate.

    Args:
        storage: Where its volumes are kept.
        axis: The array axis across the slabs.
        count: The planes of the whole along it.
    """

    def __init__(self, storage: Storage, axis: Axis, count: int) -> None:
        self._storage, self._axis, self._count = storage, axis, count
        self._thick = count
        self._stores: Estimate[VoxelStore] | None = None

    @property
    def kept(self) -> Estimate[VoxelStore]:
        """The whole estimate."""
        assert self._stores is not None
        return self._stores

    def keep(self, start: int, slab: Estimate[Voxels]) -> Job[None]:
        """Keep a slab.

        Args:
            start: Its first plane, where the one before ended.
            slab: As thick as the first one, but for the last.
        """
        if self._stores is None:
            self._thick = slab.voxels.shape[self._axis]
            self._stores = slab.each(self._store)
        pairs = zip(self._stores.volumes, slab.volumes, strict=True)
        for store, voxels in pairs:
            if store is None or voxels is None:
                continue
            writing = partial(store.write, self._axis, start, voxels)
            if isinstance(store, ArrayVoxels):  # the first slab may touch all of its memory
                yield from aside(writing, Progress(1.0, "Keeping slices"))
            else:
                writing()

    def spans(self) -> Iterator[tuple[int, int]]:
        """(first plane, plane behind the last) of each slab."""
        return slab_spans(self.kept.voxels.shape, self._axis, self._thick)

    def read(self, start: int, stop: int) -> Estimate[Voxels]:
        """Read a slab.

        Args:
            start: Its first plane.
            stop: The plane behind the last one.

        Returns:
            The slab.
        """
        return self.kept.each(lambda store: store.read(self._axis, start, stop))

    def pass_on(self, message: str, keep: Keep) -> Job[None]:
        """Pass the slabs on.

        Args:
            message: The words of the progress.
            keep: Takes the slabs.
        """
        for start, stop in self.spans():
            yield Progress(start / self._count, message)
            job = keep(start, self.read(start, stop))
            yield from within(job, start / self._count, stop / self._count)

    def _store(self, slab: Voxels) -> VoxelStore:
        shape = with_length(shape_of(slab), self._axis, self._count)
        return self._storage.voxels(shape, chunk_edges((self._axis, self._thick)))
