"""The line at the bottom of the window: where the mouse is, what is running."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStatusBar, QToolButton, QWidget

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.visible_text import html_text
from srviewer.gui.appearance import theme
from srviewer.gui.jobs.running_jobs import Task, duration_text
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import result_agreement
from srviewer.gui.training.runs import TRAIN
from srviewer.gui.widgets.form import ElidedLabel, describe, label
from srviewer.gui.widgets.plain_text import MarkupLabel, PlainLabel, set_tip
from srviewer.gui.window.bars.point_label import PointLabel

WIDEST = 190  # px, of what is running
CANCELLED_MS = 1500  # for which "Cancelled" is shown, and the button does nothing
TOLD_MS = 8000  # for which a word about a study is shown


class ActivityLabel(QWidget):
    """The running job with its progress, and a button to cancel it.

    After a press it says "Cancelled" for a while: a second press does not cancel the next job.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._work, self._training = controller.work, controller.training
        self._cancelled = QTimer(self)
        self._cancelled.setSingleShot(True)
        self._cancelled.setInterval(CANCELLED_MS)
        self._cancelled.timeout.connect(self._show)
        self._text = ElidedLabel("muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._left = PlainLabel()  # never cut, however long the name before it is
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(110)
        describe(self._bar, tr("Progress"), tr("How much of the running job is done"))
        self._stop = QToolButton()
        self._stop.setIcon(theme.icon("close-circle-outline"))
        describe(self._stop, tr("Cancel"), tr("Stop what is running"))
        self._stop.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text)
        layout.addWidget(self._left)
        layout.addWidget(self._bar)
        layout.addWidget(self._stop)
        controller.work.changed.connect(self._show)
        self._show()

    def _task(self) -> Task | None:
        """The newest job that the user started, else the newest of the window's own."""
        wanted = [task for task in self._work.tasks if not task.cancelling]
        wanted.sort(key=lambda task: task.asked)
        return wanted[-1] if wanted else None

    def _show(self) -> None:
        cancelled = self._cancelled.isActive()
        task = None if cancelled else self._task()
        self.setVisible(cancelled or task is not None)
        self._stop.setEnabled(task is not None)
        if task is not None:
            left = task.seconds_left
            self._left.setText("" if left is None else tr("{time} left", time=duration_text(left)))
            self._name(task.title)
            self._bar.setValue(round(1000 * task.progress.fraction))
        elif cancelled:
            self._left.setText("")
            self._name(tr("Cancelled"))

    def _name(self, text: str) -> None:
        wide = self._text.fontMetrics().horizontalAdvance(text) + 10
        self._text.setFixedWidth(min(wide, WIDEST))
        self._text.show_text(text)

    def _cancel(self) -> None:
        task = self._task()
        if task is None or self._cancelled.isActive():
            return
        self._cancelled.start()
        if task.kind == TRAIN:
            self._training.stop_current()
        else:
            self._work.cancel_for_user(task)
        self._show()


class DeviceLabel(MarkupLabel):
    """The device that computes or computed the result; accent colour while something runs."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.setAccessibleName(tr("Device"))
        set_tip(self, tr("What the next reconstruction runs on, or what the last one ran on"))
        controller.work.changed.connect(self._show)
        controller.study.follow(self._show, "request", "result")
        theme.redraw_on_theme_change(self, self._show)
        self._show()

    def _show(self) -> None:
        request, result = self._study.request, self._study.result
        device = result.device if result else request.device if request else "auto"
        colours = theme.colours()
        colour = colours.accent if self._controller.work.tasks else colours.disabled
        self.setText(f"<span style='color:{colour}'>\u25cf</span>  {html_text(device)}")


class StatusBar(QStatusBar):
    """Point, agreement with the scan, activity, and what this program is not for."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._study = controller.study
        self._agreement = PlainLabel()
        set_tip(
            self._agreement,
            tr("The largest difference between the result, degraded again, and the scan"),
        )
        self.addWidget(PointLabel(controller.study), 1)
        self.addPermanentWidget(ActivityLabel(controller))
        self.addPermanentWidget(self._agreement)
        self.addPermanentWidget(label(tr(RESEARCH_USE_ONLY), "research"))
        self.setSizeGripEnabled(False)
        controller.study.follow(self._show_agreement, "result")
        for study in (controller.study, controller.studies.second):
            study.status_wanted.connect(self._tell)

    def _tell(self, text: str) -> None:
        self.showMessage(text, TOLD_MS)

    def _show_agreement(self) -> None:
        result = self._study.result
        self._agreement.setText("" if result is None else result_agreement(result))
