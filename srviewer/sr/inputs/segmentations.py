"""Masks and label maps among what is given as scans: refused, or left out and counted."""

from collections import Counter
from collections.abc import Sequence

from srviewer.core.volumes.volume import ScanHeader, ScanWarning
from srviewer.errors import Unsupported, UserError
from srviewer.io.scans.series import Counts, Series
from srviewer.io.scans.voxel_checks import holds_labels
from srviewer.job import Job, Progress, within

BY_NAME = "masks or label maps by their names or headers"
BY_VOXELS = "masks or label maps by their voxels"
REASONS = {"segmentation": BY_NAME, "label_like": BY_VOXELS}


def segmentation_reason(warnings: Sequence[ScanWarning]) -> str:
    """Why something with these warnings is no scan, in the plural; "" for a scan."""
    return next((REASONS[one.code] for one in warnings if one.code in REASONS), "")


def check_is_scan(volume: ScanHeader, wanted: str) -> None:
    """Raise Unsupported for a mask or label map; ``wanted``: what is done to scans alone."""
    said = [one.message for one in volume.warnings if one.code in REASONS]
    if said:
        message = f"'{volume.name}' is not {wanted}: {' '.join(said)} Give a scan."
        raise Unsupported(message, segmentation_reason(volume.warnings))


def scans_among(series: Sequence[Series]) -> Job[tuple[tuple[Series, ...], Counts]]:
    """The series that are scans, and how many of the others are left out for each reason.

    Files are looked into where neither name nor header says it; one that cannot be read is kept,
    for whoever reads it to tell.
    """
    kept: list[Series] = []
    reasons: Counter[str] = Counter()
    for number, one in enumerate(series):
        yield Progress(number / len(series), f"Looking into {one.name}")
        reason = segmentation_reason(one.warnings)
        if not reason:
            span = number / len(series), (number + 1) / len(series)
            reason = BY_VOXELS if (yield from within(_holds_labels(one), *span)) else ""
        if reason:
            reasons[reason] += 1
        else:
            kept.append(one)
    return tuple(kept), tuple(reasons.most_common())


def _holds_labels(series: Series) -> Job[bool]:
    try:
        return (yield from holds_labels(series))
    except UserError:
        return False
