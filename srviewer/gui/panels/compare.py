"""The panel of scores: reference, scores beside those of cubic interpolation, simulation."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.scores.metrics import METRICS, Metric
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance import theme
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.region_list import RegionList
from srviewer.gui.study.report_box import ReportButton
from srviewer.gui.study.scoring import SCORE
from srviewer.gui.study.study_controller import SIMULATE, TRUTH, StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import NO_REFERENCE, axis_title
from srviewer.gui.widgets.form import button, choice, describe, form, label, set_entries
from srviewer.io.formats import open_filter
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.trust.gain_beside_truth import expected_beside_true
from srviewer.study.missing import comparable, difference

SIMULATED_FACTORS = (2, 3, 4, 5, 6, 8)
ROW_HEIGHT = 30  # px
COLUMNS = ("", mark("result"), mark("cubic"), mark("change"))


class ComparePanel(QWidget):
    """Loads or simulates a ground truth and shows the scores, always beside cubic interpolation."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self._reference = label("", "value")
        self._state = label("", "muted")
        self._load = button(
            tr("Load ground truth\u2026"),
            tr("A thin scan on the grid of the result, to score it against"),
        )
        self._axis = choice(
            tr("Axis to degrade"), tr("The array axis that is made thick (spacing in mm)")
        )
        self._factor = choice(tr("Factor"), tr("How many thin slices are joined to a thick one"))
        self._simulate = button(
            tr("Simulate and score"),
            tr("Degrade the open scan, reconstruct it and score the result against the open scan"),
        )
        self.report = ReportButton(controller)
        self._table = _table()
        self._gain = label("", "value")
        self._meaning = label("", "muted")
        self._offered: Volume | None = None  # of the axes and factors in the lists
        self._lay_out()
        self._connect()
        self._offer_simulation()
        self._show_reference()
        self._show_scores()
        self._show_work()

    def _lay_out(self) -> None:
        rows = form()
        rows.addRow(tr("Axis"), self._axis)
        rows.addRow(tr("Factor"), self._factor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(label(tr("GROUND TRUTH"), "heading"))
        layout.addWidget(self._load)
        layout.addSpacing(4)
        layout.addWidget(label(tr("SIMULATE"), "heading"))
        layout.addWidget(
            label(
                tr("Degrade the open scan, reconstruct it, and score it against itself."), "muted"
            )
        )
        layout.addLayout(rows)
        layout.addWidget(self._simulate)
        layout.addSpacing(4)
        # What comes and goes stands below the controls, so that none moves under the mouse.
        layout.addWidget(label(tr("SCORES"), "heading"))
        layout.addWidget(self.report)
        layout.addWidget(label(tr("SCORED AGAINST"), "heading"))
        layout.addWidget(self._reference)
        layout.addWidget(self._table)
        layout.addWidget(self._gain)
        layout.addWidget(self._meaning)
        layout.addWidget(self._state)
        layout.addWidget(RegionList(self._controller))
        layout.addStretch(1)

    def _connect(self) -> None:
        study = self._study
        study.follow(self._offer_simulation, "scan")
        study.follow(self._show_work, "scan")
        study.follow(self._show_reference, "reference")
        study.follow(self._show_state, "result", "reference")
        study.follow(self._show_scores, "scores", "result")
        self._controller.work.changed.connect(self._show_work)
        self._load.clicked.connect(self._choose_truth)
        self._simulate.clicked.connect(self._start)
        theme.redraw_on_theme_change(self, self._show_scores)

    def _offer_simulation(self) -> None:
        thin = self._controller.to_thicken
        if thin is self._offered:
            return
        self._offered = thin
        if thin is None:
            return
        geometry = thin.geometry
        # Degrading the thick axis says the least: the last of the other axes is offered first.
        first = next(axis for axis in (2, 1, 0) if axis != geometry.thick_axis)
        set_entries(self._axis, [(axis_title(geometry, axis), axis) for axis in range(3)], first)
        set_entries(self._factor, [(f"\u00d7{factor}", factor) for factor in SIMULATED_FACTORS], 4)

    def _show_reference(self) -> None:
        reference = self._study.reference
        self._reference.setText(tr(NO_REFERENCE if reference is None else reference.meaning))

    def _show_scores(self) -> None:
        scores = self._study.scores
        self._table.setVisible(scores is not None)
        self._meaning.setVisible(scores is not None)
        result = self._study.result
        expected = result if isinstance(result, Reconstruction) else None
        gain = None if scores is None else expected_beside_true(expected, scores)
        self._gain.setVisible(gain is not None)
        self._gain.setText("" if gain is None else tr(gain))
        if scores is not None:
            _fill(self._table, scores)
            ours = scores.candidate
            self._meaning.setText(
                tr(
                    "Against {meaning}. Foreground, {count:,} voxels, data range {range:.4g}.",
                    meaning=tr(ours.meaning),
                    count=ours.voxels,
                    range=ours.data_range,
                )
            )
        self._show_state()

    def _show_state(self) -> None:
        study = self._study
        text = ""
        if self._controller.work.running(SCORE) is not None:
            text = tr("Scoring\u2026")
        elif study.result is None:
            text = tr("Scores need a reconstruction and a ground truth.")
        elif study.reference is None:
            text = tr("Load a ground truth, or simulate, to get scores.")
        elif self._controller.work.was_cancelled(SCORE):
            text = tr("Cancelled. Load the ground truth again to score the result.")
        elif not comparable(study.state):
            text = tr(
                "No scores: the result has other voxels than the ground truth: {difference}. "
                "Reconstruct it with the axis and target that fit.",
                difference=difference(study.state),
            )
        self._state.setText(text)
        self._state.setVisible(bool(text) and study.scores is None)

    def _show_work(self) -> None:
        idle = all(
            self._controller.work.running(kind) is None for kind in (SIMULATE, RECONSTRUCT, TRUTH)
        )
        ready = idle and self._study.scan is not None
        for widget in (self._load, self._simulate, self._axis, self._factor):
            widget.setEnabled(ready)
        self._show_state()

    def _choose_truth(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Load ground truth"), "", tr(open_filter()))
        if path:
            self._controller.load_reference(Path(path))

    def _start(self) -> None:
        self._controller.simulate(
            Degradation(axis=self._axis.currentData(), factor=self._factor.currentData())
        )


def _table() -> QTableWidget:
    table = QTableWidget(len(METRICS), len(COLUMNS))
    table.setHorizontalHeaderLabels([tr(title) for title in COLUMNS])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setHighlightSections(False)
    table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    describe(
        table,
        tr("Scores"),
        tr(
            "The result and cubic interpolation, over the whole volume. Change: the result minus "
            "cubic; {rising} should rise, {falling} should fall",
            rising=_titles(metric for metric in METRICS if metric.higher_is_better),
            falling=_titles(metric for metric in METRICS if not metric.higher_is_better),
        ),
    )
    return table


def _titles(metrics: Iterable[Metric]) -> str:
    """Titles with units; metrics that are not comparable are in the unit of the scan."""
    in_scan = tr("in the scan's unit")
    return ", ".join(
        tr(m.axis_title) if m.comparable else f"{tr(m.title)} ({in_scan})" for m in metrics
    )


def _fill(table: QTableWidget, scores: ScoredPair) -> None:
    colours, header = theme.colours(), table.horizontalHeader().sizeHint().height()
    table.setFixedHeight(ROW_HEIGHT * len(METRICS) + header + 4)
    for row, metric in enumerate(METRICS):
        ours, cubic = scores.candidate.whole[metric.id], scores.cubic.whole[metric.id]
        change = None if ours is None or cubic is None else ours - cubic
        cells = (
            (tr(metric.heading), colours.muted),
            (_number(ours, metric, ""), colours.accent),
            (_number(cubic, metric, ""), colours.text),
            (_number(change, metric, "+"), colours.text),
        )
        for column, (text, colour) in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setForeground(QColor(colour))
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)


def _number(value: float | None, metric: Metric, sign: str) -> str:
    """Format a value with five significant digits at most: MAE may be large in the scan's unit."""
    if value is None:
        return "\u2013"
    decimals = metric.decimals if abs(value) < 100 else 1
    return f"{value:{sign}.{decimals}f}"
