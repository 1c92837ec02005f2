"""The last steps of each slab of an estimate: texture, region lock, lower bound, padding."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.reconstruction.lower_bound import raised
from srviewer.core.regions.locked_region import LockWeights, locked
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.job import Job
from srviewer.sr.cross_plane.estimate import Estimate, EstimateStore, Keep
from srviewer.sr.cross_plane.padding_restored import marked_estimate, thin_padding
from srviewer.sr.cross_plane.refinement import across


@dataclass(frozen=True, eq=False)
class Lock:
    """A region in which interpolation replaces the network.

    Attributes:
        weights: Of the region, on the grid of the scan.
        interpolated: The interpolation with data consistency.
    """

    weights: LockWeights
    interpolated: EstimateStore

    def of(self, slab: Estimate[Voxels], start: int, degradation: Degradation) -> Estimate[Voxels]:
        """Replace a slab of an estimate inside the region, where its maps become 0.

        Args:
            slab: Refined voxels, without padding.
            start: The first plane of the slab.
            degradation: Axis and factor of the refinement.

        Returns:
            The slab with interpolation inside the region.
        """
        axis = across(degradation.axis)
        stop = start + slab.voxels.shape[axis]
        weights = self.weights.read(axis, start, stop)
        plain = self.interpolated.read(start, stop).voxels

        def mixed(values: Voxels, inside: Voxels) -> Voxels:
            return locked(values, inside, weights, degradation.axis, degradation.factor)

        faded = slab.each_map(lambda values: mixed(values, np.zeros_like(values)))
        return replace(faded, voxels=mixed(slab.voxels, plain))


@dataclass(frozen=True, eq=False)
class Finishing:
    """Finishes the slabs of an estimate and passes them on.

    Attributes:
        scan: The thick scan.
        degradation: Axis and factor of the refinement.
        data_range: The intensity range of the scan.
        lowest: The lower bound; None for none.
        lock: The locked region; None for none.
        faithful: The estimate of the fidelity model, where the slabs are those of its texture
            model; else None.
        into: Takes the finished slabs.
    """

    scan: KeptVolume
    degradation: Degradation
    data_range: float
    lowest: float | None
    lock: Lock | None
    faithful: EstimateStore | None
    into: Keep

    def keep(self, start: int, slab: Estimate[Voxels]) -> Job[None]:
        """Finish a slab.

        Args:
            start: Its first plane.
            slab: Refined voxels with values in the place of padding.
        """
        axis = across(self.degradation.axis)
        stop = start + slab.voxels.shape[axis]
        if self.faithful is not None:
            before = self.faithful.read(start, stop).voxels
            slab = replace(slab, texture=np.abs(slab.voxels - before))
        if self.lock is not None:
            slab = self.lock.of(slab, start, self.degradation)
        if self.lowest is not None:
            job = raised(slab.voxels, self.degradation, self.lowest, self.data_range)
            slab = replace(slab, voxels=(yield from job))
        padding = self.scan.header.padding
        if padding is not None:
            padded = self.scan.voxels.read(axis, start, stop) == np.float32(padding)
            padded = thin_padding(padded, [(self.degradation.axis, self.degradation.factor)])
            slab = marked_estimate(slab, padded, padding)
        yield from self.into(start, slab)
