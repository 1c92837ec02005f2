"""The files that were opened last, kept between runs."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings

from srviewer.documents import is_text
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.private_settings import forget_folders, make_private, stored_document

KEY = "recent"
MOST = 10
LONGEST_PATH = 10_000  # characters

Paths = tuple[Path, ...]


class Recent:
    """The recently opened files, newest first; an entry holds the files that were opened together.

    Names of files may name patients: where the settings cannot be made private, none are kept.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._private = make_private(settings)
        self._kept = True
        self._folder: Path | None = None  # of what this window opened last

    def keep(self, wanted: bool) -> None:
        """Switch the list on or off.

        Args:
            wanted: False also deletes the list that is there.
        """
        if self._kept and not wanted:
            self.clear()
        self._kept = wanted

    def entries(self) -> tuple[Paths, ...]:
        """The entries whose files all exist, newest first."""
        # One JSON text: QSettings gives a list of one entry back as that entry.
        stored = stored_document(self._settings, KEY)
        entries = [
            tuple(map(Path, entry))
            for entry in (stored if isinstance(stored, list) else [])
            if isinstance(entry, list) and all(is_text(path, LONGEST_PATH) for path in entry)
        ]
        return tuple(entry for entry in entries if entry and all(map(os.path.exists, entry)))

    def add(self, paths: Sequence[Path]) -> None:
        """Put an entry first, unless the list is switched off or cannot be private.

        Args:
            paths: Of the files that were opened together; made absolute.
        """
        added = tuple(path.absolute() for path in paths)
        self._folder = added[0].parent if added else self._folder
        if not self._kept or not self._private:
            return
        newest = (added, *(entry for entry in self.entries() if entry != added))[:MOST]
        self._settings.setValue(KEY, json.dumps([[str(p) for p in entry] for entry in newest]))

    def folder(self) -> str:
        """The folder in which a file dialog starts: of the newest entry, or the user's home."""
        entries = self.entries()
        newest = entries[0][0].parent if entries else self._folder
        return str(newest or Path.home())

    def clear(self) -> None:
        """Delete the list, and the folders that Qt's dialogs have shown."""
        self._folder = None
        self._settings.remove(KEY)
        self._settings.sync()
        forget_folders(self._settings)

    def leave(self) -> None:
        """Called when the window closes: delete Qt's folders too where the list is switched off."""
        if not self._kept:
            self.clear()


def title(entry: Paths) -> str:
    """The text of an entry in a menu.

    Args:
        entry: At least one path.

    Returns:
        The first file's name, with the number of the others; not escaped for a menu.
    """
    name, others = entry[0].name, len(entry) - 1
    return tr("{name} and {count} more", name=name, count=others) if others else name
