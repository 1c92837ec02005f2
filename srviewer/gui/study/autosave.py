"""Autosave: open work is saved in the background, and offered when a window starts again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.study.session_files import SessionFiles
from srviewer.gui.study.study_controller import OPEN, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.user_files.autosave_folders import (
    AutosaveFolder,
    left_behind,
    new_folder,
    outlives_window,
    root,
)
from srviewer.gui.widgets.notice import OfferBar
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import Job, run
from srviewer.study.sessions.store import IMAGE_SUFFIX, files_of, store
from srviewer.study.state.study_state import StudyState

EVERY_MS = 2000  # at most so often
AUTOSAVE = "autosave"


class Autosave(QObject):
    """Autosaves the studies of one window; offers what earlier windows left behind.

    Its jobs are not those of ``controller.work``: nobody is asked to wait for them.
    """

    def __init__(self, controller: StudyController, files: SessionFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._files = controller, files
        self._own: AutosaveFolder | None = None
        self._offered: AutosaveFolder | None = None
        self._left: Iterator[AutosaveFolder] = iter(())
        self._pending = False
        self.work = RunningJobs(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._save)
        self.work.changed.connect(self._go_on)
        self.work.failed.connect(self._give_up)
        self.bar = OfferBar(
            tr("What the last window left"),
            tr("Restore"),
            tr("Open the scans, their results and views as they were"),
            tr("Delete"),
            tr("Delete what was saved; the scans themselves stay where they are"),
        )
        self.bar.accepted.connect(self._restore)
        self.bar.declined.connect(self._decline)
        controller.study.changed.connect(self._note)
        controller.studies.changed.connect(self._note)

    def begin(self, enabled: bool) -> None:
        """Offer what earlier windows left behind.

        Args:
            enabled: Whether to autosave from now on.
        """
        self._left = left_behind()
        self._offer_next()
        self.enable(enabled)

    def enable(self, enabled: bool) -> None:
        """Turn autosave on or off.

        Args:
            enabled: Save from now on; else save no more and delete what this window saved.
        """
        if enabled and self._own is None:
            self._own = new_folder()
            self._note()
        elif not enabled:
            self._discard()

    def owns(self, path: Path) -> bool:
        """Check whether a session file was autosaved.

        Args:
            path: The session file.

        Returns:
            Whether it lies in the folder of the autosaves.
        """
        return path.is_relative_to(root())

    def clear(self) -> None:
        """Delete what ended windows left, the one on offer too unless it is being opened."""
        if self._controller.work.running(OPEN) is None:
            self._left = iter(())
            self._decline()
        autosave_folders.clear()

    def keeps_work(self) -> bool:
        """Autosave what is open now, where that was not done yet.

        Returns:
            Whether the next window could offer all of it: False where autosave is turned off, where
            its folder cannot be written and where saving failed.
        """
        if self._own is None:
            return False
        if not self._is_work:
            return True
        if self._pending or self.work.running(AUTOSAVE) is not None:
            return self._saved_now(self._own)
        return self._own.session_file.is_file()

    @property
    def _is_work(self) -> bool:
        """Whether there is anything that was made here: results, drawings or masks."""
        return any(
            state.compared_volumes.results
            or state.rois
            or state.annotations
            or state.unsaved_masks(outlives_window)
            for state in self._controller.studies.states
        )

    def _saved_now(self, own: AutosaveFolder) -> bool:
        """Save in this thread. Where that fails, what was saved before stays."""
        states = self._controller.studies.states
        self.work.stop()
        try:
            run(_autosave(own, states, self._controller.studies.current))
        except (OSError, UserError):
            return False
        self._pending = False
        return True

    def end(self) -> None:
        """The window closes: what was made in it is left to the next one."""
        self._leave()
        self._discard()
        if self._offered is not None:
            self._offered.release()
            self._offered = None

    def _leave(self) -> None:
        """Save once more and leave it to the next window, if there are results or drawings."""
        own = self._own
        if own is None or not self._is_work:
            return
        self._saved_now(own)
        own.release()
        self._own = None

    def _discard(self) -> None:
        self._timer.stop()
        self.work.stop()
        self._give_up()

    def _note(self) -> None:
        self._pending = True
        self._go_on()

    def _go_on(self) -> None:
        idle = self.work.running(AUTOSAVE) is None and not self._timer.isActive()
        if self._pending and idle and self._own is not None:
            self._timer.start()

    def _save(self) -> None:
        states = self._controller.studies.states
        self._pending = False
        if self._own is not None and not states:
            self._own.empty()  # what was closed is not offered again
        elif self._own is not None:
            job = _autosave(self._own, states, self._controller.studies.current)
            self.work.start(AUTOSAVE, tr("Autosave"), job, lambda _: None, lambda: True)

    def _give_up(self) -> None:
        """Save no more. A full disk stays full: it is reported once, by ``work.failed``."""
        if self._own is not None:
            self._own.discard()
            self._own = None

    def _offer_next(self) -> None:
        self._offered = next(self._left, None)
        if self._offered is None:
            self.bar.hide()
            return
        self.bar.offer(
            tr(
                "Your work of {saved_at:%d %B at %H:%M} was kept: its scans, results and views.",
                saved_at=self._offered.saved_at,
            )
        )

    def _restore(self) -> None:
        folder = self._offered
        if folder is None:
            return

        def adopt() -> None:
            self._offered = None
            if self._own is None:
                folder.release()
            else:
                # The restored results lie in that folder: it becomes this window's own.
                self._discard()
                self._own = folder
            self._offer_next()

        self._controller.studies.begin_beside()
        self._files.open(folder.session_file, adopt)

    def _decline(self) -> None:
        if self._offered is not None:
            self._offered.discard()
        self._offer_next()


def _autosave(own: AutosaveFolder, states: Sequence[StudyState], front: int) -> Job[None]:
    """Store the studies, then delete the images of the folder that they do not need any more."""
    masks = yield from store(own.session_file, states, front, own.path, Path.exists)
    needed = masks.union(*map(files_of, states))
    for image in own.path.glob(f"*{IMAGE_SUFFIX}"):
        if image not in needed and not image.name.startswith("."):
            image.unlink(missing_ok=True)
            sidecar(image).unlink(missing_ok=True)
