"""Reconstruction of a thick scan, with its maps and facts, in memory or slab by slab on disk."""

import time
from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.degradation import (
    Consistency,
    Degradation,
    ResidualSize,
    residual,
)
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.intensity.padding import least_measured
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.core.volumes.voxel_sources import (
    KeptVolume,
    Memory,
    Storage,
    VoxelSource,
    computed,
    kept,
    slab_planes,
)
from srviewer.job import Job, Progress, within
from srviewer.nn.devices.precisions import UsedPrecision
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.padding_restored import measured_residual
from srviewer.sr.cross_plane.refinement import across
from srviewer.sr.reconstruction.cautions import NO_THICK_AXIS, cautions_at_noise, outcomes
from srviewer.sr.reconstruction.refine import Refined, refined
from srviewer.sr.reconstruction.resampled import made_isotropic
from srviewer.sr.reconstruction.texture_noise import texture_warning
from srviewer.sr.requests.memory import peak_memory_mb
from srviewer.sr.requests.request import Request, check_request, degradation_of, used_thickness
from srviewer.sr.results.kept_reconstruction import KeptReconstruction
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE, map_header
from srviewer.sr.results.reconstruction import Reconstruction

CHECKING = "Checking against the scan"


def reconstruct(
    scan: Volume, request: Request, region: Volume | None = None
) -> Job[Reconstruction]:
    """Reconstruct a regular scan in memory: refine it along each axis of the request.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: A method, model, fusion or device is unknown, a factor is out of reach, or the
            scan has a single slice along the axis.
    """
    result = yield from reconstructed(kept(scan), request, Memory(), region)
    return result.in_memory()


def reconstructed(
    scan: KeptVolume,
    request: Request,
    storage: Storage,
    region: Volume | None = None,
    lowest: float | None = None,
) -> Job[KeptReconstruction]:
    """Reconstruct a regular scan: refine it along each axis of the request.

    Args:
        scan: The scan.
        request: The reconstruction.
        storage: Where the result is kept.
        region: The locked region, voxels above 0; None without one.
        lowest: The lower bound where ``scan`` is a part of a scan; None to take it from the
            request.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: As ``reconstruct``.
    """
    started = time.monotonic()
    yield Progress(0.0, "Preparing")
    check_request(scan.header, request)
    if lowest is None:
        lowest = yield from within(lowest_allowed(scan, request), 0.0, 0.0)
    first = yield from within(
        _one_axis(scan, request, region, lowest, storage), 0.0, 0.95 / len(request.steps)
    )
    further = _further_axes(first, request, region, lowest, storage)
    last, lines = yield from within(further, 0.95 / len(request.steps), 0.95)
    data_range = first.refined.intensity.range
    job_of_residual = against_scan(last.volume.voxels, scan, request, data_range, storage)
    scan_residual, consistency = yield from within(job_of_residual, 0.95, 0.98)
    maps = _maps(scan.header, last)
    volume = last.volume
    if request.isotropic:
        resampling = made_isotropic(volume, maps, request.axis, lowest, storage)
        volume, maps = yield from within(resampling, 0.98, 1.0)
    residual_header = map_header(scan.header, scan.header.name, RESIDUAL)
    return KeptReconstruction(
        kept=volume,
        kept_maps={**maps, RESIDUAL.id: KeptVolume(residual_header, scan_residual)},
        consistency=consistency,
        data_range=data_range,
        request=request,
        model=last.refined.model,
        adapted=first.refined.adapted,
        region=None if region is None else region.name,
        device=last.refined.computation.device,
        precision=last.refined.computation.precision,
        noise_removed=first.refined.noise if first.refined.noise_removed else None,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=lines,
        warning_codes=(*(warning.code for warning in scan.header.warnings), *first.codes),
        thickness_mm=used_thickness(scan.header, request),
    )


@dataclass(frozen=True, eq=False)
class _Step:
    """A scan refined along one axis, and what a user must know of that."""

    refined: Refined
    volume: KeptVolume
    lines: tuple[str, ...]
    codes: tuple[str, ...]


def _one_axis(
    scan: KeptVolume,
    request: Request,
    region: Volume | None,
    lowest: float | None,
    storage: Storage,
) -> Job[_Step]:
    done = yield from refined(scan, request, region, lowest, storage)
    precision = done.computation.precision
    thin = thin_header(scan.header, request, done.model, lowest, precision, done.noise_removed)
    lines = (
        *(warning.message for warning in scan.header.warnings),
        *cautions_at_noise(scan.header, request, done.model, done.noise),
        *outcomes(request, done, region),
    )
    warning = None if done.model is None else texture_warning(request, done.noise)
    codes = () if warning is None else (warning.code,)
    return _Step(done, KeptVolume(thin, done.estimate.voxels), lines, codes)


