"""A user sets srviewer up as they like it, and finds it so the next time."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from children import output
from srviewer import RESEARCH_USE_ONLY
from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colours import DARK, LIGHT
from srviewer.gui.dialogs.about_dialog import PARTS, AboutDialog
from srviewer.gui.dialogs.preferences_dialog import PreferencesDialog
from srviewer.gui.dialogs.shortcuts_dialog import ShortcutsDialog
from srviewer.gui.menus.window_arrangements import KEY as LAYOUTS_KEY
from srviewer.gui.study.application_files import megabytes
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.user_files.log import log, log_files, start_log, stop_log
from srviewer.gui.user_files.preferences import Preferences, read_preferences, write_preferences
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.devices.threads import wanted_threads

Until = Callable[[Callable[[], bool]], None]


def _dialog(window: MainWindow) -> PreferencesDialog:
    window.actions_offered["preferences"].trigger()
    dialog = window.housekeeping.dialog
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
    assert opened.study.view.radiological is False
    _choose(dialog.device, "cpu")
    assert opened.study.request is not None and opened.study.request.device == "cpu"
    dialog.threads.setValue(1)
    assert wanted_threads() == 1
    for box in (dialog.autosave, dialog.log, dialog.recent):
        box.keep.click()
    assert read_preferences(settings) == Preferences("light", "cpu", 1, False, False, False)
    dialog.reject()
    assert opened.housekeeping.dialog is None
    theme.apply(app)


def _click(qtbot: QtBot, control: QAbstractButton) -> None:
    """As a hand does: on the box of a switch, in the middle of a button."""
    box = QPoint(12, control.height() // 2)
    place = box if isinstance(control, QCheckBox) else control.rect().center()
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=place)


def test_autosave_can_be_turned_off_and_on(opened: MainWindow, until: Until, qtbot: QtBot) -> None:
    opened.housekeeping.begin()
    whole = f"window-*/{autosave_folders.SESSION}"  # not what is still being written
    saved = lambda: list(autosave_folders.root().glob(whole))  # noqa: E731
    until(lambda: saved() != [])
    dialog = _dialog(opened)
    _click(qtbot, dialog.autosave.keep)
    assert list(autosave_folders.root().iterdir()) == []
    _click(qtbot, dialog.autosave.keep)
    until(lambda: saved() != [])
    _click(qtbot, dialog.autosave.clear)  # that of a running window stays
    assert saved() != []
    dialog.reject()


def test_autosaves_are_measured_and_cleared(opened: MainWindow, qtbot: QtBot) -> None:
    left = autosave_folders.root() / "window-left"
    left.mkdir(parents=True)
    (left / "result-1.nii.gz").write_bytes(b"x" * 2_500_000)
    dialog = _dialog(opened)
    assert "2.5 MB" in dialog.autosave.state.text()
    _click(qtbot, dialog.autosave.clear)
    assert not left.exists() and "0 MB" in dialog.autosave.state.text()
    sizes = ["0 MB", "under 0.1 MB", "0.3 MB", "12 MB"]
    assert [megabytes(n) for n in (0, 300, 300_000, 12_400_000)] == sizes
    dialog.reject()


def test_an_offer_outlives_the_switch_and_goes_with_clear(opened: MainWindow, qtbot: QtBot) -> None:
    for name in ("window-1", "window-2"):
        folder = autosave_folders.root() / name
        folder.mkdir(parents=True)
        (folder / autosave_folders.SESSION).write_text("{}")
    opened.housekeeping.begin()
    bar = opened.housekeeping.autosave.bar
    dialog = _dialog(opened)
    _click(qtbot, dialog.autosave.keep)
    assert bar.isVisible() and folder.exists()
    _click(qtbot, dialog.autosave.clear)
    assert not bar.isVisible() and list(autosave_folders.root().iterdir()) == []
    dialog.reject()


@pytest.fixture
def logging_on() -> Iterator[Path]:
    path = start_log()
    assert path is not None
    yield path
    stop_log()


def test_the_log_can_be_turned_off_and_emptied(
    logging_on: Path, opened: MainWindow, qtbot: QtBot
) -> None:
    logging_on.with_name(f"{logging_on.name}.1").write_bytes(b"x" * 400_000)
    log.info("before")
    dialog = _dialog(opened)
    assert "0.4 MB" in dialog.log.state.text()
    _click(qtbot, dialog.log.clear)
    log.info("after")
    assert log_files() == [logging_on] and dialog.log.state.text().startswith("0 MB")
    text = logging_on.read_text(encoding="utf-8")
    assert "after" in text and "before" not in text
    _click(qtbot, dialog.log.keep)
    log.info("never")
    assert logging_on.read_text(encoding="utf-8") == text
    _click(qtbot, dialog.log.clear)
    assert log_files() == [] and dialog.log.state.text().startswith("0 MB")
    _click(qtbot, dialog.log.keep)
    log.info("again")
    assert logging_on.read_text(encoding="utf-8").count("again") == 1
    dialog.reject()


def test_recent_files_can_be_turned_off_and_emptied(
    opened: MainWindow, qtbot: QtBot, until: Until, settings: QSettings, truth_file: Path
) -> None:
    kept = Path(settings.fileName())
    thick = opened.recent.entries()[0][0]
    dialog = _dialog(opened)
    assert dialog.recent.state.text() == "Files listed: 1"
    _click(qtbot, dialog.recent.clear)
    assert dialog.recent.state.text() == "Files listed: 0"
    assert thick.name not in kept.read_text(encoding="utf-8")
    _open(opened, truth_file, until)
    assert [entry[0] for entry in opened.recent.entries()] == [truth_file]
    _click(qtbot, dialog.recent.keep)
    _open(opened, thick, until)
    assert opened.recent.entries() == () and opened.recent.folder() == str(thick.parent)
    settings.sync()
    assert not any(one.name in kept.read_text(encoding="utf-8") for one in (thick, truth_file))
    _click(qtbot, dialog.recent.keep)
    _open(opened, truth_file, until)
    assert [entry[0] for entry in opened.recent.entries()] == [truth_file]
    dialog.reject()


def _open(window: MainWindow, path: Path, until: Until) -> None:
    before = window.study.scan
    window.open([path])
    until(lambda: window.study.scan is not before)


STARTED = """
import sys
from PySide6.QtCore import QTimer
import srviewer.gui.window.app as app
from srviewer.gui.user_files.log import log
from srviewer.gui.user_files.private_settings import own_settings
from srviewer.gui.user_files.preferences import Preferences, write_preferences
from srviewer.gui.appearance.application import application
application()
write_preferences(own_settings(), Preferences(log=sys.argv[1] == "on"))
timer = QTimer()  # nothing can be quit before the loop of events runs
timer.timeout.connect(lambda: application().quit())
timer.start(50)
app.open_window([], sample="", reconstruct=False)
print(len(log.handlers))
"""


@pytest.mark.parametrize(("kept", "count"), [("on", "1"), ("off", "0")])
def test_a_log_that_is_not_wanted_is_never_begun(kept: str, count: str) -> None:
    assert output([sys.executable, "-c", STARTED, kept]).split()[-1] == count
    assert len(log_files()) == int(count)


READ = """
import sys, json
from dataclasses import asdict
from PySide6.QtCore import QSettings
from srviewer.gui.user_files.preferences import read_preferences
print(json.dumps(asdict(read_preferences(QSettings(sys.argv[1], QSettings.Format.IniFormat)))))
"""


def test_preferences_survive_a_restart_and_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "kept.ini"
    kept = Preferences("system", "cuda", 1, False, False, False)
    write_preferences(QSettings(str(path), QSettings.Format.IniFormat), kept)
    assert Preferences(**json.loads(output([sys.executable, "-c", READ, path]))) == kept
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    for name, value in (("theme", "pink"), ("device", "abacus"), ("threads", "many")):
        settings.setValue(f"preferences/{name}", value)
    assert read_preferences(settings) == Preferences(autosave=False, log=False, recent=False)


def test_the_sheet_of_keys_is_complete_and_searchable(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(opened, "?")
    sheet = opened.housekeeping.dialog
    assert isinstance(sheet, ShortcutsDialog)
    rows = sheet.rows_shown()
    keys = [row[0] for row in rows]
    for action in opened.actions():
        if not action.shortcut().isEmpty():
            assert any(action.shortcut().toString() in key for key in keys), action.text()
    assert any(does.startswith("Move the crosshair") for _, does in rows)
    sheet.search.setText("CROSS move")
    assert 0 < len(sheet.rows_shown()) < 6
    sheet.search.setText("no such thing")
    assert sheet.rows_shown() == ()
    sheet.reject()


def test_about_names_every_part_and_what_it_is_not_for(opened: MainWindow) -> None:
    import tomllib

    opened.actions_offered["about"].trigger()
    about = opened.housekeeping.dialog
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
    assert (
        opened.housekeeping.dialog is not None
        and opened.housekeeping.dialog.windowTitle() == "Guide"
    )
    opened.housekeeping.dialog.reject()


def test_layouts_are_kept_by_name(opened: MainWindow, settings: QSettings) -> None:
    layouts = opened.housekeeping.layouts_menu.layouts
    assert layouts is not None
    study = opened.study
    study.compare(replace(study.comparing, layout="curtain", divider=0.25))
    opened.panels.setCurrentIndex(1)
    layouts.save("mine")
    study.compare(replace(study.comparing, layout="planes", divider=0.5))
    opened.panels.setCurrentIndex(0)
    menu = opened.actions_offered.menu("saved-layouts")
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "mine").trigger()
    assert study.comparing.layout == "curtain" and study.comparing.divider == 0.25
    assert opened.panels.currentIndex() == 1
    layouts.delete("mine")
    assert layouts.names() == ()
    for nonsense in ("[1]", "{", '{"x": 5}', '{"x": {"comparing": 3, "panel": 99}}'):
        settings.setValue(LAYOUTS_KEY, nonsense)
        for name in layouts.names():
            layouts.show(name)
    assert study.comparing.layout == "curtain"


def test_the_dark_theme_is_the_first(opened: MainWindow, settings: QSettings) -> None:
    assert read_preferences(settings) == Preferences()
    assert theme.colours() is DARK


def test_the_first_steps_are_told_once(opened: MainWindow, until: Until, truth_file: Path) -> None:
    hint = opened.housekeeping.hint
    assert hint.isVisible()
    hint.no.click()
    assert not hint.isVisible()
    before = opened.study.scan
    opened.open([truth_file])
    until(lambda: opened.study.scan is not before)
    assert not hint.isVisible()
