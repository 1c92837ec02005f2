"""The files that hold volumes, each for as long as nobody writes to it."""

from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from srviewer.core.volumes.volume import Volume
from srviewer.io.files.content import Stamp, stamp_of
from srviewer.job import Job


@dataclass(frozen=True)
class HeldFile:
    """A file that held a volume, voxel for voxel, when it was read or written.

    Attributes:
        path: Of the file.
        stamp: Of the file at that time, as ``srviewer.io.files.content.stamp_of`` gives it.
        layer: The number of the label map, of a segmentation whose segments overlap.
    """

    path: Path
    stamp: Stamp | None
    layer: int = 0


# A volume never changes, and which file holds it is the same in every study, tab and undone state.
_FILES: WeakKeyDictionary[Volume, HeldFile] = WeakKeyDictionary()


def held_in(path: Path, volume: Volume, stamp: Stamp | None = None, layer: int = 0) -> Volume:
    """Note that a file holds a volume.

    Args:
        path: Of the file.
        volume: Voxel for voxel what the file holds.
        stamp: Of the file before the volume was read from it; None where it was just written.
        layer: As in ``HeldFile``.

    Returns:
        The volume.
    """
    _FILES[volume] = HeldFile(path, stamp or stamp_of(path), layer)
    return volume


def read_from(path: Path, reading: Job[Volume]) -> Job[Volume]:
    """Read a volume from a file, and note that the file holds it as it was before the reading.

    Args:
        path: Of the file.
        reading: A job that reads it, voxel for voxel.

    Returns:
        A job with the volume.
    """
    stamp = stamp_of(path)
    volume = yield from reading
    return held_in(path, volume, stamp)


def also_held(volume: Volume, other: Volume) -> Volume:
    """Note that the file of a volume, if there is one, holds another as well.

    Args:
        volume: The volume that a file may hold.
        other: Voxel for voxel the same.

    Returns:
        The other volume.
    """
    held = _FILES.get(volume)
    if held is not None:
        _FILES[other] = held
    return other


def path_of(volume: Volume) -> Path | None:
    """The file that held a volume when it was read or written last.

    Args:
        volume: The volume, by identity.

    Returns:
        The file; None where there is none.
    """
    held = _FILES.get(volume)
    return None if held is None else held.path


def layer_of(volume: Volume) -> int:
    """The number of a label map in the file that held it.

    Args:
        volume: The volume, by identity.

    Returns:
        0 but for a segmentation whose segments overlap.
    """
    held = _FILES.get(volume)
    return 0 if held is None else held.layer


def file_of(volume: Volume) -> Path | None:
    """The file that still holds a volume, voxel for voxel.

    Args:
        volume: The volume, by identity.

    Returns:
        The file; None where there is none, or it was written to since.
    """
    held = _FILES.get(volume)
    if held is None or held.stamp is None:
        return None
    return held.path if stamp_of(held.path) == held.stamp else None
