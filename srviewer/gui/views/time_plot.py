"""A plot of a value over the volumes of a series in time; a click leads to the volume."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import Qt

from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import set_tip


class TimePlot(pyqtgraph.PlotWidget):
    """The value of each volume; those that are not known yet leave a gap.

    Args:
        chosen: Is called with the number of a volume, from 0, that was clicked.
    """

    def __init__(self, chosen: Callable[[int], None]) -> None:
        super().__init__(enableMenu=False)
        self._chosen = chosen
        self._first, self._step, self._frames = 1.0, 1.0, 0
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.showGrid(x=False, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(72)
        # No symbols of the curve itself: pyqtgraph warns, while it paints, where all is NaN.
        self._curve = self.plot(connect="finite")
        self._dots = pyqtgraph.ScatterPlotItem(size=4, symbol="o", pen=None)
        self._shown = pyqtgraph.InfiniteLine()
        self._point = pyqtgraph.ScatterPlotItem(size=11, symbol="o", brush=None)
        for item in (self._dots, self._shown, self._point):
            self.addItem(item, ignoreBounds=True)
        self.setAccessibleName(tr("Values over the volumes"))
        set_tip(self, tr("The marked volume is shown. Click to show another."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.scene().sigMouseClicked.connect(self._click)
        self._colour()
        theme.redraw_on_theme_change(self, self._colour)

    def show_curve(
        self, values: npt.NDArray[np.float64], frame: int, interval_s: float | None, unit: str
    ) -> None:
        """Draw a curve.

        Args:
            values: One for each volume; NaN where it is not known.
            frame: The number of the shown volume, from 0, which is marked.
            interval_s: Seconds between two volumes; None to count volumes from 1.
            unit: Of the values, "" where it is unknown.
        """
        self._first = 0.0 if interval_s else 1.0
        self._step, self._frames = interval_s or 1.0, len(values)
        at = self._first + self._step * np.arange(len(values))
        self.setLabel("bottom", tr("Time (s)") if interval_s else tr("Volume"))
        self.setLabel("left", tr("Value ({unit})", unit=unit) if unit else tr("Value"))
        known = np.isfinite(values)
        self._curve.setData(*((at, values) if known.any() else ([], [])))
        self._dots.setData(at[known], values[known])
        self._shown.setPos(at[frame])
        here = [frame] if known[frame] else []
        self._point.setData(at[here], values[here])
        self.setXRange(at[0], at[-1], padding=0.02)
        if known.any():
            low, high = float(values[known].min()), float(values[known].max())
            room = 0.1 * (max(high - low, 1e-3 * max(abs(low), abs(high))) or 1.0)
            self.setYRange(low - room, high + room, padding=0)

    def _click(self, event: object) -> None:
        position = event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph's MouseClickEvent
        x = self.getPlotItem().vb.mapSceneToView(position).x()
        if self._frames:
            frame = round((x - self._first) / self._step)
            self._chosen(min(max(frame, 0), self._frames - 1))

    def _colour(self) -> None:
        colours = theme.colours()
        self.setBackground(colours.base)
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(colours.border)
            self.getAxis(side).setTextPen(colours.muted)
        self._curve.setPen(colours.accent, width=2)
        self._dots.setBrush(colours.accent)
        self._shown.setPen(colours.muted, width=1)
        self._point.setPen(colours.warning, width=2)
