"""The writer of DICOM series: one file a slice, in a new folder."""

import zlib
from collections.abc import Mapping
from copy import copy
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pydicom.valuerep import format_number_as_ds

from srviewer.atomic import flush_to_disk, staged_folder
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.derived_header import derived_header, file_meta
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
    planes = volume.geometry.shape[2]
    yield from clear_abandoned(folder.parent)
    with staged_folder(folder) as staged:
        files = [staged / f"{k + 1:05d}.dcm" for k in range(planes)]
        checksums = []
        for k, path in enumerate(files):
            checksums.append(_save(volume, k, header, scale, path))
            yield Progress(0.6 * (k + 1) / planes, "Writing DICOM slices")
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


def _save(volume: Volume, k: int, header: Dataset, scale: StoredScale, path: Path) -> int:
    """Write the plane ``k``; the CRC-32 of its pixels' bytes."""
    slice_header = copy(header)
    slice_header.SOPInstanceUID = generate_uid(prefix=None)
    slice_header.InstanceNumber = k + 1
    _set_position(slice_header, volume.geometry, k)
    pixels = scale.stored(volume.voxels[:, :, k].T).tobytes()
    slice_header.PixelData = pixels
    slice_header["PixelData"].VR = "OW"
    slice_header.file_meta = file_meta(slice_header)
    with named_file(path):
        slice_header.save_as(path, enforce_file_format=True)
    flush_to_disk(path)
    return zlib.crc32(pixels)


def _set_position(slice_header: Dataset, geometry: Geometry, k: int) -> None:
    """Set the position of the plane ``k``, in DICOM's LPS millimetres."""
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


def _decimals(values: np.ndarray) -> list[str]:
    return [format_number_as_ds(float(value)) for value in values]


def _verify(files: list[Path], checksums: list[int], volume: Volume) -> Job[None]:
    """Read all files back; raise UserError unless pixels and grid are those of ``volume``."""
    for number, (path, checksum) in enumerate(zip(files, checksums, strict=True)):
        if zlib.crc32(dcmread(path).PixelData) != checksum:
            raise _wrong(path)
        yield Progress(0.8 * number / len(files), "Checking what was written")
    listing = yield from within(scan(files), 0.8, 1.0)
    same = len(listing.series) == 1 and listing.series[0].geometry.matches(
        sorted_along_normal(volume.geometry), POSITION_MM
    )
    if not same:
        raise _wrong(files[0].parent)


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
