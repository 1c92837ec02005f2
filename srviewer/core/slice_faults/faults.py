"""Faults between the slices of a scan: moved, unequally bright or bad ones."""

from dataclasses import dataclass
from math import hypot, log

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.slice_faults.bad_slices import BadSlice, bad_slices
from srviewer.core.slice_faults.brightness import odd_to_even
from srviewer.core.slice_faults.interleave_motion import NONE, Shift, odd_shift
from srviewer.core.slice_faults.stack import ReadSlice, slice_stack, slices_of
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job

LOOKING = "Comparing the slices"
LEAST_SLICES = 6  # of fewer too little is known to tell a fault from anatomy
LEAST_SHIFT = 1 / 3  # voxel; clean scans stay below 0.2
LEAST_RATIO = 1.05  # clean scans stay between 0.974 and 1.021


@dataclass(frozen=True)
class SliceFaults:
    """The faults between the slices of a scan.

    Attributes:
        axis: The array axis across the slices.
        shift: Of the odd slices (1, 3, ...) against the even ones, in voxels along the two other
            array axes in order; one that is surely below ``LEAST_SHIFT`` may be ``NONE``.
        ratio: The intensity of the odd slices over that of the even ones, both above the floor.
        bad: Single bad slices, in order.
    """

    axis: Axis
    shift: Shift = NONE
    ratio: float = 1.0
    bad: tuple[BadSlice, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether the shift is larger than in any clean scan."""
        return hypot(*self.shift) >= LEAST_SHIFT

    @property
    def banded(self) -> bool:
        """Whether the ratio is further from 1 than in any clean scan."""
        return abs(log(self.ratio)) >= log(LEAST_RATIO)


def slice_faults(
    read: ReadSlice,
    axis: Axis,
    measured: npt.NDArray[np.bool_],
    padding: float | None = None,
) -> Job[SliceFaults]:
    """Detect the faults between slices that are read one by one.

    Args:
        read: Gives a slice by its number.
        axis: The array axis across the slices.
        measured: (n,), False for planes without a slice.
        padding: The value of padding voxels; None where there are none.

    Returns:
        A job whose result is the faults; none where fewer than ``LEAST_SLICES`` slices are
        measured, or all are air.
    """
    if measured.sum() < LEAST_SLICES:
        return SliceFaults(axis)
    stack = yield from slice_stack(read, measured, padding, LOOKING)
    if not stack.tissue.any():
        return SliceFaults(axis)
    ratio = odd_to_even(stack)
    bad = bad_slices(stack, ratio)
    left_out = frozenset(bad_slice.number for bad_slice in bad)
    if left_out:
        ratio = odd_to_even(stack, left_out)
    shift = yield from odd_shift(stack, ratio, left_out, LEAST_SHIFT, LOOKING)
    return SliceFaults(axis, shift, ratio, bad)


def volume_faults(scan: Volume) -> Job[SliceFaults]:
    """Detect the faults between the slices of a scan in memory.

    Args:
        scan: The scan.

    Returns:
        A job whose result is the faults; none where the scan has no thick axis.
    """
    axis = scan.geometry.slice_axis
    if scan.geometry.thick_axis is None:
        return SliceFaults(axis)
    measured = measured_planes(scan.geometry.shape[axis], axis, scan.planes)
    read = slices_of(scan.voxels, axis)
    return (yield from slice_faults(read, axis, measured, scan.padding))


def measured_planes(count: int, axis: Axis, planes: Planes | None) -> npt.NDArray[np.bool_]:
    """The planes across an axis that hold a slice.

    Args:
        count: The number of planes.
        axis: The array axis across them.
        planes: The planes of the scan; None for one without missing slices.

    Returns:
        (count,), False for missing slices.
    """
    if planes is None or planes.axis != axis:
        return np.ones(count, bool)
    return np.array([place is not None for place in planes.places_mm])
