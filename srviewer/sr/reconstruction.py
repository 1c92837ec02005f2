"""A result and everything that must be told with it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.degrade import Consistency
from srviewer.core.geometry import AXIS_NAMES
from srviewer.core.volume import Volume
from srviewer.nn.model_file import Model
from srviewer.sr.maps import DISAGREEMENT, RESIDUAL
from srviewer.sr.request import Request


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A result and everything that must be told with it.

    ``volume``: on the refined grid. ``disagreement``: |plane A - plane B| on the same grid, where
    two planes made it. ``consistency``: the result degraded again against the scan, box profile.
    ``residual``: the result degraded again minus the scan, on the scan's grid and in its unit.
    ``data_range``: the scan's intensity range, of which agreement and disagreement are shares.
    ``model``: the one that ran, None for interpolation. ``warnings``: for people, one line each.
    """

    volume: Volume
    disagreement: Volume | None
    residual: Volume
    consistency: Consistency
    data_range: float
    request: Request
    model: Model | None
    device: str
    seconds: float
    peak_memory_mb: float | None
    warnings: tuple[str, ...]

    def provenance(self) -> dict[str, Any]:
        """Plain JSON values: how the result was made; exported beside it."""
        return {
            "software": f"srviewer {__version__}",
            "notice": RESEARCH_USE_ONLY,
            "method": self.request.method,
            "model": self.model.name if self.model else None,
            "model_sha256": self.model.sha256 if self.model else None,
            "factor": self.request.factor,
            "axis": AXIS_NAMES[self.request.axis],
            "fusion": self.request.fusion if self.disagreement else None,
            "isotropic": self.request.isotropic,
            "gaps": self.request.gaps,
            "device": self.device,
            "seconds": round(self.seconds, 3),
            "peak_memory_mb": self.peak_memory_mb,
            "consistency": {"rms": self.consistency.rms, "max": self.consistency.max},
            "disagreement": self.disagreement_summary(),
            "warnings": list(self.warnings),
        }

    def maps(self) -> dict[str, Volume]:
        """The maps that there are, by the id of their kind (see MAPS)."""
        known = {DISAGREEMENT.id: self.disagreement, RESIDUAL.id: self.residual}
        return {kind: made for kind, made in known.items() if made is not None}

    def disagreement_summary(self) -> dict[str, float] | None:
        """Mean and 99th percentile of the disagreement, as shares of the intensity range."""
        if self.disagreement is None:
            return None
        voxels = self.disagreement.voxels / self.data_range
        return {"mean": float(voxels.mean()), "p99": float(np.percentile(voxels, 99))}
