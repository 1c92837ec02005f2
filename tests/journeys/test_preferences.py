"""A user sets srviewer up as they like it, and finds it so the next time."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from children import output
from srviewer import RESEARCH_USE_ONLY
from srviewer.gui import autosave_folders, theme
from srviewer.gui.about_dialog import PARTS, AboutDialog
from srviewer.gui.colours import DARK, LIGHT
from srviewer.gui.comparing import Layout
from srviewer.gui.main_window import MainWindow
from srviewer.gui.named_layouts import KEY as LAYOUTS_KEY
from srviewer.gui.preferences import Preferences, read_preferences, write_preferences
from srviewer.gui.preferences_dialog import PreferencesDialog, megabytes
from srviewer.gui.shortcuts_dialog import ShortcutsDialog
from srviewer.nn.threads import wanted_threads

Until = Callable[[Callable[[], bool]], None]


def _dialog(window: MainWindow) -> PreferencesDialog:
    window.desk.preferences_wanted.trigger()
    dialog = window.desk.dialog
    assert isinstance(dialog, PreferencesDialog)
    return dialog


def _choose(box: object, value: object) -> None:
    box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]
    box.activated.emit(box.currentIndex())  # type: ignore[attr-defined]


def test_each_preference_is_applied_at_once(opened: MainWindow, settings: QSettings) -> None:
    dialog = _dialog(opened)
    _choose(dialog.theme, "light")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert app.palette().color(QPalette.ColorRole.WindowText) == QColor(LIGHT.text)
    _choose(dialog.convention, False)
    assert opened.session.view.radiological is False
    _choose(dialog.device, "cpu")
    assert opened.session.request is not None and opened.session.request.device == "cpu"
    dialog.threads.setValue(1)
    assert wanted_threads() == 1
    dialog.autosave.click()
    assert read_preferences(settings) == Preferences("light", "cpu", 1, False)
    dialog.reject()
    assert opened.desk.dialog is None
    theme.apply(app)


def test_autosave_can_be_turned_off_and_on(opened: MainWindow, until: Until) -> None:
    opened.desk.begin()
    whole = f"window-*/{autosave_folders.SESSION}"  # not what is still being written
    saved = lambda: list(autosave_folders.root().glob(whole))  # noqa: E731
    until(lambda: saved() != [])
    dialog = _dialog(opened)
    dialog.autosave.click()
    assert saved() == []
    dialog.autosave.click()
    until(lambda: saved() != [])
    dialog.reject()


def test_the_cache_is_measured_and_cleared(opened: MainWindow) -> None:
    left = autosave_folders.root() / "window-left"
    left.mkdir(parents=True)
    (left / "result-1.nii.gz").write_bytes(b"x" * 2_500_000)
    dialog = _dialog(opened)
    assert "2.5 MB" in dialog._cache.text()
    dialog.clear.click()
    assert not left.exists() and "0 MB" in dialog._cache.text()
    assert [megabytes(n) for n in (0, 300_000, 12_400_000)] == ["0 MB", "0.3 MB", "12 MB"]
    dialog.reject()


READ = """
import sys, json
from dataclasses import asdict
from PySide6.QtCore import QSettings
from srviewer.gui.preferences import read_preferences
print(json.dumps(asdict(read_preferences(QSettings(sys.argv[1], QSettings.Format.IniFormat)))))
"""


def test_preferences_survive_a_restart_and_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "kept.ini"
    kept = Preferences("system", "cuda", 1, False)
    write_preferences(QSettings(str(path), QSettings.Format.IniFormat), kept)
    assert Preferences(**json.loads(output([sys.executable, "-c", READ, path]))) == kept
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    for name, value in (("theme", "pink"), ("device", "abacus"), ("threads", "many")):
        settings.setValue(f"preferences/{name}", value)
    assert read_preferences(settings) == Preferences(autosave=False)


def test_the_sheet_of_keys_is_complete_and_searchable(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(opened, "?")
    sheet = opened.desk.dialog
    assert isinstance(sheet, ShortcutsDialog)
    rows = sheet.rows_shown()
    keys = [row[0] for row in rows]
    for action in opened.actions():
        if not action.shortcut().isEmpty():
            assert any(action.shortcut().toString() in key for key in keys), action.text()
    assert any(does == "Move the crosshair" for _, does in rows)
    sheet.search.setText("CROSS move")
    assert 0 < len(sheet.rows_shown()) < 6
    sheet.search.setText("no such thing")
    assert sheet.rows_shown() == ()
    sheet.reject()


def test_about_names_every_part_and_what_it_is_not_for(opened: MainWindow) -> None:
    import tomllib

    opened.desk.about.trigger()
    about = opened.desk.dialog
    assert isinstance(about, AboutDialog)
    text = about.parts.toPlainText()
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    needed = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    for line in needed:
        assert line.split()[0].split("[")[0] in {name for name, _ in PARTS}
    assert all(name in text and licence in text for name, licence in PARTS)
    from PySide6.QtWidgets import QLabel

    assert RESEARCH_USE_ONLY in [one.text() for one in about.findChildren(QLabel)]
    about.reject()


def test_the_guide_opens_by_its_key(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(opened, Qt.Key.Key_F1)
    assert opened.desk.dialog is not None and opened.desk.dialog.windowTitle() == "Guide"
    opened.desk.dialog.reject()


def test_layouts_are_kept_by_name(opened: MainWindow, settings: QSettings) -> None:
    layouts = opened.desk.layouts_menu.layouts
    assert layouts is not None
    session = opened.session
    session.compare(replace(session.comparing, layout=Layout.CURTAIN, divider=0.25))
    opened.panels.setCurrentIndex(1)
    layouts.save("mine")
    session.compare(replace(session.comparing, layout=Layout.PLANES, divider=0.5))
    opened.panels.setCurrentIndex(0)
    menu = opened.desk.layouts_menu
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "mine").trigger()
    assert session.comparing.layout is Layout.CURTAIN and session.comparing.divider == 0.25
    assert opened.panels.currentIndex() == 1
    layouts.delete("mine")
    assert layouts.names() == ()
    for nonsense in ("[1]", "{", '{"x": 5}', '{"x": {"comparing": 3, "panel": 99}}'):
        settings.setValue(LAYOUTS_KEY, nonsense)
        for name in layouts.names():
            layouts.show(name)
    assert session.comparing.layout is Layout.CURTAIN


def test_the_dark_theme_is_the_first(opened: MainWindow, settings: QSettings) -> None:
    assert read_preferences(settings) == Preferences()
    assert theme.colours() is DARK


def test_the_first_steps_are_told_once(opened: MainWindow, until: Until, truth_file: Path) -> None:
    hint = opened.desk.hint
    assert hint.isVisible()
    hint.no.click()
    assert not hint.isVisible()
    before = opened.session.original
    opened.open([truth_file])
    until(lambda: opened.session.original is not before)
    assert not hint.isVisible()
