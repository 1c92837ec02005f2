"""Finer grids of a scan, and which volumes may serve as the truth of its results."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.resampling.reorient import closest_axes, on_grid, same_grid
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.job import Job, within
from srviewer.sr.requests.request import suggested_request

Steps = tuple[tuple[Axis, int], ...]


def refined_grid(scan: Geometry, steps: Iterable[tuple[Axis, int]]) -> Geometry:
    """The grid of ``scan`` refined along each axis by its factor."""
    for axis, factor in steps:
        scan = scan.refined(axis, factor)
    return scan


def refinement(scan: Geometry, fine: Geometry) -> Steps | None:
    """(axis, factor) that lead from a scan to a finer grid of the same space, largest first.

    ``fine`` may be stored along other axes; those meant are the scan's. () for the scan's own
    grid, None where no whole factors lead there.
    """
    steps = _closest_steps(scan, fine)
    return steps if same_grid(fine, refined_grid(scan, steps)) else None


def on_grid_of_scan(volume: Volume, scan: Geometry) -> Job[Volume | None]:
    """``volume`` along the axes of ``scan``, where it lies on its grid or a finer one; else None.

    Nothing is interpolated.
    """
    grid = refined_grid(scan, _closest_steps(scan, volume.geometry))
    return (yield from on_grid(volume, grid))


def placed_truth(
    truth: Volume, file: str, scan: ScanHeader, result: Geometry | None
) -> Job[Volume]:
    """``truth`` on the grid of the result or, before there is one, on a finer one of the scan.

    Raises UserError, naming ``file``, when it lies on neither.
    """
    steps = _closest_steps(scan.geometry, truth.geometry) or suggested_request(scan).steps
    wanted = refined_grid(scan.geometry, steps) if result is None else result
    placed = yield from on_grid(truth, wanted)
    if placed is not None:
        return placed
    grid = f"a finer grid of '{scan.name}'" if result is None else "the grid of the result"
    raise UserError(
        f"'{file}' does not lie on {grid}: {grid_difference(truth.geometry, wanted)}. A ground "
        "truth covers the same space as the scan, with voxels of the size that is reconstructed."
    )


def read_truth(path: Path, scan: ScanHeader, result: Geometry | None) -> Job[Volume]:
    """The truth in the file ``path``, as ``placed_truth`` brings it to the scan or the result."""
    truth = yield from within(formats.read(path), 0.0, 0.8)
    return (yield from within(placed_truth(truth, path.name, scan, result), 0.8, 1.0))


def read_truth_again(path: Path, scan: ScanHeader, results: Sequence[Geometry]) -> Job[Volume]:
    """The truth in ``path`` on the first grid of ``results`` that has its voxels.

    Else on a finer grid of the scan; as it is where it lies on none of them.
    """
    truth = yield from within(formats.read(path), 0.0, 0.8)
    return (yield from within(_placed_again(truth, scan, results), 0.8, 1.0))


def _placed_again(truth: Volume, scan: ScanHeader, results: Sequence[Geometry]) -> Job[Volume]:
    for number, grid in enumerate(results):
        span = (number / (len(results) + 1), (number + 1) / (len(results) + 1))
        placed = yield from within(on_grid(truth, grid), *span)
        if placed is not None:
            return placed
    return (yield from on_grid_of_scan(truth, scan.geometry)) or truth


def _closest_steps(scan: Geometry, fine: Geometry) -> Steps:
    """The whole factors that come closest to the ratio of the spacings."""
    spacing = closest_axes(fine, scan).grid(fine).spacing
    ratios = [whole / part for whole, part in zip(scan.spacing, spacing, strict=True)]
    factors = [(axis, max(1, int(ratio + 0.5))) for axis, ratio in enumerate(ratios)]
    return tuple(sorted((step for step in factors if step[1] > 1), key=lambda step: -step[1]))
