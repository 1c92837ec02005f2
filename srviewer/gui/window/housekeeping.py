"""Everything around the study: undo, session files, recovery, preferences, named layouts, help."""

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QMainWindow,
    QSplitter,
)

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.dialogs.about_dialog import AboutDialog
from srviewer.gui.dialogs.guide_dialog import GuideDialog
from srviewer.gui.dialogs.preferences_dialog import PreferencesDialog
from srviewer.gui.dialogs.shortcuts_dialog import ShortcutsDialog
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.arrangements_menu import LayoutsMenu
from srviewer.gui.menus.window_arrangements import NamedLayouts
from srviewer.gui.state.undo import History
from srviewer.gui.study.application_files import open_log_folder, own_files
from srviewer.gui.study.autosave import Autosave
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.study.session_files import SessionFiles, session_filter
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.log import start_log, stop_log
from srviewer.gui.user_files.preferences import Preferences, read_preferences, write_preferences
from srviewer.gui.user_files.recent_files import Recent
from srviewer.gui.widgets.notice import ErrorBar
from srviewer.gui.window.bars.hint import Hint
from srviewer.gui.window.side_panels import SidePanels
from srviewer.nn.devices.threads import set_threads
from srviewer.study.sessions.session_file import SUFFIX


class Housekeeping(QObject):
    """Owns the parts around the study. ``recovery.bar`` and ``hint`` belong above the views."""

    def __init__(
        self,
        window: QMainWindow,
        controller: StudyController,
        settings: QSettings,
        recent: Recent,
        bar: ErrorBar,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._recent, self._error_bar, self._actions = recent, bar, actions
        self.preferences = read_preferences(settings)
        self.history = History(controller.studies, self)
        self.files = SessionFiles(controller, self)
        self.autosave = Autosave(controller, self.files, self)
        self.hint = Hint(settings, controller.study)
        self._session_file: Path | None = None  # that was opened or saved last
        self.dialog: QDialog | None = None  # the one that is open
        self.layouts_menu = LayoutsMenu(actions.menu("saved-layouts"), window)
        self._connect()
        self._apply()

    def begin(self) -> None:
        """Offer what a crash left, and autosave, in a window that a user started."""
        self.autosave.begin(self.preferences.autosave)

    def keeps_work(self) -> bool | None:
        """Autosave what is open now.

        Returns:
            Whether the next window could offer all of it; None where autosave is turned off.
        """
        return self.autosave.keeps_work() if self.preferences.autosave else None

    def end(self) -> None:
        """Leave the work that was open to the next window, before this one closes."""
        if self.dialog is not None:
            self.dialog.reject()
        self.autosave.end()
        self._recent.leave()

    def arrange(self, splitter: QSplitter, panels: SidePanels) -> None:
        """Take the parts of the window whose arrangement can be named.

        Args:
            splitter: Divides the width between views and panels.
            panels: The panels at the side.
        """
        self.layouts_menu.layouts = NamedLayouts(
            self._settings, self._controller.study, splitter, panels
        )

    def show_preferences(self) -> None:
        """Open the dialog of preferences."""
        files = own_files(self.autosave, self._recent)
        dialog = PreferencesDialog(self.preferences, self._controller.study, files, self._window)
        dialog.changed.connect(self._prefer)
        self._show(dialog)

    def show_shortcuts(self) -> None:
        """Open the sheet of shortcuts."""
        self._show(ShortcutsDialog(self._actions.all(), self._window))

    def show_about(self) -> None:
        """Say what srviewer is."""
        self._show(AboutDialog(self._window))

    def show_guide(self) -> None:
        """Open the guide."""
        try:
            self._show(GuideDialog(self._window))
        except UserError as error:
            self._error_bar.show_error(tr("Opening the guide"), error)

    def _connect(self) -> None:
        files = self.files
        for name, slot in (
            ("open-session", self._choose_open),
            ("save-session", self._choose_save),
            ("undo", self.history.undo),
            ("redo", self.history.redo),
            ("preferences", self.show_preferences),
            ("guide", self.show_guide),
            ("shortcuts", self.show_shortcuts),
            ("log-folder", self._open_log_folder),
            ("about", self.show_about),
        ):
            self._actions.connect_action(name, slot)
        self.history.changed.connect(self._show_undo)
        files.opened.connect(self._opened)
        files.saved.connect(self._saved)
        files.incomplete.connect(self._error_bar.show_error)
        self.autosave.work.failed.connect(self._error_bar.show_error)
        self.hint.accepted.connect(self.show_shortcuts)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)
        self._show_undo()

    def _show_undo(self) -> None:
        for name, word, title in (
            ("undo", tr("Undo"), self.history.undo_title),
            ("redo", tr("Redo"), self.history.redo_title),
        ):
            self._actions[name].setEnabled(title is not None)
            self._actions[name].setText(f"{word} {tr(title or '')}".rstrip())

    def _opened(self, path: Path) -> None:
        self.history.forget()
        self._error_bar.hide()
        if not self.autosave.owns(path):
            self._session_file = path
            self._recent.add([path])

    def _saved(self, path: Path) -> None:
        self._session_file = path
        self._error_bar.hide()
        self._recent.add([path])
        self._controller.exporting.exported.emit(path)

    def _choose_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open session"), self._recent.folder(), session_filter()
        )
        if name:
            self._controller.studies.next = "add"
            self._controller.open([Path(name)])

    def _choose_save(self) -> None:
        study, endings = self._controller.study, {session_filter(): SUFFIX}
        name = self.files.suggested_name()
        proposal = self._session_file or proposed(study, "", SUFFIX, name)
        path = ask_file(study, self._window, tr("Save session"), proposal, endings)
        if path is not None:
            self.files.save(path)

    def _prefer(self, preferences: Preferences) -> None:
        before, self.preferences = self.preferences, preferences
        write_preferences(self._settings, preferences)
        if before.autosave != preferences.autosave:
            self.autosave.enable(preferences.autosave)
        if before.log != preferences.log:
            (start_log if preferences.log else stop_log)()
        self._apply()
        if before.device != preferences.device:
            self._controller.study.prefer_device(preferences.device)

    def _apply(self) -> None:
        set_threads(self.preferences.threads)
        self._recent.keep(self.preferences.recent)
        self._controller.study.preferred_device = self.preferences.device
        self._apply_theme()

    def _apply_theme(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.choose(app, self.preferences.theme)

    def _show(self, dialog: QDialog) -> None:
        """Open a dialog in the place of another; nothing waits for it."""
        if self.dialog is not None:
            self.dialog.reject()
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _open_log_folder(self) -> None:
        try:
            open_log_folder()
        except UserError as error:
            self._error_bar.show_error(tr("Opening the log folder"), error)
