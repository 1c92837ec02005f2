"""A volume that is opened only to be compared with a scan."""

from pathlib import Path

from srviewer.core.linking import unlinked
from srviewer.core.sampling import aligned
from srviewer.core.volume import Volume
from srviewer.io import formats
from srviewer.job import Job, Progress, within


def to_compare(path: Path, original: Volume) -> Job[Volume]:
    """The volume in ``path``, brought to axes parallel to those of ``original``.

    One that cannot be linked is left as it is.
    """
    volume = yield from within(formats.read(path), 0.0, 0.8)
    if unlinked(volume, original):
        return volume
    yield Progress(0.8, "Turning to the axes of the scan")
    return aligned(volume, original.geometry)
