"""A thick scan to a thin volume."""

import time
from dataclasses import replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation, residual, size_of
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.padding import interpolated, marked
from srviewer.core.volumes.interpolate import cubic, linear
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.job import Job, Progress, within
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import Interpolation
from srviewer.sr.cross_plane.padding_restored import measured_residual
from srviewer.sr.rebuild.cautions import NO_THICK_AXIS, cautions, outcomes
from srviewer.sr.rebuild.refine import refined
from srviewer.sr.requests.memory import peak_memory_mb
from srviewer.sr.requests.request import (
    Request,
    check_request,
    degradation_of,
    lowest_allowed,
    used_thickness,
)
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE, made_map
from srviewer.sr.results.reconstruction import Reconstruction

CHECKING = "Checking against the scan"


def reconstruct(
    scan: Volume,
    request: Request,
    region: Volume | None = None,
    lowest: float | None = None,
) -> Job[Reconstruction]:
    """Refine ``scan`` as asked; inside ``region`` (voxels above 0) nothing learned is added.

    ``lowest``: the least value that is allowed, where ``scan`` is a part of what it is the least
    value of; None for what the request says of ``scan`` itself.
    Raises UserError for an unknown method, model, fusion or device, a factor out of reach, or a
    scan with a single slice along the axis.
    """
    yield Progress(0.0, "Preparing")
    check_request(scan, request)
    stages = len(request.steps)
    lowest = lowest_allowed(scan, request) if lowest is None else lowest
    result = yield from within(_one_axis(scan, request, region, lowest), 0.0, 1 / stages)
    for number, (axis, factor) in enumerate(request.also, start=1):
        # What was interpolated is no scan: its slices are as thick as they are far apart.
        further = replace(request, axis=axis, factor=factor, also=(), profile="box")
        further = replace(further, thickness_mm=None, adaptation=None)
        job = _one_axis(result.volume, further, region, lowest)
        step = yield from within(job, number / stages, (number + 1) / stages)
        # What was refined already has no thick axis any more, which says nothing of the scan.
        lines = tuple(line for line in step.warnings if line != NO_THICK_AXIS)
        step = replace(step, warnings=lines)
        result = _joined(scan, request, result, step)
    return result


def _one_axis(
    scan: Volume, request: Request, region: Volume | None, lowest: float | None
) -> Job[Reconstruction]:
    started = time.monotonic()
    found = yield from within(refined(scan, request, region, lowest), 0.0, 0.96)
    yield Progress(0.96, CHECKING)
    estimate, data_range = found.estimate, found.intensity.range
    off = yield from within(_residual(estimate.voxels, scan.voxels, found.degradation), 0.96, 0.98)
    judged = measured_residual(off, scan, found.degradation)
    volume = thin_header(scan, request, found.model, lowest).with_voxels(estimate.voxels)
    arrays = {
        DISAGREEMENT: estimate.disagreement,
        SPREAD: estimate.spread,
        TEXTURE_CHANGE: found.texture,
    }
    maps = {
        kind: made_map(volume, voxels, scan.name, kind)
        for kind, voxels in arrays.items()
        if voxels is not None
    }
    if request.isotropic:
        yield Progress(0.98, "Resampling to isotropic voxels")
        volume = clipped(_isotropic(volume, request.axis, cubic), lowest)
        # A spline would swing below zero, where nothing can disagree.
        maps = {kind: _isotropic(made, request.axis, linear) for kind, made in maps.items()}
    return Reconstruction(
        volume=volume,
        disagreement=maps.get(DISAGREEMENT),
        spread=maps.get(SPREAD),
        texture_change=maps.get(TEXTURE_CHANGE),
        residual=made_map(scan, off, scan.name, RESIDUAL),
        consistency=size_of(judged, data_range),
        data_range=data_range,
        request=request,
        model=found.model,
        adapted=found.adapted,
        region=None if region is None else region.name,
        device=estimate.device,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=(
            *(w.message for w in scan.warnings),
            *cautions(scan, request, found.model),
            *outcomes(found, region),
        ),
        thickness_mm=used_thickness(scan, request),
    )


def _residual(result: Voxels, scan: Voxels, degradation: Degradation) -> Job[Voxels]:
    """``residual``, slab by slab beside the thick axis."""

    def of_slab(thin: Voxels, thick: Voxels) -> Voxels:
        return residual(thin, thick, degradation)

    return slabwise(of_slab, result, scan, message=CHECKING, along=degradation.axis)


def _joined(
    scan: Volume, request: Request, before: Reconstruction, step: Reconstruction
) -> Reconstruction:
    """``step``, which refined the result of ``before`` further, told as one reconstruction."""
    again = Degradation(step.request.axis, step.request.factor).apply(step.volume.voxels)
    degradation = degradation_of(scan, request)
    off = residual(again, scan.voxels, degradation)
    judged = measured_residual(off, scan, degradation)
    return replace(
        step,
        residual=made_map(scan, off, scan.name, RESIDUAL),
        consistency=size_of(judged, before.data_range),
        data_range=before.data_range,
        request=request,
        adapted=before.adapted,
        thickness_mm=before.thickness_mm,
        seconds=before.seconds + step.seconds,
        warnings=tuple(dict.fromkeys((*before.warnings, *step.warnings))),
    )


def thin_header(
    scan: ScanHeader, request: Request, model: Model | None, lowest: float | None = None
) -> ScanHeader:
    """The header of what ``request`` makes of ``scan``, raised to ``lowest`` where it is given."""
    geometry = scan.geometry.refined(request.axis, request.factor)
    by = f"{request.method}, model {model.name}" if model else request.method
    step = f"refined by {request.factor} along {AXIS_NAMES[request.axis]}: {by}"
    if lowest is not None:
        step += f"; raised to the scan's minimum, {lowest:.6g}"
    thin = scan.derived_header(geometry, step, f"{scan.name} (thin)")
    return replace(thin, slice_thickness=None)


def clipped(volume: Volume, lowest: float | None) -> Volume:
    """``volume`` after resampling, whose voxels stand for no slices any more."""
    if lowest is None:
        return volume
    voxels, padded = np.maximum(volume.voxels, np.float32(lowest)), volume.padded
    if padded is not None and volume.padding is not None:
        voxels = marked(voxels, padded, volume.padding)
    return volume.derived(voxels, volume.geometry, f"clipped to at least {lowest:.6g}")


def _isotropic(volume: Volume, axis: Axis, kernel: Interpolation) -> Volume:
    """``volume`` resampled along ``axis`` to the coarser in-plane spacing."""
    spacing = max(mm for a, mm in enumerate(volume.geometry.spacing) if a != axis)
    target = volume.geometry.regridded(axis, spacing)
    index = np.zeros((target.shape[axis], 3))
    index[:, axis] = np.arange(target.shape[axis])
    positions = volume.geometry.index(target.world(index))[:, axis]
    voxels = interpolated(kernel, volume.voxels, axis, positions, volume.padding)
    return volume.derived(voxels, target, f"resampled to {spacing:.4g} mm along {AXIS_NAMES[axis]}")
