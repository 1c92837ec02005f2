"""Opens files dropped on an open study: where is asked once, then remembered."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QMessageBox, QWidget

from srviewer.gui.study.overlay_loader import Overlays
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import file_names
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import message_box


class Dropping(QObject):
    """Opens dropped files beside the open study, in its place, or as an overlay."""

    def __init__(self, controller: StudyController, overlays: Overlays, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._studies, self._overlays = controller, controller.studies, overlays
        self._window = window
        self.question: QMessageBox | None = None
        self._paths: tuple[Path, ...] = ()

    def take(self, paths: Sequence[Path]) -> None:
        """Open files; ask where first, if a study is open and the user has not answered yet.

        Args:
            paths: The files and folders that were dropped.
        """
        if self._controller.study.scan is None or self._studies.choice is not None:
            self._controller.open(paths)
            return
        self._paths = tuple(paths)
        self._ask()

    def _ask(self) -> None:
        asked = tr("What should become of {names}?", names=file_names(self._paths))
        box = message_box(QMessageBox.Icon.Question, tr("A study is open"), asked, self._window)
        role = QMessageBox.ButtonRole
        self._add = box.addButton(tr("Open beside"), role.AcceptRole)
        self._replace = box.addButton(tr("Replace the study"), role.AcceptRole)
        self._over = box.addButton(tr("Show as overlay"), role.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        describe(self._add, tr("Open beside"), tr("Keep the open study in the list"))
        describe(self._replace, tr("Replace the study"), tr("Close the open study and its results"))
        describe(
            self._over,
            tr("Show as overlay"),
            tr("Draw it as a mask or label map over the slices"),
        )
        self._over.setVisible(len(self._paths) == 1)
        self._again = QCheckBox(tr("Do the same with the next drop"))
        describe(
            self._again, tr("Do the same"), tr("Beside or in place, until the window is closed")
        )
        box.setCheckBox(self._again)
        box.setDefaultButton(self._add)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.buttonClicked.connect(self._answer)
        self.question = box
        box.open()

    def _answer(self, button: QAbstractButton) -> None:
        paths, self.question = self._paths, None
        if button is self._over:
            self._overlays.load(paths[0])
        elif button in (self._add, self._replace):
            self._studies.next = "add" if button is self._add else "replace"
            if self._again.isChecked():
                self._studies.choice = self._studies.next
            self._controller.open(paths)
