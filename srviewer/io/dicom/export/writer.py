"""The writer of DICOM series, in a new folder: one file a slice, or one for all."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders.base import RLELosslessEncoder
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, generate_uid
from pydicom.valuerep import format_number_as_ds

from srviewer.atomic import flush_to_disk, staged_folder
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.derived_header import derived_header, file_meta
from srviewer.io.dicom.export.enhanced_header import enhanced_header
from srviewer.io.dicom.export.form import CLASSIC, DicomForm
from srviewer.io.dicom.export.stored_values import StoredScale, scale_of
from srviewer.io.dicom.reader import scan
from srviewer.io.dicom.volumes.geometry import LPS_TO_RAS
from srviewer.io.export.clearing import clear_abandoned
from srviewer.io.export.image import DataType
from srviewer.job import Job, Progress, within
from srviewer.unwritable import check_new_folder, named_file

# DICOM images have square corners; this much of a cosine is rounding.
SQUARE = 1e-4
# Decimal strings keep positions to better than this.
POSITION_MM = 1e-3


def write_series(
    volume: Volume,
    folder: Path,
    provenance: Mapping[str, object],
    stored_as: DataType = "original",
    scan: Volume | None = None,
    form: DicomForm = CLASSIC,
) -> Job[StoredScale]:
    """Write a volume as a new series into a new folder, all of it or nothing.

    Slices are the planes along k. The patient, the study and the frame of reference are those of
    the scan where it was DICOM. Every file is read back and compared before the folder takes its
    name.

    Args:
        volume: The result.
        folder: The folder to create.
        provenance: The source, request and model of the result.
        stored_as: As in ``scale_of``.
        scan: The scan of which ``volume`` is a result; None where it is not at hand.
        form: Its objects and transfer syntax.

    Returns:
        The relation of the written pixels to the voxel values.

    Raises:
        UserError: The folder exists or cannot be created, or DICOM cannot express the volume.
    """
    folder = folder.absolute()
    check_new_folder(folder)
    check_expressible(volume)
    yield Progress(0.0, "Writing DICOM slices")
    scale = scale_of(volume, stored_as, scan)
    header = derived_header(volume, scale, provenance)
    yield from clear_abandoned(folder.parent)
    with staged_folder(folder) as staged:
        files, checksums, done = [], [], 0.0
        for number, (image, planes) in enumerate(_images(volume, header, form), 1):
            files.append(staged / f"{number:05d}.dcm")
            until = done + 0.6 * len(planes) / volume.geometry.shape[2]
            job = _save(volume, planes, image, scale, form, files[-1])
            checksums.append((yield from within(job, done, until)))
            done = until
        yield from within(_verify(files, checksums, volume), 0.6, 1.0)
    return scale


def check_expressible(volume: Volume) -> None:
    """Check that a DICOM series can hold a volume.

    Args:
        volume: The result.

    Raises:
        UserError: Its grid is sheared within the slices (i, j), or a voxel is not finite.
    """
    across, down = volume.geometry.directions.T[:2]
    if abs(float(across @ down)) > SQUARE:
        raise UserError(
            f"The slices of '{volume.name}' are no rectangles (its grid is sheared within them), "
            "which DICOM cannot express. Export it as NIfTI."
        )
    for k in range(volume.geometry.shape[2]):
        if not np.isfinite(volume.voxels[:, :, k]).all():
            raise UserError(
                f"'{volume.name}' holds voxels that are not numbers (plane k = {k}) and is not "
                "written. Run the reconstruction again, on another device if there is one."
            )


def _images(
    volume: Volume, header: Dataset, form: DicomForm
) -> Iterator[tuple[Dataset, Sequence[int]]]:
    """The header of each file, with the planes along k that it holds; only one at a time."""
    planes = [_position(volume.geometry, k) for k in range(volume.geometry.shape[2])]
    if form.objects == "enhanced":
        yield enhanced_header(header, planes, volume), range(len(planes))
        return
    for k, plane in enumerate(planes):
        image = copy(header)  # which shares its elements with the one before
        image.update(plane)
        image.SOPInstanceUID, image.InstanceNumber = generate_uid(prefix=None), k + 1
        yield image, [k]


def _save(
    volume: Volume,
    planes: Sequence[int],
    header: Dataset,
    scale: StoredScale,
    form: DicomForm,
    path: Path,
) -> Job[int]:
    """Write some planes as the frames of a file; the CRC-32 of their pixels' bytes."""
    checksum, frames = 0, []
    for number, k in enumerate(planes):
        pixels = scale.stored(volume.voxels[:, :, k].T)
        content = np.ascontiguousarray(pixels).tobytes()
        checksum = zlib.crc32(content, checksum)
        frames.append(_encoded(pixels, header) if form.syntax == "rle" else content)
        yield Progress(number / len(planes), "Writing DICOM slices")
    compressed = form.syntax == "rle"
    header.PixelData = encapsulate(frames) if compressed else b"".join(frames)
    header["PixelData"].VR = "OB" if compressed else "OW"
    header.file_meta = file_meta(header, RLELossless if compressed else ExplicitVRLittleEndian)
    with named_file(path):
        header.save_as(path, enforce_file_format=True)
    flush_to_disk(path)
    return checksum


