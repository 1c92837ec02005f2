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
    """What was opened, newest first; each entry is what was opened together.

    Names of files may name patients: where the settings cannot be made private, none are kept.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._private = make_private(settings)
        self._kept = True
        self._folder: Path | None = None  # of what this window opened last

    def keep(self, wanted: bool) -> None:
        """Keep a list from now on, or none; the one that is there goes then."""
        if self._kept and not wanted:
            self.clear()
        self._kept = wanted

    def entries(self) -> tuple[Paths, ...]:
        """The entries whose files still exist."""
        # One JSON text: QSettings gives a list of one entry back as that entry.
        stored = stored_document(self._settings, KEY)
        entries = [
            tuple(map(Path, entry))
            for entry in (stored if isinstance(stored, list) else [])
            if isinstance(entry, list) and all(is_text(path, LONGEST_PATH) for path in entry)
        ]
        return tuple(entry for entry in entries if entry and all(map(os.path.exists, entry)))

    def add(self, paths: Sequence[Path]) -> None:
        """Put an entry first."""
        added = tuple(path.absolute() for path in paths)
        self._folder = added[0].parent if added else self._folder
        if not self._kept or not self._private:
            return
        kept = (added, *(entry for entry in self.entries() if entry != added))[:MOST]
        self._settings.setValue(KEY, json.dumps([[str(p) for p in entry] for entry in kept]))

    def folder(self) -> str:
        """Where a dialog starts: the folder of the newest one, or the user's own."""
        entries = self.entries()
        newest = entries[0][0].parent if entries else self._folder
        return str(newest or Path.home())

    def clear(self) -> None:
        """Forget them all, and the folders that Qt's dialogs have shown."""
        self._folder = None
        self._settings.remove(KEY)
        self._settings.sync()
        forget_folders(self._settings)

    def leave(self) -> None:
        """The window closes: of folders, too, nothing is kept where no list is."""
        if not self._kept:
            self.clear()


def title(entry: Paths) -> str:
    """An entry as a menu shows it."""
    name, others = entry[0].name, len(entry) - 1
    return tr("{name} and {count} more", name=name, count=others) if others else name
