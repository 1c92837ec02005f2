"""Closing studies and the window: asks where work would go, and offers to close once it is kept."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from srviewer.core.volumes.volume import Volume
from srviewer.gui.jobs.running_jobs import Task
from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.study.study_controller import LOAD, SIMULATE, TRUTH, StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.training.runs import TRAIN
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.notice import OfferBar
from srviewer.gui.widgets.plain_text import message_box
from srviewer.gui.window.losses import DRAWINGS, KINDS, Loss, LossKind, losses_of

MOST_NAMED = 5  # results in a question
ROLE = QMessageBox.ButtonRole
AUTOSAVED = mark("The next start offers what is open now, for a week.")
NOT_AUTOSAVED = mark(
    "Autosave failed: its folder cannot be written. The next start cannot offer what is open now."
)


class Closing(QObject):
    """The questions before something is closed.

    Args:
        controller: what is open.
        actions: those that ask where to write a result, a mask or a session.
        window: the parent of the questions; closed once work was kept, if the user wants that then.

    Attributes:
        bar: After a file that a question led to: what was written where, and an offer to close.
    """

    def __init__(self, controller: StudyController, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._studies = controller, controller.studies
        self._actions, self._window = actions, window
        self._waiting: LossKind | None = None  # for the file that a question led to
        self._scan: Volume | None = None  # of the study to close then; None for the window
        self.bar = OfferBar(
            tr("Exported"),
            tr("Close now"),
            tr("Close what you were about to close"),
            tr("Keep open"),
            tr("Close nothing and hide this"),
        )
        self.bar.accepted.connect(self._close_now)
        self.bar.declined.connect(self.bar.hide)
        controller.exporting.exported.connect(self._offer)

    def close(self, number: int) -> None:
        """Close a study, after a question where work would be lost or something runs.

        Args:
            number: Its position in the tabs, from 0; nothing happens outside of them.
        """
        if 0 <= number < len(self._studies.states):
            scan = self._studies.states[number].scan
            losses = losses_of(self._studies, [number])
            if self._may_close(losses, self._ended_with(scan), "", scan):
                self._studies.close(self._number(scan))

    def close_current(self) -> None:
        """Close the study that is shown."""
        self.close(self._studies.current)

    def may_close_window(self, autosaved: bool | None) -> bool:
        """Ask before the window is closed, once, where work would be lost or a job runs.

        Args:
            autosaved: Whether the next window will offer what is open now: False where saving it
                failed, None where the user turned autosave off.

        Returns:
            Whether the window may be closed.
        """
        note = "" if autosaved is None else tr(AUTOSAVED if autosaved else NOT_AUTOSAVED)
        running, numbers = self._controller.work.missed, range(len(self._studies.states))
        # What is drawn is whole again at the next start, where that offers it.
        kinds = [kind for kind in KINDS if not autosaved or kind is not DRAWINGS]
        return self._may_close(losses_of(self._studies, numbers, kinds), running, note, None)

    def losses(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """What the closing of studies would lose.

        Args:
            numbers: Positions of the studies in the tabs, from 0.

        Returns:
            A line for each result that was not exported, each mask that was not saved, what is
            drawn on each scan and was not saved, and each job that would end.
        """
        scans = [self._studies.states[number].scan for number in numbers]
        running = (task for scan in scans for task in self._ended_with(scan))
        titles = [loss.title for loss in losses_of(self._studies, numbers)]
        return (*_named(titles), *(t.title for t in running))

    def _ended_with(self, scan: Volume | None) -> tuple[Task, ...]:
        """The jobs of the user that end when the study of ``scan``, shown or not, is closed."""
        work, kinds = self._controller.work, []
        if scan is not None:
            kinds += [kind for kind in (RECONSTRUCT, SELF_TEST) if work.scan_of(kind) is scan]
            kinds += [SIMULATE, TRUTH, LOAD] if self._controller.study.scan is scan else []
        running = (work.running(kind) for kind in kinds)
        return tuple(task for task in running if task is not None)

    def _may_close(
        self, losses: Sequence[Loss], running: Sequence[Task], note: str, scan: Volume | None
    ) -> bool:
        if not losses and not running:
            return True
        box, close = self._question(losses, running, note)
        box.exec()
        if box.buttonRole(box.clickedButton()) is ROLE.ActionRole:
            self._keep_first(losses[0], scan)
        return box.clickedButton() is close

    def _number(self, scan: Volume | None) -> int:
        """The present position of the study of a scan; -1 where it is not open any more."""
        scans = [state.scan for state in self._studies.states]
        return next((number for number, other in enumerate(scans) if other is scan), -1)

    # --- the question

    def _question(
        self, losses: Sequence[Loss], running: Sequence[Task], note: str
    ) -> tuple[QMessageBox, QAbstractButton]:
        """The question and its button that closes."""
        lines = [_running_text(running)] if running else []
        for kind in KINDS:
            titles = [loss.title for loss in losses if loss.kind is kind]
            lines += [tr(kind.listed, losses="\n".join(_named(titles)))] if titles else []
        lines += [note] if note and losses else []
        title = tr("Stop and close?") if running else tr(losses[0].kind.question)
        text = "\n\n".join((title, *lines))
        box = message_box(QMessageBox.Icon.Question, title, text, self._window)
        if losses:
            kind = losses[0].kind
            keep = box.addButton(tr(kind.keep), ROLE.ActionRole)
            describe(keep, tr(kind.name), tr(kind.tip))
            close = box.addButton(tr(kind.close), ROLE.DestructiveRole)
        else:
            close = box.addButton(QMessageBox.StandardButton.Close)
            close.setText(tr("Stop and close"))
        describe(close, close.text(), tr("What is named above is lost"))
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        return box, close

    # --- once work was kept

    def _keep_first(self, loss: Loss, scan: Volume | None) -> None:
        self._studies.show(loss.number)
        loss.choose(self._studies)
        self.bar.hide()
        self._actions[loss.kind.action].trigger()
        begun = self._controller.work.running(loss.kind.job) is not None  # else it was given up
        self._waiting, self._scan = loss.kind if begun else None, scan

    def _offer(self, path: Path) -> None:
        if self._waiting is not None:
            message = tr(self._waiting.written, path=path)
            self._waiting = None
            self.bar.offer(message)

    def _close_now(self) -> None:
        self.bar.hide()
        if self._scan is None:
            self._window.close()
        else:
            self.close(self._number(self._scan))


def _named(titles: Sequence[str]) -> list[str]:
    """The first of some titles, and the number of the others."""
    more = len(titles) - MOST_NAMED
    return [*titles[:MOST_NAMED], *([tr("and {count} more", count=more)] if more > 0 else [])]


def _running_text(running: Sequence[Task]) -> str:
    kept = tr("nothing unfinished is kept")
    if any(task.kind == TRAIN for task in running):
        kept = tr("training keeps a checkpoint, and its tab offers to resume it")
    titles = ", ".join(task.title for task in running)
    return tr("Still running: {running}.\nClosing stops it; {kept}.", running=titles, kept=kept)
