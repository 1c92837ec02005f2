"""The ways to look at A and B: one action for each layout, as a compact group."""

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton

from srviewer.gui.appearance import theme
from srviewer.gui.state.session import Session
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.study.state.comparing import Layout


@dataclass(frozen=True)
class LayoutOffer:
    """How one layout is offered; ``key`` is its shortcut."""

    layout: Layout
    text: str
    icon: str
    tip: str
    key: str


LAYOUT_OFFERS = (
    LayoutOffer(
        Layout.PLANES, mark("Planes"), "view-quilt-outline", mark("Three planes of A alone"), "1"
    ),
    LayoutOffer(
        Layout.COMPARE, mark("Above and below"), "view-grid-outline", mark("A above, B below"), "2"
    ),
    LayoutOffer(
        Layout.SIDE_BY_SIDE,
        mark("Side by side"),
        "view-split-vertical",
        mark("A left, B right"),
        "3",
    ),
    LayoutOffer(
        Layout.CURTAIN,
        mark("Curtain"),
        "arrow-split-vertical",
        mark("Drag the edge between A and B"),
        "4",
    ),
    LayoutOffer(
        Layout.FLIP, mark("Flip"), "flip-horizontal", mark("Hold F to see B in the place of A"), "5"
    ),
    LayoutOffer(
        Layout.CHECKERBOARD,
        mark("Checkerboard"),
        "checkerboard",
        mark("Squares of A and B in turn (mm)"),
        "6",
    ),
    LayoutOffer(
        Layout.DIFFERENCE,
        mark("Difference"),
        "plus-minus-variant",
        mark("A minus B, in the scan's unit"),
        "7",
    ),
)


class LayoutActions(QActionGroup):
    """Checkable actions, one for each layout; they follow the session."""

    def __init__(self, window: QMainWindow, session: Session) -> None:
        super().__init__(window)
        self._session = session
        for offer in LAYOUT_OFFERS:
            text = tr(offer.text)
            action = QAction(theme.icon(offer.icon), text, window)
            set_tip(action, f"{text}: {tr(offer.tip)} ({offer.key})")
            action.setShortcut(QKeySequence(offer.key))
            action.setCheckable(True)
            action.setData(offer.layout)
            window.addAction(action)
            self.addAction(action)
        self.triggered.connect(self._choose)
        session.follow(self._follow, "comparing")
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
