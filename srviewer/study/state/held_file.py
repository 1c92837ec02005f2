"""The file that holds a volume, for as long as nobody writes to it."""

from dataclasses import dataclass
from pathlib import Path

from srviewer.io.files.content import Stamp, stamp_of


@dataclass(frozen=True)
class HeldFile:
    """A file that held a volume, voxel for voxel, when it was read or written.

    Attributes:
        path: Of the file.
        stamp: Of the file at that time, as ``srviewer.io.files.content.stamp_of`` gives it.
    """

    path: Path
    stamp: Stamp | None

    @property
    def unchanged(self) -> bool:
        """Whether the file was not written to since."""
        return stamp_of(self.path) == self.stamp


def held_in(path: Path) -> HeldFile:
    """Note that a file holds a volume now.

    Args:
        path: Of the file.

    Returns:
        The file with its present stamp.
    """
    return HeldFile(path, stamp_of(path))
