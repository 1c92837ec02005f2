"""A plot of values over the slices of one plane; a click leads to the slice."""

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import Qt

from srviewer.core.comparison.comparison import Scores
from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.scores.metrics import Metric
from srviewer.gui.appearance import theme
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import counted
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.sr.scores.evaluate import ScoredPair

Curve = npt.NDArray[np.float64]


class MetricPlot(pyqtgraph.PlotWidget):
    """A metric over the slices of one plane; a click moves the crosshair to the slice."""

    def __init__(self, study: ShownStudy, metric: Metric) -> None:
        super().__init__(enableMenu=False)
        self._study, self._metric = study, metric
        self._axis: Axis = 0
        self._geometry: Geometry | None = None  # of the result, which is not kept alive
        self._ranked = np.zeros(0, int)  # indices of the scored slices, the worst first
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setLabel("left", tr(metric.axis_title))
        self.showGrid(x=False, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(62)
        self._cubic = self.plot(connect="finite")
        self._ours = self.plot(connect="finite")
        self._single = self.plot(connect="finite")
        self._worst = pyqtgraph.ScatterPlotItem(size=11, symbol="o", brush=None)
        self._worst_label = pyqtgraph.TextItem()
        self._here = pyqtgraph.InfiniteLine()
        for item in (self._worst, self._worst_label, self._here):
            self.addItem(item, ignoreBounds=True)
        self.setAccessibleName(tr("{title} over the slices", title=tr(metric.axis_title)))
        set_tip(
            self,
            tr(
                "Thick: the result. Thin: cubic. Dashed: the best single stack, for a join. Click "
                "to jump to a slice."
            ),
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.scene().sigMouseClicked.connect(self._jump)
        self._colour()
        theme.redraw_on_theme_change(self, self._colour)

    def _colour(self) -> None:
        colours = theme.colours()
        self.setBackground(colours.base)
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(colours.border)
            self.getAxis(side).setTextPen(colours.muted)
        self._cubic.setPen(colours.cubic, width=1)
        self._single.setPen(colours.muted, width=1.5, style=Qt.PenStyle.DashLine)
        self._ours.setPen(colours.accent, width=2.5)
        self._worst.setPen(colours.danger, width=2)
        self._worst_label.setColor(colours.danger)
        self._here.setPen(colours.muted, width=1)

    def show_scores(self, geometry: Geometry, axis: Axis, scores: ScoredPair) -> None:
        """Draw the curves along one array axis; slices are numbered from 1.

        Args:
            geometry: The grid of the result.
            axis: Array axis across the slices.
            scores: Of the result and of cubic interpolation.
        """
        ours = values_of(scores.candidate, axis, self._metric.id)
        cubic = values_of(scores.cubic, axis, self._metric.id)
        self.show_curves(geometry, axis, ours, cubic)

    def show_curves(
        self,
        geometry: Geometry,
        axis: Axis,
        ours: Curve,
        cubic: Curve,
        single: Curve | None = None,
    ) -> None:
        """Draw a value for each slice along one array axis; NaN leaves a gap.

        Args:
            geometry: The grid whose slices they are.
            axis: Array axis across the slices.
            ours: Of the result.
            cubic: Of cubic interpolation.
            single: Of the best single stack, for a join; None for no such curve.
        """
        self._geometry, self._axis = geometry, axis
        numbers = np.arange(1, len(ours) + 1)
        self._ours.setData(numbers, ours)
        self._cubic.setData(numbers, cubic)
        self._single.setData(*(([], []) if single is None else (numbers, single)))
        scored = np.flatnonzero(np.isfinite(ours))
        self._ranked = scored[self._metric.worst_first(ours[scored])]
        self._worst.setVisible(scored.size > 0)
        self._worst_label.setVisible(scored.size > 0)
        if scored.size == 0:
            return
        worst = int(self._ranked[0])
        self._worst.setData([worst + 1], [ours[worst]])
        self._worst_label.setText(tr("worst: {number}", number=counted(worst, len(ours))))
        every = np.concatenate((ours, cubic, () if single is None else single))
        both = every[np.isfinite(every)]
        room = 0.2 * max(float(np.ptp(both)), 1e-3)
        lowest = float(both.min()) - room
        self.setYRange(lowest, float(both.max()) + room, padding=0)
        # At the foot of the plot, under the circle, where no curves are.
        self._worst_label.setAnchor((worst / max(1, len(ours) - 1), 1.0))
        self._worst_label.setPos(worst + 1, lowest)
        self.setXRange(1, max(2, len(ours)), padding=0.02)

    def follow_cursor(self) -> None:
        """Mark the slice under the crosshair."""
        if self._geometry is not None:
            index = self._geometry.index(self._study.view.cursor_mm)[self._axis]
            self._here.setPos(float(np.floor(index + 0.5)) + 1)

    def jump_to(self, number: float) -> None:
        """Move the crosshair into a slice.

        Args:
            number: Counted from 1; rounded, and limited to the volume.
        """
        geometry = self._geometry
        if geometry is None:
            return
        index = geometry.index(self._study.view.cursor_mm)
        last = geometry.shape[self._axis] - 1
        index[self._axis] = min(max(round(number) - 1, 0), last)
        self._study.move_cursor(geometry.world(index))

    def jump_worst(self, step: int) -> None:
        """Move the crosshair to the slice with the worst score, or by steps in the order of scores.

        Args:
            step: 0 for the worst slice; 1 and -1 for the next better and the next worse one.
        """
        if self._geometry is None or self._ranked.size == 0:
            return
        here = self._geometry.index(self._study.view.cursor_mm)[self._axis]
        ranks = np.flatnonzero(self._ranked == int(np.floor(here + 0.5)))
        rank = 0
        if step and ranks.size:
            rank = min(max(int(ranks[0]) + step, 0), self._ranked.size - 1)
        self.jump_to(float(self._ranked[rank]) + 1)

    def _jump(self, event: object) -> None:
        position = event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph's MouseClickEvent
        self.jump_to(self.getPlotItem().vb.mapSceneToView(position).x())


def values_of(scores: Scores, axis: Axis, metric: str) -> Curve:
    """A value for each slice.

    Args:
        scores: Of a volume.
        axis: Array axis across the slices.
        metric: The id of the metric.

    Returns:
        NaN, a gap in the line, where the score is missing or infinite.
    """
    rows = (row[metric] for row in scores.per_slice[axis])
    values = np.array([np.nan if value is None else value for value in rows], float)
    values[~np.isfinite(values)] = np.nan
    return values
