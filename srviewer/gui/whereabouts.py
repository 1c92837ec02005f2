"""Which file holds which open volume."""

from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from srviewer.core.volume import Volume
from srviewer.io.content import Stamp, stamp_of
from srviewer.io.saved_study import SavedScan
from srviewer.io.series import Found, Series


class Whereabouts:
    """Remembered for as long as a volume lives.

    ``scans``: what a scan was opened from. ``series``: the series and the number of its volume
    that a scan is. ``found``: all that was found where it was opened.
    ``files``: the file that held a result, its disagreement, or a reference, voxel for voxel, when
    it was read or written.
    """

    def __init__(self) -> None:
        self.scans: WeakKeyDictionary[Volume, SavedScan] = WeakKeyDictionary()
        self.series: WeakKeyDictionary[Volume, tuple[Series, int]] = WeakKeyDictionary()
        self.found: WeakKeyDictionary[Volume, Found] = WeakKeyDictionary()
        self.files: WeakKeyDictionary[Volume, Path] = WeakKeyDictionary()
        self._stamps: WeakKeyDictionary[Volume, Stamp | None] = WeakKeyDictionary()

    def hold(self, volume: Volume, path: Path) -> None:
        """``path`` holds ``volume`` now."""
        self.files[volume], self._stamps[volume] = path, stamp_of(path)

    def file_of(self, volume: Volume) -> Path | None:
        """The file that still holds ``volume``; None for one that was written to since."""
        path = self.files.get(volume)
        untouched = path is not None and stamp_of(path) == self._stamps.get(volume)
        return path if untouched else None

    def note_origin(self, volume: Volume, series: Series, frame: int, like: Volume) -> None:
        """``volume`` is number ``frame`` of ``series``, opened from where ``like`` was."""
        self.series[volume] = (series, frame)
        origin, found = self.scans.get(like), self.found.get(like)
        if origin is not None:
            self.scans[volume] = replace(origin, frame=frame)
        if found is not None:
            self.found[volume] = found
