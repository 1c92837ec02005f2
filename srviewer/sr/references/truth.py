"""Finer grids of a scan, and the ground truth on them."""

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
    """The grid of a scan, refined along several axes.

    Args:
        scan: The grid of the scan.
        steps: (axis, factor) of each refinement; the axes are the scan's.

    Returns:
        The refined grid, which covers the same space.
    """
    for axis, factor in steps:
        scan = scan.refined(axis, factor)
    return scan


def refinement(scan: Geometry, fine: Geometry) -> Steps | None:
    """The steps from the grid of a scan to a finer grid of the same space.

    Args:
        scan: The grid of the scan.
        fine: The finer grid, which may be stored along other axes.

    Returns:
        (axis, factor) for each refined axis of the scan, the largest factor first; () for the
        scan's own grid, None where no whole factors lead there.
    """
    steps = _closest_steps(scan, fine)
    return steps if same_grid(fine, refined_grid(scan, steps)) else None


def on_grid_of_scan(volume: Volume, scan: Geometry) -> Job[Volume | None]:
    """Reorient a volume to the axes of a scan, where its grid is the scan's or a finer one.

    Nothing is interpolated.

    Args:
        volume: The volume.
        scan: The grid of the scan.

    Returns:
        A job whose result is the volume along the axes of the scan; None where it lies on another
        grid.
    """
    grid = refined_grid(scan, _closest_steps(scan, volume.geometry))
    return (yield from on_grid(volume, grid))


def placed_truth(
    truth: Volume, file: str, scan: ScanHeader, result: Geometry | None
) -> Job[Volume]:
    """Reorient a ground truth to the grid of the result, or to a finer one of the scan before it.

    Args:
        truth: The ground truth.
        file: The name of its file, for the message.
        scan: The scan that was simulated from it.
        result: The grid of the result; None before there is one.

    Returns:
        A job whose result is the truth on that grid; nothing is interpolated.

    Raises:
        UserError: The truth lies on neither grid.
    """
    steps = _closest_steps(scan.geometry, truth.geometry) or suggested_request(scan).steps
    target_grid = refined_grid(scan.geometry, steps) if result is None else result
    placed = yield from on_grid(truth, target_grid)
    if placed is not None:
        return placed
    grid = f"a finer grid of '{scan.name}'" if result is None else "the grid of the result"
    raise UserError(
        f"'{file}' does not lie on {grid}: {grid_difference(truth.geometry, target_grid)}. A "
        "ground truth covers the same space as the scan, with voxels of the size that is "
        "reconstructed."
    )


def read_truth(path: Path, scan: ScanHeader, result: Geometry | None) -> Job[Volume]:
    """Read a ground truth and bring it onto the grid of the scan's result.

    Args:
        path: The file of the truth.
        scan: The scan that was simulated from it.
        result: The grid of the result; None before there is one.

    Returns:
        A job whose result is the truth, as ``placed_truth`` gives it.
    """
    truth = yield from within(formats.read(path), 0.0, 0.8)
    return (yield from within(placed_truth(truth, path.name, scan, result), 0.8, 1.0))


def read_truth_again(path: Path, scan: ScanHeader, results: Sequence[Geometry]) -> Job[Volume]:
    """Read a ground truth onto the first grid of several results that has its voxels.

    Args:
        path: The file of the truth.
        scan: The scan that was simulated from it.
        results: The grids of its results, in the order in which they are tried.

    Returns:
        A job whose result is the truth on that grid, else on a finer grid of the scan; as it was
        read where it lies on none of them.
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
    """The whole factors that come closest to the ratios of the spacings."""
    spacing = closest_axes(fine, scan).grid(fine).spacing
    ratios = [whole / part for whole, part in zip(scan.spacing, spacing, strict=True)]
    factors = [(axis, max(1, int(ratio + 0.5))) for axis, ratio in enumerate(ratios)]
    return tuple(sorted((step for step in factors if step[1] > 1), key=lambda step: -step[1]))
