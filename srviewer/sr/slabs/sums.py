"""Sums over the slabs of a result: residual, disagreement, lower bound."""

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
    """The facts of a whole result, summed up slab by slab.

    Args:
        degradation: The acquisition of the scan.
        scan: (i, j, k) thick voxels on disk, padding filled.
        data_range: The intensity range of the scan.
        padding: The padding of the scan; None where it has none.
        lowest: The lower bound of the result's voxels; None for none.
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
        self._disagreement, self._disagreement_count = 0.0, 0
        thin = int(np.prod(scan.shape, dtype=np.int64)) * degradation.factor
        self._largest = Largest(0.01, thin)

    def raised(self, slab: Voxels) -> Voxels:
        """Apply the lower bound to a slab, before its padding is marked.

        Args:
            slab: (i, j, k) refined voxels, whole along the thick axis.

        Returns:
            The slab as it goes into the result; itself without a lower bound.
        """
        if self._lowest is None:
            return slab
        return raised_slab(slab, self._degradation, self._lowest, self._range)

    def residual_of(self, axis: Axis, start: int, slab: Voxels) -> Voxels:
        """The residual of a slab, which is added to the sums.

        Args:
            axis: The axis across the slab, another than the thick one.
            start: The first plane of the slab.
            slab: (i, j, k) refined voxels as they are in the result.

        Returns:
            (i, j, k) degraded slab minus scan, 0 where padding contributes.
        """
        measured = self._scan.read(axis, start, start + slab.shape[axis])
        difference = residual(slab, measured, self._degradation)
        judged = difference
        if self.padding is not None:
            padded = self.padding.thin(axis, start, start + slab.shape[axis])
            reached = self._degradation.reached(padded)
            difference[reached] = 0
            judged = difference[~reached]
        if not judged.size:
            return difference
        share = np.abs(judged) / np.float32(self._range)
        self._squares += float(np.sum(np.square(share), dtype=np.float64))
        self._most = max(self._most, float(share.max()))
        self._count += share.size
        return difference

    def add_disagreement(self, disagreement: Voxels) -> None:
        """Add the disagreement of a slab to the sums.

        Args:
            disagreement: Values of any shape, without padding, in the unit of the scan.
        """
        self._disagreement += float(disagreement.sum(dtype=np.float64))
        self._disagreement_count += disagreement.size
        self._largest.add(disagreement)

    def consistency(self) -> Consistency:
        """The size of the residual over all slabs so far."""
        return Consistency(sqrt(self._squares / max(1, self._count)), self._most)

    def disagreement_summary(self) -> dict[str, float] | None:
        """Mean and 99th percentile, as shares of the range; None where there is one estimate."""
        p99 = self._largest.percentile(99)
        if p99 is None:
            return None
        return {
            "mean": self._disagreement / self._disagreement_count / self._range,
            "p99": p99 / self._range,
        }
