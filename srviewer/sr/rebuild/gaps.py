"""Scans with missing or uneven slices: rebuilt run by run, never with a mean spacing."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import size_of
from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.geometry.slice_runs import Run, longest, runs
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import empty_value, interpolated
from srviewer.core.volumes.interpolate import Positions, cubic, linear, nearest
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import Interpolation, method
from srviewer.sr.cross_plane.refinement import reachable
from srviewer.sr.models.available_models import find_model
from srviewer.sr.rebuild.reconstruct import clipped, reconstruct
from srviewer.sr.rebuild.repair import repaired, settled
from srviewer.sr.requests.request import LARGEST_FACTOR, RATIO_TOLERANCE, Request, lowest_allowed
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, made_map
from srviewer.sr.results.reconstruction import Reconstruction

# What every run for itself cannot have; with it a bad slice is bridged while the scan is rebuilt.
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


def rebuild(scan: Volume, request: Request, region: Volume | None = None) -> Job[Reconstruction]:
    """Refine ``scan`` as asked; where slices are missing or uneven, as ``request.gaps`` says.

    Faults between slices are corrected first, those that ``request.repair`` names.

    "run": only the longest regular run of slices. "fill": every run for itself, all on one grid;
    what was not measured holds the scan's smallest value, or its padding, and the warnings say
    where.
    Raises UserError as ``reconstruct`` does, when no two slices are regular, and for a region or a
    second axis where every run is rebuilt for itself.
    """
    if not request.repair:
        return (yield from _rebuilt(scan, request, region))
    corrected = yield from within(repaired(scan, request.repair), 0.0, 0.05)
    whole = region is not None or request != replace(request, **WHOLE)
    with_gaps = corrected.scan if whole else corrected.with_gaps()
    result = yield from within(_rebuilt(with_gaps, request, region), 0.05, 1.0)
    return settled(result, corrected)


def _rebuilt(scan: Volume, request: Request, region: Volume | None) -> Job[Reconstruction]:
    planes = scan.planes
    if planes is None or planes.axis != request.axis:
        return (yield from reconstruct(scan, request, region))
    found = runs(planes)
    if longest(found).count < 2:
        raise UserError(
            f"No two slices of '{scan.name}' lie at a regular distance; there is nothing to "
            "rebuild between. Look for the missing files."
        )
    if request.gaps == "run":
        return (yield from _longest_alone(scan, request, region, found))
    if region is not None or request.also:
        raise UserError(
            f"'{scan.name}' has gaps: neither a locked region nor a second axis goes with every "
            "run. Rebuild the longest regular run alone, or leave them out."
        )
    return (yield from _every_run(scan, request, found))


def _longest_alone(
    scan: Volume, request: Request, region: Volume | None, found: tuple[Run, ...]
) -> Job[Reconstruction]:
    chosen = longest(found)
    part = _part(scan, request.axis, chosen)
    result = yield from reconstruct(part, request, region, lowest_allowed(scan, request))
    measured = sum(run.count for run in found)
    line = (
        f"Only the longest regular run was rebuilt: {chosen.count} of {measured} slices, "
        f"{chosen.step_mm:.4g} mm apart, {_span(scan, request.axis, chosen.covered)}."
    )
    return replace(result, warnings=(line, *result.warnings))


@dataclass(frozen=True, eq=False)
class _Piece:
    """One run and what was made of it; a slice on its own has no result."""

    run: Run
    part: Volume
    result: Reconstruction | None


def _every_run(scan: Volume, request: Request, found: tuple[Run, ...]) -> Job[Reconstruction]:
    axis = request.axis
    step = min(run.step_mm for run in found if run.count > 1)
    thin = step / request.factor
    pieces: list[_Piece] = []
    done, total = 0, sum(run.count for run in found)
    for run in found:
        part, result = _part(scan, axis, run), None
        if run.count > 1:
            asked, lowest = _request_of(request, run.step_mm / thin), lowest_allowed(scan, request)
            job = reconstruct(part, asked, lowest=lowest)
            result = yield from within(job, done / total, (done + run.count) / total)
        pieces.append(_Piece(run, part, result))
        done += run.count
    if request.isotropic:
        thin = max(mm for a, mm in enumerate(scan.geometry.spacing) if a != axis)
    return _joined(scan, request, pieces, thin)


def _request_of(request: Request, ratio: float) -> Request:
    """The request for a run whose slices are ``ratio`` times the thin spacing apart."""
    model = find_model(request.model) if method(request.method).needs_model else None
    wanted = max(2, int(np.ceil(ratio - RATIO_TOLERANCE)))
    reached = (
        factor
        for factor in range(wanted, LARGEST_FACTOR + 1)
        if model is None or reachable(factor, model.factors)
    )
    return replace(request, factor=next(reached, request.factor), isotropic=False)


def _joined(scan: Volume, request: Request, pieces: list[_Piece], thin: float) -> Reconstruction:
    """All pieces on one grid of ``thin`` mm, with what was not measured left empty."""
    axis = request.axis
    begin, end = pieces[0].run.covered[0], pieces[-1].run.covered[1]
    count = max(1, round((end - begin) / thin))
    centres: Positions = np.asarray(begin + (np.arange(count) + 0.5) * thin, np.float64)
    grid = Run(0, count, float(centres[0]), thin).geometry(scan.geometry, axis)
    owner = _owners([piece.run for piece in pieces], centres)
    empty = empty_value(scan)
    voxels = _laid(pieces, owner, grid, axis, empty)
    results = [piece.result for piece in pieces if piece.result is not None]
    first = results[0]
    step = f"{first.volume.history[-1]}; {len(pieces)} regular runs on one grid of {thin:.4g} mm"
    volume = scan.derived(voxels, grid, step, f"{scan.name} (thin)")
    volume = clipped(volume, lowest_allowed(scan, request))
    apart = None
    if first.disagreement is not None:
        laid = _laid_apart(pieces, owner, grid, axis)
        apart = made_map(volume, laid, scan.name, DISAGREEMENT)
    off, data_range = _residual(scan, axis, pieces), volume_intensity(scan).range
    judged = off if scan.padded is None else off[~scan.padded]
    thickness = {result.thickness_mm for result in results}
    lines = dict.fromkeys(line for result in results for line in result.warnings)
    return replace(
        first,
        volume=volume,
        disagreement=apart,
        spread=None,  # these belong to one run
        texture_change=None,
        residual=made_map(scan, off, scan.name, RESIDUAL),
        consistency=size_of(judged, data_range),
        data_range=data_range,  # the first run may hold the darkest slices
        request=request,
        thickness_mm=first.thickness_mm if len(thickness) == 1 else None,
        seconds=sum(result.seconds for result in results),
        warnings=(*_told(scan, pieces, centres[owner < 0], thin, empty, axis), *lines),
    )


def _owners(found: list[Run], centres: Positions) -> npt.NDArray[np.int_]:
    """The run that holds each centre, by the nearest slice; -1 where none reaches."""
    owner = np.full(len(centres), -1)
    nearest_yet = np.full(len(centres), np.inf)
    for number, run in enumerate(found):
        places = run.first_mm + np.arange(run.count) * run.step_mm
        away = np.abs(centres[:, None] - places).min(axis=1)
        mine = (away <= run.step_mm / 2 * (1 + 1e-6)) & (away < nearest_yet)
        owner[mine], nearest_yet[mine] = number, away[mine]
    return owner


def _laid(
    pieces: list[_Piece], owner: npt.NDArray[np.int_], grid: Geometry, axis: Axis, empty: float
) -> Voxels:
    """The pieces' volumes on ``grid``."""
    laid = np.full(grid.shape, empty, np.float32)
    for number, piece in enumerate(pieces):
        source = piece.part if piece.result is None else piece.result.volume
        kernel = nearest if piece.result is None else cubic
        _lay(laid, source, np.flatnonzero(owner == number), grid, axis, kernel)
    return laid


