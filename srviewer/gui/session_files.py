"""The open studies to a session file and back."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.autosave_folders import lasting
from srviewer.gui.studies import Studies
from srviewer.gui.study import OPEN, Study
from srviewer.gui.study_restored import fill
from srviewer.gui.study_saved import captured
from srviewer.gui.translation import tr
from srviewer.io.session_file import SUFFIX
from srviewer.sr.restored_sessions import RestoredSession, load
from srviewer.sr.sessions import OpenSession, store

SAVE = "session"


class SessionFiles(QObject):
    """Saves and opens session files as jobs; a failure leaves everything as it was."""

    opened = Signal(object)  # the path of the session file
    saved = Signal(object)
    incomplete = Signal(str, object)  # what was tried, a UserError: the rest was opened

    def __init__(self, study: Study, studies: Studies, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._studies = study, studies
        study.session_chosen.connect(self.open)

    def capture(self) -> OpenSession | None:
        """What is open now; None when no scan is."""
        return self._captured(Path.exists)

    def save(self, path: Path) -> None:
        """Write what is open to ``path``; what no file holds goes into a folder beside it."""
        session = self._captured(lasting)
        if session is not None:
            folder = path.with_name(f"{path.stem} files")
            job = store(path, session, folder)
            title = tr("Saving {name}", name=path.name)
            self._study.work.start(SAVE, title, job, self._keep(path), lambda: True)

    def open(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Show what ``path`` was saved from, and call ``then``."""

        def show(restored: RestoredSession) -> None:
            self._show(restored)
            self.opened.emit(path)
            if restored.problems:
                lines = (tr("The rest was opened."), *map(tr, restored.problems))
                told = UserError("\n".join(lines))
                self.incomplete.emit(tr("Opening {name}", name=path.name), told)
            if then is not None:
                then()

        self._study.work.start(
            OPEN, tr("Opening {name}", name=path.name), load(path), show, lambda: True
        )

    def remember(self, written: Mapping[Volume, Path]) -> None:
        """Keep in mind which files hold what is open, so that it is not written again."""
        for volume, path in written.items():
            self._study.whereabouts.hold(volume, path)

    def _captured(self, fit: Callable[[Path], bool]) -> OpenSession | None:
        """Every study, the one that is shown as it is now; files that do not ``fit`` are none."""
        sessions = self._studies.sessions()
        studies = [captured(one, self._study.whereabouts, fit) for one in sessions]
        held = tuple(study for study in studies if study is not None)
        return OpenSession(held, self._studies.current) if held else None

    def _show(self, restored: RestoredSession) -> None:
        """The one in front as any scan that is opened; the others on both sides of it."""
        whereabouts, front = self._study.whereabouts, restored.front
        self._study.about_to_show.emit()
        fill(self._study.session, whereabouts, restored.studies[front])
        around = []
        for one in (*restored.studies[:front], *restored.studies[front + 1 :]):
            session = self._studies.unseen()
            fill(session, whereabouts, one)
            around.append(session)
        self._studies.surround(around[:front], around[front:])

    def _keep(self, path: Path) -> Callable[[Mapping[Volume, Path]], None]:
        def keep(written: Mapping[Volume, Path]) -> None:
            self.remember(written)
            self.saved.emit(path)

        return keep


def session_filter() -> str:
    """The kind of file for a dialog, in Qt's notation."""
    return tr("srviewer session (*{ending})", ending=SUFFIX)


def with_suffix(path: Path) -> Path:
    """``path`` with the ending of a session file."""
    return path if path.suffix == SUFFIX else path.with_name(f"{path.name}{SUFFIX}")
