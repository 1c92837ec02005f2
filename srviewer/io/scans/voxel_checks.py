"""Checks of the voxels of a scan: values that are not finite, label maps, a single value."""

from dataclasses import replace

import numpy as np

from srviewer.core.acquisition.zero_filling import zero_fill_warnings
from srviewer.core.counted import inflected
from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.label_regions import SLAB, LabelCheck, slabs_of
from srviewer.core.slice_faults.faults import volume_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.volume import (
    CONSTANT,
    SEGMENTATION_CODES,
    ScanHeader,
    ScanWarning,
    Volume,
    Voxels,
)
from srviewer.io.scans.series import Series
from srviewer.job import Job, Progress


def zero_non_finite(slab: Voxels) -> int:
    """Set NaN and infinite voxels to 0 in place.

    Args:
        slab: Voxels of any shape, writable.

    Returns:
        The number of such voxels.
    """
    finite = np.isfinite(slab)
    if finite.all():
        return 0
    slab[~finite] = 0
    return int(finite.size - np.count_nonzero(finite))


def voxel_warnings(
    voxels: Voxels,
    geometry: Geometry,
    modality: str,
    non_finite: int,
    check: LabelCheck,
) -> tuple[ScanWarning, ...]:
    """Collect the warnings about loaded voxels.

    Args:
        voxels: (i, j, k) finite voxels; of a volume that is not in memory, those of
            ``middle_slices`` across its ``slice_axis``.
        geometry: The grid of the whole volume.
        modality: DICOM's word; zero-filling is looked for in MR and unknown modalities.
        non_finite: The number of voxels that were set to 0.
        check: The check for label maps that all voxels went through.

    Returns:
        The warnings ``non_finite``, ``label_like``, ``constant`` and those of zero-filling that
        apply.
    """
    warnings: list[ScanWarning] = []
    if non_finite:
        every = int(np.prod(geometry.shape, dtype=np.int64))
        what = inflected(non_finite, "is not a number; it is", "are not numbers; they are")
        message = f"{non_finite:,} of {every:,} voxels {what} shown as 0."
        warnings.append(ScanWarning("non_finite", message))
    kind = check.kind()
    if kind == "labels":
        warnings.append(ScanWarning("label_like", _label_message(check.values)))
    elif kind == "constant":
        message = f"Every voxel has the same value ({voxels.flat[0]:g}): the image is empty."
        warnings.append(ScanWarning(CONSTANT, message))
    elif modality in ("", "MR"):
        warnings.extend(zero_fill_warnings(voxels, geometry))
    return tuple(warnings)


def with_slice_faults(scan: Volume) -> Job[Volume]:
    """Check an MR scan for faults between its slices.

    Args:
        scan: The scan, with the warnings of its header and voxels.

    Returns:
        A job whose result is the scan with a warning for each kind of fault; as it was where
        ``may_have_slice_faults`` is false.
    """
    if not may_have_slice_faults(scan):
        return scan
    faults = yield from volume_faults(scan)
    return replace(scan, warnings=scan.warnings + slice_fault_warnings(faults, scan.geometry))


def may_have_slice_faults(scan: ScanHeader) -> bool:
    """Whether a scan can be an MR image with a thick axis, by its header and warnings.

    Args:
        scan: The header, with the warnings of the voxels as far as they are known.

    Returns:
        False also for segmentations and constant images.
    """
    other = {CONSTANT, *SEGMENTATION_CODES}
    is_image = not any(warning.code in other for warning in scan.warnings)
    return is_image and scan.modality in ("", "MR") and scan.geometry.thick_axis is not None


def label_check(voxels: Voxels, name: str, padding: float | None = None) -> Job[LabelCheck]:
    """Check a volume in memory for a label map; the first slabs of a scan are enough.

    Args:
        voxels: (i, j, k) finite voxels.
        name: The name of the scan, for progress.
        padding: The value of voxels that are no image; None where there are none.

    Returns:
        The finished check.
    """
    i, j, k = voxels.shape
    check = LabelCheck((i, j, k), padding)
    for number, slab in enumerate(slabs_of(voxels)):
        check.add(slab)
        if check.settled:
            break
        yield Progress(number * SLAB / k, f"Looking into {name}")
    return check


def holds_labels(series: Series) -> Job[bool]:
    """Whether the first volume of a series is a label map by its voxels.

    The file is read only as far as needed.

    Args:
        series: The series.

    Returns:
        True for masks and label maps.

    Raises:
        UserError: The series cannot be read.
    """
    if series.stream is None:
        volume = yield from series.read(0)
        return any(warning.code == "label_like" for warning in volume.warnings)
    source, waiting = series.stream(0), list[Voxels]()
    check = LabelCheck(series.geometry.shape)
    count = series.geometry.shape[2]
    for k, (plane, _) in enumerate(source.planes()):
        waiting.append(plane)
        if len(waiting) == SLAB or k == count - 1:
            check.add(np.stack(waiting, axis=2))
            waiting.clear()
        if check.settled:
            break
        yield Progress(k / count, f"Looking into {series.name}")
    return check.kind() == "labels"


def _label_message(values: int | None) -> str:
    held = "regions of equal voxels" if values is None else f"only {values} different values"
    return (
        f"The voxels hold {held}, like a mask or label map and unlike a scan. Reconstruction is "
        "meant for scans."
    )