def _laid_apart(
    pieces: list[_Piece], owner: npt.NDArray[np.int_], grid: Geometry, axis: Axis
) -> Voxels:
    """The pieces' disagreement on ``grid``, 0 where there is none."""
    laid = np.zeros(grid.shape, np.float32)
    for number, piece in enumerate(pieces):
        if piece.result is not None and piece.result.disagreement is not None:
            source = piece.result.disagreement
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
    made = interpolated(kernel, source.voxels, axis, positions, source.padding)
    np.moveaxis(laid, axis, 0)[mine] = np.moveaxis(made, axis, 0)


def _residual(scan: Volume, axis: Axis, pieces: list[_Piece]) -> Voxels:
    off = np.zeros(scan.voxels.shape, np.float32)
    for piece in pieces:
        if piece.result is not None:
            where = [slice(None)] * 3
            where[axis] = slice(piece.run.start, piece.run.stop)
            off[tuple(where)] = piece.result.residual.voxels
    return off


def _told(
    scan: ScanHeader,
    pieces: list[_Piece],
    empty_mm: Positions,
    thin: float,
    empty: float,
    axis: Axis,
) -> list[str]:
    lines = [
        f"Rebuilt in {len(pieces)} regular runs on one grid; the agreement with the scan is that "
        "of each run before it was laid there."
    ]
    for first, last in _stretches(empty_mm, thin):
        span = _span(scan, axis, (first - thin / 2, last + thin / 2))
        lines.append(f"No data {span}: nothing was measured there; voxels are set to {empty:.6g}.")
    alone = [piece.run.first_mm for piece in pieces if piece.result is None]
    lines += [
        f"The slice at {place + _offset(scan, axis):.1f} mm stands alone and is repeated, not "
        "rebuilt."
        for place in alone
    ]
    return lines


def _stretches(places: Positions, step: float) -> list[tuple[float, float]]:
    """First and last of each stretch of places that are ``step`` apart."""
    if not len(places):
        return []
    cuts = np.flatnonzero(np.diff(places) > 1.5 * step) + 1
    return [(float(part[0]), float(part[-1])) for part in np.split(places, cuts)]


def _span(scan: ScanHeader, axis: Axis, covered: tuple[float, float]) -> str:
    """ "from 10.0 to 52.5 mm along the stack", as the scan's warnings count."""
    offset = _offset(scan, axis)
    return f"from {covered[0] + offset:.1f} to {covered[1] + offset:.1f} mm along the stack"


def _offset(scan: ScanHeader, axis: Axis) -> float:
    return float(scan.geometry.normal(axis) @ scan.geometry.affine[:3, 3])


def _part(scan: Volume, axis: Axis, run: Run) -> Volume:
    """The slices of one run alone, on the grid where they truly lie."""
    where = [slice(None)] * 3
    where[axis] = slice(run.start, run.stop)
    geometry = run.geometry(scan.geometry, axis)
    step = f"slices {run.start} to {run.stop - 1} alone, {run.step_mm:.4g} mm apart"
    return scan.derived(scan.voxels[tuple(where)], geometry, step)
