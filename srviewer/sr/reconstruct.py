"""A thick scan to a thin volume, with what is needed to judge and to repeat it."""

import sys
import time
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.degrade import Consistency, Degradation, consistency
from srviewer.core.fuse import FUSIONS
from srviewer.core.geometry import AXIS_NAMES, Axis, Geometry
from srviewer.core.interpolate import cubic, linear
from srviewer.core.metrics import intensity_range
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.job import Job, Progress, within
from srviewer.nn.model_file import Model
from srviewer.sr.cross_plane import Estimate, passes, reachable
from srviewer.sr.methods import Interpolation, method
from srviewer.sr.models import DEFAULT_MODEL, find_model
from srviewer.table import find_row

FEW_SLICES = 8
LARGEST_FACTOR = 64
# A ratio of spacings this little above an integer is refined by that integer.
RATIO_TOLERANCE = 0.05


@dataclass(frozen=True)
class Request:
    """What to do: refine by ``factor`` along the array axis ``axis``, by which means.

    ``method``, ``fusion``: ids in METHODS, FUSIONS. ``model``: a name or a file; unused by
    interpolation. ``isotropic``: resample the result to the in-plane spacing exactly.
    """

    axis: Axis
    factor: int
    method: str = "cross-plane"
    model: str = DEFAULT_MODEL
    fusion: str = "mean"
    device: str = "auto"
    isotropic: bool = False


def suggested_request(
    scan: Volume, axis: Axis | None = None, model: str = DEFAULT_MODEL
) -> Request:
    """The least factor that the model can reach and that makes cubes, along ``axis``.

    Without an axis: along the detected thick one, else along the coarsest.
    """
    geometry = scan.geometry
    if axis is None:
        axis = geometry.thick_axis
    if axis is None:
        axis = int(np.argmax(geometry.spacing))
    factor = suggested_factor(geometry, axis, find_model(model).factors)
    return Request(axis, factor, model=model)


