"""A volume that is opened only to be compared with a scan."""

from pathlib import Path

from srviewer.core.comparison.linking import unlinked
from srviewer.core.slices.sampling import aligned
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.io import formats
from srviewer.job import Job, Progress, within
from srviewer.sr.references.truth import on_grid_of_scan


def to_compare(path: Path, scan: ScanHeader) -> Job[Volume]:
    """Read a volume and bring it onto axes parallel to those of a scan.

    Args:
        path: The file or folder of the volume.
        scan: The scan that it is compared with.

    Returns:
        A job whose result is the volume, as ``beside`` gives it.
    """
    volume = yield from within(formats.read(path), 0.0, 0.8)
    return (yield from within(beside(volume, scan), 0.8, 1.0))


def beside(volume: Volume, scan: ScanHeader) -> Job[Volume]:
    """Bring a volume onto axes parallel to those of a scan, so that their slices are parallel.

    On the grid of the scan or a finer one of the same space nothing is interpolated.

    Args:
        volume: The volume to compare.
        scan: The scan that it is compared with.

    Returns:
        A job whose result is the volume along the scan's own axes, voxel for voxel where its grid
        allows that and else resampled; unchanged where it cannot be linked to the scan.
    """
    if unlinked(volume, scan):
        return volume
    placed = yield from within(on_grid_of_scan(volume, scan.geometry), 0.0, 0.5)
    if placed is not None:
        return placed
    yield Progress(0.5, "Turning to the axes of the scan")
    return aligned(volume, scan.geometry)
