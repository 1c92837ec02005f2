"""The files that a session file names: where they are now, and whether they are the same."""

from dataclasses import dataclass
from pathlib import Path

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.files.content import digest
from srviewer.job import Job
from srviewer.study.sessions.file_location import FileLocation


@dataclass(frozen=True)
class SavedFiles:
    """Finds the files of a session.

    Attributes:
        session: The session file.
    """

    session: Path

    @property
    def folder(self) -> Path:
        """Where the session file lies."""
        return self.session.absolute().parent

    def unchanged(self, location: FileLocation) -> Job[Path]:
        """Find a file.

        The content of a folder is known only once its image is read, see ``checked``.

        Args:
            location: As it was saved.

        Returns:
            A job whose result is its path.

        Raises:
            UserError: It is not there any more, or its content has changed.
        """
        path = self.existing(location)
        if location.sha256 is None or path.is_dir():
            return path
        for candidate in location.candidates(self.folder):
            if candidate.is_file() and (yield from digest(candidate)) == location.sha256:
                return candidate
        raise another_file(path)

    def checked(self, volume: Volume, location: FileLocation) -> Volume:
        """Check what was read of a folder.

        Args:
            volume: As read.
            location: Of its file or folder.

        Returns:
            The volume.

        Raises:
            UserError: The folder holds another image.
        """
        path = self.existing(location)
        if path.is_dir() and not is_of(volume, location.sha256):
            raise another_file(path)
        return volume

    def existing(self, location: FileLocation) -> Path:
        """Find a file, whatever its content.

        Args:
            location: As it was saved.

        Returns:
            The first path where there is one.

        Raises:
            UserError: It is not there any more.
        """
        path = next(iter(location.candidates(self.folder)), None)
        if path is None:
            raise UserError(
                f"'{location.absolute}' is not there any more. Put it back, or into the same place "
                "as seen from the session file."
            )
        return path


def is_of(volume: Volume, sha256: str | None) -> bool:
    """Whether a volume is of a source.

    Args:
        volume: As read.
        sha256: Digest of the source; None fits all, since version 0.1.0 did not note it.

    Returns:
        True where it is.
    """
    return sha256 is None or (volume.source is not None and volume.source.sha256 == sha256)


def another_file(path: Path) -> UserError:
    """The error of a file whose content has changed.

    Args:
        path: Of the file.

    Returns:
        The error.
    """
    return UserError(
        f"'{path}' is not the file that was open when the session was saved: its content is "
        "another. It is left out; open it again if it belongs to the scan."
    )
