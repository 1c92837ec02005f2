"""Everything that the menus and the tool bar offer."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from srviewer.gui.appearance import theme
from srviewer.gui.appearance.window_presets import WINDOW_PRESETS, WindowPreset
from srviewer.gui.menus.export_actions import ExportActions
from srviewer.gui.menus.layout_actions import LayoutActions
from srviewer.gui.study.study_actions import RECONSTRUCT, Study
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.recent_files import Recent, title
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import add_named, set_tip
from srviewer.io.targets import NIFTI


class Actions:
    """Builds the actions of ``window``; those that need to know more call back."""

    def __init__(self, window: QMainWindow, study: Study, recent: Recent) -> None:
        self._window, self._study, self._session = window, study, study.session
        self._recent = recent
        self.open = self._make(tr("Open\u2026"), "folder-open-outline", tr("Open files"), "Ctrl+O")
        self.open_folder = self._make(
            tr("Open folder\u2026"),
            "folder-outline",
            tr("Open a folder of DICOM files"),
            "Ctrl+Shift+O",
        )
        self.sample = self._make(
            tr("Sample"), "flask-outline", tr("Open the built-in sample with its thin truth"), ""
        )
        self.export = self._make(tr(NIFTI.title), "export-variant", tr(NIFTI.tip), "Ctrl+E")
        self.reconstruct = self._make(
            tr("Reconstruct"), "play", tr("Rebuild the open scan"), "Ctrl+Return"
        )
        self.reset = self._make(
            tr("Reset"), "fit-to-screen-outline", tr("Whole volume (R)"), "Ctrl+0"
        )
        self.quit = self._make(tr("Quit"), "power", tr("Close srviewer"), "Ctrl+Q")
        self.smooth = self._make(
            tr("Smooth"), "blur", tr("Draw pixels smoothly, or as the blocks that they are"), "I"
        )
        self.radiological = self._make(
            tr("R on the left"),
            "account-switch-outline",
            tr("The patient's right on the left of the screen (radiological), or on the right"),
            "",
        )
        for action in (self.smooth, self.radiological):
            action.setCheckable(True)
        self.more_exports = ExportActions(window, study, recent)
        self.layouts = LayoutActions(window, study.session)
        self.recent_menu = QMenu(tr("Open recent"), window)
        self.recent_menu.setIcon(theme.icon("history"))
        self.recent_menu.aboutToShow.connect(self._list_recent)
        self.recent_menu.triggered.connect(self._open_recent)
        self.window_menu = QMenu(tr("Window / level"), window)
        self.window_menu.setIcon(theme.icon("contrast-circle"))
        self.window_menu.aboutToShow.connect(self._list_windows)
        self.window_menu.triggered.connect(self._apply_preset)
        self._connect()

    def show_state(self) -> None:
        """Enable what can be done now and check what is on."""
        session = self._session
        is_open = session.original is not None
        self.reset.setEnabled(is_open)
        idle = self._study.work.running(RECONSTRUCT) is None
        self.reconstruct.setEnabled(self._study.may_reconstruct and idle)
        self.window_menu.setEnabled(is_open)
        self.export.setEnabled(session.result is not None)
        self.smooth.setChecked(session.view.smooth)
        self.radiological.setChecked(session.view.radiological)

    def fill_menus(self) -> None:
        """Put everything into the menu bar."""
        bar = self._window.menuBar()
        file = bar.addMenu(tr("&File"))
        file.addActions([self.open, self.open_folder])
        file.addMenu(self.recent_menu)
        file.addAction(self.sample)
        file.addSeparator()
        file.addAction(self.export)
        file.addActions(self.more_exports.actions)
        file.addSeparator()
        file.addAction(self.quit)
        view = bar.addMenu(tr("&View"))
        view.addActions(self.layouts.actions())
        view.addSeparator()
        view.addMenu(self.window_menu)
        view.addActions([self.smooth, self.radiological, self.reset])
        bar.addMenu(tr("&Scan")).addAction(self.reconstruct)

    def fill_tool_bar(self, bar: QToolBar) -> None:
        """Put the often used ones into the tool bar."""
        bar.addAction(self.open)
        _drop_down(bar, self.open, self.recent_menu)
        bar.addActions([self.open_folder, self.sample, self.export])
        kinds = QMenu(tr("Export"), self._window)
        kinds.addActions([self.export, *self.more_exports.actions])
        _drop_down(bar, self.export, kinds)
        bar.addSeparator()
        self.layouts.fill_tool_bar(bar)
        bar.addSeparator()
        windows = QToolButton()
        windows.setText(tr("W/L"))
        windows.setIcon(theme.icon("contrast-circle"))
        windows.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        windows.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        windows.setMenu(self.window_menu)
        describe(
            windows, tr("Window and level"), tr("Grey levels: automatic and presets (right drag)")
        )
        bar.addWidget(windows)
        bar.addActions([self.smooth, self.radiological, self.reset])
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spacer)

    def _connect(self) -> None:
        session = self._session
        self.reconstruct.triggered.connect(self._study.reconstruct)
        self.reset.triggered.connect(session.reset_view)
        self.smooth.toggled.connect(session.set_smooth)
        self.radiological.toggled.connect(session.set_radiological)
        self.quit.triggered.connect(self._window.close)
        session.follow(self.show_state, "scan", "result", "view", "acknowledged")
        self._study.work.changed.connect(self.show_state)

    def _make(self, text: str, icon: str, tip: str, key: str) -> QAction:
        action = QAction(theme.icon(icon), text, self._window)
        action.setIconText(text.rstrip("\u2026"))
        set_tip(action, f"{tip} ({key})" if key.startswith("Ctrl") or key == "I" else tip)
        if key:
            action.setShortcut(QKeySequence(key))
        self._window.addAction(action)
        return action

    def _list_recent(self) -> None:
        self.recent_menu.clear()
        for entry in self._recent.entries():
            action = add_named(self.recent_menu, title(entry))
            set_tip(action, "\n".join(map(str, entry)))
            action.setData(entry)
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(tr("Nothing was opened yet")).setEnabled(False)
            return
        self.recent_menu.addSeparator()
        self.recent_menu.addAction(tr("Clear this list"))

    def _open_recent(self, action: QAction) -> None:
        entry = action.data()
        if entry is None:
            self._recent.clear()
        else:
            self._study.open(entry)

    def _list_windows(self) -> None:
        self.window_menu.clear()
        original = self._session.original
        if original is None:
            return
        for preset in WINDOW_PRESETS:
            if preset.modality in ("", original.modality):
                action = self.window_menu.addAction(tr(preset.title))
                set_tip(action, tr(preset.tip))
                action.setData(preset)

    def _apply_preset(self, action: QAction) -> None:
        preset = action.data()
        if self._session.original is not None and isinstance(preset, WindowPreset):
            self._session.set_window(preset.window(self._session.original))


def _drop_down(bar: QToolBar, action: QAction, menu: QMenu) -> None:
    button = bar.widgetForAction(action)
    assert isinstance(button, QToolButton)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
