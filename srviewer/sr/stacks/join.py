"""Several stacks of one person joined to one volume."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from srviewer.core.acquisition.degradation import Consistency, consistency_of
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.padding import empty_value
from srviewer.core.resampling.spline import spline_coefficients
from srviewer.core.stacks.coverage import coverage
from srviewer.core.stacks.joined_grid import isotropic_grid, union_grid
from srviewer.core.stacks.weighted_mean import weighted_mean
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress, within
from srviewer.sr.requests.memory import peak_memory_mb
from srviewer.sr.stacks.joined import Joined, JoinedStack, joined_source, motion_values
from srviewer.sr.stacks.joined_origin import joined_origin
from srviewer.sr.stacks.request import JoinRequest, check_join
from srviewer.sr.stacks.singles import Single, single_results

SINGLES = 0.6  # of the time


def join(stacks: Sequence[Volume], request: JoinRequest) -> Job[Joined]:
    """Join several stacks of one person to one volume.

    Args:
        stacks: 2 to 8 stacks of regular slices in one contrast.
        request: The settings.

    Returns:
        A job whose result is the joined volume with what was found of each stack.

    Raises:
        UserError: The stacks cannot be joined, as ``check_join``; the model or device is unknown.
        Unsupported: One of the stacks is no scan.
    """
    yield Progress(0.0, "Preparing")
    started = time.monotonic()
    check_join(stacks, request)
    singles = yield from within(single_results(stacks, request), 0.0, SINGLES)
    grid = _grid(singles, request)
    results, weights = [], []
    for single in singles:
        results.append((yield from within(single.stack.result_on(grid), SINGLES, 0.9)))
        stack = single.stack
        seen = coverage(stack.placed, stack.padded, grid, stack.degradation.axis)
        weights.append((yield from within(seen, 0.9, 0.9)))
    empty = empty_value(singles[request.reference].result)
    voxels, _ = yield from within(weighted_mean(results, weights, empty), 0.9, 0.95)
    coefficients = yield from within(spline_coefficients(voxels), 0.95, 0.95)
    found = []
    for number, single in enumerate(singles):
        agreement = yield from within(_agreement(single, coefficients, grid), 0.95, 1.0)
        found.append(_joined_stack(number, single, weights, agreement))
    return Joined(
        volume=_volume(voxels, grid, singles, request),
        request=request,
        model=singles[0].model,
        stacks=tuple(found),
        is_single=False,
        device=singles[0].device,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=tuple(dict.fromkeys(line for single in singles for line in single.warnings)),
    )


def _grid(singles: Sequence[Single], request: JoinRequest) -> Geometry:
    grid = singles[request.reference].result.geometry
    if request.grid == "union":
        grid = union_grid(grid, [single.stack.placed for single in singles])
    return grid if request.spacing_mm is None else isotropic_grid(grid, request.spacing_mm)


def _agreement(single: Single, coefficients: Voxels, grid: Geometry) -> Job[Consistency | None]:
    stack = single.stack
    predicted = yield from stack.predicted(coefficients, grid)
    held = stack.held(grid)
    if not held.any():
        return None
    residual = predicted - stack.in_unit(stack.measured)
    return consistency_of(residual[held], abs(stack.gain) * single.intensity.range)


def _joined_stack(
    number: int, single: Single, weights: Sequence[Voxels], agreement: Consistency | None
) -> JoinedStack:
    total = np.sum([weight.sum(dtype=np.float64) for weight in weights])
    stack = single.stack
    rotation, translation = motion_values(stack.motion, stack.grid.centre)
    return JoinedStack(
        index=number,
        name=single.scan.name,
        moved=stack.motion,
        rotation_deg=rotation,
        translation_mm=translation,
        gain=stack.gain,
        offset=stack.offset,
        weight=float(weights[number].sum(dtype=np.float64) / total),
        agreement=agreement,
        left_out=None,
        down_weighted=(),
    )


def _volume(
    voxels: Voxels, grid: Geometry, singles: Sequence[Single], request: JoinRequest
) -> Volume:
    scans = [single.scan for single in singles]
    reference = singles[request.reference]
    others = ", ".join(scan.name for n, scan in enumerate(scans) if n != request.reference)
    step = f"joined with {len(scans) - 1} other stacks ({others})"
    header = reference.result.derived_header(grid, step, f"{reference.scan.name} (joined)")
    header = replace(
        header,
        source=joined_source(scans, request.reference),
        origin=joined_origin(scans, request.reference),
        planes=None,
    )
    return header.with_voxels(voxels)
