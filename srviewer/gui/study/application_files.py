"""The files that srviewer keeps of its own: their size and place, and how they are deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from srviewer.errors import UserError
from srviewer.gui.study.autosave import Autosave
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.user_files.log import clear_log, log_files
from srviewer.gui.user_files.recent_files import Recent
from srviewer.paths import private_folder, user_cache_dir, user_log_dir


@dataclass(frozen=True)
class OwnFiles:
    """Files of one kind.

    Attributes:
        state: Gives their size and place, as text.
        clear: Deletes them.
        name: The accessible name of the button that clears.
        tip: The tip of this button.
    """

    state: Callable[[], str]
    clear: Callable[[], None]
    name: str
    tip: str


def own_files(autosave: Autosave, recent: Recent) -> tuple[OwnFiles, OwnFiles, OwnFiles]:
    """List the kinds of files that srviewer keeps of its own.

    Args:
        autosave: Clears the autosaves.
        recent: The list of recent files.

    Returns:
        Autosaves, log and recent files, in this order.
    """
    return (
        OwnFiles(
            lambda: _state(autosave_folders.size_bytes(), autosave_folders.root()),
            autosave.clear,
            tr("Clear autosaves"),
            tr("Delete what crashed windows left; running ones keep theirs"),
        ),
        OwnFiles(
            lambda: _state(sum(map(_size, log_files())), user_log_dir()),
            clear_log,
            tr("Clear the log"),
            tr("Delete the log of errors, the older ones too"),
        ),
        OwnFiles(
            lambda: tr("Files listed: {count}", count=len(recent.entries())),
            recent.clear,
            tr("Clear recent files"),
            tr("Empty the list of recent files; the files themselves stay"),
        ),
    )


def open_log_folder() -> None:
    """Show the folder of the log in the system's file manager.

    Raises:
        UserError: The folder cannot be used.
    """
    folder = user_log_dir()
    try:
        private_folder(folder)
    except OSError as error:
        text = mark("There is no log: the folder '{folder}' cannot be used ({error}).")
        raise UserError(tr(text, folder=folder, error=error.strerror)) from error
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def megabytes(size: int) -> str:
    """Word a size in megabytes.

    Args:
        size: Bytes.

    Returns:
        Text such as "0 MB", "under 0.1 MB", "0.3 MB" or "12 MB".
    """
    mb = size / 1e6
    if 0 < mb < 0.1:
        return tr("under 0.1 MB")
    return "0 MB" if size == 0 else f"{mb:.1f} MB" if mb < 10 else f"{mb:.0f} MB"


def _state(size: int, folder: Path) -> str:
    for place in (user_cache_dir(), user_log_dir(), folder):
        if folder.is_relative_to(place) and place.exists():
            try:
                private_folder(place)
            except OSError:
                return tr(
                    "Nothing is kept: {folder} belongs to another user or cannot be made private.",
                    folder=place,
                )
    return tr("{size} in {folder}", size=megabytes(size), folder=folder)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # renamed meanwhile
        return 0
