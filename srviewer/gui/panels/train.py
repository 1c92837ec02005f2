"""The panel of training: the training runs, and the settings of the next one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from srviewer.errors import UserError
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import file_names
from srviewer.gui.training.run_list import RunList
from srviewer.gui.training.setup import Setup
from srviewer.gui.widgets.dropped_files import DropTarget
from srviewer.gui.widgets.form import label
from srviewer.gui.widgets.notice import Notice
from srviewer.sr.training.run import TrainingJob

if TYPE_CHECKING:
    from srviewer.gui.training.page import TrainingPage

MOST_SHOWN = 3  # records that cannot be read


class TrainPanel(QWidget):
    """Training runs and settings; takes files and folders that are dropped on it.

    Attributes:
        foot: The button that starts a run, which stays in view below the panel.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._runs = controller, controller.training
        self.run_list = RunList(self._runs)
        self.setup = Setup(controller.work, self._runs)
        self.foot = self.setup.foot
        self.offer = Notice("note", tr("Unfinished runs"))
        self._heading = label(tr("RUNS"), "heading")
        self._line = QFrame()
        self._line.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        for widget in (self._heading, self.run_list, self.offer, self._line, self.setup):
            layout.addWidget(widget)
        layout.addStretch(1)
        DropTarget(self, self._sentence, self.setup.add)
        self.setup.start_wanted.connect(self._start)
        self.setup.refused.connect(self._refuse)
        self._runs.changed.connect(self._show)
        self._show()

    def page(self) -> "TrainingPage":
        """A page with curves, preview and model card of the runs, to be shown beside the panel."""
        from srviewer.gui.training.page import TrainingPage  # lazy: pyqtgraph

        page = TrainingPage(self._runs, self.run_list)
        DropTarget(page, self._sentence, self.setup.add)
        return page

    def _sentence(self, paths: Sequence[Path]) -> str:
        return tr("Adds {names} to the training data", names=file_names(paths))

    def _show(self) -> None:
        self.setup.choices.avoid(run.name for run in self._runs.all)
        has_runs = self.run_list.in_use
        self._heading.setVisible(has_runs or bool(self._runs.unreadable))
        self._line.setVisible(has_runs)
        unfinished = [run.name for run in self._runs.unfinished]
        message = tr(
            "Not finished when srviewer was last closed: {names}. Resume or remove.",
            names=", ".join(unfinished),
        )
        self.offer.show_text(
            (*((message,) if unfinished else ()), *self._runs.unreadable[:MOST_SHOWN])
        )

    def _start(self, job: TrainingJob) -> None:
        try:
            run = self._runs.start(job)
        except UserError as error:
            self._refuse(error)
            return
        self.run_list.choose(run)

    def _refuse(self, error: UserError) -> None:
        self._controller.failed.emit(tr("Starting a training run"), error)
