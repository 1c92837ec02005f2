"""The plots of the comparable metrics over the slices, below the panes."""

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.scores.metrics import comparable_metrics
from srviewer.core.slices.planes import Plane
from srviewer.gui.appearance import theme
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import ElidedLabel, choice, set_entries
from srviewer.gui.widgets.plain_text import MarkupLabel, PlainLabel

if TYPE_CHECKING:
    from srviewer.gui.views.metric_plot import MetricPlot

HEIGHT = 190  # px


class ScorePlot(QWidget):
    """The comparable metrics over the slices of one plane. Hidden while there are no scores."""

    def __init__(self, study: ShownStudy) -> None:
        super().__init__()
        self._study = study
        self._plane = choice(tr("Plane of the plot"), tr("Whose slices are plotted"))
        self._plane.setFixedWidth(110)
        set_entries(self._plane, [(tr(plane.title), plane) for plane in Plane], Plane.CORONAL)
        self._plane.activated.connect(self._show)
        self._keys = MarkupLabel()
        self._meaning = ElidedLabel("muted")
        self._meaning.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._plots: tuple[MetricPlot, ...] = ()  # made when there are scores
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.setSpacing(10)
        head.addWidget(PlainLabel(tr("Over the slices")))
        head.addWidget(self._plane)
        head.addWidget(self._keys)
        head.addWidget(self._meaning, 1)
        self._curves = QHBoxLayout()
        self._curves.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addLayout(self._curves, 1)
        self.setFixedHeight(HEIGHT)
        study.follow(self._show, "scores")
        study.follow(self._follow, "view")
        theme.redraw_on_theme_change(self, self._show_keys)
        self._show_keys()
        self._show()

    def _show_keys(self) -> None:
        colours = theme.colours()
        entries = ((colours.accent, tr("result")), (colours.cubic, tr("cubic")))
        keys = (f"{_key(colour)} {escape(name)}" for colour, name in entries)
        self._keys.setText(" &nbsp; ".join(keys))

    @property
    def plots(self) -> "tuple[MetricPlot, ...]":
        """A plot for each comparable metric, the ranking one first."""
        if not self._plots:
            from srviewer.gui.views.metric_plot import MetricPlot  # lazy: pyqtgraph

            self._plots = tuple(MetricPlot(self._study, each) for each in comparable_metrics())
            for plot in self._plots:
                self._curves.addWidget(plot)
        return self._plots

    def jump_worst(self, step: int) -> None:
        """Do ``MetricPlot.jump_worst`` by the ranking metric, in the plane that is plotted.

        Args:
            step: As there.
        """
        self.plots[0].jump_worst(step)

    def _show(self) -> None:
        scores, result = self._study.scores, self._study.result
        self.setVisible(scores is not None and result is not None)
        if scores is None or result is None:
            return
        plane: Plane = self._plane.currentData()
        axis = plane.normal_axis(result.volume.geometry)
        self._meaning.show_text(tr("against {meaning}", meaning=tr(scores.candidate.meaning)))
        for plot in self.plots:
            plot.show_scores(result.volume.geometry, axis, scores)
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt; a hidden plot does not follow the crosshair."""
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        if self.isVisible():
            for plot in self._plots:
                plot.follow_cursor()


def _key(colour: str) -> str:
    return f"<span style='color:{colour}'>\u2501\u2501</span>"
