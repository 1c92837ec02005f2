"""The header of one DICOM file as plain values: its 2D images with their positions."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom.dataset import FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError

from srviewer.errors import UserError, is_of_system
from srviewer.io.dicom.elements.file_bytes import LARGEST_INFLATED, DicomBytes
from srviewer.io.dicom.elements.kinds import is_segmentation_object, kind_of, kind_of_image
from srviewer.io.dicom.elements.philips import scale_slope
from srviewer.io.dicom.elements.pydicom_warnings import seriously
from srviewer.io.dicom.elements.series_tags import SeriesTags, series_tags
from srviewer.io.dicom.elements.tags import TRAITS, Lookup, text
from srviewer.io.dicom.headers.claims import check_claims
from srviewer.io.dicom.headers.frames import frames_of, image_header
from srviewer.io.dicom.headers.mosaic import is_mosaic, mosaic_tiles
from srviewer.io.dicom.headers.stored_pixels import PixelFile, is_grey, pixel_file
from srviewer.io.dicom.headers.tiles import PositionedTile, Tile, Whole
from srviewer.io.dicom.headers.vframe import is_vframe, vframe_tiles
from srviewer.io.files.gzip_streams import UNPACKING_ERRORS
from srviewer.job import Job, Progress

Numbers = tuple[float, ...]

# Errors of pydicom for files that break the standard.
UNREADABLE = (
    InvalidDicomError,
    BytesLengthException,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    EOFError,
    OSError,
    struct.error,
    *UNPACKING_ERRORS,
)
# The start of a file without a preamble: group 0008 or 0002, little or big endian.
BARE_STARTS = (b"\x08\x00", b"\x02\x00", b"\x00\x08")
SEGMENTATION_TYPES = ("BINARY", "FRACTIONAL", "LABELMAP")
EVERY = 256  # slices of one file in a step


@dataclass(frozen=True)
class SliceHeader:
    """One 2D image, its voxels not loaded.

    Attributes:
        file: The storage of the pixels of its file.
        frame: The number of its frame in the file, from 0.
        series: The values that it shares with its series.
        uid: SOPInstanceUID.
        instance: InstanceNumber, 0 where there is none.
        position: The centre of its first pixel (3), LPS mm; None where unknown.
        orientation: Unit vectors along its rows and down its columns (6), LPS; None where unknown.
        pixel_spacing: mm between rows, mm between columns; None where unknown.
        spacing_tag: SpacingBetweenSlices in mm, which positions may contradict.
        thickness: SliceThickness in mm.
        slope: RescaleSlope, never 0.
        intercept: RescaleIntercept.
        stack: StackID of an enhanced object, "" for others.
        traits: One text for each of ``TRAITS``.
        tile: The part of the frame that it fills, None for all of it.
        localizer: Whether it was taken only to plan other scans.
        scale_slope: The private scale slope of Philips; None for others.
    """

    file: PixelFile
    frame: int
    series: SeriesTags
    uid: str
    instance: float
    position: Numbers | None
    orientation: Numbers | None
    pixel_spacing: Numbers | None
    spacing_tag: float | None
    thickness: float | None
    slope: float
    intercept: float
    stack: str
    traits: tuple[str, ...]
    tile: Tile | None
    localizer: bool
    scale_slope: float | None = None

    @property
    def rows(self) -> int:
        """The rows of this image alone."""
        return self.tile.rows if self.tile else self.file.rows

    @property
    def columns(self) -> int:
        """The columns of this image alone."""
        return self.tile.columns if self.tile else self.file.columns


@dataclass(frozen=True)
class Skipped:
    """A file that holds no image for srviewer.

    Attributes:
        reason: The kind of file, in the plural.
        denied: The system's message where the file may not be read, else "".
    """

    reason: str
    denied: str = ""


@dataclass(frozen=True, eq=False)
class StoredSegments:
    """A file that holds a segmentation of a type that is known.

    Attributes:
        header: Its header.
        pixels: The storage of its pixels.
    """

    header: FileDataset
    pixels: PixelFile


def read_slices(path: Path) -> Job[tuple[SliceHeader, ...] | StoredSegments | Skipped]:
    """Read the 2D images of a file from its header alone.

    Args:
        path: A file of any kind.

    Returns:
        The images in the order of their frames and tiles, the storage of a segmentation, or the
        reason why the file is skipped.

    Raises:
        UserError: An image has no position in a volume, or the file cannot hold what its header
            promises. Errors of pydicom become ``Skipped``.
    """
    try:
        with DicomBytes(path, inflated=LARGEST_INFLATED) as file:
            return (yield from seriously(_slices(path, file)))
    except UNREADABLE as error:
        # pydicom raises errors of this kind as well, for files that are damaged.
        if is_of_system(error):
            return Skipped("files that cannot be read", error.strerror or str(error))
        return Skipped("files that are no DICOM")


def _slices(
    path: Path, file: DicomBytes
) -> Job[tuple[SliceHeader, ...] | StoredSegments | Skipped]:
    start = file.read(132)
    if start[128:] != b"DICM" and start[:2] not in BARE_STARTS:
        return Skipped("files that are no DICOM")
    header = yield from image_header(path, file)
    pixels = _stored(path, file, header)
    if not isinstance(pixels, PixelFile):
        return pixels
    frames = yield from frames_of(path, header, pixels.frames)
    tags = series_tags(header, frames[0])
    slices = []
    for number, values in enumerate(frames):
        slices.append(_slice(pixels, number, tags, values))
        if len(slices) % EVERY == 0:
            yield Progress(number / len(frames), f"Reading {path.name}: {number:,} slices")
    if len(frames) > 1:  # each is one slice, whatever else the header says
        return tuple(slices)
    words = text(header, "ImageType").split("\\")
    if is_vframe(header, words):
        return _tiled(slices[0], vframe_tiles)
    return _tiled(slices[0], mosaic_tiles) if is_mosaic(header, words) else tuple(slices)


def _stored(
    path: Path, file: DicomBytes, header: FileDataset
) -> PixelFile | StoredSegments | Skipped:
    """The storage of grey pixels, or of a segmentation; else why there is neither."""
    if not (header.get("Rows") and header.get("Columns")):
        return Skipped(kind_of(header))
    kind = text(header, "SegmentationType") if is_segmentation_object(header) else ""
    if kind not in SEGMENTATION_TYPES and not is_grey(header):
        return Skipped(kind_of_image(header))
    pixels = pixel_file(path, file, header)
    if pixels is None:
        return Skipped(kind_of(header))
    check_claims(pixels, file)
    return StoredSegments(header, pixels) if kind in SEGMENTATION_TYPES else pixels


def _tiled(
    header: SliceHeader, tiles: Callable[[Whole], tuple[PositionedTile, ...] | None]
) -> tuple[SliceHeader, ...]:
    """The slices that one image holds beside and below each other.

    Raises UserError where the header does not give a position for each of them.
    """
    spacing = abs(header.spacing_tag or header.thickness or 0.0)
    whole = Whole(header.file, header.position, header.orientation, header.pixel_spacing, spacing)
    placed = tiles(whole)
    if placed is None:
        raise UserError(
            f"'{header.file.path.name}' is a mosaic of many slices in one image, and its header "
            "does not say how many there are and where each lies. Convert it to NIfTI with a tool "
            "that knows this scanner."
        )
    return tuple(
        replace(header, tile=each.tile, position=each.position, traits=_taken_at(header, each.time))
        for each in placed
    )


def _taken_at(header: SliceHeader, time: str) -> tuple[str, ...]:
    index = TRAITS.index("AcquisitionTime")
    return (*header.traits[:index], time or header.traits[index], *header.traits[index + 1 :])


def _slice(file: PixelFile, frame: int, series: SeriesTags, values: Lookup) -> SliceHeader:
    slope = values.number("RescaleSlope")
    return SliceHeader(
        file=file,
        frame=frame,
        series=series,
        uid=text(values.file, "SOPInstanceUID"),
        instance=values.number("InstanceNumber") or 0.0,
        position=values.numbers("ImagePositionPatient", 3),
        orientation=_orientation(values.numbers("ImageOrientationPatient", 6)),
        pixel_spacing=_positive(values.numbers("PixelSpacing", 2)),
        spacing_tag=values.number("SpacingBetweenSlices"),
        thickness=values.number("SliceThickness"),
        # A slope of 0 would wipe the image out; it stands for "none" in files that have it.
        slope=slope or 1.0,
        intercept=values.number("RescaleIntercept") or 0.0,
        stack=values.text("StackID"),
        traits=tuple(values.text(keyword) for keyword in TRAITS),
        tile=None,
        localizer="LOCALIZER" in values.text("ImageType"),
        scale_slope=scale_slope(values),
    )


def _positive(values: Numbers | None) -> Numbers | None:
    return values if values and min(values) > 0 else None


def _orientation(values: Numbers | None) -> Numbers | None:
    """Two unit vectors at a right angle, within the rounding of decimal strings; else None."""
    if values is None:
        return None
    row, column = values[:3], values[3:]
    squares = (sum(v * v for v in row), sum(v * v for v in column))
    product = sum(a * b for a, b in zip(row, column, strict=True))
    good = all(abs(square - 1) < 0.02 for square in squares) and abs(product) < 0.01
    return values if good else None
