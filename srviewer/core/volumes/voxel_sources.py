"""Sources and stores of voxels, in memory or on disk, which are read and written in slabs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.slabwise import parts_of, planes_of, room_for
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.job import Job, Progress

Shape = tuple[int, int, int]

SLAB_BYTES = 32 * 2**20  # of a slab
MOST_PLANES = 16  # in a slab: fewer cost a look into every chunk on disk
CHUNK_EDGE = 16  # along axes without slabs


class VoxelSource(Protocol):
    """The (i, j, k) voxels of one volume, wherever they are.

    Attributes:
        shape: Voxels along (i, j, k).
    """

    @property
    def shape(self) -> Shape: ...  # noqa: D102 (documented above)

    def read(self, axis: Axis, start: int, stop: int) -> Voxels:
        """Read planes of an array axis.

        Args:
            axis: The array axis, 0..2.
            start: The first plane.
            stop: The plane behind the last one.

        Returns:
            (i, j, k) voxels, which must not be changed.
        """

    def parts(self) -> Iterable[Voxels]:
        """Yield all voxels once, in parts of any shape, for sums and percentiles."""


class VoxelStore(VoxelSource, Protocol):
    """A source that is filled slab by slab."""

    def write(self, axis: Axis, start: int, slab: Voxels) -> None:
        """Store planes of an array axis.

        Args:
            axis: The array axis, 0..2.
            start: The first plane, where a chunk begins.
            slab: (i, j, k) voxels of whole chunks, or up to the end of the axis.
        """


class Storage(Protocol):
    """Where the volumes of a reconstruction are kept."""

    def voxels(self, shape: Shape, edges: Shape) -> VoxelStore:
        """Create a store.

        Args:
            shape: Voxels along (i, j, k).
            edges: Voxels of a chunk along (i, j, k), where there are chunks.

        Returns:
            A store without voxels.
        """


class ArrayVoxels:
    """Voxels in memory. A store takes the memory order of its first slab.

    Attributes:
        shape: Voxels along (i, j, k).
    """

    def __init__(self, shape: Shape, voxels: Voxels | None = None) -> None:
        self.shape = shape
        self._voxels = voxels

    @property
    def array(self) -> Voxels:
        """(i, j, k) voxels, all of which were written."""
        assert self._voxels is not None
        return self._voxels

    def read(self, axis: Axis, start: int, stop: int) -> Voxels:
        """Read planes, as a view.

        Args:
            axis: The array axis, 0..2.
            start: The first plane.
            stop: The plane behind the last one.

        Returns:
            (i, j, k) voxels, with ``stop - start`` of them along ``axis``.
        """
        return planes_of(self.array, axis, start, stop)

    def parts(self) -> Iterator[Voxels]:
        """All voxels, in the order in which they lie in memory."""
        return parts_of(self.array)

    def write(self, axis: Axis, start: int, slab: Voxels) -> None:
        """Store planes.

        Args:
            axis: The array axis, 0..2.
            start: The first plane.
            slab: (i, j, k) voxels; where it is the whole volume it is kept without a copy.
        """
        if slab.shape == self.shape:
            self._voxels = slab
            return
        if self._voxels is None:
            self._voxels = room_for(slab, axis, self.shape[axis])
        planes_of(self._voxels, axis, start, start + slab.shape[axis])[...] = slab


class Memory:
    """Storage in memory."""

    def voxels(self, shape: Shape, edges: Shape) -> ArrayVoxels:
        """Create a store.

        Args:
            shape: Voxels along (i, j, k).
            edges: Not used: there are no chunks.

        Returns:
            A store without voxels.
        """
        return ArrayVoxels(shape)


@dataclass(frozen=True, eq=False)
class Mirrored:
    """A source mirrored along some axes.

    Attributes:
        source: The voxels as they are.
        axes: The mirrored array axes.
    """

    source: VoxelSource
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> Shape:
        """Voxels along (i, j, k)."""
        return self.source.shape

    def read(self, axis: Axis, start: int, stop: int) -> Voxels:
        """Read planes of the mirrored volume.

        Args:
            axis: The array axis, 0..2.
            start: The first plane.
            stop: The plane behind the last one.

        Returns:
            (i, j, k) voxels.
        """
        count = self.shape[axis]
        first, end = (count - stop, count - start) if axis in self.axes else (start, stop)
        return np.flip(self.source.read(axis, first, end), self.axes)

    def parts(self) -> Iterable[Voxels]:
        """All voxels, in the order of the source."""
        return self.source.parts()


@dataclass(frozen=True, eq=False)
class Cropped:
    """Some planes of a source.

    Attributes:
        source: The whole.
        axis: The array axis along which planes are left out.
        start: The first plane.
        stop: The plane behind the last one.
    """

    source: VoxelSource
    axis: Axis
    start: int
    stop: int

    @property
    def shape(self) -> Shape:
        """Voxels along (i, j, k)."""
        return with_length(self.source.shape, self.axis, self.stop - self.start)

    def read(self, axis: Axis, start: int, stop: int) -> Voxels:
        """Read planes of the part.

        Args:
            axis: The array axis, 0..2.
            start: The first plane of the part, from 0.
            stop: The plane behind the last one.

        Returns:
            (i, j, k) voxels.
        """
        if axis == self.axis:
            return self.source.read(axis, self.start + start, self.start + stop)
        return planes_of(self.source.read(axis, start, stop), self.axis, self.start, self.stop)

    def parts(self) -> Iterator[Voxels]:
        """The voxels of the part, slab by slab."""
        for start, stop in slab_spans(self.shape, self.axis):
            yield self.read(self.axis, start, stop)


@dataclass(frozen=True, eq=False)
class KeptVolume:
    """An image whose voxels may be on disk, as long as their storage is open.

    Attributes:
        header: All of the image but its voxels.
        voxels: (i, j, k) on the grid of the header.
    """

    header: ScanHeader
    voxels: VoxelSource

    def planes(self) -> Iterator[Voxels]:
        """(i, j) voxels for each k."""
        for start, stop in slab_spans(self.voxels.shape, 2):
            slab = self.voxels.read(2, start, stop)
            for k in range(stop - start):
                yield slab[:, :, k]

    def in_memory(self) -> Volume:
        """The image with its voxels in memory."""
        return self.header.with_voxels(self.voxels.read(0, 0, self.voxels.shape[0]))


def kept(volume: Volume) -> KeptVolume:
    """A volume in memory as a source.

    Args:
        volume: The volume.

    Returns:
        The same voxels with the same header.
    """
    return KeptVolume(volume.header, ArrayVoxels(volume.geometry.shape, volume.voxels))


def slab_planes(shape: Shape, axis: Axis) -> int:
    """The number of planes in a slab.

    Args:
        shape: Voxels along (i, j, k).
        axis: The array axis across the slab.

    Returns:
        1 to ``MOST_PLANES``.
    """
    plane_bytes = 4 * int(np.prod(shape, dtype=np.int64)) // max(1, shape[axis])
    return max(1, min(MOST_PLANES, SLAB_BYTES // max(1, plane_bytes)))


def slab_spans(shape: Shape, axis: Axis, planes: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of planes that cover an axis.

    Args:
        shape: Voxels along (i, j, k).
        axis: The array axis.
        planes: The number of planes in a span; None for ``slab_planes``.

    Yields:
        (first plane, plane behind the last).
    """
    thick = planes or slab_planes(shape, axis)
    for start in range(0, shape[axis], thick):
        yield start, min(start + thick, shape[axis])


