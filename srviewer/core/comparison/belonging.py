"""The check that a mask or label map was drawn on a scan of the same person, in its space."""

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from srviewer.core.volumes.dicom_origin import ImagePlane
from srviewer.core.volumes.volume import ScanHeader, is_segmentation
from srviewer.errors import UserError

SAME_MM = 0.05  # between positions that are the same
SAME_NORMAL = 0.01  # of unit vectors, half a degree
# A frame of a finer grid lies between slices; one that is moved by a slice lies on another.
MOST_SPACINGS = 0.75


def check_belongs(mask: ScanHeader, scan: ScanHeader) -> None:
    """Check that a mask and a scan name the same patient and frame of reference, and agree where.

    The frames of a DICOM segmentation name the slices that they were drawn on; where the scan has
    these slices, each frame must lie on its own. What one of the two does not name cannot be
    compared; their grids are compared elsewhere.

    Args:
        mask: The mask or label map.
        scan: The scan.

    Raises:
        UserError: They name two patients; or two frames of reference, in which positions cannot be
            compared; or a frame lies a slice or more away from the slice that it names.
    """
    if mask.patient and scan.patient and mask.patient != scan.patient:
        raise UserError(
            f"'{mask.name}' names another patient than the scan '{scan.name}' (PatientID), so it "
            "was not drawn on it. Give the segmentation of this scan."
        )
    drawn = is_segmentation(mask.warnings)
    if drawn and mask.frame and scan.frame and mask.frame != scan.frame:
        raise UserError(
            f"'{mask.name}' lies in another frame of reference than the scan '{scan.name}' "
            "(FrameOfReferenceUID), so their positions cannot be compared. Give the segmentation "
            "that was drawn on this series."
        )
    if drawn and scan.origin is not None:
        _check_slices(mask, scan, scan.origin.planes)


def _check_slices(mask: ScanHeader, scan: ScanHeader, slices: Sequence[ImagePlane]) -> None:
    """Check that each frame of a segmentation lies on a slice of the scan that it cites."""
    heights: dict[str, dict[int | None, ImagePlane]] = defaultdict(dict)
    for plane in slices:
        for image, number in plane.images:
            heights[image][number] = plane
    for frame in mask.drawn_on:
        cited = [
            plane
            for image, number in frame.images
            for known, plane in heights.get(image, {}).items()
            if number in (None, known)
        ]
        parallel = [plane for plane in cited if _parallel(plane, frame)]
        if not cited or len(parallel) < len(cited):
            continue
        distance = min(abs(plane.height - frame.height) for plane in cited)
        if distance > MOST_SPACINGS * _spacing(slices):
            raise UserError(
                f"A frame of '{mask.name}' lies {distance:.1f} mm from the slice of "
                f"'{scan.name}' that it names as its source, a slice or more: its positions or its "
                "references are wrong, so that it cannot be laid over the scan. Export the "
                "segmentation again."
            )


def _parallel(one: ImagePlane, other: ImagePlane) -> bool:
    """Whether two planes have the same normal, so that their heights can be compared."""
    return math.dist(one.normal, other.normal) < SAME_NORMAL


def _spacing(slices: Sequence[ImagePlane]) -> float:
    """The least distance between slices, mm; infinite for one slice, from which nothing follows."""
    heights = sorted(plane.height for plane in slices)
    gaps = [above - below for below, above in pairwise(heights) if above - below > SAME_MM]
    return min(gaps, default=math.inf)
