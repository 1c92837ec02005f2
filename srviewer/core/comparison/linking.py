"""Linking of volumes to the crosshair of a scan, by their frames of reference."""

from srviewer.core.slices.sampling import overlap
from srviewer.core.volumes.volume import ScanHeader


def unlinked(volume: ScanHeader, scan: ScanHeader) -> str:
    """The reason why a volume cannot follow the crosshair of a scan, for people.

    Positions in two frames of reference cannot be compared, even where the numbers agree.

    Args:
        volume: The header of the volume.
        scan: The header of the scan.

    Returns:
        A sentence; "" where the volume is linked.
    """
    if volume.frame and scan.frame and volume.frame != scan.frame:
        return f"Another frame of reference than '{scan.name}': not linked, scrolls by itself"
    if overlap(volume.geometry, scan.geometry) == overlap(scan.geometry, volume.geometry) == 0:
        return f"No space in common with '{scan.name}': not linked, scrolls by itself"
    return ""
