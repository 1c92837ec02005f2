"""The files that hold volumes, each for as long as nobody writes to it."""

from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from srviewer.core.volumes.volume import Volume
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


# A volume never changes, and which file holds it is the same in every study, tab and undone state.
_FILES: WeakKeyDictionary[Volume, HeldFile] = WeakKeyDictionary()


def held_in(path: Path, volume: Volume) -> Volume:
    """Note that a file holds a volume now.

    Args:
        path: Of the file.
        volume: Voxel for voxel what the file holds.

    Returns:
        The volume.
    """
    _FILES[volume] = HeldFile(path, stamp_of(path))
    return volume


def path_of(volume: Volume) -> Path | None:
    """The file that held a volume when it was read or written last.

    Args:
        volume: The volume, by identity.

    Returns:
        The file; None where there is none.
    """
    held = _FILES.get(volume)
    return None if held is None else held.path


def file_of(volume: Volume) -> Path | None:
    """The file that still holds a volume, voxel for voxel.

    Args:
        volume: The volume, by identity.

    Returns:
        The file; None where there is none, or it was written to since.
    """
    held = _FILES.get(volume)
    return held.path if held is not None and stamp_of(held.path) == held.stamp else None
