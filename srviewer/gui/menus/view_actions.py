"""Slots of the actions for looking and measuring."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.tables.look_menu import COLOURS
from srviewer.gui.menus.tables.measure_menu import TOOL
from srviewer.gui.menus.tables.view_menu import LAYOUT
from srviewer.gui.panels.look.cine import Cine
from srviewer.gui.state.shown_study import ShownStudy


class LookActions(QObject):
    """Connects these actions of ``window``."""

    def __init__(
        self, window: QMainWindow, session: ShownStudy, cine: Cine, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._cine = window, session, cine
        self._actions = actions
        actions.connect_group(LAYOUT, self._arrange)
        actions.connect_group(COLOURS, session.set_colours)
        actions.connect_group(TOOL, session.set_tool)
        for name, slot in (
            ("smooth", session.set_smooth),
            ("radiological", session.set_radiological),
            ("reset", session.reset_view),
            ("inverted", session.set_inverted),
            ("crosshair", session.set_crosshair),
            ("header-text", session.set_header_text),
            ("rotate-right", lambda: session.turn(lambda turn: turn.rotated(1))),
            ("rotate-left", lambda: session.turn(lambda turn: turn.rotated(-1))),
            ("flip-sides", lambda: session.turn(lambda turn: turn.flipped(False))),
            ("flip-upside-down", lambda: session.turn(lambda turn: turn.flipped(True))),
            ("play", cine.toggle),
            ("projection", self._show_projection),
        ):
            actions.connect_action(name, slot)
        session.follow(self._show, "tool")
        cine.changed.connect(self._show)
        self._show()

    def _arrange(self, layout: str) -> None:
        self._session.compare(replace(self._session.comparing, layout=layout))

    def _show_projection(self) -> None:
        dialog = MipDialog(self._session, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show(self) -> None:
        self._actions.check(TOOL, self._session.tool)
        self._actions["play"].setChecked(self._cine.playing)