def _encoded(pixels: np.ndarray, header: Dataset) -> bytes:
    """A frame in RLE lossless."""
    return RLELosslessEncoder.encode(
        np.ascontiguousarray(pixels),
        rows=header.Rows,
        columns=header.Columns,
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=16,
        bits_stored=header.BitsStored,
        pixel_representation=header.PixelRepresentation,
        photometric_interpretation=header.PhotometricInterpretation,
    )


def _position(geometry: Geometry, k: int) -> Dataset:
    """The elements of the position of the plane ``k``, in DICOM's LPS millimetres."""
    slice_header = Dataset()
    lps = LPS_TO_RAS @ geometry.affine
    across, down = (lps[:3, a] / geometry.spacing[a] for a in (0, 1))
    position, normal = lps[:3, 3] + k * lps[:3, 2], np.cross(across, down)
    slice_header.ImagePositionPatient = _decimals(position)
    slice_header.ImageOrientationPatient = _decimals(np.concatenate([across, down]))
    slice_header.PixelSpacing = _decimals(np.array([geometry.spacing[1], geometry.spacing[0]]))
    slice_header.SliceLocation = format_number_as_ds(float(normal @ position))
    spacing_mm = abs(float(normal @ lps[:3, 2]))
    # Thin slices touch each other: each stands for all of the space up to the next.
    slice_header.SliceThickness, slice_header.SpacingBetweenSlices = _decimals(
        np.array([spacing_mm, spacing_mm])
    )
    return slice_header


def _decimals(values: np.ndarray) -> list[str]:
    return [format_number_as_ds(float(value)) for value in values]


def _verify(files: list[Path], checksums: list[int], volume: Volume) -> Job[None]:
    """Read all files back; raise UserError unless pixels and grid are those of ``volume``."""
    for number, (path, checksum) in enumerate(zip(files, checksums, strict=True)):
        if _checksum(path) != checksum:
            raise _wrong(path)
        yield Progress(0.8 * number / len(files), "Checking what was written")
    listing = yield from within(scan(files), 0.8, 1.0)
    same = len(listing.series) == 1 and listing.series[0].geometry.matches(
        sorted_along_normal(volume.geometry), POSITION_MM
    )
    if not same:
        raise _wrong(files[0].parent)


def _checksum(path: Path) -> int:
    """The CRC-32 of the bytes of all pixels of a file, without compression."""
    written = dcmread(path)
    if written.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian:
        return zlib.crc32(written.PixelData)
    checksum = 0
    for frame in iter_pixels(written, raw=True):
        checksum = zlib.crc32(np.ascontiguousarray(frame).tobytes(), checksum)
    return checksum


def sorted_along_normal(geometry: Geometry) -> Geometry:
    """The grid as a reader of DICOM returns it, whose k grows along the normal of the slices.

    Args:
        geometry: The grid of a volume, in RAS+ mm.

    Returns:
        The same grid, with the order of the planes along k reversed where it ran against the
        normal.
    """
    if np.linalg.det(geometry.affine[:3, :3]) > 0:
        return geometry
    affine = geometry.affine.copy()
    affine[:3, 3] += affine[:3, 2] * (geometry.shape[2] - 1)
    affine[:3, 2] *= -1
    return Geometry(geometry.shape, affine)


def _wrong(path: Path) -> UserError:
    return UserError(
        f"'{path.name}' was not written correctly: it does not read back as what was meant. "
        "Nothing was saved. Check the disk, or choose another folder."
    )
