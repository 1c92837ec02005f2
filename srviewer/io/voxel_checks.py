"""What only the voxels of a scan tell: numbers that are none, and label maps."""

import numpy as np

from srviewer.core.geometry import Geometry
from srviewer.core.volume import ScanWarning, Voxels
from srviewer.core.zero_fill import zero_fill_warnings

# Segmentations rarely have more regions; images have hundreds of grey levels.
MOST_LABELS = 128
# The share of neighbours with the same label inside the regions of a label map.
LABEL_CONTACT = 0.7
SAMPLE_SLICES = 5
SAMPLE_ROWS = 40


def zero_non_finite(slab: Voxels) -> int:
    """Set NaN and infinite voxels of ``slab`` to 0 in place; how many there were."""
    finite = np.isfinite(slab)
    if finite.all():
        return 0
    slab[~finite] = 0
    return int(finite.size - np.count_nonzero(finite))


def voxel_warnings(
    voxels: Voxels, geometry: Geometry, modality: str, non_finite: int
) -> tuple[ScanWarning, ...]:
    """The warnings of loaded voxels, (i, j, k); ``non_finite`` of them were set to 0.

    Of a volume that is not in memory, ``middle_slices`` across its ``slice_axis`` will do.
    """
    found: list[ScanWarning] = []
    if non_finite:
        every = int(np.prod(geometry.shape, dtype=np.int64))
        message = f"{non_finite:,} of {every:,} voxels are not numbers; they are shown as 0."
        found.append(ScanWarning("non_finite", message))
    if labels := _labels(voxels):
        message = (
            f"The voxels hold only {labels} whole numbers in connected regions, like a label map "
            "and unlike a scan. Reconstruction is meant for scans."
        )
        found.append(ScanWarning("label_like", message))
    elif modality in ("", "MR"):
        found.extend(zero_fill_warnings(voxels, geometry))
    return tuple(found)


def _labels(voxels: Voxels) -> int:
    """How many values a label map has; 0 for anything that is no label map."""
    sample = voxels[:, _spread(voxels.shape[1], SAMPLE_ROWS)]
    sample = sample[:, :, _spread(voxels.shape[2], SAMPLE_SLICES)]
    inside = sample[1:] != 0
    if not inside.any() or (sample != np.rint(sample)).any():
        return 0
    same = np.count_nonzero((sample[1:] == sample[:-1]) & inside)
    if same < LABEL_CONTACT * np.count_nonzero(inside):
        return 0
    if np.unique(sample).size > MOST_LABELS:
        return 0
    values = np.unique(voxels)
    few = values.size <= MOST_LABELS and bool((values == np.rint(values)).all())
    return values.size if few else 0


def _spread(length: int, count: int) -> slice:
    """About ``count`` indices, evenly spread over ``length``."""
    step = max(1, length // count)
    return slice(step // 2, None, step)
