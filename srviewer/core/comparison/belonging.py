"""The check that a mask or label map was drawn on a scan of the same person, in its space."""

from srviewer.core.volumes.volume import ScanHeader, is_segmentation
from srviewer.errors import UserError


def check_belongs(mask: ScanHeader, scan: ScanHeader) -> None:
    """Check that a mask and a scan name the same patient and the same frame of reference.

    What one of them does not name cannot be compared; their grids are compared elsewhere.

    Args:
        mask: The mask or label map.
        scan: The scan.

    Raises:
        UserError: They name two patients; or two frames of reference, in which positions cannot be
            compared.
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
