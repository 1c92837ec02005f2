"""A result in memory with its maps."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from srviewer.core.volumes.volume import ScanHeader, Volume, blocking_warnings
from srviewer.sr.results.maps import (
    DISAGREEMENT,
    RESIDUAL,
    SPREAD,
    TEXTURE_CHANGE,
    TEXTURE_THRESHOLD,
)
from srviewer.sr.results.rebuild_facts import RebuildFacts


@dataclass(frozen=True, eq=False)
class Reconstruction(RebuildFacts):
    """A result and everything that must be told with it.

    ``volume``: on the refined grid. ``disagreement``: |plane A - plane B| on the same grid, where
    two planes made it. ``spread``: over mirrored copies, ``texture_change``: what texture moved,
    where asked for.
    ``residual``: the result degraded again minus the scan, on the scan's grid and in its unit.
    """

    volume: Volume
    disagreement: Volume | None
    spread: Volume | None
    texture_change: Volume | None
    residual: Volume

    @property
    def header(self) -> ScanHeader:
        """Of ``volume``."""
        return self.volume

    def maps(self) -> dict[str, Volume]:
        """The maps that there are, by the id of their kind (see MAPS)."""
        known = {
            DISAGREEMENT.id: self.disagreement,
            RESIDUAL.id: self.residual,
            SPREAD.id: self.spread,
            TEXTURE_CHANGE.id: self.texture_change,
        }
        return {kind: made for kind, made in known.items() if made is not None}

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
        voxels = self.disagreement.voxels / self.data_range
        padded = self.volume.padded
        if padded is not None and padded.shape == voxels.shape and not padded.all():
            voxels = voxels[~padded]
        return {"mean": float(voxels.mean()), "p99": float(np.percentile(voxels, 99))}


def unscored(result: RebuildFacts, scan: ScanHeader) -> dict[str, Any]:
    """The provenance of what a verb made of ``scan``, for its JSON.

    Nothing in doubt is rebuilt unless that was acknowledged, so its warnings tell what was.
    """
    return {
        **result.provenance(),
        "acknowledged": [warning.code for warning in blocking_warnings(scan.warnings)],
        "scores": None,  # there is no reference to score against
    }
