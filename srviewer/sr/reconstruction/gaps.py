"""Reconstruction of scans with missing or uneven slices: run by run, never with a mean spacing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import Consistency, ResidualSize
from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.geometry.slice_runs import SliceRun, longest, runs
from srviewer.core.intensity.intensity_range import intensity_of_parts
from srviewer.core.intensity.padding import interpolated_around_padding, least_measured
from srviewer.core.volumes.interpolate import Positions, cubic, linear, nearest
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.core.volumes.voxel_sources import (
    Cropped,
    KeptVolume,
    Memory,
    Storage,
    VoxelSource,
    computed,
    kept,
    with_length,
)
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import Interpolation, method
from srviewer.sr.cross_plane.refinement import across, reachable
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import CHECKING, lowest_allowed, reconstructed
from srviewer.sr.reconstruction.repair import repaired, settled
from srviewer.sr.reconstruction.resampled import clipped, clipping
from srviewer.sr.reconstruction.slice_profile import used_profile
from srviewer.sr.requests.request import LARGEST_FACTOR, RATIO_TOLERANCE, Request
from srviewer.sr.results.kept_reconstruction import KeptReconstruction
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, map_header
from srviewer.sr.results.reconstruction import Reconstruction

# What every run for itself cannot have; with it a bad slice is bridged while the scan is
# reconstructed.
WHOLE: dict[str, Any] = {
    "also": (),
    "adaptation": None,
    "texture": 0.0,
    "flips": False,
    "isotropic": False,
    "gaps": "fill",
}
ESTIMATED = 0.01  # of the job, for the estimation of the slice profile
JOINING = "Joining the runs of slices"
# Positions that are this close to a voxel's centre, in voxels, take its value as it is.
ON_CENTRE = 1e-3


def reconstruct_scan(
    scan: Volume, request: Request, region: Volume | None = None
) -> Job[Reconstruction]:
    """Reconstruct a scan in memory; where slices are missing or uneven, as ``request.gaps`` says.

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
        result = yield from run_by_run(kept(scan), request, Memory(), region)
        return result.in_memory()
    corrected = yield from within(repaired(scan, request.repair), 0.0, 0.05)
    whole = region is not None or request != replace(request, **WHOLE)
    with_gaps = corrected.scan if whole else corrected.with_gaps()
    job = run_by_run(kept(with_gaps), request, Memory(), region)
    result = yield from within(job, 0.05, 1.0)
    return settled(result.in_memory(), corrected)


def run_by_run(
    scan: KeptVolume, request: Request, storage: Storage, region: Volume | None = None
) -> Job[KeptReconstruction]:
    """Reconstruct a scan; where slices are missing or uneven, as ``request.gaps`` says.

    Args:
        scan: The scan.
        request: The reconstruction; its repairs are left out.
        storage: Where the result is kept.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: As ``reconstruct_scan``.
    """
    used = yield from within(used_profile(scan, request), 0.0, ESTIMATED)
    job = _run_by_run(scan, used.request, storage, region)
    result = yield from within(job, ESTIMATED, 1.0)
    lines = (*used.warnings, *result.warnings)
    return replace(result, request=request, slice_profile=used.estimate, warnings=lines)


def _run_by_run(
    scan: KeptVolume, request: Request, storage: Storage, region: Volume | None
) -> Job[KeptReconstruction]:
    """``run_by_run`` of a request that states the slice profile."""
    planes = scan.header.planes
    if planes is None or planes.axis != request.axis:
        return (yield from reconstructed(scan, request, storage, region))
    slice_runs = runs(planes)
    if longest(slice_runs).count < 2:
        raise UserError(
            f"No two slices of '{scan.header.name}' lie at a regular distance; there is nothing to "
            "reconstruct between. Look for the missing files."
        )
    lowest = yield from within(lowest_allowed(scan, request), 0.0, 0.0)
    if request.gaps == "run":
        return (yield from _longest_alone(scan, request, storage, region, slice_runs, lowest))
    if region is not None or request.also:
        raise UserError(
            f"'{scan.header.name}' has gaps: neither a locked region nor a second axis goes with "
            "every run. Reconstruct the longest regular run alone, or leave them out."
        )
    return (yield from _every_run(scan, request, storage, slice_runs, lowest))


