"""The list of training runs: the state of each, and buttons to pause, stop and resume it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.visible_text import visible_line
from srviewer.gui.appearance import theme
from srviewer.gui.jobs.running_jobs import duration_text
from srviewer.gui.texts.translation import tr
from srviewer.gui.training.colours import run_colour
from srviewer.gui.training.runs import LIVE, State, TrainingRun, TrainingRuns
from srviewer.gui.widgets.form import button, describe
from srviewer.gui.widgets.plain_text import list_item

RUN = Qt.ItemDataRole.UserRole
LINE = 46  # px: two lines of text
SHOWN = 3  # lines; further ones are scrolled to, so that nothing below the list moves


class RunList(QWidget):
    """A list of training runs; a tick puts a run into the plots.

    Attributes:
        in_use: Whether there was a run in this window; from then on the list stays.
    """

    chosen_changed = Signal()

    def __init__(self, runs: TrainingRuns) -> None:
        super().__init__()
        self.runs = runs
        self.in_use = False
        self.list = QListWidget()
        self.list.setFixedHeight(LINE * SHOWN + 10)
        self.list.setProperty("density", "compact")
        self.list.setIconSize(QSize(10, 28))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setAcceptDrops(False)  # files are taken by the panel
        describe(
            self.list, tr("Runs"), tr("Choose one to look at; tick those to compare in the plots")
        )
        self.pause = _button(tr("Pause"), "pause", tr("Let the chosen run stand still"))
        self.stop = _button(tr("Stop"), "stop", tr("End the chosen run; it can be resumed later"))
        self.resume = _button(
            tr("Resume"), "play", tr("Go on with the chosen run where it was left")
        )
        self.remove = _button(
            tr("Remove"), "close", tr("Take the chosen run from the list; its model stays")
        )
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for number, control in enumerate((self.pause, self.resume, self.stop, self.remove)):
            buttons.addWidget(control, number // 2, number % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemChanged.connect(self._tick)
        for control, act in (
            (self.pause, runs.pause),
            (self.resume, runs.resume),
            (self.stop, runs.stop),
            (self.remove, runs.remove),
        ):
            control.clicked.connect(lambda _, act=act: self._act(act))
        runs.changed.connect(self._show)
        runs.reported.connect(self._show_run)
        theme.redraw_on_theme_change(self, self._show)
        self._show()

    @property
    def chosen(self) -> TrainingRun | None:
        """The run that the page shows."""
        item = self.list.currentItem()
        run = None if item is None else item.data(RUN)
        return run if isinstance(run, TrainingRun) else None

    def choose(self, run: TrainingRun) -> None:
        """Choose a run.

        Args:
            run: Of the list.
        """
        for row in range(self.list.count()):
            if self.list.item(row).data(RUN) is run:
                self.list.setCurrentRow(row)

    def _show(self) -> None:
        """Fill the list, newest first."""
        chosen = self.chosen
        self.list.blockSignals(True)
        self.list.clear()
        for run in reversed(self.runs.all):
            self.list.addItem(_item(run))
            if run is chosen:
                self.list.setCurrentRow(self.list.count() - 1)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self.in_use |= self.list.count() > 0
        self.setVisible(self.in_use)
        self._choose()

    def _show_run(self, run: TrainingRun) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(RUN) is run:
                self.list.blockSignals(True)
                item.setText(_text(run))
                self.list.blockSignals(False)

    def _choose(self) -> None:
        run = self.chosen
        state = None if run is None else run.state
        self.pause.setEnabled(state is State.TRAINING)
        self.stop.setEnabled(state in (State.TRAINING, State.PAUSED, State.WAITING))
        resumable = (State.PAUSED, State.STOPPED, State.UNFINISHED, State.FAILED)
        self.resume.setEnabled(state in resumable)
        self.remove.setEnabled(state is not None and state not in LIVE)
        self.chosen_changed.emit()

    def _tick(self, item: QListWidgetItem) -> None:
        item.data(RUN).shown = item.checkState() is Qt.CheckState.Checked
        self.chosen_changed.emit()

    def _act(self, act: Callable[[TrainingRun], None]) -> None:
        run = self.chosen
        if run is not None:
            act(run)


def _button(text: str, icon: str, tip: str) -> QPushButton:
    push_button = button(text, tip)
    push_button.setIcon(theme.icon(icon))
    return push_button


def _item(run: TrainingRun) -> QListWidgetItem:
    item = list_item(_text(run), f"{run.job.output}\n{tr(run.problem)}".strip())
    item.setIcon(_swatch(run_colour(run.number)))
    item.setData(RUN, run)
    item.setSizeHint(QSize(10, LINE))
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Checked if run.shown else Qt.CheckState.Unchecked)
    return item


def _text(run: TrainingRun) -> str:
    return f"{visible_line(run.name)}\n{state_line(run)}"


def state_line(run: TrainingRun) -> str:
    """The state of a training run in a few words.

    Args:
        run: The run.

    Returns:
        The translated text, with the progress in percent and the time left.
    """
    done = f", {100 * run.fraction:.0f} %" if run.entries else ""
    if run.state in (State.STOPPED, State.UNFINISHED) and run.model_exists:
        return tr("{state}{done}; its model can be used", state=tr(run.state.value), done=done)
    if run.state is not State.TRAINING:
        return f"{tr(run.state.value)}{done if run.state is not State.FINISHED else ''}"
    left = run.seconds_left
    if not run.entries or left is None:
        return tr(run.progress.message)
    if left <= 0:
        message = tr(run.progress.message)
        return tr("scoring held-out subjects: {message}", message=message)
    return f"{state_words(run)}{done}" + tr(", {time} left", time=duration_text(left))


def state_words(run: TrainingRun) -> str:
    """The stage of a run that is training.

    Args:
        run: With at least one report.

    Returns:
        The translated text: with adversarial terms, or before them.
    """
    adversarial = run.entries[-1]["stage"] == "adversarial"
    return tr("adversarial") if adversarial else tr("training")


def _swatch(colour: str) -> QIcon:
    """A bar in the colour of the run's curves."""
    picture = QPixmap(10, 28)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(2, 0, 5, 28, 2, 2)
    painter.end()
    return QIcon(picture)
