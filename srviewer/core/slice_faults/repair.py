"""The slices of a scan corrected for faults between them."""

import numpy as np

from srviewer.core.slice_faults.faults import SliceFaults
from srviewer.core.slice_faults.interleave_motion import Shift
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

SPLINE = 5  # its order: of all that scipy has, the one that blurs least
REPAIRING = "Repairing the slices"


def evened(voxels: Voxels, faults: SliceFaults, floor: float) -> Voxels:
    """(i, j, k) with the odd slices as bright as the even ones; ``floor``: the value of air."""
    made = np.array(voxels)
    odd = np.moveaxis(made, faults.axis, 0)[1::2]
    odd[...] = (odd - np.float32(floor)) / np.float32(faults.ratio) + np.float32(floor)
    return made


def moved_back(voxels: Voxels, faults: SliceFaults) -> Job[Voxels]:
    """(i, j, k) with the odd slices where they would lie if nothing had moved.

    Beyond the edge of a slice it is continued by its last voxels.
    """
    made = np.array(voxels)
    rows = np.moveaxis(made, faults.axis, 0)
    for number in range(1, len(rows), 2):
        yield Progress(number / len(rows), REPAIRING)
        rows[number] = _moved(rows[number], faults.shift)
    return made


def bridged(voxels: Voxels, faults: SliceFaults, usable: tuple[int, ...]) -> Voxels:
    """(i, j, k) with what lies between their neighbours in the place of bad slices.

    ``usable``: the numbers of the slices that are not bad, in order. A first or last slice becomes
    its neighbour again.
    """
    made = np.array(voxels)
    rows = np.moveaxis(made, faults.axis, 0)
    known = np.array(usable)
    for number in (one.number for one in faults.bad):
        place = int(np.searchsorted(known, number))
        before, after = known[max(0, place - 1)], known[min(place, len(known) - 1)]
        if place == 0:
            before = after
        share = np.float32(0 if before == after else (number - before) / (after - before))
        rows[number] = (1 - share) * rows[before] + share * rows[after]
    return made


def _moved(image: Voxels, shift: Shift) -> Voxels:
    from scipy.ndimage import shift as shifted  # slow to load, seldom needed

    back = shifted(image, [-voxels for voxels in shift], order=SPLINE, mode="nearest")
    return np.asarray(np.clip(back, image.min(), image.max()), np.float32)
