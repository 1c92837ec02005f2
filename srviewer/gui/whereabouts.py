"""Which file holds which open volume."""

from pathlib import Path
from weakref import WeakKeyDictionary

from srviewer.core.volume import Volume
from srviewer.io.session_file import SavedScan


class Whereabouts:
    """Remembered for as long as a volume lives.

    ``scans``: what a scan was opened from. ``files``: the NIfTI file that holds a result, its
    disagreement, or a reference, voxel for voxel.
    """

    def __init__(self) -> None:
        self.scans: WeakKeyDictionary[Volume, SavedScan] = WeakKeyDictionary()
        self.files: WeakKeyDictionary[Volume, Path] = WeakKeyDictionary()
