"""The curve over time, below the panes: of the voxel at the crosshair, or of a region."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.regions.roi import voxels_inside
from srviewer.errors import UserError
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.time_steps import TimeSteps
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import roi_title
from srviewer.gui.widgets.form import ElidedLabel, button, choice, set_entries
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.io.export.time_curve import write_time_curve
from srviewer.study.volumes_in_time import Curve

if TYPE_CHECKING:
    from srviewer.gui.views.time_plot import TimePlot

HEIGHT = 190  # px
DRAW_MS = 50  # at most so often while the crosshair moves


class TimeCurve(QWidget):
    """Hidden until it is asked for, and for a scan with one volume.

    Attributes:
        wanted: Whether the user asked for it.
    """

    def __init__(self, controller: StudyController, steps: TimeSteps) -> None:
        super().__init__()
        self._controller, self._study, self._steps = controller, controller.study, steps
        self.wanted = False
        self._plot: TimePlot | None = None  # made when it is first shown
        self.of = choice(tr("Curve of"), tr("The voxel at the crosshair, or the mean of a region"))
        self.of.setFixedWidth(190)
        self._note = ElidedLabel("muted")
        self.export = button(tr("Table\u2026"), tr("Write the curve as a table (CSV)"))
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.setSpacing(10)
        head.addWidget(PlainLabel(tr("Over time")))
        head.addWidget(self.of)
        head.addWidget(self._note, 1)
        head.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        self.setFixedHeight(HEIGHT)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAW_MS)
        self._timer.timeout.connect(self._draw)
        self.of.activated.connect(self._draw)
        self.export.clicked.connect(self._choose_file)
        self._study.follow(self._show, "scan", "rois")
        self._study.follow(self._wait, "view")
        steps.read.connect(self._wait)
        self._show()

    def want(self, wanted: bool) -> None:
        """Show the curve, or hide it; nothing more is read for it then.

        Args:
            wanted: Whether it is shown.
        """
        self.wanted = wanted
        if not wanted:
            self._steps.stop_reading()
        self._show()

    def curve(self) -> tuple[Curve, str]:
        """The values of the chosen voxel or region, and what that is, in words.

        Returns:
            (frames,) in the unit of the scan, NaN where a volume is not in memory.
        """
        volumes, scan = self._steps.volumes, self._study.scan
        assert volumes is not None and scan is not None
        number = self.of.currentData()
        if number is not None:
            roi = self._study.rois[number]
            return volumes.means(voxels_inside(roi, scan.geometry)), roi_title(roi, number)
        index = np.floor(scan.geometry.index(self._study.view.cursor_mm) + 0.5).astype(int)
        return volumes.means(index[None]), tr("voxel {numbers}", numbers=_counted(index))

    def write(self, path: Path) -> None:
        """Write the curve to a CSV file; an error is shown in the window.

        Args:
            path: Of the table.
        """
        volumes, scan = self._steps.volumes, self._study.scan
        if volumes is None or scan is None:
            return
        values, where = self.curve()
        try:
            write_time_curve(path, values.tolist(), volumes.series.interval_s, scan.unit, where)
        except UserError as error:
            self._controller.failed.emit(tr("Exporting the curve"), error)
            return
        self._controller.exporting.exported.emit(path)

    def _show(self) -> None:
        volumes = self._steps.volumes if self.wanted else None
        self.setVisible(volumes is not None)
        if volumes is None:
            return
        rois = enumerate(self._study.rois)
        regions = [(roi_title(roi, n), n) for n, roi in rois if roi.has_values]
        entries: list[tuple[str, object]] = [(tr("Voxel at the crosshair"), None), *regions]
        set_entries(self.of, entries, self.of.currentData())
        self._steps.read_all()
        self._draw()

    def _wait(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _draw(self) -> None:
        volumes, scan = self._steps.volumes, self._study.scan
        if volumes is None or scan is None or not self.wanted:
            return
        if self._plot is None:
            from srviewer.gui.views.time_plot import TimePlot  # lazy: pyqtgraph

            self._plot = TimePlot(self._steps.show)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self._plot)
        values, where = self.curve()
        self._plot.show_curve(values, self._steps.frame, volumes.series.interval_s, scan.unit)
        kept, frames = len(volumes.kept), volumes.series.frames
        known = tr("{known} of {frames} volumes in memory", known=kept, frames=frames)
        self._note.show_text(where if kept == frames else f"{where}, {known}")

    def _choose_file(self) -> None:
        study = self._study
        proposal = proposed(study, "time", ".csv", self._steps.series_name)
        endings = {tr("Table (*.csv)"): ".csv"}
        path = ask_file(study, self, tr("Export the curve"), proposal, endings)
        if path is not None:
            self.write(path)


def _counted(index: npt.NDArray[np.int_]) -> str:
    """The numbers of a voxel along i, j and k, counted from 1."""
    return "  ".join(str(number + 1) for number in index.tolist())
