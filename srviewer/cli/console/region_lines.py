"""Lines of text on the regions of a result that are most likely wrong."""

from srviewer.core.percentage import percentage
from srviewer.sr.results.doubts import REGIONS_NOTE, DoubtfulRegion

LISTED = 3


def region_lines(regions: tuple[DoubtfulRegion, ...] | None) -> list[str]:
    """Lines on the first regions; all of them are in JSON and in the report.

    Args:
        regions: Of the result; None where it has no disagreement.

    Returns:
        A line for each region with its position and the disagreement, and one on what they miss.
    """
    if not regions:
        return []
    lines = [
        f"most likely wrong, {number} of {len(regions)}: "
        f"{', '.join(f'{mm:.1f}' for mm in region.position_mm)} mm (RAS+), scan slice "
        f"{region.scan_slice}; the planes differ by {percentage(region.share, 1)} of the range"
        for number, region in enumerate(regions[:LISTED], 1)
    ]
    return [*lines, f"note: {REGIONS_NOTE}"]
