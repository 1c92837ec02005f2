"""The share of a scan that goes through a network: air around the head does not."""

from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.slices.planes import cross_planes
from srviewer.core.volumes.volume import Volume

SAMPLES = 64  # voxels of each axis that are looked at, at most
Bright = npt.NDArray[np.bool_]
_known: WeakKeyDictionary[Volume, dict[tuple[Axis, float, int], float]] = WeakKeyDictionary()


def seen_share(scan: Volume, axis: Axis, bright: float, margin: int) -> float:
    """Estimate the share of the pixels of both planes that a network is run on.

    That is a box around what is bright in each slice. Every n-th voxel is looked at, which takes a
    few milliseconds whatever the size of the scan.

    Args:
        scan: The scan.
        axis: The axis that is refined.
        bright: The share of the intensity range above which a voxel is bright.
        margin: Pixels around what is bright.

    Returns:
        From 0 to 1.
    """
    shares, key = _known.setdefault(scan, {}), (axis, bright, margin)
    if key not in shares:
        shares[key] = _measured(scan, axis, bright, margin)
    return shares[key]


def _measured(scan: Volume, axis: Axis, bright: float, margin: int) -> float:
    strides = [-(-size // SAMPLES) for size in scan.geometry.shape]
    i, j, k = (slice(stride // 2, None, stride) for stride in strides)
    sample = np.asarray(scan.voxels[i, j, k])
    found = measured_intensity(sample, scan.padding)
    seen = np.abs(sample - found.floor) > bright * found.range
    if scan.padding is not None:
        seen &= sample != scan.padding
    shares = []
    for plane in cross_planes(axis):
        column = next(other for other in range(3) if other not in (axis, plane.normal))
        slices = np.moveaxis(seen, (plane.normal, axis, column), (0, 1, 2))
        rows = _extent(slices.any(axis=2), strides[axis], margin)
        columns = _extent(slices.any(axis=1), strides[column], margin)
        shares.append(float(np.mean(rows * columns)))
    return sum(shares) / len(shares)


def _extent(seen: Bright, stride: int, margin: int) -> npt.NDArray[np.float64]:
    """(slices, samples) to the share of a line from its first to its last True, with margins."""
    count = seen.shape[1]
    first = seen.argmax(axis=1) * stride - margin
    stop = (count - seen[:, ::-1].argmax(axis=1)) * stride + margin
    length = np.minimum(stop, count * stride) - np.maximum(first, 0)
    return np.where(seen.any(axis=1), length / (count * stride), 0.0)
