"""Closing studies and the window: asks only where an unexported result would go."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.autosave_folders import outlives_window
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import message_box

MOST_NAMED = 5  # results in a question


class Closing(QObject):
    """The questions before something is closed.

    Args:
        controller: what is open.
        export: opens the export of the result that is shown.
        window: the parent of the questions.
    """

    def __init__(
        self, controller: StudyController, export: Callable[[], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._studies, self._export, self._window = controller.studies, export, window

    def close(self, number: int) -> None:
        """Close a study, after a question where a result was not exported.

        Args:
            number: Its position in the tabs, from 0; nothing happens outside of them.
        """
        if 0 <= number < len(self._studies.states) and self._may_close([number], ""):
            self._studies.close(number)

    def close_current(self) -> None:
        """Close the study that is shown."""
        self.close(self._studies.current)

    def may_close_window(self, autosaved: bool) -> bool:
        """Ask before the window is closed, once, where results were not exported.

        Args:
            autosaved: Whether the next window will offer what is open now.

        Returns:
            Whether the window may be closed.
        """
        note = tr("The next start offers what is open now, for a week.") if autosaved else ""
        return self._may_close(range(len(self._studies.states)), note)

    def _may_close(self, numbers: Sequence[int], note: str) -> bool:
        unexported = [
            (number, kept.name)
            for number in numbers
            for kept in self._studies.states[number].unexported(outlives_window)
        ]
        if not unexported:
            return True
        answer = self._ask([self._title(number, name) for number, name in unexported], note)
        if answer is QMessageBox.ButtonRole.ActionRole:
            self._studies.show(unexported[0][0])
            self._export()
        return answer is QMessageBox.ButtonRole.DestructiveRole

    def _title(self, number: int, name: str) -> str:
        scan = self._studies.states[number].scan
        assert scan is not None
        return tr("{result} of {scan}", result=name, scan=visible_line(scan.name))

    def _ask(self, titles: Sequence[str], note: str) -> QMessageBox.ButtonRole:
        lines = [*titles[:MOST_NAMED]]
        if len(titles) > MOST_NAMED:
            lines.append(tr("and {count} more", count=len(titles) - MOST_NAMED))
        question = tr(
            "Close without exporting? Not exported yet:\n{results}", results="\n".join(lines)
        )
        text = f"{question}\n\n{note}".strip()
        box = message_box(
            QMessageBox.Icon.Question, tr("Close without exporting?"), text, self._window
        )
        role = QMessageBox.ButtonRole
        export = box.addButton(tr("Export\u2026"), role.ActionRole)
        close = box.addButton(tr("Close without exporting"), role.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        describe(export, tr("Export"), tr("Choose a file for the result; nothing is closed"))
        describe(
            close, tr("Close without exporting"), tr("The results named above are not exported")
        )
        box.setDefaultButton(cancel)
        box.exec()
        return box.buttonRole(box.clickedButton())
