"""The menu of the arrangements that the user has given a name."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from srviewer.gui.menus.window_arrangements import NamedLayouts
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import add_named


class LayoutsMenu(QObject):
    """Fills ``menu`` to show, save and delete ``layouts``; empty until they are given."""

    def __init__(self, menu: QMenu, window: QWidget) -> None:
        super().__init__(window)
        self._menu, self._window = menu, window
        self.layouts: NamedLayouts | None = None
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._list)

    def _list(self) -> None:
        menu, layouts = self._menu, self.layouts
        menu.clear()
        if layouts is None:
            return
        delete = QMenu(tr("Delete"), menu)
        for name in layouts.names():
            add_named(menu, name).triggered.connect(partial(layouts.show, name))
            add_named(delete, name).triggered.connect(partial(layouts.delete, name))
        menu.addSeparator()
        menu.addAction(tr("Save this layout\u2026")).triggered.connect(self._name)
        menu.addMenu(delete).setEnabled(bool(layouts.names()))

    def _name(self) -> None:
        name, agreed = QInputDialog.getText(self._window, tr("Save this layout"), tr("Name"))
        if agreed and name.strip() and self.layouts is not None:
            self.layouts.save(name.strip())
