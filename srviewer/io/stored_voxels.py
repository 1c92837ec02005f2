"""Voxels stored as numbers in one file, read whole or by planes, checked and scaled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.counted import inflected
from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.space_codes import SpaceCodes
from srviewer.core.volumes.volume import Extension, ScanHeader, ScanWarning, Volume, Voxels
from srviewer.io.files.packing import Packing, packing_of
from srviewer.io.files.streams import (
    GzipEnd,
    not_read,
    pieces,
    read_range,
    truncated,
)
from srviewer.io.scans.series import PlaneByPlane, check_frame
from srviewer.io.scans.voxel_checks import (
    label_check,
    voxel_warnings,
    with_slice_faults,
    zero_non_finite,
)
from srviewer.io.sidecars.bids_sidecar import sidecar_thickness
from srviewer.job import Job, Partial, Progress, within

Stored = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class StoredVoxels:
    """The storage of the voxels in one file: i runs fastest.

    Attributes:
        path: The file.
        start: The byte of the first voxel in the unpacked content.
        dtype: The data type of stored numbers.
        slope: A voxel is ``stored * slope + inter``.
        inter: The intercept.
        name: The name of the scan.
        geometry: The grid of one frame, in RAS+ mm.
        frames: The number of volumes along the fourth dimension.
        warnings: The warnings of the header.
        space: The codes of the space of its coordinates.
        packing: The packing of the content; None for that of the whole file by its first bytes.
        interleaved: Whether the numbers of all frames stand together at each voxel; else frames
            follow each other.
        extensions: The header extensions of NIfTI that results repeat.
        followed: Whether the format has further data behind the voxels, as FreeSurfer's.
    """

    path: Path
    start: int
    dtype: np.dtype[np.generic]
    slope: float
    inter: float
    name: str
    geometry: Geometry
    frames: int
    warnings: tuple[ScanWarning, ...]
    space: SpaceCodes
    packing: Packing | None = None
    interleaved: bool = False
    extensions: tuple[Extension, ...] = ()
    followed: bool = False

    @property
    def scaled(self) -> bool:
        """Whether stored numbers differ from voxel values."""
        return (self.slope, self.inter) != (1.0, 0.0)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        i, j, k = self.geometry.shape
        return i * j * k * self.dtype.itemsize

    @property
    def _stop(self) -> int:
        """The byte behind the last voxel in the unpacked content."""
        return self.start + self.frames * self.frame_bytes

    def checked(self) -> "StoredVoxels":
        """Compare the size of the file with the voxels that its header promises.

        Returns:
            The same storage; with a warning where a file that is not packed holds more. That of a
            packed one is known once it was read.

        Raises:
            UserError: The file cannot hold them.
        """
        size = self.path.stat().st_size
        packing = self.packing or packing_of(self.path)
        if self._stop > packing.limit(size):
            raise truncated(self.path, packing.start + self._stop, size)
        if packing.kind != "plain":
            return self
        return replace(self, warnings=self.warnings + self._surplus(packing.limit(size)))

    def _surplus(self, content: int) -> tuple[ScanWarning, ...]:
        """The warning of a content with more bytes than the header promises."""
        more = content - self._stop
        if more <= 0 or self.followed:
            return ()
        voxels = self.frames * self.frame_bytes
        message = (
            f"The header promises {voxels:,} bytes of voxels, and {more:,} more "
            f"{inflected(more, 'follows', 'follow')} them in "
            f"'{self.path.name}'. They are left out. Make sure that sizes and type in the header "
            "are right: with wrong ones, slices would be mixed up or missing."
        )
        return (ScanWarning("trailing_bytes", message),)

    def _end_warnings(self, end: GzipEnd) -> tuple[ScanWarning, ...]:
        """The warnings that only the end of a packed file gives."""
        return _behind(end) or self._surplus(end.content)

    def _span(self, frame: int) -> tuple[int, int]:
        """The first byte of the content that holds numbers of a frame, and the bytes from there."""
        if self.interleaved:
            return self.start, self.frames * self.frame_bytes
        return self.start + frame * self.frame_bytes, self.frame_bytes

    def _numbers(self, shape: tuple[int, ...], content: bytes | bytearray, frame: int) -> Stored:
        """The stored numbers of a frame in bytes of ``_span``; a view."""
        together = (self.frames, *shape) if self.interleaved else shape
        numbers = np.ndarray(together, self.dtype, content, order="F")
        return numbers[frame] if self.interleaved else numbers

    def read(self, frame: int) -> Job[Volume]:
        """Read one frame as a volume of float32 in the file's own memory order (i fastest).

        That order costs no second copy, and NumPy keeps it in results computed from it.

        Args:
            frame: The number of the volume, from 0.

        Returns:
            The volume with the warnings of header and voxels.

        Raises:
            UserError: There is no such frame, or the file is cut short, damaged or unreadable.
        """
        check_frame(self.name, frame, self.frames)
        try:
            job = read_range(self.path, *self._span(frame), end := GzipEnd(), self.packing)
            content = yield from within(job, 0.0, 0.8)
        except OSError as error:
            raise not_read(self.path, error) from error
        stored = self._numbers(self.geometry.shape, content, frame)
        return (yield from within(self._volume(frame, stored, end), 0.8, 1.0))

    def read_each(self) -> Job[tuple[ScanWarning, ...]]:
        """Read all frames in one pass: for packed content, which is unpacked from its beginning.

        Each frame is a ``Partial`` with its volume.

        Returns:
            A job with the warnings of all volumes that only the end of the file gives. Until then
            the file is not checked.

        Raises:
            UserError: The file is cut short, damaged or unreadable.
            ValueError: The frames do not follow each other.
        """
        if self.interleaved:
            raise ValueError("the frames do not follow each other")
        frame, behind, waiting = 0, self.start, bytearray()
        try:
            for piece, fraction in pieces(self.path, self._stop, end := GzipEnd(), self.packing):
                waiting += memoryview(piece)[behind:]
                behind = max(0, behind - len(piece))
                yield Progress(fraction, f"Reading {self.path.name}")
                while frame < self.frames and len(waiting) >= self.frame_bytes:
                    content = bytes(memoryview(waiting)[: self.frame_bytes])
                    del waiting[: self.frame_bytes]
                    stored = self._numbers(self.geometry.shape, content, frame)
                    job = self._volume(frame, stored, GzipEnd())
                    volume = yield from within(job, fraction, fraction)
                    yield Partial(fraction, f"Reading {volume.name}", volume)
                    frame += 1
        except OSError as error:
            raise not_read(self.path, error) from error
        if frame < self.frames:
            read = self.start + frame * self.frame_bytes + len(waiting)
            raise truncated(self.path, self._stop, read)
        return self._end_warnings(end)

    def stream(self, frame: int) -> PlaneByPlane:
        """Open one frame to be read plane by plane.

        Args:
            frame: The number of the volume, from 0.

        Returns:
            The frame; errors of ``read`` may come while its planes are read.
        """
        check_frame(self.name, frame, self.frames)
        end = GzipEnd()
        planes = partial(self._planes, frame, end)
        return PlaneByPlane(self._header(frame, ()), planes, noted=lambda: self._end_warnings(end))

    def _volume(self, frame: int, stored: Stored, end: GzipEnd) -> Job[Volume]:
        """The volume of stored numbers, with the warnings of header and voxels."""
        voxels, non_finite = yield from within(self._converted(stored), 0.0, 0.75)
        check = yield from within(label_check(voxels, self.path.name), 0.75, 0.85)
        warnings = voxel_warnings(voxels, self.geometry, "", non_finite, check)
        volume = self._header(frame, warnings + self._end_warnings(end)).with_voxels(voxels)
        return (yield from within(with_slice_faults(volume), 0.85, 1.0))

    def _header(self, frame: int, warnings: tuple[ScanWarning, ...]) -> ScanHeader:
        which = "" if self.frames == 1 else f", volume {frame + 1} of {self.frames}"
        return ScanHeader(
            geometry=self.geometry,
            name=self.name if self.frames == 1 else f"{self.name}, volume {frame + 1}",
            stored_as="float32" if self.scaled else self.dtype.name,
            history=(f"read from {self.path.name}{which}",),
            warnings=self.warnings + warnings,
            slice_thickness=sidecar_thickness(self.path),
            space=self.space,
            extensions=self.extensions,
        )

    def _planes(self, frame: int, end: GzipEnd) -> Iterator[tuple[Voxels, int]]:
        i, j, planes = self.geometry.shape
        skipped, count = self._span(frame)
        size = count // planes
        stop, position = skipped + count, 0
        waiting = bytearray()
        try:
            for piece, _ in pieces(self.path, stop, end, self.packing):
                waiting += memoryview(piece)[max(0, skipped - position) : max(0, stop - position)]
                position += len(piece)
                while len(waiting) >= size:
                    stored = self._numbers((i, j), bytes(waiting[:size]), frame)
                    del waiting[:size]
                    plane = np.empty((i, j), np.float32, order="F")
                    yield plane, self._convert(stored, plane)
        except OSError as error:
            raise not_read(self.path, error) from error
        if position < stop:
            raise truncated(self.path, stop, position)

    def _converted(self, stored: Stored) -> Job[tuple[Voxels, int]]:
        """Stored numbers as voxel values, and the count of non-finite ones, which are 0 now."""
        voxels = np.empty(stored.shape, np.float32, order="F")
        non_finite = 0
        for k in range(stored.shape[2]):
            non_finite += self._convert(stored[:, :, k], voxels[:, :, k])
            if k % 16 == 0:
                yield Progress(k / stored.shape[2], f"Reading {self.path.name}")
        return voxels, non_finite

    def _convert(self, stored: Stored, plane: Voxels) -> int:
        """Write a plane's values to ``plane``; the count of non-finite ones, which are 0 now."""
        with np.errstate(over="ignore", invalid="ignore"):
            plane[:] = (
                stored.astype(np.float64) * self.slope + self.inter if self.scaled else stored
            )
        return zero_non_finite(plane) if self.dtype.kind == "f" or self.scaled else 0


def _behind(end: GzipEnd) -> tuple[ScanWarning, ...]:
    if not end.trailing:
        return ()
    message = (
        "Bytes that do not belong to it follow the compressed image in its file. They are left "
        "out; the image before them is whole."
    )
    return (ScanWarning("trailing_bytes", message),)
