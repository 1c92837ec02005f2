"""The file that holds a volume, for as long as nobody writes to it."""

from dataclasses import dataclass
from pathlib import Path

from srviewer.io.files.content import Stamp, stamp_of


@dataclass(frozen=True)
class HeldFile:
    """A file that held a volume, voxel for voxel, when it was read or written.

    ``stamp``: of the file at that time, see ``srviewer.io.files.content.stamp_of``.
    """

    path: Path
    stamp: Stamp | None

    @property
    def unchanged(self) -> bool:
        """Whether the file was not written to since."""
        return stamp_of(self.path) == self.stamp


def held_in(path: Path) -> HeldFile:
    """``path`` as it is now."""
    return HeldFile(path, stamp_of(path))
