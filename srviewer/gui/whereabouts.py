"""Which file holds which open volume."""

from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from srviewer.core.volume import Volume
from srviewer.io.saved_study import SavedScan
from srviewer.io.series import Found, Series


class Whereabouts:
    """Remembered for as long as a volume lives.

    ``scans``: what a scan was opened from. ``series``: the series and the number of its volume
    that a scan is. ``found``: all that was found where it was opened.
    ``files``: the NIfTI file that holds a result, its disagreement, or a reference, voxel for
    voxel.
    """

    def __init__(self) -> None:
        self.scans: WeakKeyDictionary[Volume, SavedScan] = WeakKeyDictionary()
        self.series: WeakKeyDictionary[Volume, tuple[Series, int]] = WeakKeyDictionary()
        self.found: WeakKeyDictionary[Volume, Found] = WeakKeyDictionary()
        self.files: WeakKeyDictionary[Volume, Path] = WeakKeyDictionary()

    def note_origin(self, volume: Volume, series: Series, frame: int, like: Volume) -> None:
        """``volume`` is number ``frame`` of ``series``, opened from where ``like`` was."""
        self.series[volume] = (series, frame)
        origin, found = self.scans.get(like), self.found.get(like)
        if origin is not None:
            self.scans[volume] = replace(origin, frame=frame)
        if found is not None:
            self.found[volume] = found
