"""Warning for scans of an implausible size: most often their voxel size is in another unit."""

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import ScanWarning

LEAST_MM, MOST_MM = 5.0, 1000.0
CODE = "implausible_size"
ROUNDING = 1e-4  # float32 in the header


def size_warnings(geometry: Geometry) -> tuple[ScanWarning, ...]:
    """The warning ``implausible_size`` where a grid is over 1 m or under 5 mm along an axis.

    Args:
        geometry: The grid of the scan.

    Returns:
        One warning or none.
    """
    extents = [n * mm for n, mm in zip(geometry.shape, geometry.spacing, strict=True)]
    small = min(extents) < LEAST_MM * (1 - ROUNDING)
    if not small and max(extents) <= MOST_MM * (1 + ROUNDING):
        return ()
    message = (
        f"By its header the image measures {' x '.join(map(_length, extents))}, which is "
        f"{'small' if small else 'large'} for a scan of a body. Check the voxel size and its unit "
        "before you trust a distance."
    )
    return (ScanWarning(CODE, message),)


def _length(mm: float) -> str:
    """ "48 m", "240 mm", "0.05 mm" for people."""
    return f"{mm / 1000:.3g} m" if mm > MOST_MM else f"{mm:.3g} mm"
