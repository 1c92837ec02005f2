"""The locked region of a scan: a mask from a file, inside which the network adds no detail."""

import numpy as np

from srviewer.core.comparison.belonging import check_belongs
from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.resampling.extended import extended
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.job import Job
from srviewer.sr.references.truth import on_grid_of_scan

WHOLE = 0.99  # the share of voxels from which a region is the whole scan


def lock_region(mask: Volume, scan: ScanHeader) -> Job[Volume]:
    """Bring the mask of a locked region onto the axes of its scan, without interpolation.

    Args:
        mask: The mask as read; its voxels above 0 are the region.
        scan: The scan that it was drawn on.

    Returns:
        A job whose result is the mask along the axes of the scan, on the scan's grid or a finer
        one.

    Raises:
        UserError: The mask is of another person, lies neither on the grid of the scan nor on a
            finer one of the same space, or covers all of the scan, as another scan would.
    """
    check_belongs(mask, scan)
    placed = yield from on_grid_of_scan(mask, scan.geometry)
    placed = extended(mask, scan.geometry) if placed is None else placed
    if placed is None:
        raise UserError(
            f"The region '{mask.name}' does not lie on the grid of '{scan.name}': "
            f"{grid_difference(mask.geometry, scan.geometry)}. Give a mask that was drawn on this "
            "scan."
        )
    if np.count_nonzero(placed.voxels > 0) >= WHOLE * placed.voxels.size:
        raise UserError(
            f"The region '{mask.name}' covers all of '{scan.name}', so that nothing learned would "
            "be added anywhere. Give a mask, 0 outside the region; or choose --method "
            "back-projected."
        )
    return placed
