"""Plots below the panes: metrics over the slices, and how well a stack left out was predicted."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.scores.metrics import comparable_metrics
from srviewer.core.slices.planes import Plane
from srviewer.core.stacks.rigid import moved
from srviewer.gui.appearance import theme
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import ElidedLabel, choice, set_entries
from srviewer.gui.widgets.plain_text import MarkupLabel, PlainLabel
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.left_out import LeftOut
from srviewer.sr.stacks.result import Result, left_out_of

if TYPE_CHECKING:
    from srviewer.gui.views.coherence_plot import CoherencePlot
    from srviewer.gui.views.metric_plot import Curve, MetricPlot

HEIGHT = 190  # px


class ScorePlot(QWidget):
    """The comparable metrics over the slices of one plane; hidden while there are no scores.

    Of a join without a reference: the PSNR of the chosen stack as predicted from the others, over
    its slices, and the coherence.
    """

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
        # Made when there is something to plot.
        self._plots: tuple[MetricPlot, ...] = ()
        self._coherence: CoherencePlot | None = None
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
        study.follow(self._show, "scores", "result", "comparing")
        study.follow(self._follow, "view")
        theme.redraw_on_theme_change(self, self._show_keys)
        self._show_keys()
        self._show()

    @property
    def _left_out(self) -> LeftOut | None:
        """The scores of the chosen stack of a join, which are shown where no others are."""
        study = self._study
        return None if study.scores else left_out_of(study.result, study.comparing.stack)

    def _show_keys(self) -> None:
        colours = theme.colours()
        entries = [(colours.accent, tr("result")), (colours.cubic, tr("cubic"))]
        if self._left_out is not None:
            entries = [(colours.accent, tr("joined")), (colours.cubic, tr("cubic"))]
            entries.append((colours.muted, tr("best single")))
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

    @property
    def coherence(self) -> "CoherencePlot":
        """The coherence of a stack that was left out, right of the metrics."""
        if self._coherence is None:
            from srviewer.gui.views.coherence_plot import CoherencePlot  # lazy: pyqtgraph

            self._coherence = CoherencePlot()
            self._curves.insertWidget(len(self.plots), self._coherence)
        return self._coherence

    def jump_worst(self, step: int) -> None:
        """Do ``MetricPlot.jump_worst`` by the ranking metric, in the plane that is plotted.

        Args:
            step: As there.
        """
        self.plots[0].jump_worst(step)

    def _show(self) -> None:
        scores, result, left_out = self._study.scores, self._study.result, self._left_out
        self.setVisible(result is not None and (scores is not None or left_out is not None))
        self._plane.setVisible(scores is not None)
        if self._coherence is not None:
            self._coherence.setVisible(left_out is not None)
        for plot in self._plots[1:]:
            plot.setVisible(left_out is None)
        if result is not None and scores is not None:
            self._show_scores(result, scores)
        elif isinstance(result, Joined) and left_out is not None:
            self._show_left_out(result, left_out)
        self._show_keys()
        self._follow()

    def _show_scores(self, result: Result, scores: ScoredPair) -> None:
        plane: Plane = self._plane.currentData()
        axis = plane.normal_axis(result.volume.geometry)
        self._meaning.show_text(tr("against {meaning}", meaning=tr(scores.candidate.meaning)))
        for plot in self.plots:
            plot.show_scores(result.volume.geometry, axis, scores)

    def _show_left_out(self, joined: Joined, left_out: LeftOut) -> None:
        stack = joined.stacks[self._study.comparing.stack]
        grid = moved(left_out.residual.geometry, stack.moved)
        single = joined.stacks[left_out.single].name
        meaning = tr(
            "'{name}' left out (best single: '{single}'): {meaning}",
            name=stack.name,
            meaning=tr(left_out.meaning),
            single=single,
        )
        self._meaning.show_text(meaning)
        rows = left_out.slices
        curves = (
            _curve([row.joined for row in rows]),
            _curve([row.cubic for row in rows]),
            _curve([row.single for row in rows]),
        )
        for plot in self.plots[1:]:
            plot.hide()
        self.plots[0].show_curves(grid, int(np.argmax(grid.spacing)), *curves)
        self.coherence.show_coherence(left_out.coherence)

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt; a hidden plot does not follow the crosshair."""
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        if self.isVisible():
            for plot in self._plots:
                plot.follow_cursor()


def _curve(values: list[float | None]) -> "Curve":
    return np.array([np.nan if value is None else value for value in values], float)


def _key(colour: str) -> str:
    return f"<span style='color:{colour}'>\u2501\u2501</span>"
