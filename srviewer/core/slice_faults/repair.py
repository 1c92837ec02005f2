"""Correction of the slices of a scan for faults between them."""

import numpy as np

from srviewer.core.slice_faults.faults import SliceFaults
from srviewer.core.slice_faults.interleave_motion import Shift
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

SPLINE = 5  # its order: of all that scipy has, the one that blurs least
REPAIRING = "Repairing the slices"


def evened(voxels: Voxels, faults: SliceFaults, floor: float) -> Voxels:
    """Divide the intensity of the odd slices by its ratio to that of the even ones.

    Args:
        voxels: (i, j, k), of the scan; not changed.
        faults: Give the axis and the ratio.
        floor: The intensity floor of the scan, which stays as it is.

    Returns:
        (i, j, k), in the unit of the scan.
    """
    corrected = np.array(voxels)
    odd = np.moveaxis(corrected, faults.axis, 0)[1::2]
    odd[...] = (odd - np.float32(floor)) / np.float32(faults.ratio) + np.float32(floor)
    return corrected


def moved_back(voxels: Voxels, faults: SliceFaults) -> Job[Voxels]:
    """Shift the odd slices back in their plane, by spline interpolation of order ``SPLINE``.

    Beyond its edge a slice is continued by its last voxels, and its range stays as it was.

    Args:
        voxels: (i, j, k), of the scan; not changed.
        faults: Give the axis and the shift.

    Returns:
        A job whose result is (i, j, k), in the unit of the scan.
    """
    corrected = np.array(voxels)
    rows = np.moveaxis(corrected, faults.axis, 0)
    for number in range(1, len(rows), 2):
        yield Progress(number / len(rows), REPAIRING)
        rows[number] = _moved(rows[number], faults.shift)
    return corrected


def bridged(voxels: Voxels, faults: SliceFaults, usable: tuple[int, ...]) -> Voxels:
    """Replace bad slices by linear interpolation between the nearest usable ones.

    A first or last slice becomes a copy of its neighbour.

    Args:
        voxels: (i, j, k), of the scan; not changed.
        faults: Give the axis and the bad slices.
        usable: The numbers of the slices that are not bad, in order.

    Returns:
        (i, j, k), in the unit of the scan.
    """
    corrected = np.array(voxels)
    rows = np.moveaxis(corrected, faults.axis, 0)
    known = np.array(usable)
    for number in (bad_slice.number for bad_slice in faults.bad):
        place = int(np.searchsorted(known, number))
        before, after = known[max(0, place - 1)], known[min(place, len(known) - 1)]
        if place == 0:
            before = after
        share = np.float32(0 if before == after else (number - before) / (after - before))
        rows[number] = (1 - share) * rows[before] + share * rows[after]
    return corrected


def _moved(image: Voxels, shift: Shift) -> Voxels:
    from scipy.ndimage import shift as shifted  # slow to load, seldom needed

    back = shifted(image, [-voxels for voxels in shift], order=SPLINE, mode="nearest")
    return np.asarray(np.clip(back, image.min(), image.max()), np.float32)
