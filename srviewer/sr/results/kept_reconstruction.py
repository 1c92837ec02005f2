"""A result whose voxels may be on disk, with its maps."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from srviewer.core.intensity.percentiles import Largest
from srviewer.core.volumes.volume import ScanHeader, Voxels
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.job import Job, Progress
from srviewer.sr.results.maps import (
    DISAGREEMENT,
    RESIDUAL,
    SPREAD,
    TEXTURE_CHANGE,
    TEXTURE_THRESHOLD,
)
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts

LARGEST = 0.01  # of all voxels: enough for the 99th percentile
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
    """

    kept: KeptVolume
    kept_maps: Mapping[str, KeptVolume]
    summary: dict[str, float] | None = None
    changed: float | None = None

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


def measured_summary(result: KeptReconstruction) -> Job[dict[str, float] | None]:
    """Measure the disagreement of a result plane by plane.

    Args:
        result: The result.

    Returns:
        A job with mean and 99th percentile over all voxels but padding, as shares of the intensity
        range; None without a disagreement.
    """
    apart = result.kept_maps.get(DISAGREEMENT.id)
    if apart is None:
        return None
    size = int(np.prod(apart.voxels.shape, dtype=np.int64))
    largest, total, count = Largest(LARGEST, size), 0.0, 0
    for number, (voxels, plane) in enumerate(
        zip(result.kept.planes(), apart.planes(), strict=True)
    ):
        yield Progress(number / apart.voxels.shape[2], MEASURING)
        values = _measured(plane, voxels, result.header.padding)
        total, count = total + float(values.sum(dtype=np.float64)), count + values.size
        largest.add(values)
    p99 = largest.percentile(99)
    if p99 is None:  # nothing but padding, where it is 0
        return {"mean": 0.0, "p99": 0.0}
    return {"mean": total / count / result.data_range, "p99": p99 / result.data_range}


def measured_change(result: KeptReconstruction) -> Job[float | None]:
    """Measure the change by texture plane by plane.

    Args:
        result: The result.

    Returns:
        A job with the share of voxels that texture moved by more than TEXTURE_THRESHOLD of the
        range; None without texture.
    """
    change = result.kept_maps.get(TEXTURE_CHANGE.id)
    if change is None:
        return None
    moved, shape = 0, change.voxels.shape
    for number, plane in enumerate(change.planes()):
        yield Progress(number / shape[2], MEASURING)
        moved += int(np.count_nonzero(plane > TEXTURE_THRESHOLD * result.data_range))
    return moved / int(np.prod(shape, dtype=np.int64))


def _measured(plane: Voxels, voxels: Voxels, padding: float | None) -> Voxels:
    return plane if padding is None else plane[voxels != np.float32(padding)]
