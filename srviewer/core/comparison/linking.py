"""Whether one point in mm means the same place in two volumes."""

from srviewer.core.slices.sampling import overlap
from srviewer.core.volumes.volume import ScanHeader


def unlinked(volume: ScanHeader, scan: ScanHeader) -> str:
    """Why ``volume`` cannot follow the crosshair of ``scan``, for people; "" where it can.

    Millimetres of two frames of reference have nothing to do with each other, even where the
    numbers agree.
    """
    if volume.frame and scan.frame and volume.frame != scan.frame:
        return f"Another frame of reference than '{scan.name}': not linked, scrolls by itself"
    if overlap(volume.geometry, scan.geometry) == overlap(scan.geometry, volume.geometry) == 0:
        return f"No space in common with '{scan.name}': not linked, scrolls by itself"
    return ""
