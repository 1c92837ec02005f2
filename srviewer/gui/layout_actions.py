"""The ways to look at A and B: one action for each layout, as a compact group."""

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton

from srviewer.gui import theme
from srviewer.gui.comparing import Layout
from srviewer.gui.session import Session


@dataclass(frozen=True)
class LayoutOffer:
    """How one layout is offered; ``key`` is its shortcut."""

    layout: Layout
    text: str
    icon: str
    tip: str
    key: str


LAYOUT_OFFERS = (
    LayoutOffer(Layout.PLANES, "Planes", "view-quilt-outline", "Three planes of A alone", "1"),
    LayoutOffer(Layout.COMPARE, "Above and below", "view-grid-outline", "A above, B below", "2"),
    LayoutOffer(Layout.SIDE_BY_SIDE, "Side by side", "view-split-vertical", "A left, B right", "3"),
    LayoutOffer(
        Layout.CURTAIN, "Curtain", "arrow-split-vertical", "Drag the edge between A and B", "4"
    ),
    LayoutOffer(Layout.FLIP, "Flip", "flip-horizontal", "Hold F to see B in the place of A", "5"),
    LayoutOffer(
        Layout.CHECKERBOARD, "Checkerboard", "checkerboard", "Squares of A and B in turn (mm)", "6"
    ),
    LayoutOffer(
        Layout.DIFFERENCE, "Difference", "plus-minus-variant", "A minus B, in the scan's unit", "7"
    ),
)


class LayoutActions(QActionGroup):
    """Checkable actions, one for each layout; they follow the session."""

    def __init__(self, window: QMainWindow, session: Session) -> None:
        super().__init__(window)
        self._session = session
        for offer in LAYOUT_OFFERS:
            action = QAction(theme.icon(offer.icon), offer.text, window)
            action.setToolTip(f"{offer.text}: {offer.tip} ({offer.key})")
            action.setShortcut(QKeySequence(offer.key))
            action.setCheckable(True)
            action.setData(offer.layout)
            window.addAction(action)
            self.addAction(action)
        self.triggered.connect(self._choose)
        session.comparing_changed.connect(self._follow)
        self._follow()

    def fill_tool_bar(self, bar: QToolBar) -> None:
        """Icons alone, so that all of them fit; their tooltips have the words."""
        for action in self.actions():
            bar.addAction(action)
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text())

    def _choose(self, action: QAction) -> None:
        self._session.compare(replace(self._session.comparing, layout=action.data()))

    def _follow(self) -> None:
        for action in self.actions():
            action.setChecked(action.data() is self._session.comparing.layout)
