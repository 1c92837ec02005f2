"""The place of an export, shown until it is closed, with what can be done there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout

from srviewer import RESEARCH_USE_ONLY
from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import IconLabel, button, describe, label
from srviewer.gui.widgets.plain_text import add_named, set_tip
from srviewer.study.sessions.session_file import SUFFIX

# What the system has programs for; images are opened in a tab.
PAGES = (".html", ".png", ".svg", ".pdf", ".csv", ".gif", ".webp", ".zip")
MOST = 20  # exports that are remembered
LONGEST = 70  # characters of a path in the menu


@dataclass(frozen=True)
class _Export:
    path: Path
    remark: str = ""


class ExportedBar(QFrame):
    """Shows the newest export; earlier ones are in a menu. Hidden while there is none."""

    scan_wanted = Signal(object)  # the path of an image that is to be opened in a tab
    failed = Signal(str, object)  # what was tried, a UserError

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "note")
        self.setAccessibleName(tr("Export"))
        self._exports: list[_Export] = []  # the one that is shown last
        self.message = label("", "plain")
        self.open = button(tr("Open"), tr("Open what was exported: an image in a tab of its own"))
        self.folder = button(tr("Open folder"), tr("Show the folder in the system's file manager"))
        self.copy = button(tr("Copy path"), tr("Copy the path of what was exported"))
        self.earlier = QToolButton()
        self.earlier.setText(tr("Earlier"))
        self.earlier.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        describe(self.earlier, tr("Earlier"), tr("Earlier exports of this window"))
        self.menu = QMenu(self.earlier)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._list_earlier)
        self.earlier.setMenu(self.menu)
        self.close_button = QToolButton()
        self.close_button.setIcon(theme.icon("close"))
        describe(self.close_button, tr("Close"), tr("Hide this message"))
        self._lay_out()
        self.open.clicked.connect(self._open)
        self.folder.clicked.connect(self._open_folder)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self._close)
        self.hide()

    def _lay_out(self) -> None:
        row, below = QHBoxLayout(), QVBoxLayout(self)
        row.setSpacing(8)
        row.addWidget(IconLabel("check-circle-outline", 20), alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.message, 1)
        for widget in (self.open, self.folder, self.copy, self.earlier, self.close_button):
            row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignTop)
        below.setContentsMargins(12, 8, 8, 8)
        below.addLayout(row)

    def add(self, path: Path, remark: str = "") -> None:
        """Show where something was exported to.

        Args:
            path: The file or folder.
            remark: What a user must know of it, translated; "" for nothing.
        """
        path = path.absolute()
        others = [export for export in self._exports if export.path != path]
        self._exports = [*others, _Export(path, remark)][-MOST:]
        self._show()

    def add_remark(self, path: Path, remark: str) -> None:
        """Add to what a user must know of an export.

        Args:
            path: A file or folder that was added.
            remark: Translated.
        """
        path = path.absolute()
        self._exports = [
            replace(one, remark=f"{one.remark} {remark}".strip()) if one.path == path else one
            for one in self._exports
        ]
        self._show()

    @property
    def path(self) -> Path | None:
        """The place that is shown; None while the bar is hidden."""
        return self._exports[-1].path if self._exports else None

    def _show(self) -> None:
        self.setVisible(bool(self._exports))
        if not self._exports:
            return
        export = self._exports[-1]
        notice = tr("Exported to {path}", path=export.path)
        lines = (notice, " ".join(filter(None, (tr(RESEARCH_USE_ONLY), export.remark))))
        self.message.setText("\n".join(lines))
        set_tip(self.message, str(export.path))  # a long name of a folder may be cut
        self.open.setVisible(export.path.suffix != SUFFIX)  # a session is open already
        self.earlier.setVisible(len(self._exports) > 1)

    def _list_earlier(self) -> None:
        self.menu.clear()
        for export in reversed(self._exports[:-1]):
            action = add_named(self.menu, _end_of(export.path))
            set_tip(action, str(export.path))
            action.triggered.connect(self._bringing(export))

    def _bringing(self, export: _Export) -> Callable[[], None]:
        return lambda: self.add(export.path, export.remark)

    def _open(self) -> None:
        path = self.path
        if path is None:
            return
        if path.suffix.lower() in PAGES:
            self._open_in_system(path)
        else:
            self.scan_wanted.emit(path)

    def _open_folder(self) -> None:
        path = self.path
        if path is not None:
            self._open_in_system(path if path.is_dir() else path.parent)

    def _open_in_system(self, path: Path) -> None:
        if not path.exists():
            error = UserError(tr("'{path}' is not there any more.", path=path))
            self.failed.emit(tr("Opening an export"), error)
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            error = UserError(
                tr("The system has no program to open '{path}'. Copy its path instead.", path=path)
            )
            self.failed.emit(tr("Opening an export"), error)

    def _copy(self) -> None:
        if self.path is not None:
            QGuiApplication.clipboard().setText(str(self.path))

    def _close(self) -> None:
        self._exports = []
        self._show()


def _end_of(path: Path) -> str:
    text = str(path)
    return text if len(text) <= LONGEST else f"\u2026{text[-LONGEST:]}"
