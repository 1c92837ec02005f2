"""A scan with padding refined: what is computed instead of padding, and where results have it.

All thin voxels of a padded thick voxel are padding, and no others. So the measured thick voxels are
reproduced as they are, whatever lies beside them.
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
    """The voxels of ``scan`` with its padding filled.

    By the nearest measured voxel along ``axis``, the one to be refined; by the intensity floor in
    lines without any. The scan's own array where it has no padding, or some that is as dark as air:
    many scanners declare 0 to be padding in every image.
    """
    padding = scan.padding
    if padding is None or intensity.is_air(padding):
        return scan.voxels

    def of_slab(slab: Voxels) -> Voxels:
        return filled(slab, slab == np.float32(padding), axis, intensity.floor)

    return (yield from slabwise(of_slab, scan.voxels, message=FILLING, along=axis))


def thin_padding(scan: Volume, steps: Iterable[tuple[Axis, int]]) -> Mask | None:
    """(i, j, k) on the refined grid, which voxels are padding; None where the scan has none.

    ``steps``: axes and the factors by which they are refined.
    """
    padded = scan.padded
    if padded is None:
        return None
    for axis, factor in steps:
        padded = np.repeat(padded, factor, axis=axis)
    return padded


def marked_estimate(estimate: Estimate, scan: Volume, degradation: Degradation) -> Estimate:
    """``estimate`` with the scan's padding in its voxels and 0 there in its maps."""
    padded = thin_padding(scan, [(degradation.axis, degradation.factor)])
    if padded is None or scan.padding is None:
        return estimate
    return replace(
        estimate,
        voxels=marked(np.array(estimate.voxels), padded, scan.padding),
        disagreement=cleared(estimate.disagreement, padded),
        spread=cleared(estimate.spread, padded),
    )


def cleared(made: Voxels | None, padded: Mask | None) -> Voxels | None:
    """A map with 0 where there is padding."""
    return made if made is None or padded is None else np.where(padded, np.float32(0), made)


def measured_residual(off: Voxels, scan: Volume, degradation: Degradation) -> Voxels:
    """The values of a residual that padding has no part in; in ``off`` the others become 0."""
    padded = thin_padding(scan, [(degradation.axis, degradation.factor)])
    if padded is None:
        return off
    reached = degradation.reached(padded)
    off[reached] = 0
    return off if reached.all() else off[~reached]


@dataclass(frozen=True, eq=False)
class KeptPadding:
    """The padding of a scan on disk, whose slabs are refined one by one."""

    scan: ScratchVoxels
    padding: float
    degradation: Degradation

    def filled(self, scratch: Scratch, intensity: Intensity) -> Job[ScratchVoxels]:
        """What ``image_alone`` gives, on disk."""
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
        """Which voxels of the refined planes ``start`` to ``stop`` across ``axis`` are padding.

        ``axis`` is not the refined one.
        """
        padded = self.scan.read(axis, start, stop) == np.float32(self.padding)
        return np.repeat(padded, self.degradation.factor, axis=self.degradation.axis)