def suggested_factor(geometry: Geometry, axis: Axis, known: tuple[int, ...]) -> int:
    """The least reachable factor that makes ``axis`` at least as fine as the in-plane axes."""
    wanted = max(2, ceil(geometry.thick_ratio(axis) - RATIO_TOLERANCE))
    every = range(wanted, LARGEST_FACTOR + 1)
    return next((factor for factor in every if reachable(factor, known)), max(known))


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A result and everything that must be told with it.

    ``volume``: on the refined grid. ``disagreement``: |plane A - plane B| on the same grid, where
    two planes made it. ``consistency``: the result degraded again against the scan, box profile.
    ``data_range``: the scan's intensity range, of which agreement and disagreement are shares.
    ``model``: the one that ran, None for interpolation. ``warnings``: for people, one line each.
    """

    volume: Volume
    disagreement: Volume | None
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
            "device": self.device,
            "seconds": round(self.seconds, 3),
            "peak_memory_mb": self.peak_memory_mb,
            "consistency": {"rms": self.consistency.rms, "max": self.consistency.max},
            "disagreement": self.disagreement_summary(),
            "warnings": list(self.warnings),
        }

    def disagreement_summary(self) -> dict[str, float] | None:
        """Mean and 99th percentile of the disagreement, as shares of the intensity range."""
        if self.disagreement is None:
            return None
        voxels = self.disagreement.voxels / self.data_range
        return {"mean": float(voxels.mean()), "p99": float(np.percentile(voxels, 99))}


def reconstruct(scan: Volume, request: Request) -> Job[Reconstruction]:
    """Refine ``scan`` as asked.

    Raises UserError for an unknown method, model, fusion or device, a factor out of reach, or a
    scan with a single slice along the axis.
    """
    yield Progress(0.0, "Preparing")
    started = time.monotonic()
    chosen, fusion = method(request.method), find_row(FUSIONS, request.fusion, "fusion")
    model = find_model(request.model) if chosen.needs_model else None
    _check(scan, request)
    job = chosen.run(scan.voxels, request.axis, request.factor, model, fusion, request.device)
    estimate = yield from within(job, 0.0, 0.95)
    yield Progress(0.95, "Checking against the scan")
    degradation = Degradation(axis=request.axis, factor=request.factor)
    agreement = consistency(estimate.voxels, scan.voxels, degradation)
    volume, apart = _volumes(scan, request, estimate, model)
    if request.isotropic:
        yield Progress(0.98, "Resampling to isotropic voxels")
        volume = _isotropic(volume, request.axis, cubic)
        # A spline would swing below zero, where nothing can disagree.
        apart = apart and _isotropic(apart, request.axis, linear)
    return Reconstruction(
        volume=volume,
        disagreement=apart,
        consistency=agreement,
        data_range=intensity_range(scan.voxels),
        request=request,
        model=model,
        device=estimate.device,
        seconds=time.monotonic() - started,
        peak_memory_mb=_peak_memory_mb(),
        warnings=(*(w.message for w in scan.warnings), *cautions(scan, request, model)),
    )


def cautions(scan: Volume, request: Request, model: Model | None) -> tuple[str, ...]:
    """What a user must know of this run, besides the scan's own warnings; one line each.

    Chiefly what lies outside the range in which the model was trained (None for interpolation).
    """
    lines: list[str] = []
    if request.isotropic:
        lines.append("Resampled to isotropic voxels: no longer reproduces the scan exactly.")
    if model is None:
        return tuple(lines)
    if not reachable(request.factor, model.factors):
        lines.append(f"Model '{model.name}' cannot refine by {request.factor}.")
    elif request.factor not in model.factors:
        stages = " x ".join(map(str, passes(request.factor, model.factors)))
        lines.append(f"Factor {request.factor} is outside the trained range: done as {stages}.")
    for name in model.plan.train:
        if name in scan.name:
            lines.append(
                f"Model '{model.name}' was trained on '{name}': scores on that scan are flattered."
            )
    if scan.modality not in ("", "MR"):
        lines.append(f"The modality is {scan.modality}; the network was trained on MR.")
    if scan.geometry.shape[request.axis] < FEW_SLICES:
        lines.append(f"Only {scan.geometry.shape[request.axis]} slices: little to learn from.")
    if any(warning.code == "label_like" for warning in scan.warnings):
        lines.append("The scan looks like a label map: use the method 'nearest' for labels.")
    return tuple(lines)


def _check(scan: Volume, request: Request) -> None:
    slices = scan.geometry.shape[request.axis]
    if slices < 2:
        raise UserError(
            f"'{scan.name}' has {slices} slice along {AXIS_NAMES[request.axis]}; there is nothing "
            f"to rebuild between. Open the whole series, or choose another axis."
        )
    if request.isotropic and request.axis != int(np.argmax(scan.geometry.spacing)):
        raise UserError(
            f"Isotropic voxels would be coarser than the scan along {AXIS_NAMES[request.axis]}. "
            f"Choose the axis of the thick slices, or leave the spacing as it comes."
        )
    if not 2 <= request.factor <= LARGEST_FACTOR:
        raise UserError(f"A factor is a whole number from 2 to {LARGEST_FACTOR}.")


def _volumes(
    scan: Volume, request: Request, estimate: Estimate, model: Model | None
) -> tuple[Volume, Volume | None]:
    geometry = scan.geometry.refined(request.axis, request.factor)
    by = f"{request.method}, model {model.name}" if model else request.method
    step = f"refined by {request.factor} along {AXIS_NAMES[request.axis]}: {by}"
    volume = scan.derived(estimate.voxels, geometry, step, f"{scan.name} (thin)")
    if estimate.disagreement is None:
        return volume, None
    apart = replace(
        volume.derived(estimate.disagreement, geometry, "disagreement of the two planes"),
        name=f"{scan.name} (disagreement)",
        stored_as="float32",
    )
    return volume, apart


def _isotropic(volume: Volume, axis: Axis, kernel: Interpolation) -> Volume:
    """``volume`` resampled along ``axis`` to the coarser in-plane spacing."""
    spacing = max(mm for a, mm in enumerate(volume.geometry.spacing) if a != axis)
    target = volume.geometry.regridded(axis, spacing)
    index = np.zeros((target.shape[axis], 3))
    index[:, axis] = np.arange(target.shape[axis])
    positions = volume.geometry.index(target.world(index))[:, axis]
    voxels = kernel(volume.voxels, axis, positions)
    return volume.derived(voxels, target, f"resampled to {spacing:.4g} mm along {AXIS_NAMES[axis]}")


def _peak_memory_mb() -> float | None:
    """The largest memory that this process has used, in 10^6 bytes; None where not known."""
    if sys.platform == "win32":
        return None
    import resource  # absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
