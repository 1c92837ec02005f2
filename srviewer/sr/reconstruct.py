"""A thick scan to a thin volume."""

import sys
import time

import numpy as np

from srviewer.core.degrade import residual, size_of
from srviewer.core.fuse import FUSIONS
from srviewer.core.geometry import AXIS_NAMES, Axis
from srviewer.core.interpolate import cubic, linear
from srviewer.core.metrics import intensity_range
from srviewer.core.volume import Volume
from srviewer.job import Job, Progress, within
from srviewer.nn.model_file import Model
from srviewer.sr.cautions import cautions
from srviewer.sr.cross_plane import Estimate
from srviewer.sr.maps import DISAGREEMENT, RESIDUAL, made_map
from srviewer.sr.methods import Interpolation, method
from srviewer.sr.models import find_model
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import Request, check_request, degradation_of
from srviewer.table import find_row


def reconstruct(scan: Volume, request: Request) -> Job[Reconstruction]:
    """Refine ``scan`` as asked.

    Raises UserError for an unknown method, model, fusion or device, a factor out of reach, or a
    scan with a single slice along the axis.
    """
    yield Progress(0.0, "Preparing")
    started = time.monotonic()
    chosen, fusion = method(request.method), find_row(FUSIONS, request.fusion, "fusion")
    model = find_model(request.model) if chosen.needs_model else None
    check_request(scan, request)
    job = chosen.run(scan.voxels, request.axis, request.factor, model, fusion, request.device)
    estimate = yield from within(job, 0.0, 0.95)
    yield Progress(0.95, "Checking against the scan")
    data_range = intensity_range(scan.voxels)
    off = residual(estimate.voxels, scan.voxels, degradation_of(request))
    volume, apart = _volumes(scan, request, estimate, model)
    if request.isotropic:
        yield Progress(0.98, "Resampling to isotropic voxels")
        volume = _isotropic(volume, request.axis, cubic)
        # A spline would swing below zero, where nothing can disagree.
        apart = apart and _isotropic(apart, request.axis, linear)
    return Reconstruction(
        volume=volume,
        disagreement=apart,
        residual=made_map(scan, off, scan.name, RESIDUAL),
        consistency=size_of(off, data_range),
        data_range=data_range,
        request=request,
        model=model,
        device=estimate.device,
        seconds=time.monotonic() - started,
        peak_memory_mb=_peak_memory_mb(),
        warnings=(*(w.message for w in scan.warnings), *cautions(scan, request, model)),
    )


def _volumes(
    scan: Volume, request: Request, estimate: Estimate, model: Model | None
) -> tuple[Volume, Volume | None]:
    geometry = scan.geometry.refined(request.axis, request.factor)
    by = f"{request.method}, model {model.name}" if model else request.method
    step = f"refined by {request.factor} along {AXIS_NAMES[request.axis]}: {by}"
    volume = scan.derived(estimate.voxels, geometry, step, f"{scan.name} (thin)")
    if estimate.disagreement is None:
        return volume, None
    return volume, made_map(volume, estimate.disagreement, scan.name, DISAGREEMENT)


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
