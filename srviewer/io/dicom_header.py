"""One DICOM file's header as plain values: its 2D images and where their pixels lie."""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from srviewer.errors import UserError
from srviewer.io.dicom_tags import HEADER_TAGS, TRAITS, Lookup, lookups, text
from srviewer.io.dicom_warnings import only_serious

Numbers = tuple[float, ...]

# What pydicom raises for files that break the standard in one way or another.
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
)
# How a file starts that has no preamble: group 0008 or 0002, little or big endian.
BARE_STARTS = (b"\x08\x00", b"\x02\x00", b"\x00\x08")
# Their frames follow each other in time and are no slices.
CINE_MODALITIES = ("US", "IVUS", "XA", "RF", "ES", "GM")
PIXEL_TAGS = {
    (0x7FE0, 0x0010): "PixelData",
    (0x7FE0, 0x0008): "FloatPixelData",
    (0x7FE0, 0x0009): "DoubleFloatPixelData",
}


@dataclass(frozen=True)
class PixelFile:
    """How one file stores its pixels.

    ``start``: the byte where the pixel data's value begins; None for a deflated file, whose bytes
    have no place of their own. ``size``: of the whole file in bytes. ``keyword``: pydicom's name
    of the pixel data's element, ``vr`` its value representation, "" in implicit encoding.
    """

    path: Path
    start: int | None
    size: int
    syntax: UID
    keyword: str
    vr: str
    rows: int
    columns: int
    frames: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    photometric: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame that is not compressed."""
        return self.rows * self.columns * self.bits_allocated // 8

    @property
    def truncated(self) -> bool:
        """Whether the file is too short for pixels that are not compressed."""
        if self.start is None or self.syntax.is_compressed:
            return False
        return self.start + self.frames * self.frame_bytes > self.size


@dataclass(frozen=True)
class SeriesTags:
    """What all images of a series share. ``name`` and ``number`` are for people.

    ``patient``: a digest of the patient's number, "" where there is none.
    """

    uid: str
    name: str
    number: str
    modality: str
    unit: str
    patient: str


@dataclass(frozen=True)
class SliceHeader:
    """One 2D image, its voxels not loaded.

    ``position`` (3) and ``orientation`` (6): DICOM's, in LPS mm, or None where unknown.
    ``pixel_spacing``: mm between rows, mm between columns. ``spacing_tag``, ``thickness``: mm
    that the header states and positions may contradict. ``traits``: one text per TRAITS.
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
    traits: tuple[str, ...]


def read_slices(path: Path) -> tuple[SliceHeader, ...]:
    """The 2D images of one file; none when it is no DICOM image.

    Raises UserError for an image that srviewer cannot place in a volume.
    """
    try:
        with only_serious(), path.open("rb") as file:
            return _slices(path, file)
    except UNREADABLE:
        return ()


def _slices(path: Path, file: BinaryIO) -> tuple[SliceHeader, ...]:
    start = file.read(132)
    if start[128:] != b"DICM" and start[:2] not in BARE_STARTS:
        return ()
    file.seek(0)
    header = dcmread(file, stop_before_pixels=True, force=True, specific_tags=HEADER_TAGS)
    if not _is_grey_image(header):
        return ()
    pixels = _pixel_file(path, file, header)
    if pixels is None:
        return ()
    frames = lookups(header)
    if len(frames) != pixels.frames:
        frames = _unplaced(path, header, len(frames), pixels.frames)
    if "MOSAIC" in text(header, "ImageType"):
        raise UserError(
            f"'{path.name}' is a mosaic of many slices in one image. Convert it to NIfTI first."
        )
    tags = _series_tags(header, frames[0])
    return tuple(_slice(pixels, number, tags, values) for number, values in enumerate(frames))


def _unplaced(path: Path, header: FileDataset, described: int, frames: int) -> tuple[Lookup, ...]:
    """The frames of a file that does not describe each one: their places are not known."""
    if described > 1 or text(header, "Modality") in CINE_MODALITIES:
        raise UserError(
            f"'{path.name}' holds {frames} frames without saying where each one lies in the "
            "patient. Export it as an MR or CT series."
        )
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient"):
        header.pop(keyword, None)
    return (Lookup((), header),) * frames


def _is_grey_image(header: FileDataset) -> bool:
    return (
        bool(header.get("Rows") and header.get("Columns"))
        and header.get("SamplesPerPixel", 1) == 1
        and text(header, "PhotometricInterpretation") in ("MONOCHROME1", "MONOCHROME2")
        and header.get("BitsAllocated") in (8, 16, 32, 64)
    )


def _pixel_file(path: Path, file: BinaryIO, header: FileDataset) -> PixelFile | None:
    implicit, little = header.original_encoding
    syntax = header.file_meta.get("TransferSyntaxUID") or (
        (ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian)
        if little
        else ExplicitVRBigEndian
    )
    start: int | None = None
    keyword, vr = "PixelData", "OW"
    if syntax != DeflatedExplicitVRLittleEndian:
        place = _pixel_place(file, bool(implicit), bool(little))
        if place is None:
            return None
        start, keyword, vr = place
    return PixelFile(
        path=path,
        start=start,
        size=path.stat().st_size,
        syntax=UID(syntax),
        keyword=keyword,
        vr=vr,
        rows=int(header.Rows),
        columns=int(header.Columns),
        frames=int(text(header, "NumberOfFrames") or 1),
        bits_allocated=int(header.BitsAllocated),
        bits_stored=int(header.get("BitsStored", header.BitsAllocated)),
        signed=header.get("PixelRepresentation", 0) == 1,
        photometric=text(header, "PhotometricInterpretation"),
    )


def _pixel_place(file: BinaryIO, implicit: bool, little: bool) -> tuple[int, str, str] | None:
    """Where the pixel data begins, its keyword, its VR; None when a file has none.

    pydicom has just stopped before that element.
    """
    position = file.tell()
    head = file.read(12)
    if len(head) < 12:
        return None
    group, element = struct.unpack("<HH" if little else ">HH", head[:4])
    keyword = PIXEL_TAGS.get((group, element))
    if keyword is None:
        return None
    if implicit:
        return position + 8, keyword, ""
    return position + 12, keyword, head[4:6].decode("ascii", "replace")


def _series_tags(header: FileDataset, first: Lookup) -> SeriesTags:
    modality = text(header, "Modality")
    named = str(header.get("SeriesDescription") or header.get("ProtocolName") or "").strip()
    number = text(header, "PatientID")
    return SeriesTags(
        uid=text(header, "SeriesInstanceUID"),
        name=named or f"{modality} series".strip(),
        number=text(header, "SeriesNumber"),
        modality=modality,
        # "US" says that the unit is unspecified (PS3.3 C.11.1.1.2), which scanners write for CT.
        unit="HU" if modality == "CT" and first.text("RescaleType") in ("", "US", "HU") else "",
        patient=hashlib.sha256(number.encode()).hexdigest() if number else "",
    )


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
        traits=tuple(values.text(keyword) for keyword in TRAITS),
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
