"""Padding of a scan through a refinement: filled before, restored in the result.

All thin voxels of a padded thick voxel are padding, and no others. So the measured thick voxels are
reproduced as they are, whatever is next to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.intensity.padding import filled, marked
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.chunk_store import Scratch, ScratchVoxels
from srviewer.job import Job, Progress
from srviewer.sr.cross_plane.refinement import Estimate

FILLING = "Leaving out the padding"
SLAB_EDGES = (16, 16, 16)  # of the chunks of a filled scan on disk


def image_alone(scan: Volume, axis: Axis, intensity: Intensity) -> Job[Voxels]:
    """The voxels of a scan with its padding filled, so that a network sees only measured values.

    Args:
        scan: The thick scan.
        axis: The axis to be refined: padding takes the nearest measured voxel along it.
        intensity: Floor and range of the scan; lines without a measured voxel take the floor.

    Returns:
        A job whose result is (i, j, k) voxels in the unit of the scan: the scan's own array where
        it has no padding, or some that is as dark as air, since many scanners declare 0 to be
        padding in every image.
    """
    padding = scan.padding
    if padding is None or intensity.is_air(padding):
        return scan.voxels

    def of_slab(slab: Voxels) -> Voxels:
        return filled(slab, slab == np.float32(padding), axis, intensity.floor)

    return (yield from slabwise(of_slab, scan.voxels, message=FILLING, along=axis))


def thin_padding(scan: Volume, steps: Iterable[tuple[Axis, int]]) -> Mask | None:
    """The padding of a scan on its refined grid.

    Args:
        scan: The thick scan.
        steps: (axis, factor) of each refinement.

    Returns:
        (i, j, k) on the refined grid, true where a voxel is padding; None where the scan has none.
    """
    padded = scan.padded
    if padded is None:
        return None
    for axis, factor in steps:
        padded = np.repeat(padded, factor, axis=axis)
    return padded


def marked_estimate(estimate: Estimate, scan: Volume, degradation: Degradation) -> Estimate:
    """Restore the padding of a scan in an estimate.

    Args:
        estimate: On the refined grid.
        scan: The thick scan.
        degradation: Axis and factor of the refinement.

    Returns:
        The estimate with the padding value in its voxels and 0 there in its maps; unchanged where
        the scan has no padding.
    """
    padded = thin_padding(scan, [(degradation.axis, degradation.factor)])
    if padded is None or scan.padding is None:
        return estimate
    return replace(
        estimate,
        voxels=marked(np.array(estimate.voxels), padded, scan.padding),
        disagreement=zero_in_padding(estimate.disagreement, padded),
        spread=zero_in_padding(estimate.spread, padded),
    )


def zero_in_padding(values: Voxels | None, padded: Mask | None) -> Voxels | None:
    """Set a map to 0 where there is padding.

    Args:
        values: (i, j, k) values of the map; None for no map.
        padded: (i, j, k) on the same grid, true where a voxel is padding; None for no padding.

    Returns:
        (i, j, k) values, or None for no map.
    """
    return values if values is None or padded is None else np.where(padded, np.float32(0), values)


def measured_residual(residual: Voxels, scan: Volume, degradation: Degradation) -> Voxels:
    """Select the values of a residual to which padding does not contribute.

    Args:
        residual: (i, j, k) on the grid of the scan; the other values become 0 in it.
        scan: The thick scan.
        degradation: The acquisition by which the residual was computed.

    Returns:
        The selected values, in one dimension where some were taken out; all where padding
        contributes to every voxel, or to none.
    """
    padded = thin_padding(scan, [(degradation.axis, degradation.factor)])
    if padded is None:
        return residual
    contributing = degradation.reached(padded)
    residual[contributing] = 0
    return residual if contributing.all() else residual[~contributing]


@dataclass(frozen=True, eq=False)
class KeptPadding:
    """The padding of a scan in the temporary chunk store, which is refined slab-wise.

    Attributes:
        scan: (i, j, k) thick voxels on disk, padding included.
        padding: The value of padding, in the unit of the scan.
        degradation: Axis and factor of the refinement.
    """

    scan: ScratchVoxels
    padding: float
    degradation: Degradation

    def filled(self, scratch: Scratch, intensity: Intensity) -> Job[ScratchVoxels]:
        """Fill the padding on disk, to the same values as ``image_alone``.

        Args:
            scratch: The store that takes the filled voxels.
            intensity: Floor and range of the scan.

        Returns:
            A job whose result is the filled voxels; the scan itself where its padding is as dark as
            air.
        """
        if intensity.is_air(self.padding):
            return self.scan
        thick = self.degradation.axis
        across: Axis = next(axis for axis in range(3) if axis != thick)
        count, step = self.scan.shape[across], SLAB_EDGES[across]
        whole = scratch.voxels(self.scan.shape, SLAB_EDGES)
        for start in range(0, count, step):
            yield Progress(start / count, FILLING)
            slab = self.scan.read(across, start, min(start + step, count))
            whole.write(
                across,
                start,
                filled(slab, slab == np.float32(self.padding), thick, intensity.floor),
            )
        return whole

    def thin(self, axis: Axis, start: int, stop: int) -> Mask:
        """The padding of some planes of the refined grid.

        Args:
            axis: The axis across the planes, another than the refined one.
            start: The first plane.
            stop: The plane after the last.

        Returns:
            (i, j, k) of these planes, true where a voxel is padding.
        """
        padded = self.scan.read(axis, start, stop) == np.float32(self.padding)
        return np.repeat(padded, self.degradation.factor, axis=self.degradation.axis)
