"""Images that can be viewed and are never reconstructed: localizers and single images."""

from dataclasses import replace

from srviewer.core.volumes.volume import VIEW_ONLY, ScanWarning, Volume
from srviewer.io.scans.series import Series
from srviewer.job import Job

LOCALIZER = (
    "This is a localizer, taken only to plan other scans: it can be viewed and is not "
    "reconstructed. Open another series of this study."
)
SINGLE = (
    "This is a single slice: it can be viewed and is not reconstructed, since a volume needs at "
    "least 2 slices."
)


def not_reconstructed(series: Series, reason: str) -> Series:
    """Mark a series as one that can only be viewed.

    Args:
        series: The images.
        reason: A sentence for people.

    Returns:
        The same series, which carries the reason as the warning ``view_only``, as do its volumes.
    """
    warning = ScanWarning(VIEW_ONLY, reason)

    def read(frame: int) -> Job[Volume]:
        volume = yield from series.read(frame)
        return replace(volume, warnings=(warning, *volume.warnings))

    return replace(
        series,
        warnings=(warning, *series.warnings),
        read=read,
        stream=None,
        read_each=None,
        view_only=reason,
    )
