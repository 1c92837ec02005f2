"""A result and everything that must be told with it."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.degrade import Consistency
from srviewer.core.geometry import AXIS_NAMES
from srviewer.core.volume import Volume, blocking_warnings
from srviewer.nn.adaptation import Adapted
from srviewer.nn.model_file import Model
from srviewer.sr.map_worth import disagreement_worth
from srviewer.sr.maps import DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE, TEXTURE_THRESHOLD
from srviewer.sr.request import Repair, Request
from srviewer.sr.request_document import request_document


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A result and everything that must be told with it.

    ``volume``: on the refined grid. ``disagreement``: |plane A - plane B| on the same grid, where
    two planes made it. ``consistency``: the result degraded again against the scan, box profile.
    ``spread``: over mirrored copies, ``texture_change``: what texture moved, where asked for.
    ``residual``: the result degraded again minus the scan, on the scan's grid and in its unit.
    ``data_range``: the scan's intensity range, of which agreement and disagreement are shares.
    ``model``: the one that ran, None for interpolation. ``adapted``: how fitting it to the scan
    went, None where it was not tried. ``region``: the name of the region without learned detail.
    ``warnings``: for people, one line each. ``slab_by_slab``: whether the result was made so.
    ``thickness_mm``: of the slices, that was worked with; None where runs of slices differ in it.
    ``repaired``: the faults between slices that were corrected first.
    """

    volume: Volume
    disagreement: Volume | None
    spread: Volume | None
    texture_change: Volume | None
    residual: Volume
    consistency: Consistency
    data_range: float
    request: Request
    model: Model | None
    adapted: Adapted | None
    region: str | None
    device: str
    seconds: float
    peak_memory_mb: float | None
    warnings: tuple[str, ...]
    slab_by_slab: bool = field(default=False, kw_only=True)
    thickness_mm: float | None = field(default=None, kw_only=True)
    repaired: tuple[Repair, ...] = field(default=(), kw_only=True)

    def provenance(self) -> dict[str, Any]:
        """Plain JSON values: how the result was made and from what; exported beside it."""
        source = self.volume.source
        return {
            **({"sources": []} if source is None else source.described()),
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
            "profile": self.request.profile,
            "thickness_mm": self.thickness_mm,
            "also": {AXIS_NAMES[axis]: factor for axis, factor in self.request.also},
            "adaptation": asdict(self.adapted) if self.adapted else None,
            "texture": self.request.texture,
            "texture_changed": self.texture_changed(),
            "flips": self.request.flips,
            "minimum": self.request.minimum,
            "repaired": list(self.repaired),
            # Where the file of a model lies is the user's business.
            "request": request_document(replace(self.request, model=Path(self.request.model).name)),
            "locked_region": self.region,
            "slab_by_slab": self.slab_by_slab,
            "device": self.device,
            "seconds": round(self.seconds, 3),
            "peak_memory_mb": self.peak_memory_mb,
            "consistency": {"rms": self.consistency.rms, "max": self.consistency.max},
            "disagreement": self.disagreement_summary(),
            "disagreement_worth": (
                disagreement_worth(self.model, self.request.factor) if self.disagreement else None
            ),
            "warnings": list(self.warnings),
        }

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


def unscored(result: Reconstruction, scan: Volume) -> dict[str, Any]:
    """The provenance of what a verb made of ``scan``, for its JSON.

    Nothing in doubt is rebuilt unless that was acknowledged, so its warnings tell what was.
    """
    return {
        **result.provenance(),
        "acknowledged": [warning.code for warning in blocking_warnings(scan.warnings)],
        "scores": None,  # there is no reference to score against
    }
