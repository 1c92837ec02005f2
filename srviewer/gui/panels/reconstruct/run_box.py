"""The foot of the panel: the button that reconstructs, the one that cancels, the progress."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from srviewer.core.volumes.volume import view_only_reason
from srviewer.gui.appearance import theme
from srviewer.gui.jobs.running_jobs import Task, duration_text
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.thin_scan import has_nothing_to_reconstruct
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import button, describe, label, set_primary

START_TIP = mark("Reconstruct the open scan with thin slices (Ctrl+Return)")


class RunBox(QWidget):
    """Starts and cancels the reconstruction.

    Both buttons are always there and never move: a second press of one presses no other.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._study, self._work = controller.study, controller.work
        self._reconstructing = controller.reconstructing
        self._start = button(tr("Reconstruct"), tr(START_TIP))
        self._cancel = button(tr("Cancel"), tr("Stop the reconstruction; nothing is kept of it"))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        describe(self._bar, tr("Progress"), tr("How much of the reconstruction is done"))
        self._stage = label("", "muted")
        buttons = QHBoxLayout()
        buttons.addWidget(self._start, 1)
        buttons.addWidget(self._cancel)
        layout = QVBoxLayout(self)  # it grows upwards: the buttons are at its lower edge
        layout.setContentsMargins(14, 10, 14, 14)
        layout.addWidget(self._stage)
        layout.addWidget(self._bar)
        layout.addLayout(buttons)
        self._start.clicked.connect(self._reconstructing.start)
        self._cancel.clicked.connect(self._stop)
        self._study.follow(self._show, "scan", "request", "acknowledged")
        controller.work.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        task = self._reconstructing.task
        self._start.setEnabled(self._reconstructing.ready)
        self._show_start()
        describe(self._start, self._start.text(), tr(self._reconstructing.view_only or START_TIP))
        self._cancel.setEnabled(task is not None)
        self._bar.setVisible(task is not None)
        if task is not None:
            self._bar.setValue(round(1000 * task.progress.fraction))
            text = self._whose() + _stage(task)
        else:
            text = tr("Cancelled") if self._reconstructing.cancelled else ""
        self._stage.setText(text)
        self._stage.setVisible(bool(text))

    def _show_start(self) -> None:
        """The button is large and bright only where there is something to reconstruct."""
        thin = has_nothing_to_reconstruct(self._study.state)
        self._start.setText(self._start_text())
        set_primary(self._start, not thin)
        self._start.setIcon(theme.icon("play") if thin else theme.icon_on_accent("play"))

    def _start_text(self) -> str:
        """The text of the button, which says why it cannot be pressed, as for a localizer."""
        scan = self._study.scan
        if scan is None or not self._reconstructing.view_only:
            thin = has_nothing_to_reconstruct(self._study.state)
            return tr("Reconstruct anyway") if thin else tr("Reconstruct")
        if not view_only_reason(scan.warnings):
            return tr("One value: to view only")
        single = min(scan.geometry.shape) < 2
        return tr("Single slice: to view only") if single else tr("Localizer: to view only")

    def _whose(self) -> str:
        scan = self._reconstructing.scan
        hidden = scan is not None and scan is not self._study.scan
        if scan is None or not hidden:
            return ""
        return tr("'{name}', which is not shown:", name=scan.name) + "\n"

    def _stop(self) -> None:
        self._work.cancel_for_user(self._reconstructing.task)


def _stage(task: Task) -> str:
    percentage = f"{100 * task.progress.fraction:.0f} %"
    left = task.seconds_left
    rest = "" if left is None else tr(", {time} left", time=duration_text(left))
    return f"{tr(task.progress.message)}\n{percentage}{rest}"
