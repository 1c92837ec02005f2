"""Opens files dropped on an open study: where is asked; a ticked answer is remembered."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QMessageBox, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.gui.study.overlay_loader import Overlays
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import file_names
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import message_box
from srviewer.gui.window.closing import Closing


class Dropping(QObject):
    """Opens dropped files beside the open study, in its place, or as an overlay."""

    def __init__(
        self, controller: StudyController, overlays: Overlays, closing: Closing, window: QWidget
    ) -> None:
        super().__init__(window)
        self._controller, self._studies, self._overlays = controller, controller.studies, overlays
        self._closing, self._window = closing, window
        self.question: QMessageBox | None = None
        self._paths: tuple[Path, ...] = ()

    def sentence(self, paths: Sequence[Path]) -> str:
        """What ``take`` will do.

        Args:
            paths: The files and folders that are held over the window.

        Returns:
            The translated text.
        """
        if self._controller.study.scan is None:
            return tr("Opens {names}", names=file_names(paths))
        if self._must_ask:
            return tr(
                "Opens beside {scan}, in its place or over it: you are asked", scan=self._scan
            )
        if self._studies.choice == "add":
            return self.sentence_beside(paths)
        return tr("Opens {names} in the place of {scan}", names=file_names(paths), scan=self._scan)

    def take(self, paths: Sequence[Path]) -> None:
        """Open files; ask where first, if a study is open and the user has not said so for good.

        Args:
            paths: The files and folders that were dropped.
        """
        if self._must_ask:
            self._paths = tuple(paths)
            self._ask()
        else:
            self._controller.open(paths)

    def sentence_beside(self, paths: Sequence[Path]) -> str:
        """What ``take_beside`` will do.

        Args:
            paths: As in ``sentence``.

        Returns:
            The translated text.
        """
        return tr("Opens {names} in a tab of its own", names=file_names(paths))

    def take_beside(self, paths: Sequence[Path]) -> None:
        """Open files in a tab of their own, without a question.

        Args:
            paths: The files and folders that were dropped.
        """
        self._studies.next = "add"
        self._controller.open(paths)

    def sentence_over(self, paths: Sequence[Path]) -> str:
        """What ``take_over`` will do.

        Args:
            paths: As in ``sentence``.

        Returns:
            The translated text; "" where it cannot be done.
        """
        if self._controller.study.scan is None or len(paths) != 1:
            return ""
        return tr("Shows {names} over the slices of {scan}", names=paths[0].name, scan=self._scan)

    def take_over(self, paths: Sequence[Path]) -> None:
        """Show a file as an overlay of the open study.

        Args:
            paths: One file.
        """
        self._overlays.load(paths[0])

    @property
    def _must_ask(self) -> bool:
        """Also where "replace" is remembered, if something would be lost by it."""
        if self._controller.study.scan is None:
            return False
        choice = self._studies.choice
        return choice is None or (choice == "replace" and bool(self._losses()))

    @property
    def _scan(self) -> str:
        scan = self._controller.study.scan
        return "" if scan is None else f"'{visible_line(scan.name)}'"

    def _losses(self) -> tuple[str, ...]:
        return self._closing.losses([self._studies.current])

    def _ask(self) -> None:
        asked = tr("What should become of {names}?", names=file_names(self._paths))
        losses = self._losses()
        if losses:
            lost = "\n".join(losses)
            asked += "\n\n" + tr("Replacing {scan} loses:\n{lost}", scan=self._scan, lost=lost)
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
            self.take_over(paths)
        elif button in (self._add, self._replace):
            self._studies.next = "add" if button is self._add else "replace"
            if self._again.isChecked():
                self._studies.choice = self._studies.next
            self._controller.open(paths)
