"""The menu of the arrangements that the user has given a name."""

from functools import partial

from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from srviewer.gui.menus.window_arrangements import NamedLayouts
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import add_named


class LayoutsMenu(QMenu):
    """Shows, saves and deletes ``layouts``; empty until they are given."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(tr("Saved layouts"), window)
        self._window = window
        self.layouts: NamedLayouts | None = None
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._list)

    def _list(self) -> None:
        self.clear()
        layouts = self.layouts
        if layouts is None:
            return
        delete = QMenu(tr("Delete"), self)
        for name in layouts.names():
            add_named(self, name).triggered.connect(partial(layouts.show, name))
            add_named(delete, name).triggered.connect(partial(layouts.delete, name))
        self.addSeparator()
        self.addAction(tr("Save this layout\u2026")).triggered.connect(self._name)
        self.addMenu(delete).setEnabled(bool(layouts.names()))

    def _name(self) -> None:
        name, agreed = QInputDialog.getText(self._window, tr("Save this layout"), tr("Name"))
        if agreed and name.strip() and self.layouts is not None:
            self.layouts.save(name.strip())
