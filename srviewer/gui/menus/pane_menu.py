"""The context menu of a pane: what lies under the mouse, then what can be done with the pane."""

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from srviewer.gui.menus.actions import Actions
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import roi_title
from srviewer.gui.views.editing.pane_point import PanePoint
from srviewer.gui.widgets.plain_text import menu_text

# Ids of actions and of menus; a line between the groups.
ENTRIES = (
    ("tool-crosshair", "tool-window", "tool-zoom", "tool-pan", "tool-rotate_planes"),
    ("tool-distance", "tool-text", "tool-arrow"),
    ("levels", "slab", "oblique", "smooth", "crosshair", "header-text"),
    ("rotate-right", "rotate-left", "flip-sides", "flip-upside-down", "reset"),
    ("copy-picture", "save-figure", "print"),
)
MENUS = ("levels", "slab", "oblique")


class PaneMenu(QObject):
    """Opens the menu where the user asks for it; it is gone when it closes.

    Attributes:
        menu: The one that was opened last; None before the first.
    """

    def __init__(self, window: QWidget, study: ShownStudy, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._study, self._actions = window, study, actions
        self.menu: QMenu | None = None
        study.menu_wanted.connect(self._open)

    def _open(self, point: PanePoint) -> None:
        menu = self.menu = QMenu(self._window)
        menu.setToolTipsVisible(True)
        self._add_annotation(menu, point)
        self._add_measurement(menu, point)
        only = self._study.view.only
        plane = None if only else point.pane.plane
        text = tr("All planes") if only else tr("This plane alone")
        menu.addAction(text).triggered.connect(lambda: self._study.maximise(plane))
        world = point.pane.world_at(point.position)
        if world is not None:
            move = menu.addAction(tr("Crosshair here"))
            move.triggered.connect(lambda: self._study.move_cursor(world))
        for group in ENTRIES:
            menu.addSeparator()
            for name in group:
                if name in MENUS:
                    menu.addMenu(self._actions.menu(name))
                else:
                    menu.addAction(self._actions[name])
        menu.aboutToHide.connect(menu.deleteLater)
        at: QPoint = point.pane.mapToGlobal(point.position.toPoint())
        menu.popup(at)

    def _add_annotation(self, menu: QMenu, point: PanePoint) -> None:
        number = point.annotation
        if number is None:
            return
        edit = menu.addAction(tr("Edit the text\u2026"))
        edit.triggered.connect(lambda: point.annotating.edit(number))
        delete = menu.addAction(tr("Delete the annotation"))
        delete.triggered.connect(lambda: point.annotating.delete(number))
        menu.addSeparator()

    def _add_measurement(self, menu: QMenu, point: PanePoint) -> None:
        number, study = point.measurement, self._study
        if number is None:
            return
        rois = study.rois
        name = menu_text(roi_title(rois[number], number))
        delete = menu.addAction(tr("Delete {name}", name=name))
        delete.triggered.connect(lambda: study.set_rois([*rois[:number], *rois[number + 1 :]]))
        if rois[number].label_mm is not None:
            back = replace(rois[number], label_mm=None)
            entry = menu.addAction(tr("Label beside the line"))
            entry.triggered.connect(
                lambda: study.set_rois([*rois[:number], back, *rois[number + 1 :]])
            )
        menu.addSeparator()
