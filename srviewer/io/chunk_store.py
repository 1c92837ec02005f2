"""The temporary chunk store: voxels in compressed chunks in nameless files, beyond memory."""

import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume, Shape
from srviewer.errors import UserError
from srviewer.job import Job, Progress
from srviewer.temporary_names import temporary_name
from srviewer.unwritable import advice, reason

Corner = tuple[int, int, int]

ZLIB_LEVEL = 1
PART_BYTES = 32 * 2**20  # of voxels that ``parts`` reads at once


class ScratchVoxels:
    """The (i, j, k) float32 voxels of one volume in a file, in chunks compressed by zlib.

    Slabs are written along an axis from where its chunks begin, and read along any axis and
    anywhere.

    Attributes:
        shape: Voxels along (i, j, k).
    """

    def __init__(self, file: IO[bytes], shape: Shape, edges: Shape) -> None:
        self.shape = shape
        self._file = file
        self._edges = edges
        self._chunks: dict[Corner, tuple[int, int]] = {}  # corner -> first byte, bytes
        self._end = 0

    def write(self, axis: Axis, start: int, slab: Voxels) -> None:
        """Store planes of an axis.

        Args:
            axis: The array axis, 0..2.
            start: The first plane, a multiple of the chunks' edge along the axis.
            slab: (i, j, k) voxels of whole chunks, or up to the end of the axis.

        Raises:
            UserError: The file cannot be written, as when the disk is full.
        """
        try:
            self._file.seek(self._end)
            for corner in self._corners(axis, start, start + slab.shape[axis]):
                inner = list(corner)
                inner[axis] -= start
                packed = zlib.compress(_shuffled(slab[self._block(inner, slab.shape)]), ZLIB_LEVEL)
                self._file.write(packed)
                self._chunks[corner] = (self._end, len(packed))
                self._end += len(packed)
        except OSError as error:
            raise _not_written(error) from error

    def read(self, axis: Axis, start: int, stop: int) -> Voxels:
        """Read planes of an axis.

        Args:
            axis: The array axis, 0..2.
            start: The first plane.
            stop: The plane behind the last one.

        Returns:
            (i, j, k) voxels, with ``stop - start`` of them along ``axis``.
        """
        shape = list(self.shape)
        shape[axis] = stop - start
        slab = np.empty(shape, np.float32, order="F")
        for corner in self._corners(axis, start, stop):
            chunk = self._chunk(corner)
            first = corner[axis]
            low, high = max(start, first), min(stop, first + chunk.shape[axis])
            into = [slice(c, c + n) for c, n in zip(corner, chunk.shape, strict=True)]
            into[axis] = slice(low - start, high - start)
            part_of_chunk = [slice(None)] * 3
            part_of_chunk[axis] = slice(low - first, high - first)
            slab[tuple(into)] = chunk[tuple(part_of_chunk)]
        return slab

    def parts(self) -> Iterator[Voxels]:
        """Slabs along k of all voxels, in whole chunks, so that none is unpacked twice."""
        edge = self._edges[2]
        thick = edge * max(1, PART_BYTES // (4 * self.shape[0] * self.shape[1] * edge))
        for start in range(0, self.shape[2], thick):
            yield self.read(2, start, min(start + thick, self.shape[2]))

    def _chunk(self, corner: Corner) -> Voxels:
        start, count = self._chunks[corner]
        self._file.seek(start)
        block = self._block(list(corner), self.shape)
        shape = tuple(part.stop - part.start for part in block)
        return _unshuffled(zlib.decompress(self._file.read(count)), shape)

    def _corners(self, axis: Axis, start: int, stop: int) -> Iterator[Corner]:
        """The first voxel of each chunk that holds one of these planes."""
        edge = self._edges[axis]
        ranges = [range(0, n, e) for n, e in zip(self.shape, self._edges, strict=True)]
        ranges[axis] = range(start // edge * edge, stop, edge)
        yield from product(ranges[0], ranges[1], ranges[2])

    def _block(self, corner: list[int], shape: tuple[int, ...]) -> tuple[slice, ...]:
        """The voxels of a chunk inside an array of ``shape``."""
        ends = (min(c + e, n) for c, e, n in zip(corner, self._edges, shape, strict=True))
        return tuple(slice(c, end) for c, end in zip(corner, ends, strict=True))


class Scratch:
    """Temporary files in a folder, all of which are removed at the end of a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = ExitStack()

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def mapped(self, volume: KeptVolume) -> Job[Volume]:
        """Map a volume from an uncompressed file, for work on it as if it were in memory.

        Args:
            volume: Any volume.

        Returns:
            A job with the same volume, whose voxels the system reads as they are asked for.

        Raises:
            UserError: The file cannot be created or written.
        """
        file, shape = self._file(), volume.header.geometry.shape
        try:
            for k, plane in enumerate(volume.planes()):
                yield Progress(k / shape[2], "Preparing to write")
                file.write(plane.tobytes(order="F"))
            file.flush()
        except OSError as error:
            raise _not_written(error) from error
        return volume.header.with_voxels(np.memmap(file, np.float32, "r", shape=shape, order="F"))

    def voxels(self, shape: Shape, edges: Shape) -> ScratchVoxels:
        """Create the storage of a volume.

        Args:
            shape: Voxels along (i, j, k).
            edges: Voxels of a chunk along (i, j, k).

        Returns:
            Storage without voxels, which is removed at the end of the block.

        Raises:
            UserError: No file can be created in the folder.
        """
        return ScratchVoxels(self._file(), shape, edges)

    def _file(self) -> IO[bytes]:
        try:
            name = temporary_name(self._folder / "scratch").name
            opened = TemporaryFile(dir=self._folder, prefix=f"{name}-")  # noqa: SIM115 (closed with the block)
            return self._files.enter_context(opened)
        except OSError as error:
            raise UserError(
                f"The folder '{self._folder}' cannot be written to: {reason(error)} {advice(error)}"
            ) from error


def _not_written(error: OSError) -> UserError:
    return UserError(
        "The temporary file of a large scan cannot be written to the folder of the result: "
        f"{reason(error)} {advice(error)}"
    )


def _shuffled(block: Voxels) -> bytes:
    """The first bytes of all voxels, then the second ones: exponents are alike and pack well."""
    flat = np.ascontiguousarray(block).reshape(-1).view(np.uint8)
    return flat.reshape(-1, 4).T.tobytes()


def _unshuffled(content: bytes, shape: tuple[int, ...]) -> Voxels:
    flat = np.frombuffer(content, np.uint8).reshape(4, -1).T
    return np.ascontiguousarray(flat).view(np.float32).reshape(shape)
