"""The open studies as a row of tabs; there is none while only one is open."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QToolButton, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance import theme
from srviewer.gui.dialogs.thumbnail import thumbnail
from srviewer.gui.menus.actions import Actions
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.texts.study_names import distinct_names
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import grid_words
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import add_named, menu_text, plain_tip
from srviewer.gui.window.closing import Closing
from srviewer.study.state.study_state import StudyState

WIDEST, NARROWEST = 280, 190  # px of a tab; where less is left for each, the row scrolls


class TabRow(QWidget):
    """The tabs, and a button with a list of all studies at the end of the row."""

    def __init__(self, studies: OpenStudies, closing: Closing, actions: Actions) -> None:
        super().__init__()
        self._studies = studies
        self.tabs = StudyTabs(studies, closing, actions)
        self.all = QToolButton()
        self.all.setIcon(theme.icon("chevron-down"))
        self.all.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        describe(self.all, tr("All open studies"), tr("Choose among all open studies"))
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.all.setMenu(self._menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.all)
        studies.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setVisible(len(self._studies.states) > 1)

    def _fill(self) -> None:
        self._menu.clear()
        for number, name in enumerate(distinct_names(self._studies.states)):
            action = add_named(self._menu, name)
            action.setCheckable(True)
            action.setChecked(number == self._studies.current)
            action.triggered.connect(lambda _, number=number: self._studies.show(number))


class StudyTabs(QTabBar):
    """A tab for each study: its middle slice, its name, a way to close it."""

    def __init__(self, studies: OpenStudies, closing: Closing, actions: Actions) -> None:
        super().__init__()
        self._studies = studies
        self._drawn: list[tuple[Volume | None, str]] = []  # scan and name of each tab
        self.setTabsClosable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(22, 22))
        describe(
            self,
            tr("Open studies"),
            tr("Each keeps its result, reference and view (Ctrl+Tab: the next, Ctrl+W: close)"),
        )
        slots: dict[str, Callable[[], None]] = {
            "next-study": lambda: studies.step(1),
            "previous-study": lambda: studies.step(-1),
            "close-study": closing.close_current,
        }
        for name, slot in slots.items():
            actions.connect_action(name, slot)
        self._for_several = [actions[name] for name in ("next-study", "previous-study")]
        self.currentChanged.connect(studies.show)
        self.tabCloseRequested.connect(closing.close)
        studies.changed.connect(self._show)
        self._show()

    def tabSizeHint(self, index: int) -> QSize:
        """Called by Qt: the size of a tab, where there is room."""
        size = super().tabSizeHint(index)
        return QSize(min(size.width(), WIDEST), size.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Called by Qt: the size below which a name could not be read any more."""
        size = self.tabSizeHint(index)
        return QSize(min(size.width(), NARROWEST), size.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Called by Qt: scroll the row where it does not fit; the wheel shows no other study."""
        back = (event.angleDelta().y() or event.angleDelta().x()) > 0
        name = "ScrollLeftButton" if back else "ScrollRightButton"
        button = self.findChild(QToolButton, name)
        if button is not None and button.isVisible():
            button.click()
        event.accept()

    def _show(self) -> None:
        states = self._studies.states
        if len(states) == 1:
            states = ()  # hidden, so it draws no slice and keeps no scan
        self.blockSignals(True)
        while self.count() > len(states):
            self.removeTab(self.count() - 1)
        while self.count() < len(states):
            self.addTab("")
        names = distinct_names(states)
        for number, (state, name) in enumerate(zip(states, names, strict=True)):
            scan, drawn = self._drawn[number] if number < len(self._drawn) else (None, "")
            if state.scan is not scan or name != drawn:
                self._draw(number, state, name)
        self._drawn = [(state.scan, name) for state, name in zip(states, names, strict=True)]
        self.setCurrentIndex(self._studies.current)
        self.blockSignals(False)
        for action in self._for_several:
            action.setEnabled(bool(states))

    def _draw(self, number: int, state: StudyState, name: str) -> None:
        scan = state.scan
        assert scan is not None
        self.setTabText(number, menu_text(name))
        self.setTabIcon(number, QIcon(thumbnail(scan)))
        lines = (name, *map(str, state.sources[:1]), grid_words(scan.geometry))
        self.setTabToolTip(number, plain_tip("\n".join(map(visible_line, lines))))
        self._describe_close(number, name)

    def _describe_close(self, number: int, name: str) -> None:
        for side in (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide):
            button = self.tabButton(number, side)
            if button is not None:
                describe(
                    button,
                    tr("Close {name}", name=name),
                    tr("Close this study and what was made from it"),
                )
