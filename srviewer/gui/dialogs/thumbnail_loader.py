"""Loads the thumbnails of a list of series, those on screen first and one after the other."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QPixmap

from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.thumbnail import thumbnail
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.texts.translation import tr
from srviewer.io.scans.series import Series
from srviewer.job import Job

KIND = "thumbnail"
MOST_VOXELS = 2**27  # of a volume that is read as a whole for its thumbnail


class ThumbnailRows(Protocol):
    """A list of series that shows thumbnails."""

    def on_screen(self) -> list[int]:
        """The ``Series.index`` of those that can be seen now, from the top."""

    def show_thumbnail(self, number: int, picture: QPixmap) -> None:
        """Show a thumbnail.

        Args:
            number: ``Series.index``.
            picture: The thumbnail.
        """

    def isVisible(self) -> bool:
        """Whether the list is shown."""


class ThumbnailLoader(QObject):
    """Reads the slices in jobs; what is not on screen is not read."""

    def __init__(self, rows: ThumbnailRows, parent: QObject) -> None:
        super().__init__(parent)
        self._rows, self._waiting = rows, dict[int, Series]()
        self.work = RunningJobs(self)
        self.work.failed.connect(self._go_on)

    def take(self, series: Mapping[int, Series]) -> None:
        """Load thumbnails of other series from now on.

        Args:
            series: By their ``Series.index``.
        """
        self.work.cancel(KIND)
        self._waiting = dict(series)

    def load(self) -> None:
        """Read the first of those on screen, unless one is being read."""
        if self.work.stopped or self.work.running(KIND) is not None:
            return
        for number in self._rows.on_screen():
            series = self._waiting.pop(number, None)
            job = None if series is None else _read(series)
            if job is not None:
                show = partial(self._show, number)
                self.work.start(KIND, tr("Reading"), job, show, self._rows.isVisible)
                return

    def stop(self) -> None:
        """Cancel the reading for good."""
        self.work.stop()

    def _show(self, number: int, image: Volume) -> None:
        self._rows.show_thumbnail(number, thumbnail(image))
        self.load()

    def _go_on(self, title: str, error: Exception) -> None:
        """Leave a series that cannot be read without a thumbnail; opening it reports the error."""
        self.load()


def _read(series: Series) -> Job[Volume] | None:
    """The reading of a slice, else of the volume; None for one that is too large."""
    if series.preview is not None:
        return series.preview()
    return series.read(0) if math.prod(series.geometry.shape) <= MOST_VOXELS else None
