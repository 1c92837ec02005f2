"""What the menus offer for looking and measuring."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colour_maps import COLOUR_MAPS
from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.panels.look.cine import Cine
from srviewer.gui.state.session import Session
from srviewer.gui.state.tool_offers import TOOL_OFFERS
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import set_tip


class LookActions:
    """Tools, colours, crosshair and playing; all follow the session."""

    def __init__(self, window: QMainWindow, session: Session, cine: Cine) -> None:
        self._window, self._session, self._cine = window, session, cine
        self.tools = QActionGroup(window)
        for offer in TOOL_OFFERS:
            action = self._make(tr(offer.text), offer.icon, tr(offer.tip), offer.key)
            action.setCheckable(True)
            action.setData(offer.tool)
            self.tools.addAction(action)
        self.colours = QActionGroup(window)
        for row in COLOUR_MAPS:
            action = self._make(tr(row.title), "palette-outline", tr(row.tip), "")
            action.setCheckable(True)
            action.setData(row.id)
            self.colours.addAction(action)
        self.inverted = self._make(
            tr("Invert"), "invert-colors", tr("Swap the two ends of the colours"), "Shift+I"
        )
        self.crosshair = self._make(
            tr("Show crosshair"), "crosshairs", tr("Draw it, or hide it"), "X"
        )
        self.play = self._make(
            tr("Play"), "play", tr("Step through the slices of the active plane"), "P"
        )
        self.mip = self._make(
            tr("Turning projection\u2026"),
            "rotate-3d-variant",
            tr("Before and after, as MIP"),
            "Shift+P",
        )
        for action in (self.inverted, self.crosshair, self.play):
            action.setCheckable(True)
        self._connect()
        self._show()

    def fill_menus(self) -> None:
        """A menu for looking and one for measuring, after those that are there."""
        colours = QMenu(tr("Colours"), self._window)
        colours.setIcon(theme.icon("palette-outline"))
        colours.addActions(self.colours.actions())
        colours.addSeparator()
        colours.addAction(self.inverted)
        look = self._window.menuBar().addMenu(tr("&Look"))
        look.addMenu(colours)
        look.addActions([self.crosshair, self.play, self.mip])
        self._window.menuBar().addMenu(tr("&Measure")).addActions(self.tools.actions())

    def _connect(self) -> None:
        session = self._session
        self.tools.triggered.connect(lambda action: session.set_tool(action.data()))
        self.colours.triggered.connect(lambda action: session.set_colours(action.data()))
        self.inverted.triggered.connect(session.set_inverted)
        self.crosshair.triggered.connect(session.set_crosshair)
        self.play.triggered.connect(self._cine.toggle)
        self.mip.triggered.connect(self._show_mip)
        session.follow(self._show, "scan", "view", "tool")
        self._cine.changed.connect(self._show)

    def _show_mip(self) -> None:
        dialog = MipDialog(self._session, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show(self) -> None:
        session = self._session
        self.mip.setEnabled(session.original is not None)
        for action in self.tools.actions():
            action.setChecked(action.data() is session.tool)
        for action in self.colours.actions():
            action.setChecked(action.data() == session.view.colours)
        self.inverted.setChecked(session.view.inverted)
        self.crosshair.setChecked(session.view.crosshair)
        self.play.setChecked(self._cine.playing)

    def _make(self, text: str, icon: str, tip: str, key: str) -> QAction:
        action = QAction(theme.icon(icon), text, self._window)
        set_tip(action, f"{tip} ({key})" if key else tip)
        if key:
            action.setShortcut(QKeySequence(key))
        self._window.addAction(action)
        return action
