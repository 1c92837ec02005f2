"""A DICOM segmentation by its header: its segments, and the grid on which its frames lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset

from srviewer.core.counted import counted
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.dicom_origin import ImagePlane
from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.io.dicom.elements.bounded_reading import items_of
from srviewer.io.dicom.elements.series_tags import SeriesTags, series_tags
from srviewer.io.dicom.elements.tags import Lookup, text
from srviewer.io.dicom.headers.frames import PER_FRAME, SHARED
from srviewer.io.dicom.headers.origin import image_plane
from srviewer.io.dicom.headers.stored_pixels import PixelFile
from srviewer.io.dicom.headers.surplus_pixels import surplus_warnings
from srviewer.io.dicom.segmentations.cited_images import cited_images
from srviewer.io.dicom.segmentations.segment_names import segment_name
from srviewer.job import Job, Progress

TYPES = ("BINARY", "FRACTIONAL", "LABELMAP")
SEGMENTS = 0x00620002
MOST_SEGMENTS = 65_535
MOST_PLANES = 10_000
MOST_VOXELS = 1 << 30
SAME_MM = 0.05  # between positions that are the same
LPS_SIGNS = np.array([-1.0, -1.0, 1.0])  # to RAS
EVERY = 64


@dataclass(frozen=True)
class SegmentFrame:
    """A frame of a segmentation.

    Attributes:
        number: Its number in the file, from 0.
        segment: The number of its segment; 0 in a label map, whose pixels are segment numbers.
        plane: The plane of the grid on which it lies.
    """

    number: int
    segment: int
    plane: int


@dataclass(frozen=True, eq=False)
class Segmentation:
    """A DICOM segmentation, its pixels not read.

    Attributes:
        file: The storage of its pixels.
        kind: One of ``TYPES``.
        series: The values that it shares with its series.
        segments: The names of its segments, by their numbers.
        frames: Its frames.
        geometry: The grid, (i, j, k) = (column, row, plane), in RAS+ mm.
        half: The least stored number of a fractional segment that counts.
        drawn_on: The planes of the frames that name the images they were drawn on.
        warnings: Doubts about the grid.
    """

    file: PixelFile
    kind: str
    series: SeriesTags
    segments: tuple[LabelName, ...]
    frames: tuple[SegmentFrame, ...]
    geometry: Geometry
    half: float
    drawn_on: tuple[ImagePlane, ...]
    warnings: tuple[ScanWarning, ...]


def segmentation(header: FileDataset, file: PixelFile) -> Job[Segmentation]:
    """Read the segments and the places of the frames of a segmentation.

    Args:
        header: Its header.
        file: The storage of its pixels, whose size was compared with that of the file.

    Returns:
        The segmentation.

    Raises:
        UserError: A frame has no place or no segment, or its frames lie on no common grid.
    """
    path, kind = file.path, text(header, "SegmentationType")
    if kind == "FRACTIONAL" and file.bits_allocated == 1:
        kind = "BINARY"  # single bits hold no fractions, whatever the header says
    items = yield from items_of(path, header, SEGMENTS, MOST_SEGMENTS)
    segments = tuple(segment_name(item) for item in items if item.get("SegmentNumber"))
    if not segments or len(items) > MOST_SEGMENTS:
        raise _refused(path, "it names no segment, or far too many")
    described = yield from items_of(path, header, PER_FRAME, file.frames)
    shared = (yield from items_of(path, header, SHARED, 0))[:1]
    if len(described) != file.frames:
        raise _refused(
            path, f"it describes {counted(len(described), 'frame')} and holds {file.frames:,}"
        )
    places: list[Matrix] = []
    numbers: list[int] = []
    drawn_on: list[ImagePlane] = []
    lookup = Lookup((), header)
    for number, frame in enumerate(described):
        lookup = Lookup((frame, *shared), header)
        places.append(_place(path, lookup))
        if cited := cited_images((frame, *shared)):
            drawn_on.append(image_plane(cited, places[-1][:3], places[-1][3:]))
        numbers.append(0 if kind == "LABELMAP" else _segment((frame, *shared), segments, path))
        if number % EVERY == 0:
            yield Progress(number / file.frames, f"Reading {path.name}: {number:,} frames")
    geometry, planes, warnings = _grid(file, lookup, np.array(places))
    return Segmentation(
        file=file,
        kind=kind,
        series=series_tags(header, lookup),
        segments=segments,
        frames=tuple(
            SegmentFrame(n, segment, plane)
            for n, (segment, plane) in enumerate(zip(numbers, planes, strict=True))
        ),
        geometry=geometry,
        half=_whole(header) / 2,
        drawn_on=tuple(drawn_on),
        warnings=(*surplus_warnings([file]), *warnings),
    )


def _whole(header: Dataset) -> float:
    """MaximumFractionalValue, which is stored as a binary number."""
    value = header.get("MaximumFractionalValue")
    return float(value) if isinstance(value, int) and value > 0 else 255.0


def _place(path: Path, frame: Lookup) -> Matrix:
    """(9,) position and orientation of a frame, LPS."""
    position = frame.numbers("ImagePositionPatient", 3)
    orientation = frame.numbers("ImageOrientationPatient", 6)
    if position is None or orientation is None:
        raise _refused(path, "its header does not say where each frame lies in the patient")
    return np.array([*position, *orientation])


def _segment(groups: Sequence[Dataset], segments: Sequence[LabelName], path: Path) -> int:
    """The number of the segment of a frame."""
    for group in groups:
        items: Any = group.get("SegmentIdentificationSequence")
        if items:
            number = items[0].get("ReferencedSegmentNumber")
            if any(number == segment.value for segment in segments):
                return int(number)
    raise _refused(path, "its header does not say which segment each frame shows")


def _grid(
    file: PixelFile, frame: Lookup, places: Matrix
) -> tuple[Geometry, list[int], tuple[ScanWarning, ...]]:
    """The grid of all frames, and the plane of each of them."""
    path = file.path
    positions, orientations = places[:, :3], places[:, 3:]
    along, down = orientations[0, :3], orientations[0, 3:]
    normal = np.cross(along, down)
    lengths = [np.linalg.norm(vector) for vector in (along, down, normal)]
    pixels = frame.numbers("PixelSpacing", 2)
    if (
        np.abs(orientations - orientations[0]).max() > 1e-3
        or max(abs(length - 1) for length in lengths) > 0.02
    ):
        raise _refused(path, "its frames are not parallel, or turned by no rotation")
    if pixels is None or min(pixels) <= 0:
        raise _refused(path, "its header gives no pixel spacing")
    heights = positions @ normal
    distinct = np.unique(heights)
    distinct = distinct[np.concatenate([[True], np.diff(distinct) > SAME_MM])]
    step, warnings = _spacing(frame, distinct)
    planes = np.rint((heights - distinct[0]) / step).astype(np.int64)
    count = int(planes.max()) + 1
    if count > MOST_PLANES or count * file.rows * file.columns > MOST_VOXELS:
        raise _refused(path, f"its frames lie on a grid of {count:,} planes, which is too large")
    first, last = positions[np.argmin(heights)], positions[np.argmax(heights)]
    advance = (last - first) / (count - 1) if count > 1 else normal * step
    expected = first + planes[:, None] * advance
    if np.linalg.norm(positions - expected, axis=1).max() > max(2 * SAME_MM, 0.02 * step):
        raise _refused(path, "its frames do not lie on one regular grid")
    affine = np.eye(4)
    affine[:3] = np.column_stack([along * pixels[1], down * pixels[0], advance, first])
    affine[:3] *= LPS_SIGNS[:, None]
    return Geometry((file.columns, file.rows, count), affine), planes.tolist(), warnings


def _spacing(frame: Lookup, heights: Matrix) -> tuple[float, tuple[ScanWarning, ...]]:
    """Mm between planes: what the header states where positions agree, else the least distance."""
    gaps = np.diff(heights)
    stated = frame.number("SpacingBetweenSlices")
    if stated and _divides(abs(stated), gaps):
        return abs(stated), ()
    if gaps.size:
        return float(gaps.min()), ()
    thickness = frame.number("SliceThickness")
    if thickness:
        return abs(thickness), ()
    message = "The header gives no slice spacing; 1 mm is assumed. Distances are not reliable."
    return 1.0, (ScanWarning("spacing_unknown", message),)


def _divides(mm: float, gaps: Matrix) -> bool:
    """Whether all distances are whole multiples of a spacing."""
    steps = np.rint(gaps / mm)
    return bool(np.abs(gaps - steps * mm).max(initial=0.0) <= SAME_MM and steps.min(initial=1) >= 1)


def _refused(path: Path, reason: str) -> UserError:
    return UserError(f"The segmentation '{path.name}' cannot be opened: {reason}. Export it again.")
