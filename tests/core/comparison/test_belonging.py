"""Frames of a segmentation lie on the slices, or frames of one file, that they name."""

import numpy as np
import pytest

from srviewer.core.comparison.belonging import check_belongs
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.dicom_origin import Citation, DicomOrigin, ImagePlane
from srviewer.core.volumes.volume import ScanHeader, ScanWarning
from srviewer.errors import UserError

UP, SIDE = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
GRID = Geometry((4, 4, 5), np.diag([1.0, 1.0, 3.0, 1.0]))
# Five slices in one file, 3 mm apart.
SLICES = tuple(ImagePlane((("1.2", k),), UP, 3.0 * k) for k in range(5))
SCAN = ScanHeader(GRID, "scan", origin=DicomOrigin("{}", (), planes=SLICES))


def drawn(height: float, *cited: Citation, normal: tuple[float, float, float] = UP) -> ScanHeader:
    drawn_on = (ImagePlane(cited, normal, height),)
    return ScanHeader(GRID, "drawn", warnings=(ScanWarning("segmentation", ""),), drawn_on=drawn_on)


@pytest.mark.parametrize(
    "mask",
    [
        drawn(6.0, ("1.2", 2)),
        drawn(7.5, ("1.2", 2)),  # between two slices, on a finer grid
        drawn(9.0, ("1.2", 2), ("1.2", 3)),  # one of the two
        drawn(9.0, ("1.2", None)),  # any frame of the file
        drawn(9.0, ("1.3", 2)),  # another scan's
        drawn(9.0, ("1.2", 9)),  # a slice that was left out
        drawn(90.0, ("1.2", 2), normal=SIDE),  # resampled to another plane
        drawn(9.0),
    ],
)
def test_what_contradicts_nothing_is_accepted(mask: ScanHeader) -> None:
    check_belongs(mask, SCAN)


@pytest.mark.parametrize(
    "mask", [drawn(9.0, ("1.2", 2)), drawn(3.0, ("1.2", 2)), drawn(15.0, ("1.2", None))]
)
def test_a_frame_a_slice_away_from_its_own_is_refused(mask: ScanHeader) -> None:
    with pytest.raises(UserError, match=r"lies 3\.0 mm from the slice of 'scan'"):
        check_belongs(mask, SCAN)


def test_nothing_follows_from_a_single_slice() -> None:
    single = DicomOrigin("{}", (), planes=SLICES[:1])
    check_belongs(drawn(30.0, ("1.2", 0)), ScanHeader(GRID, "scan", origin=single))