def computed(
    work: Callable[[int, int], Voxels],
    shape: Shape,
    axis: Axis,
    storage: Storage,
    message: str,
    planes: int | None = None,
) -> Job[VoxelStore]:
    """Compute a volume slab by slab.

    Args:
        work: Gives (i, j, k) planes of the volume, from the first and the one behind the last.
        shape: Of the volume, along (i, j, k).
        axis: The array axis across the slabs.
        storage: Takes the volume.
        message: The words of the progress.
        planes: The number of planes in a slab; None for ``slab_planes``.

    Returns:
        A job with the volume.
    """
    thick = planes or slab_planes(shape, axis)
    store = storage.voxels(shape, chunk_edges((axis, thick)))
    for start, stop in slab_spans(shape, axis, thick):
        yield Progress(start / shape[axis], message)
        store.write(axis, start, work(start, stop))
    return store


def chunk_edges(*slabs: tuple[Axis, int]) -> Shape:
    """The edges of chunks that are as thick as some slabs.

    Args:
        slabs: (axis across the slabs, planes in one).

    Returns:
        Edges along (i, j, k).
    """
    edges = [CHUNK_EDGE] * 3
    for axis, planes in slabs:
        edges[axis] = planes
    return edges[0], edges[1], edges[2]


def with_length(shape: Shape, axis: Axis, count: int) -> Shape:
    """A shape with another length along one axis.

    Args:
        shape: Voxels along (i, j, k).
        axis: The array axis.
        count: The new number of voxels along it.

    Returns:
        The shape.
    """
    lengths = list(shape)
    lengths[axis] = count
    return lengths[0], lengths[1], lengths[2]


def shape_of(voxels: Voxels) -> Shape:
    """The shape of an array.

    Args:
        voxels: (i, j, k).

    Returns:
        Voxels along (i, j, k).
    """
    first, second, third = voxels.shape
    return first, second, third
