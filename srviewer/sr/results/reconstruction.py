"""A result in memory with its maps."""

from dataclasses import dataclass

import numpy as np

from srviewer.core.intensity.percentiles import Largest
from srviewer.core.volumes.slabwise import parts_of
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.sr.results.maps import (
    DISAGREEMENT,
    RESIDUAL,
    SPREAD,
    TEXTURE_CHANGE,
    TEXTURE_THRESHOLD,
)
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts

LARGEST = 0.01  # of all voxels: enough for the 99th percentile


@dataclass(frozen=True, eq=False)
class Reconstruction(ReconstructionFacts):
    """A result in memory, with its maps and all that is reported with it.

    Attributes:
        volume: On the refined grid.
        disagreement: Of the two planes, on the refined grid; None where one estimate is all.
        spread: Over test-time augmentation, on the refined grid; None without it.
        texture_change: Magnitude of the change by texture, on the refined grid; None without it.
        residual: The degraded result minus the scan, on the scan's grid and in its unit.
    """

    volume: Volume
    disagreement: Volume | None
    spread: Volume | None
    texture_change: Volume | None
    residual: Volume

    @property
    def header(self) -> ScanHeader:
        """The header of ``volume``."""
        return self.volume

    def maps(self) -> dict[str, Volume]:
        """The maps that the result has, by the id of their kind (see ``MAPS``)."""
        known = {
            DISAGREEMENT.id: self.disagreement,
            RESIDUAL.id: self.residual,
            SPREAD.id: self.spread,
            TEXTURE_CHANGE.id: self.texture_change,
        }
        return {kind: volume for kind, volume in known.items() if volume is not None}

    def texture_changed(self) -> float | None:
        """The share of voxels that texture moved by more than TEXTURE_THRESHOLD of the range."""
        if self.texture_change is None:
            return None
        moved = self.texture_change.voxels > TEXTURE_THRESHOLD * self.data_range
        return float(moved.mean())

    def disagreement_summary(self) -> dict[str, float] | None:
        """Mean and 99th percentile of the disagreement, as shares of the intensity range."""
        if self.disagreement is None:
            return None
        values, padded = self.disagreement.voxels, self.volume.padded
        if padded is not None and padded.shape == values.shape and not padded.all():
            values = values[~padded]
        largest, total = Largest(LARGEST, values.size), 0.0
        for part in parts_of(values):
            total += float(part.sum(dtype=np.float64))
            largest.add(part)
        p99 = largest.percentile(99) or 0.0
        mean = total / max(1, values.size)
        return {"mean": mean / self.data_range, "p99": p99 / self.data_range}
