"""Saves the open studies in a session file, and opens it again."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srviewer.errors import UserError
from srviewer.gui.appearance.colour_maps import COLOUR_MAPS
from srviewer.gui.study.study_controller import OPEN, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.autosave_folders import outlives_window
from srviewer.study.sessions.restore import RestoredSession, restore
from srviewer.study.sessions.session_file import SUFFIX
from srviewer.study.sessions.store import store
from srviewer.study.state.held_drawings import Drawings, drawings_held_in
from srviewer.study.state.study_state import StudyState

SAVE = "session"


class SessionFiles(QObject):
    """Saves and opens session files as jobs; a failure leaves everything as it was."""

    opened = Signal(object)  # the path of the session file
    saved = Signal(object)
    incomplete = Signal(str, object)  # what was tried, a UserError: the rest was opened

    def __init__(self, controller: StudyController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._studies = controller, controller.studies
        controller.session_chosen.connect(self.open)

    def suggested_name(self) -> str:
        """The name of the study that is shown and the number of the others; "" without any."""
        scan, others = self._studies.study.scan, len(self._studies.states) - 1
        name = "" if scan is None else scan.name
        if others > 0:
            name = tr("{name} and {count} more", name=name, count=others)
        return name

    def save(self, path: Path) -> None:
        """Write the open studies to a session file.

        Args:
            path: The session file; volumes that no file holds go into a folder beside it.
        """
        studies = self._studies
        if not studies.states:
            return

        states, folder = studies.states, path.with_name(f"{path.stem} files")

        def tell(_: None) -> None:
            _note_drawings(path, states)
            self.saved.emit(path)

        job = store(path, states, studies.current, folder, outlives_window)
        self._controller.work.start(
            SAVE, tr("Saving {name}", name=path.name), job, tell, lambda: True
        )

    def open(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Show the studies of a session file.

        Args:
            path: The session file.
            then: Called once they are shown; None for nothing.
        """

        def show(restored: RestoredSession) -> None:
            _note_drawings(path, restored.states)
            self._show(restored)
            self.opened.emit(path)
            if restored.problems:
                lines = (tr("The rest was opened."), *map(tr, restored.problems))
                error = UserError("\n".join(lines))
                self.incomplete.emit(tr("Opening {name}", name=path.name), error)
            if then is not None:
                then()

        study = self._controller.study
        job = restore(path, study.state, study.preferred_device, outlives_window)
        title = tr("Opening {name}", name=path.name)
        self._controller.work.start(OPEN, title, job, show, lambda: True)

    def _show(self, restored: RestoredSession) -> None:
        """Place the study in front as any that is opened; the others on both sides of it."""
        states, front = [_in_known_colours(state) for state in restored.states], restored.front
        self._studies.place(states[front])
        self._studies.surround(states[:front], states[front + 1 :])


def _note_drawings(path: Path, states: Iterable[StudyState]) -> None:
    """Note that a session file holds what is drawn on the scans of studies."""
    for state in states:
        if state.scan is not None:
            drawings_held_in(path, state.scan, Drawings(state.rois, state.annotations))


def _in_known_colours(state: StudyState) -> StudyState:
    """``state`` in grey where it was saved with a colour map that this version does not know."""
    if state.view.colours in {colours.id for colours in COLOUR_MAPS}:
        return state
    return replace(state, view=replace(state.view, colours="grey", inverted=False))


def session_filter() -> str:
    """The kind of file for a dialog, in Qt's notation."""
    return tr("srviewer session (*{ending})", ending=SUFFIX)
