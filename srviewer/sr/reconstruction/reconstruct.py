"""Reconstruction of a thick scan in memory, with its maps and facts."""

import time
from dataclasses import replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation, consistency_of, residual
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.padding import interpolated_around_padding, marked
from srviewer.core.volumes.interpolate import cubic, linear
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.job import Job, Progress, within
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import Interpolation
from srviewer.sr.cross_plane.padding_restored import measured_residual
from srviewer.sr.reconstruction.cautions import NO_THICK_AXIS, caution_codes, cautions, outcomes
from srviewer.sr.reconstruction.refine import refined
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
    """Reconstruct a regular scan: refine it along each axis of the request.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region, voxels above 0; None without one.
        lowest: The lower bound where ``scan`` is a part of a scan; None to take it from the
            request.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: A method, model, fusion or device is unknown, a factor is out of reach, or the
            scan has a single slice along the axis.
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
    axis_result = yield from within(refined(scan, request, region, lowest), 0.0, 0.96)
    yield Progress(0.96, CHECKING)
    estimate, data_range = axis_result.estimate, axis_result.intensity.range
    scan_residual = yield from within(
        _residual(estimate.voxels, scan.voxels, axis_result.degradation), 0.96, 0.98
    )
    judged = measured_residual(scan_residual, scan, axis_result.degradation)
    volume = thin_header(scan, request, axis_result.model, lowest).with_voxels(estimate.voxels)
    arrays = {
        DISAGREEMENT: estimate.disagreement,
        SPREAD: estimate.spread,
        TEXTURE_CHANGE: axis_result.texture,
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
        maps = {
            kind: _isotropic(map_volume, request.axis, linear) for kind, map_volume in maps.items()
        }
    return Reconstruction(
        volume=volume,
        disagreement=maps.get(DISAGREEMENT),
        spread=maps.get(SPREAD),
        texture_change=maps.get(TEXTURE_CHANGE),
        residual=made_map(scan, scan_residual, scan.name, RESIDUAL),
        consistency=consistency_of(judged, data_range),
        data_range=data_range,
        request=request,
        model=axis_result.model,
        adapted=axis_result.adapted,
        region=None if region is None else region.name,
        device=estimate.device,
        precision=estimate.precision,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=(
            *(w.message for w in scan.warnings),
            *cautions(scan, request, axis_result.model),
            *outcomes(axis_result, region),
        ),
        warning_codes=(
            *(w.code for w in scan.warnings),
            *caution_codes(scan, request, axis_result.model),
        ),
        thickness_mm=used_thickness(scan, request),
    )


def _residual(result: Voxels, scan: Voxels, degradation: Degradation) -> Job[Voxels]:
    """The residual, slab by slab across another axis than the thick one."""

    def of_slab(thin: Voxels, thick: Voxels) -> Voxels:
        return residual(thin, thick, degradation)

    return slabwise(of_slab, result, scan, message=CHECKING, along=degradation.axis)


def _joined(
    scan: Volume, request: Request, before: Reconstruction, step: Reconstruction
) -> Reconstruction:
    """Join ``step``, which refined the result of ``before`` further, to one reconstruction."""
    again = Degradation(step.request.axis, step.request.factor).apply(step.volume.voxels)
    degradation = degradation_of(scan, request)
    scan_residual = residual(again, scan.voxels, degradation)
    judged = measured_residual(scan_residual, scan, degradation)
    return replace(
        step,
        residual=made_map(scan, scan_residual, scan.name, RESIDUAL),
        consistency=consistency_of(judged, before.data_range),
        data_range=before.data_range,
        request=request,
        adapted=before.adapted,
        thickness_mm=before.thickness_mm,
        seconds=before.seconds + step.seconds,
        warnings=tuple(dict.fromkeys((*before.warnings, *step.warnings))),
        warning_codes=before.warning_codes,
    )


def thin_header(
    scan: ScanHeader, request: Request, model: Model | None, lowest: float | None = None
) -> ScanHeader:
    """The header of a scan refined along the first axis of a request.

    Args:
        scan: The scan.
        request: The reconstruction.
        model: The model, for the history; None for interpolation.
        lowest: The lower bound, for the history; None for none.

    Returns:
        The header, on the refined grid and without a slice thickness.
    """
    geometry = scan.geometry.refined(request.axis, request.factor)
    by = f"{request.method}, model {model.name}" if model else request.method
    step = f"refined by {request.factor} along {AXIS_NAMES[request.axis]}: {by}"
    if lowest is not None:
        step += f"; raised to the scan's minimum, {lowest:.6g}"
    thin = scan.derived_header(geometry, step, f"{scan.name} (thin)")
    return replace(thin, slice_thickness=None)


def clipped(volume: Volume, lowest: float | None) -> Volume:
    """Clip a resampled result to the lower bound.

    Its voxels belong to no slices any more, so block means need not be kept.

    Args:
        volume: The result.
        lowest: The lower bound; None for none.

    Returns:
        The clipped result, with its padding; itself without a lower bound.
    """
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
    voxels = interpolated_around_padding(kernel, volume.voxels, axis, positions, volume.padding)
    return volume.derived(voxels, target, f"resampled to {spacing:.4g} mm along {AXIS_NAMES[axis]}")