def _further_axes(
    first: _Step, request: Request, region: Volume | None, lowest: float | None, storage: Storage
) -> Job[tuple[_Step, tuple[str, ...]]]:
    """Refine the further axes of a request: the last step, and the lines of all."""
    last, lines = first, first.lines
    for number, (axis, factor) in enumerate(request.also):
        # What was interpolated is no scan: its slices are as thick as they are far apart.
        further = replace(request, axis=axis, factor=factor, also=(), profile="box")
        further = replace(further, thickness_mm=None, adaptation=None, agreement="exact")
        job = _one_axis(last.volume, further, region, lowest, storage)
        span = ((number + n) / len(request.also) for n in (0, 1))
        last = yield from within(job, *span)
        # What was refined already has no thick axis any more, which says nothing of the scan.
        more = (line for line in last.lines if line != NO_THICK_AXIS)
        lines = tuple(dict.fromkeys((*lines, *more)))
    return last, lines


def _maps(scan: ScanHeader, step: _Step) -> dict[str, KeptVolume]:
    estimate, thin = step.refined.estimate, step.volume.header
    stores = {
        DISAGREEMENT: estimate.disagreement,
        SPREAD: estimate.spread,
        TEXTURE_CHANGE: estimate.texture,
    }
    return {
        kind.id: KeptVolume(map_header(thin, scan.name, kind), store)
        for kind, store in stores.items()
        if store is not None
    }


def against_scan(
    result: VoxelSource, scan: KeptVolume, request: Request, data_range: float, storage: Storage
) -> Job[tuple[VoxelSource, Consistency]]:
    """Compute the residual of a result.

    Args:
        result: (i, j, k) on the refined grid.
        scan: The scan.
        request: The reconstruction, by whose steps the result is degraded again.
        data_range: The intensity range of the scan.
        storage: Where the residual is kept.

    Returns:
        A job with the residual on the grid of the scan, 0 where padding contributes, and its size
        as shares of the range.
    """
    degradation, padding = degradation_of(scan.header, request), scan.header.padding
    axis, size = across(request.axis), ResidualSize(data_range)
    finer = dict(request.also).get(axis, 1)

    def of_slab(start: int, stop: int) -> Voxels:
        thin = result.read(axis, start * finer, stop * finer)
        for further, factor in reversed(request.also):
            thin = Degradation(further, factor).apply(np.ascontiguousarray(thin))
        measured = scan.voxels.read(axis, start, stop)
        # In one memory order: a mean of eight voxels and more is rounded by it.
        difference = residual(np.ascontiguousarray(thin), measured, degradation)
        padded = None if padding is None else measured == np.float32(padding)
        size.add(measured_residual(difference, padded, degradation))
        return difference

    planes = max(1, slab_planes(result.shape, axis) // finer)
    job = computed(of_slab, scan.voxels.shape, axis, storage, CHECKING, planes)
    return (yield from job), size.consistency()


def lowest_allowed(scan: KeptVolume, request: Request) -> Job[float | None]:
    """The lower bound of a result, by its request.

    Args:
        scan: The scan.
        request: The reconstruction.

    Returns:
        A job with the least measured value of the scan, which no voxel but padding may be below;
        None for no lower bound.
    """
    if request.minimum != "scan":
        return None
    return (yield from least_measured(scan.voxels.parts, scan.header.padding))


def thin_header(
    scan: ScanHeader,
    request: Request,
    model: Model | None,
    lowest: float | None = None,
    precision: UsedPrecision | None = None,
    noise_removed: bool = False,
) -> ScanHeader:
    """The header of a scan refined along the first axis of a request.

    Args:
        scan: The scan.
        request: The reconstruction.
        model: The model, for the history; None for interpolation.
        lowest: The lower bound, for the history; None for none.
        precision: That of the network, for the history.
        noise_removed: Whether noise was removed first, for the history.

    Returns:
        The header, on the refined grid and without a slice thickness.
    """
    geometry = scan.geometry.refined(request.axis, request.factor)
    by = f"{request.method}, model {model.name}" if model else request.method
    step = f"refined by {request.factor} along {AXIS_NAMES[request.axis]}: {by}"
    if noise_removed:
        step += ", its noise removed first"
    if precision is not None and precision.name == "int8":
        step += " in 8-bit integers"
    if lowest is not None:
        step += f"; raised to the scan's minimum, {lowest:.6g}"
    thin = scan.derived_header(geometry, step, f"{scan.name} (thin)")
    return replace(thin, slice_thickness=None)
