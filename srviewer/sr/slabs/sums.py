"""A result that passes by slab by slab: raised to its least value, and summed up."""

from math import sqrt

import numpy as np

from srviewer.core.acquisition.degradation import Consistency, Degradation, residual
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.percentiles import Largest
from srviewer.core.reconstruction.lower_bound import raised_slab
from srviewer.core.volumes.volume import Voxels
from srviewer.io.chunk_store import ScratchVoxels
from srviewer.sr.cross_plane.padding_restored import KeptPadding


class SlabSums:
    """What must be told of the whole result, summed up while its slabs pass by.

    ``padding``: of the scan; None where it has none.
    ``lowest``: the least value that a voxel of the result may have; None for any.
    """

    def __init__(
        self,
        degradation: Degradation,
        scan: ScratchVoxels,
        data_range: float,
        padding: KeptPadding | None = None,
        lowest: float | None = None,
    ) -> None:
        self._degradation, self._scan, self._range = degradation, scan, data_range
        self.padding, self._lowest = padding, lowest
        self._squares, self._most, self._count = 0.0, 0.0, 0
        self._apart, self._apart_count = 0.0, 0
        thin = int(np.prod(scan.shape, dtype=np.int64)) * degradation.factor
        self._largest = Largest(0.01, thin)

    def raised(self, slab: Voxels) -> Voxels:
        """The slab as it goes into the result, before its padding is marked."""
        if self._lowest is None:
            return slab
        return raised_slab(slab, self._degradation, self._lowest, self._range)

    def off(self, axis: Axis, start: int, slab: Voxels) -> Voxels:
        """The slab degraded again minus the scan."""
        measured = self._scan.read(axis, start, start + slab.shape[axis])
        found = residual(slab, measured, self._degradation)
        judged = found
        if self.padding is not None:
            padded = self.padding.thin(axis, start, start + slab.shape[axis])
            reached = self._degradation.reached(padded)
            found[reached] = 0
            judged = found[~reached]
        if not judged.size:
            return found
        share = np.abs(judged) / np.float32(self._range)
        self._squares += float(np.sum(np.square(share), dtype=np.float64))
        self._most = max(self._most, float(share.max()))
        self._count += share.size
        return found

    def add_disagreement(self, apart: Voxels) -> None:
        """Count a slab of it in."""
        self._apart += float(apart.sum(dtype=np.float64))
        self._apart_count += apart.size
        self._largest.add(apart)

    def consistency(self) -> Consistency:
        """Over all slabs so far."""
        return Consistency(sqrt(self._squares / max(1, self._count)), self._most)

    def disagreement_summary(self) -> dict[str, float] | None:
        """Mean and 99th percentile, as shares of the range; None where nothing can disagree."""
        p99 = self._largest.percentile(99)
        if p99 is None:
            return None
        return {"mean": self._apart / self._apart_count / self._range, "p99": p99 / self._range}
