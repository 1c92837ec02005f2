"""Reconstruction of scans with missing or uneven slices: run by run, never with a mean spacing."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import consistency_of
from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.geometry.slice_runs import SliceRun, longest, runs
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import empty_value, interpolated_around_padding
from srviewer.core.volumes.interpolate import Positions, cubic, linear, nearest
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import Interpolation, method
from srviewer.sr.cross_plane.refinement import reachable
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import clipped, reconstruct
from srviewer.sr.reconstruction.repair import repaired, settled
from srviewer.sr.requests.request import LARGEST_FACTOR, RATIO_TOLERANCE, Request, lowest_allowed
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, made_map
from srviewer.sr.results.reconstruction import Reconstruction

# What every run for itself cannot have; with it a bad slice is bridged while the scan is reconstructed.
WHOLE: dict[str, Any] = {
    "also": (),
    "adaptation": None,
    "texture": 0.0,
    "flips": False,
    "isotropic": False,
    "gaps": "fill",
}
# Positions that are this close to a voxel's centre, in voxels, take its value as it is.
ON_CENTRE = 1e-3


def reconstruct_scan(
    scan: Volume, request: Request, region: Volume | None = None
) -> Job[Reconstruction]:
    """Reconstruct a scan; where slices are missing or uneven, as ``request.gaps`` says.

    Faults between slices are corrected first, those that ``request.repair`` names. Then, "run":
    only the longest regular run of slices. "fill": each run by itself, all on one grid, where
    unmeasured voxels hold the scan's smallest value, or its padding; the warnings say where.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: No two slices are regular, or each run is reconstructed by itself and the request
            has a region or a second axis; and as ``reconstruct``.
    """
    if not request.repair:
        return (yield from _reconstructed(scan, request, region))
    corrected = yield from within(repaired(scan, request.repair), 0.0, 0.05)
    whole = region is not None or request != replace(request, **WHOLE)
    with_gaps = corrected.scan if whole else corrected.with_gaps()
    result = yield from within(_reconstructed(with_gaps, request, region), 0.05, 1.0)
    return settled(result, corrected)


def _reconstructed(scan: Volume, request: Request, region: Volume | None) -> Job[Reconstruction]:
    planes = scan.planes
    if planes is None or planes.axis != request.axis:
        return (yield from reconstruct(scan, request, region))
    slice_runs = runs(planes)
    if longest(slice_runs).count < 2:
        raise UserError(
            f"No two slices of '{scan.name}' lie at a regular distance; there is nothing to "
            "reconstruct between. Look for the missing files."
        )
    if request.gaps == "run":
        return (yield from _longest_alone(scan, request, region, slice_runs))
    if region is not None or request.also:
        raise UserError(
            f"'{scan.name}' has gaps: neither a locked region nor a second axis goes with every "
            "run. Reconstruct the longest regular run alone, or leave them out."
        )
    return (yield from _every_run(scan, request, slice_runs))


def _longest_alone(
    scan: Volume, request: Request, region: Volume | None, slice_runs: tuple[SliceRun, ...]
) -> Job[Reconstruction]:
    chosen = longest(slice_runs)
    part = _part(scan, request.axis, chosen)
    result = yield from reconstruct(part, request, region, lowest_allowed(scan, request))
    measured = sum(run.count for run in slice_runs)
    line = (
        f"Only the longest regular run was reconstructed: {chosen.count} of {measured} slices, "
        f"{chosen.step_mm:.4g} mm apart, {_span(scan, request.axis, chosen.covered)}."
    )
    return replace(result, warnings=(line, *result.warnings))


@dataclass(frozen=True, eq=False)
class _RunResult:
    """One run and its result; a single slice has no result."""

    run: SliceRun
    part: Volume
    result: Reconstruction | None


def _every_run(
    scan: Volume, request: Request, slice_runs: tuple[SliceRun, ...]
) -> Job[Reconstruction]:
    axis = request.axis
    step = min(run.step_mm for run in slice_runs if run.count > 1)
    thin = step / request.factor
    run_results: list[_RunResult] = []
    done, total = 0, sum(run.count for run in slice_runs)
    for run in slice_runs:
        part, result = _part(scan, axis, run), None
        if run.count > 1:
            run_request, lowest = (
                _request_of(request, run.step_mm / thin),
                lowest_allowed(scan, request),
            )
            job = reconstruct(part, run_request, lowest=lowest)
            result = yield from within(job, done / total, (done + run.count) / total)
        run_results.append(_RunResult(run, part, result))
        done += run.count
    if request.isotropic:
        thin = max(mm for a, mm in enumerate(scan.geometry.spacing) if a != axis)
    return _joined(scan, request, run_results, thin)


def _request_of(request: Request, ratio: float) -> Request:
    """The request for a run whose spacing is ``ratio`` times the thin spacing."""
    model = find_model(request.model) if method(request.method).needs_model else None
    wanted = max(2, int(np.ceil(ratio - RATIO_TOLERANCE)))
    reached = (
        factor
        for factor in range(wanted, LARGEST_FACTOR + 1)
        if model is None or reachable(factor, model.factors)
    )
    return replace(request, factor=next(reached, request.factor), isotropic=False)


def _joined(
    scan: Volume, request: Request, run_results: list[_RunResult], thin: float
) -> Reconstruction:
    """All runs on one grid of ``thin`` mm; unmeasured voxels are left empty."""
    axis = request.axis
    begin, end = run_results[0].run.covered[0], run_results[-1].run.covered[1]
    count = max(1, round((end - begin) / thin))
    centres: Positions = np.asarray(begin + (np.arange(count) + 0.5) * thin, np.float64)
    grid = SliceRun(0, count, float(centres[0]), thin).geometry(scan.geometry, axis)
    owner = _owners([run_result.run for run_result in run_results], centres)
    empty = empty_value(scan)
    voxels = _laid(run_results, owner, grid, axis, empty)
    results = [run_result.result for run_result in run_results if run_result.result is not None]
    first = results[0]
    step = (
        f"{first.volume.history[-1]}; {len(run_results)} regular runs on one grid of {thin:.4g} mm"
    )
    volume = scan.derived(voxels, grid, step, f"{scan.name} (thin)")
    volume = clipped(volume, lowest_allowed(scan, request))
    disagreement = None
    if first.disagreement is not None:
        laid = _laid_disagreement(run_results, owner, grid, axis)
        disagreement = made_map(volume, laid, scan.name, DISAGREEMENT)
    residual, data_range = _residual(scan, axis, run_results), volume_intensity(scan).range
    judged = residual if scan.padded is None else residual[~scan.padded]
    thickness = {result.thickness_mm for result in results}
    lines = dict.fromkeys(line for result in results for line in result.warnings)
    return replace(
        first,
        volume=volume,
        disagreement=disagreement,
        spread=None,  # these belong to one run
        texture_change=None,
        residual=made_map(scan, residual, scan.name, RESIDUAL),
        consistency=consistency_of(judged, data_range),
        data_range=data_range,  # the first run may hold the darkest slices
        request=request,
        thickness_mm=first.thickness_mm if len(thickness) == 1 else None,
        seconds=sum(result.seconds for result in results),
        warnings=(*_notes(scan, run_results, centres[owner < 0], thin, empty, axis), *lines),
    )


def _owners(slice_runs: list[SliceRun], centres: Positions) -> npt.NDArray[np.int_]:
    """The run that holds each centre, by the nearest slice; -1 where none reaches."""
    owner = np.full(len(centres), -1)
    nearest_yet = np.full(len(centres), np.inf)
    for number, run in enumerate(slice_runs):
        positions_mm = run.first_mm + np.arange(run.count) * run.step_mm
        distances_mm = np.abs(centres[:, None] - positions_mm).min(axis=1)
        mine = (distances_mm <= run.step_mm / 2 * (1 + 1e-6)) & (distances_mm < nearest_yet)
        owner[mine], nearest_yet[mine] = number, distances_mm[mine]
    return owner


def _laid(
    run_results: list[_RunResult],
    owner: npt.NDArray[np.int_],
    grid: Geometry,
    axis: Axis,
    empty: float,
) -> Voxels:
    """The results of the runs on ``grid``."""
    laid = np.full(grid.shape, empty, np.float32)
    for number, run_result in enumerate(run_results):
        source = run_result.part if run_result.result is None else run_result.result.volume
        kernel = nearest if run_result.result is None else cubic
        _lay(laid, source, np.flatnonzero(owner == number), grid, axis, kernel)
    return laid


def _laid_disagreement(
    run_results: list[_RunResult], owner: npt.NDArray[np.int_], grid: Geometry, axis: Axis
) -> Voxels:
    """The disagreement of the runs on ``grid``, 0 where there is none."""
    laid = np.zeros(grid.shape, np.float32)
    for number, run_result in enumerate(run_results):
        if run_result.result is not None and run_result.result.disagreement is not None:
            source = run_result.result.disagreement
            _lay(laid, source, np.flatnonzero(owner == number), grid, axis, linear)
    return laid


def _lay(
    laid: Voxels,
    source: Volume,
    mine: npt.NDArray[np.int_],
    grid: Geometry,
    axis: Axis,
    kernel: Interpolation,
) -> None:
    """Write ``source`` to the planes ``mine`` of ``laid``."""
    if not len(mine):
        return
    index = np.zeros((len(mine), 3))
    index[:, axis] = mine
    positions = source.geometry.index(grid.world(index))[:, axis]
    if np.abs(positions - np.rint(positions)).max() < ON_CENTRE:
        kernel = nearest
    values = interpolated_around_padding(kernel, source.voxels, axis, positions, source.padding)
    np.moveaxis(laid, axis, 0)[mine] = np.moveaxis(values, axis, 0)


def _residual(scan: Volume, axis: Axis, run_results: list[_RunResult]) -> Voxels:
    residual = np.zeros(scan.voxels.shape, np.float32)
    for run_result in run_results:
        if run_result.result is not None:
            where = [slice(None)] * 3
            where[axis] = slice(run_result.run.start, run_result.run.stop)
            residual[tuple(where)] = run_result.result.residual.voxels
    return residual


def _notes(
    scan: ScanHeader,
    run_results: list[_RunResult],
    empty_mm: Positions,
    thin: float,
    empty: float,
    axis: Axis,
) -> list[str]:
    lines = [
        f"Reconstructed in {len(run_results)} regular runs on one grid; the agreement with the "
        "scan is that of each run before it was laid there."
    ]
    for first, last in _stretches(empty_mm, thin):
        span = _span(scan, axis, (first - thin / 2, last + thin / 2))
        lines.append(f"No data {span}: nothing was measured there; voxels are set to {empty:.6g}.")
    alone = [run_result.run.first_mm for run_result in run_results if run_result.result is None]
    lines += [
        f"The slice at {position_mm + _offset(scan, axis):.1f} mm stands alone and is repeated, "
        "not reconstructed."
        for position_mm in alone
    ]
    return lines


def _stretches(positions_mm: Positions, step: float) -> list[tuple[float, float]]:
    """First and last of each stretch of positions whose distance is ``step``."""
    if not len(positions_mm):
        return []
    cuts = np.flatnonzero(np.diff(positions_mm) > 1.5 * step) + 1
    return [(float(part[0]), float(part[-1])) for part in np.split(positions_mm, cuts)]


def _span(scan: ScanHeader, axis: Axis, covered: tuple[float, float]) -> str:
    """ "from 10.0 to 52.5 mm along the stack", as the scan's warnings count."""
    offset = _offset(scan, axis)
    return f"from {covered[0] + offset:.1f} to {covered[1] + offset:.1f} mm along the stack"


def _offset(scan: ScanHeader, axis: Axis) -> float:
    return float(scan.geometry.normal(axis) @ scan.geometry.affine[:3, 3])


def _part(scan: Volume, axis: Axis, run: SliceRun) -> Volume:
    """The slices of one run alone, on their true grid."""
    where = [slice(None)] * 3
    where[axis] = slice(run.start, run.stop)
    geometry = run.geometry(scan.geometry, axis)
    step = f"slices {run.start} to {run.stop - 1} alone, {run.step_mm:.4g} mm apart"
    return scan.derived(scan.voxels[tuple(where)], geometry, step)
