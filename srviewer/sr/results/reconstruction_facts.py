"""The facts of a reconstruction without its voxels: request, model, agreement, provenance."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.acquisition.profile_estimate import ProfileEstimate
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import ScanHeader
from srviewer.nn.devices.precisions import UsedPrecision
from srviewer.nn.models.model_file import Model
from srviewer.nn.plans.adaptation import Adapted
from srviewer.sr.requests.request import Repair, Request
from srviewer.sr.requests.request_document import request_document
from srviewer.sr.results.disagreement_calibration import disagreement_worth
from srviewer.sr.results.expected_gain import ExpectedGain


@dataclass(frozen=True, eq=False, kw_only=True)
class ReconstructionFacts(ABC):
    """Everything that is reported with a result, whether its voxels are in memory or on disk.

    Attributes:
        consistency: The size of the residual, as shares of ``data_range``.
        data_range: The intensity range of the scan.
        request: The request, as it was given.
        model: The model that ran; None for interpolation.
        adapted: The measured effect of the adaptation; None without one.
        region: The name of the locked region; None without one.
        device: The title of the device.
        seconds: Wall time.
        peak_memory_mb: The largest memory of the process, 10^6 bytes; None where not known.
        warnings: One line each, for the user.
        slab_by_slab: Whether the result was made slab-wise.
        thickness_mm: The slice thickness that was used; None where runs of slices differ in it.
        repaired: The faults between slices that were corrected first.
        warning_codes: The codes of those warnings that have one, of the scan and of the request.
        expected_gain: The gain over cubic to expect; None for interpolation, and where it was not
            asked for.
        precision: That of the network; None for interpolation.
        noise_removed: The estimated noise of the scan, a share of the range, that was removed, so
            that the result agrees within it; None where it agrees exactly, or none can be removed.
        slice_profile: The estimate of the slice profile, where the request asks for one.
    """

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
    slab_by_slab: bool = False
    thickness_mm: float | None = None
    repaired: tuple[Repair, ...] = ()
    warning_codes: tuple[str, ...] = ()
    expected_gain: ExpectedGain | None = None
    precision: UsedPrecision | None = None
    noise_removed: float | None = None
    slice_profile: ProfileEstimate | None = None

    @property
    def used_request(self) -> Request:
        """The request with the slice profile that was used, where it was to be estimated."""
        if self.slice_profile is None:
            return self.request
        return replace(
            self.request,
            profile=self.slice_profile.profile,
            time_bandwidth=self.slice_profile.time_bandwidth,
            thickness_mm=self.thickness_mm or self.request.thickness_mm,
        )

    @property
    @abstractmethod
    def header(self) -> ScanHeader:
        """The header of the result, on the refined grid."""

    @abstractmethod
    def texture_changed(self) -> float | None:
        """The share of voxels that texture moved by more than TEXTURE_THRESHOLD of the range."""

    @abstractmethod
    def disagreement_summary(self) -> dict[str, float] | None:
        """Mean and 99th percentile of the disagreement, as shares of the intensity range.

        None where no two planes made the result.
        """

    def provenance(self) -> dict[str, Any]:
        """The provenance of the result as plain JSON values; it is exported in the sidecar."""
        source, disagreement = self.header.source, self.disagreement_summary()
        used = self.used_request
        return {
            **({"sources": []} if source is None else source.described()),
            "software": f"srviewer {__version__}",
            "notice": RESEARCH_USE_ONLY,
            "method": self.request.method,
            "model": self.model.name if self.model else None,
            "model_sha256": self.model.sha256 if self.model else None,
            "model_reason": (self.request.model_reason or None) if self.model else None,
            "factor": self.request.factor,
            "axis": AXIS_NAMES[self.request.axis],
            "fusion": self.request.fusion if disagreement else None,
            "isotropic": self.request.isotropic,
            "gaps": self.request.gaps,
            "profile": used.profile,
            "time_bandwidth": used.time_bandwidth if used.profile == "slr" else None,
            "profile_estimate": self.slice_profile.values() if self.slice_profile else None,
            "thickness_mm": self.thickness_mm,
            "also": {AXIS_NAMES[axis]: factor for axis, factor in self.request.also},
            "adaptation": asdict(self.adapted) if self.adapted else None,
            "texture": self.request.texture,
            "texture_changed": self.texture_changed(),
            "flips": self.request.flips,
            "minimum": self.request.minimum,
            "agreement": self.request.agreement,
            "noise_removed": self.noise_removed,
            "repaired": list(self.repaired),
            # Where the file of a model lies is the user's business.
            "request": request_document(replace(self.request, model=Path(self.request.model).name)),
            "locked_region": self.region,
            "slab_by_slab": self.slab_by_slab,
            "device": self.device,
            "precision": self.precision.name if self.precision else None,
            "precision_reason": (self.precision.reason or None) if self.precision else None,
            "seconds": round(self.seconds, 3),
            "peak_memory_mb": self.peak_memory_mb,
            "consistency": {"rms": self.consistency.rms, "max": self.consistency.max},
            "disagreement": disagreement,
            "disagreement_worth": (
                disagreement_worth(self.model, self.request.factor) if disagreement else None
            ),
            "expected_gain": self.expected_gain.values() if self.expected_gain else None,
            "warnings": list(self.warnings),
            "warning_codes": list(self.warning_codes),
        }
