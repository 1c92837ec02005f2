"""A result whose voxels may be on disk, with its maps."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from srviewer.core.intensity.percentiles import Largest
from srviewer.core.volumes.volume import ScanHeader
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.job import Job, Progress, within
from srviewer.sr.results.doubts import DoubtfulRegion, regions_of
from srviewer.sr.results.maps import (
    DISAGREEMENT,
    RESIDUAL,
    SPREAD,
    TEXTURE_CHANGE,
    TEXTURE_THRESHOLD,
)
from srviewer.sr.results.reconstruction import LARGEST, Reconstruction
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts

MEASURING = "Measuring the maps"


@dataclass(frozen=True, eq=False)
class KeptReconstruction(ReconstructionFacts):
    """A result whose voxels, and those of its maps, are where its storage keeps them.

    Attributes:
        kept: The result on the refined grid.
        kept_maps: Its maps by the id of their kind (see ``MAPS``).
        summary: Mean and 99th percentile of the disagreement, as shares of the intensity range;
            None without one, and until they are measured.
        changed: The share of voxels that texture changed; None without texture, and until it is
            measured.
        regions: Those that are most likely wrong; None without a disagreement, and until they are
            measured.
    """

    kept: KeptVolume
    kept_maps: Mapping[str, KeptVolume]
    summary: dict[str, float] | None = None
    changed: float | None = None
    regions: tuple[DoubtfulRegion, ...] | None = None

    @property
    def header(self) -> ScanHeader:
        """The header of ``kept``."""
        return self.kept.header

    def texture_changed(self) -> float | None:
        """The share that was measured slab by slab."""
        return self.changed

    def disagreement_summary(self) -> dict[str, float] | None:
        """The mean and percentile that were measured slab by slab."""
        return self.summary

    def in_memory(self) -> Reconstruction:
        """The result with its voxels in memory."""
        maps = {kind: volume.in_memory() for kind, volume in self.kept_maps.items()}
        facts = {one.name: getattr(self, one.name) for one in fields(ReconstructionFacts)}
        return Reconstruction(
            volume=self.kept.in_memory(),
            disagreement=maps.get(DISAGREEMENT.id),
            spread=maps.get(SPREAD.id),
            texture_change=maps.get(TEXTURE_CHANGE.id),
            residual=maps[RESIDUAL.id],
            **facts,
        )


def with_summary(result: KeptReconstruction, scan: ScanHeader) -> Job[KeptReconstruction]:
    """Measure the maps of a result slab by slab.

    Args:
        result: The result.
        scan: The scan that it was made from.

    Returns:
        A job with the same result, its ``summary``, ``changed`` and ``regions``: over all voxels
        but padding the first, over all the second, over the foreground the third.
    """
    summary, changed, regions = None, None, None
    size = int(np.prod(result.kept.voxels.shape, dtype=np.int64))
    differing, change = (result.kept_maps.get(kind.id) for kind in (DISAGREEMENT, TEXTURE_CHANGE))
    if differing is not None:
        largest, total, count = Largest(LARGEST, size), 0.0, 0
        both = zip(result.kept.planes(), differing.planes(), strict=True)
        for number, (voxels, values) in enumerate(both):
            yield Progress(0.3 * number / differing.voxels.shape[2], MEASURING)
            if result.header.padding is not None:
                values = values[voxels != np.float32(result.header.padding)]
            total, count = total + float(values.sum(dtype=np.float64)), count + values.size
            largest.add(values)
        p99 = largest.percentile(99) or 0.0  # where nothing but padding is there
        mean = total / max(1, count)
        summary = {"mean": mean / result.data_range, "p99": p99 / result.data_range}
        search = regions_of(result, result.kept, differing.voxels, scan)
        regions = yield from within(search, 0.3, 0.9)
    if change is not None:
        threshold, moved = TEXTURE_THRESHOLD * result.data_range, 0
        for plane in change.planes():
            yield Progress(0.9, MEASURING)
            moved += int(np.count_nonzero(plane > threshold))
        changed = moved / size
    return replace(result, summary=summary, changed=changed, regions=regions)
