"""The session files that hold the drawings of studies, each for as long as nobody writes to it."""

from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from srviewer.core.regions.roi import Roi
from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.core.volumes.volume import Volume
from srviewer.io.files.content import Stamp, stamp_of


@dataclass(frozen=True)
class Drawings:
    """What a user drew on a scan.

    Attributes:
        rois: Measurements, oldest first.
        annotations: Texts and arrows, oldest first.
    """

    rois: tuple[Roi, ...] = ()
    annotations: tuple[TextAnnotation, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rois or self.annotations)

    def beyond(self, held: "Drawings") -> "Drawings":
        """Those that others do not hold as they are.

        Args:
            held: The others.

        Returns:
            The drawings that were added or changed since, in their order.
        """
        return Drawings(
            tuple(roi for roi in self.rois if roi not in held.rois),
            tuple(text for text in self.annotations if text not in held.annotations),
        )


@dataclass(frozen=True)
class _HeldDrawings:
    path: Path
    stamp: Stamp | None
    drawings: Drawings


# By scan, as undo and tabs keep many states of one study and a session file is of them all.
_FILES: WeakKeyDictionary[Volume, _HeldDrawings] = WeakKeyDictionary()


def drawings_held_in(path: Path, scan: Volume, drawings: Drawings) -> None:
    """Note that a session file holds the drawings on a scan.

    Args:
        path: The session file, just written or read.
        scan: The scan of the study, by identity.
        drawings: All that were drawn on it when the file was written.
    """
    _FILES[scan] = _HeldDrawings(path, stamp_of(path), drawings)


def drawings_also_held(scan: Volume, other: Volume) -> None:
    """Note that drawings go on from one scan to another, with the file that holds them.

    Args:
        scan: The scan on which they were drawn.
        other: Another volume of the same series in time.
    """
    held = _FILES.get(scan)
    if held is not None:
        _FILES[other] = held


def held_drawings(scan: Volume) -> tuple[Path | None, Drawings]:
    """The session file that still holds drawings on a scan, and these.

    Args:
        scan: The scan, by identity.

    Returns:
        File and drawings; None and no drawings where there is no file, or it was written to since.
    """
    held = _FILES.get(scan)
    if held is None or held.stamp is None or stamp_of(held.path) != held.stamp:
        return None, Drawings()
    return held.path, held.drawings
