"""The open studies as a row of tabs; there is none while only one is open."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QTabBar

from srviewer.core.visible_text import visible_line
from srviewer.gui.dialogs.series_picker import thumbnail
from srviewer.gui.menus.actions import Actions
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import grid_words
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import menu_text, plain_tip
from srviewer.gui.window.closing import Closing

WIDEST = 26  # characters of a name


class StudyTabs(QTabBar):
    """A tab for each study: its middle slice, its name, a way to close it."""

    def __init__(self, studies: OpenStudies, closing: Closing, actions: Actions) -> None:
        super().__init__()
        self._studies = studies
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

    def _show(self) -> None:
        scans = [state.scan for state in self._studies.states]
        if len(scans) == 1:
            scans = []  # hidden, so it draws no slice and keeps no scan
        self.blockSignals(True)
        while self.count() > len(scans):
            self.removeTab(self.count() - 1)
        while self.count() < len(scans):
            self.addTab("")
        for number, scan in enumerate(scans):
            if scan is None or self.tabData(number) is scan:
                continue
            self.setTabData(number, scan)
            self.setTabText(number, menu_text(_short(scan.name)))
            self.setTabIcon(number, QIcon(thumbnail(scan)))
            tip = f"{visible_line(scan.name)}\n{grid_words(scan.geometry)}"
            self.setTabToolTip(number, plain_tip(tip))
            self._describe_close(number, scan.name)
        self.setCurrentIndex(self._studies.current)
        self.blockSignals(False)
        self.setVisible(bool(scans))
        for action in self._for_several:
            action.setEnabled(bool(scans))

    def _describe_close(self, number: int, name: str) -> None:
        for side in (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide):
            button = self.tabButton(number, side)
            if button is not None:
                describe(
                    button,
                    tr("Close {name}", name=name),
                    tr("Close this study and what was made from it"),
                )


def _short(name: str) -> str:
    return name if len(name) <= WIDEST else f"{name[: WIDEST - 1]}\u2026"
