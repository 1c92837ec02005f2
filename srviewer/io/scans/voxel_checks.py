"""Checks of the voxels of a scan: values that are no numbers, label maps, a single value."""

from dataclasses import replace

import numpy as np

from srviewer.core.acquisition.zero_filling import zero_fill_warnings
from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.label_regions import SLAB, LabelCheck, slabs_of
from srviewer.core.slice_faults.faults import volume_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.volume import SEGMENTATION_CODES, ScanHeader, ScanWarning, Volume, Voxels
from srviewer.io.scans.series import Series
from srviewer.job import Job, Progress


def zero_non_finite(slab: Voxels) -> int:
    """Set NaN and infinite voxels of ``slab`` to 0 in place; how many there were."""
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
    """The warnings of loaded voxels, (i, j, k); ``non_finite`` of them were set to 0.

    ``check``: what all of them went through. Of a volume that is not in memory, the voxels of
    ``middle_slices`` across its ``slice_axis`` will do besides.
    """
    found: list[ScanWarning] = []
    if non_finite:
        every = int(np.prod(geometry.shape, dtype=np.int64))
        message = f"{non_finite:,} of {every:,} voxels are not numbers; they are shown as 0."
        found.append(ScanWarning("non_finite", message))
    kind = check.kind()
    if kind == "labels":
        found.append(ScanWarning("label_like", _label_message(check.values)))
    elif kind == "constant":
        message = f"Every voxel has the same value ({voxels.flat[0]:g}): the image is empty."
        found.append(ScanWarning("constant", message))
    elif modality in ("", "MR"):
        found.extend(zero_fill_warnings(voxels, geometry))
    return tuple(found)


def with_slice_faults(scan: Volume) -> Job[Volume]:
    """``scan`` with the warnings of faults between its slices, where it may have slices of MRI."""
    if not may_have_slice_faults(scan):
        return scan
    faults = yield from volume_faults(scan)
    return replace(scan, warnings=scan.warnings + slice_fault_warnings(faults, scan.geometry))


def may_have_slice_faults(scan: ScanHeader) -> bool:
    """Whether it is an MR image with a thick axis, as far as its header and warnings say."""
    other = {"constant", *SEGMENTATION_CODES}
    is_image = not any(warning.code in other for warning in scan.warnings)
    return is_image and scan.modality in ("", "MR") and scan.geometry.thick_axis is not None


def label_check(voxels: Voxels, name: str, padding: float | None = None) -> Job[LabelCheck]:
    """The check of a volume that is in memory, (i, j, k); a scan is told from its first slabs."""
    i, j, k = voxels.shape
    check = LabelCheck((i, j, k), padding)
    for number, slab in enumerate(slabs_of(voxels)):
        check.add(slab)
        if check.settled:
            break
        yield Progress(number * SLAB / k, f"Looking into {name}")
    return check


def holds_labels(series: Series) -> Job[bool]:
    """Whether the first volume of ``series`` is a label map by its voxels.

    Only as much of the file is read as it takes. Raises UserError when it cannot be read.
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
