"""The menu of what was opened recently."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.recent_files import Recent, title
from srviewer.gui.widgets.plain_text import add_named, set_tip


class RecentMenu(QObject):
    """Fills ``menu`` when it is shown."""

    def __init__(self, menu: QMenu, controller: StudyController, recent: Recent) -> None:
        super().__init__(menu)
        self._menu, self._controller, self._recent = menu, controller, recent
        menu.aboutToShow.connect(self._list)
        menu.triggered.connect(self._open)

    def _list(self) -> None:
        self._menu.clear()
        for entry in self._recent.entries():
            action = add_named(self._menu, title(entry))
            set_tip(action, "\n".join(map(str, entry)))
            action.setData(entry)
        if self._menu.isEmpty():
            self._menu.addAction(tr("Nothing was opened yet")).setEnabled(False)
            return
        self._menu.addSeparator()
        self._menu.addAction(tr("Clear this list"))

    def _open(self, action: QAction) -> None:
        entry = action.data()
        if entry is None:
            self._recent.clear()
        else:
            self._controller.studies.next = "add"
            self._controller.open(entry)
