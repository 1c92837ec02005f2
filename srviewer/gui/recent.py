"""The files that were opened last, kept between runs."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings

from srviewer.gui.translation import tr

KEY = "recent"
MOST = 10

Paths = tuple[Path, ...]


class Recent:
    """What was opened, newest first; each entry is what was opened together."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def entries(self) -> tuple[Paths, ...]:
        """The entries whose files still exist."""
        # One JSON text: QSettings gives a list of one entry back as that entry.
        try:
            stored = json.loads(str(self._settings.value(KEY, "[]", type=str)))
            entries = [tuple(Path(str(path)) for path in entry) for entry in stored]
        except (ValueError, TypeError):  # written by something else: as good as none
            return ()
        return tuple(entry for entry in entries if entry and all(map(os.path.exists, entry)))

    def add(self, paths: Sequence[Path]) -> None:
        """Put an entry first."""
        added = tuple(path.absolute() for path in paths)
        kept = (added, *(entry for entry in self.entries() if entry != added))[:MOST]
        self._settings.setValue(KEY, json.dumps([[str(p) for p in entry] for entry in kept]))

    def folder(self) -> str:
        """Where a dialog starts: the folder of the newest one, or the user's own."""
        entries = self.entries()
        return str(entries[0][0].parent) if entries else str(Path.home())

    def clear(self) -> None:
        """Forget them all."""
        self._settings.remove(KEY)


def title(entry: Paths) -> str:
    """An entry as a menu shows it."""
    name, others = entry[0].name, len(entry) - 1
    return tr("{name} and {count} more", name=name, count=others) if others else name
