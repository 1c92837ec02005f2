"""Masks and label maps among the inputs: refused, or left out and counted."""

from collections import Counter
from collections.abc import Sequence

from srviewer.core.volumes.volume import VIEW_ONLY, ScanHeader, ScanWarning
from srviewer.errors import Unsupported, UserError
from srviewer.io.bids.anat_suffixes import LABELS
from srviewer.io.scans.series import Counts, Series
from srviewer.io.scans.voxel_checks import holds_labels
from srviewer.job import Job, Progress, within

BY_NAME = LABELS
BY_VOXELS = "masks or label maps by their voxels"
SINGLE_IMAGES = "localizers and single images"
REASONS = {"segmentation": BY_NAME, "label_like": BY_VOXELS, VIEW_ONLY: SINGLE_IMAGES}


def segmentation_reason(warnings: Sequence[ScanWarning]) -> str:
    """The reason for which an image is left out as no scan.

    Args:
        warnings: The warnings of the image.

    Returns:
        The reason as a noun in the plural; "" for a scan.
    """
    return next((REASONS[warning.code] for warning in warnings if warning.code in REASONS), "")


def check_is_scan(volume: ScanHeader, wanted: str) -> None:
    """Check that a volume is a scan and not a mask, a label map or a single image.

    Args:
        volume: The volume.
        wanted: The participle of what is done to scans alone, for the message.

    Raises:
        Unsupported: It is no scan by its warnings.
    """
    messages = [warning.message for warning in volume.warnings if warning.code in REASONS]
    if messages:
        message = f"'{volume.name}' is not {wanted}: {' '.join(messages)} Give a scan."
        raise Unsupported(message, segmentation_reason(volume.warnings))


def scans_among(series: Sequence[Series]) -> Job[tuple[tuple[Series, ...], Counts]]:
    """Select the series that are scans, and count the segmentations.

    Voxels are read where neither name nor header says it. A series that cannot be read is kept: its
    reader reports the error.

    Args:
        series: The series.

    Returns:
        A job whose result is the scans, and the number of the others for each reason.
    """
    scans: list[Series] = []
    reasons: Counter[str] = Counter()
    for number, candidate in enumerate(series):
        yield Progress(number / len(series), f"Looking into {candidate.name}")
        reason = segmentation_reason(candidate.warnings)
        if not reason:
            span = number / len(series), (number + 1) / len(series)
            reason = BY_VOXELS if (yield from within(_holds_labels(candidate), *span)) else ""
        if reason:
            reasons[reason] += 1
        else:
            scans.append(candidate)
    return tuple(scans), tuple(reasons.most_common())


def _holds_labels(series: Series) -> Job[bool]:
    try:
        return (yield from holds_labels(series))
    except UserError:
        return False