def _longest_alone(
    scan: KeptVolume,
    request: Request,
    storage: Storage,
    region: Volume | None,
    slice_runs: tuple[SliceRun, ...],
    lowest: float | None,
) -> Job[KeptReconstruction]:
    chosen = longest(slice_runs)
    part = _part(scan, request.axis, chosen)
    result = yield from reconstructed(part, request, storage, region, lowest)
    measured = sum(run.count for run in slice_runs)
    line = (
        f"Only the longest regular run was reconstructed: {chosen.count} of {measured} slices, "
        f"{chosen.step_mm:.4g} mm apart, {_span(scan.header, request.axis, chosen.covered)}."
    )
    return replace(result, warnings=(line, *result.warnings))


@dataclass(frozen=True, eq=False)
class _RunResult:
    """One run and its result; a single slice has no result."""

    run: SliceRun
    part: KeptVolume
    result: KeptReconstruction | None


def _every_run(
    scan: KeptVolume,
    request: Request,
    storage: Storage,
    slice_runs: tuple[SliceRun, ...],
    lowest: float | None,
) -> Job[KeptReconstruction]:
    axis = request.axis
    step = min(run.step_mm for run in slice_runs if run.count > 1)
    thin = step / request.factor
    run_results: list[_RunResult] = []
    done, total = 0, sum(run.count for run in slice_runs)
    for run in slice_runs:
        part, result = _part(scan, axis, run), None
        if run.count > 1:
            run_request = _request_of(request, run.step_mm / thin)
            job = reconstructed(part, run_request, storage, lowest=lowest)
            span = (0.95 * (done + n) / total for n in (0, run.count))
            result = yield from within(job, *span)
        run_results.append(_RunResult(run, part, result))
        done += run.count
    if request.isotropic:
        thin = max(mm for a, mm in enumerate(scan.header.geometry.spacing) if a != axis)
    job_of_joining = _joined(scan, request, run_results, thin, lowest, storage)
    return (yield from within(job_of_joining, 0.95, 1.0))


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
    scan: KeptVolume,
    request: Request,
    run_results: list[_RunResult],
    thin: float,
    lowest: float | None,
    storage: Storage,
) -> Job[KeptReconstruction]:
    """All runs on one grid of ``thin`` mm; unmeasured voxels are left empty."""
    axis, header = request.axis, scan.header
    begin, end = run_results[0].run.covered[0], run_results[-1].run.covered[1]
    count = max(1, round((end - begin) / thin))
    centres: Positions = np.asarray(begin + (np.arange(count) + 0.5) * thin, np.float64)
    grid = SliceRun(0, count, float(centres[0]), thin).geometry(header.geometry, axis)
    owner = _owners([run_result.run for run_result in run_results], centres)
    empty = header.padding
    if empty is None:
        empty = yield from within(least_measured(scan.voxels.parts, None), 0.0, 0.0)
    results = [run_result.result for run_result in run_results if run_result.result is not None]
    first = results[0]
    step = (
        f"{first.header.history[-1]}; {len(run_results)} regular runs on one grid of {thin:.4g} mm"
    )
    made = header.derived_header(grid, step, f"{header.name} (thin)")
    made = made if lowest is None else made.derived_header(grid, clipping(lowest))
    laying = _Laying(grid, axis, owner, storage)
    sources = [
        (one.part, nearest) if one.result is None else (one.result.kept, cubic)
        for one in run_results
    ]
    job = laying.laid(sources, empty, lowest, header.padding)
    volume = KeptVolume(made, (yield from within(job, 0.0, 0.6)))
    maps = {}
    if DISAGREEMENT.id in first.kept_maps:
        apart = [
            (None if one.result is None else one.result.kept_maps[DISAGREEMENT.id], linear)
            for one in run_results
        ]
        laid = yield from within(laying.laid(apart, 0.0, None, None), 0.6, 0.8)
        maps[DISAGREEMENT.id] = KeptVolume(map_header(made, header.name, DISAGREEMENT), laid)
    data_range = intensity_of_parts(scan.voxels.parts, header.padding).range
    judging = _agreement(scan, axis, run_results, data_range, storage)
    scan_residual, consistency = yield from within(judging, 0.8, 1.0)
    maps[RESIDUAL.id] = KeptVolume(map_header(header, header.name, RESIDUAL), scan_residual)
    thickness = {result.thickness_mm for result in results}
    lines = dict.fromkeys(line for result in results for line in result.warnings)
    return replace(
        first,
        kept=volume,
        kept_maps=maps,  # spread and change by texture belong to one run
        consistency=consistency,
        data_range=data_range,  # the first run may hold the darkest slices
        request=request,
        thickness_mm=first.thickness_mm if len(thickness) == 1 else None,
        seconds=sum(result.seconds for result in results),
        warnings=(*_notes(header, run_results, centres[owner < 0], thin, empty, axis), *lines),
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


@dataclass(frozen=True, eq=False)
class _Laying:
    """The common grid of all runs, and the run that owns each of its planes."""

    grid: Geometry
    axis: Axis
    owner: npt.NDArray[np.int_]
    storage: Storage

    def laid(
        self,
        sources: Sequence[tuple[KeptVolume | None, Interpolation]],
        empty: float,
        lowest: float | None,
        padding: float | None,
    ) -> Job[VoxelSource]:
        """The volumes of the runs on the grid, ``empty`` where there is none."""
        slabs, shape = across(self.axis), self.grid.shape

        def of_slab(start: int, stop: int) -> Voxels:
            slab = np.full(with_length(shape, slabs, stop - start), empty, np.float32)
            for number, (source, kernel) in enumerate(sources):
                mine = np.flatnonzero(self.owner == number)
                if source is not None and len(mine):
                    part = source.voxels.read(slabs, start, stop)
                    self._lay(slab, part, source.header, mine, kernel)
            return clipped(slab, lowest, padding)

        return (yield from computed(of_slab, shape, slabs, self.storage, JOINING))

    def _lay(
        self,
        slab: Voxels,
        part: Voxels,
        source: ScanHeader,
        mine: npt.NDArray[np.int_],
        kernel: Interpolation,
    ) -> None:
        """Write a slab of ``source`` to the planes ``mine`` of ``slab``."""
        index = np.zeros((len(mine), 3))
        index[:, self.axis] = mine
        positions = source.geometry.index(self.grid.world(index))[:, self.axis]
        if np.abs(positions - np.rint(positions)).max() < ON_CENTRE:
            kernel = nearest
        values = interpolated_around_padding(kernel, part, self.axis, positions, source.padding)
        np.moveaxis(slab, self.axis, 0)[mine] = np.moveaxis(values, self.axis, 0)


def _agreement(
    scan: KeptVolume,
    axis: Axis,
    run_results: list[_RunResult],
    data_range: float,
    storage: Storage,
) -> Job[tuple[VoxelSource, Consistency]]:
    """The residuals of all runs on the grid of the scan, and their size without padding."""
    slabs, shape, padding = across(axis), scan.voxels.shape, scan.header.padding
    size = ResidualSize(data_range)

    def of_slab(start: int, stop: int) -> Voxels:
        slab = np.zeros(with_length(shape, slabs, stop - start), np.float32)
        for run_result in run_results:
            if run_result.result is not None:
                own = run_result.result.kept_maps[RESIDUAL.id].voxels.read(slabs, start, stop)
                planes_of(slab, axis, run_result.run.start, run_result.run.stop)[...] = own
        measured = scan.voxels.read(slabs, start, stop)
        size.add(slab if padding is None else slab[measured != np.float32(padding)])
        return slab

    return (yield from computed(of_slab, shape, slabs, storage, CHECKING)), size.consistency()


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


def _part(scan: KeptVolume, axis: Axis, run: SliceRun) -> KeptVolume:
    """The slices of one run alone, on their true grid."""
    geometry = run.geometry(scan.header.geometry, axis)
    step = f"slices {run.start} to {run.stop - 1} alone, {run.step_mm:.4g} mm apart"
    header = scan.header.derived_header(geometry, step)
    return KeptVolume(header, Cropped(scan.voxels, axis, run.start, run.stop))
