"""The location of a file that a session names."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from srviewer.core.volumes.volume import Volume
from srviewer.io.files.content import digest
from srviewer.job import Job


@dataclass(frozen=True)
class FileLocation:
    """The path of a file, and the path from the session file to it.

    A folder that is moved as a whole keeps the second, one that is opened from elsewhere the
    first.

    Attributes:
        absolute: the path when the session was saved.
        relative: as seen from the folder of the session file, with "/"; None on another drive.
        sha256: of the file's bytes, in hex, or the identity of the image in a folder; None where
            it is not known, as in files of version 0.1.0.

    """

    absolute: Path
    relative: str | None = None
    sha256: str | None = None

    def __post_init__(self) -> None:
        if not self.absolute.is_absolute():
            raise ValueError(f"'{self.absolute}' is no path from the root")

    def candidates(self, folder: Path) -> tuple[Path, ...]:
        """List the paths that exist.

        Args:
            folder: Of the session file.

        Returns:
            The path relative to ``folder`` first, then the absolute one; each once.
        """
        near = [] if self.relative is None else [folder / self.relative]
        # The relative path was computed as "a/../b", without following links.
        whole = (Path(os.path.normpath(path)) for path in (*near, self.absolute))
        return tuple(dict.fromkeys(path for path in whole if _exists(path)))

    def seen_from(self, folder: Path) -> "FileLocation":
        """The location relative to another session file.

        Args:
            folder: Of the session file.

        Returns:
            The same file; without a relative path where it is on another drive.
        """
        try:
            return replace(self, relative=Path(os.path.relpath(self.absolute, folder)).as_posix())
        except ValueError:  # another drive of Windows
            return replace(self, relative=None)


def location_of(path: Path, volume: Volume) -> FileLocation:
    """The location that a volume was read from, with its digest.

    Args:
        path: The file, or the folder of its files.
        volume: The volume.

    Returns:
        The location. The digest is the SHA-256 of the bytes of a file, or the identity of the image
        in a folder; None where the volume does not know it.
    """
    source, location = volume.source, FileLocation(path.absolute())
    if source is None:
        return location
    if path.is_dir():
        inside = all(p.absolute().is_relative_to(path.absolute()) for p in source.paths)
        return replace(location, sha256=source.sha256) if inside else location
    known = (file.sha256 for file in source.files if file.path.absolute() == path.absolute())
    return replace(location, sha256=next(known, None))


def location_of_file(path: Path) -> Job[FileLocation]:
    """The location of a file with the SHA-256 of its bytes.

    Args:
        path: The file, which is read whole.

    Returns:
        A job whose result is the location.
    """
    return FileLocation(path.absolute(), sha256=(yield from digest(path)))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file system takes
        return False
