"""After a session of every kind, nobody else may read any file that srviewer keeps of its own."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from children import Child, output
from rights import open_to_others, rights, umask, wide
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.user_files.autosave_folders import new_folder
from srviewer.gui.user_files.log import FILE, start_log
from srviewer.gui.user_files.recent_files import Recent
from srviewer.gui.window.main_window import MainWindow
from srviewer.paths import user_cache_dir, user_log_dir

Until = Callable[[Callable[[], bool]], None]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
STRANGER = 12345

SESSION = """
import os
os.umask(0)
import json
import sys
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QTimer
import srviewer.gui.window.app as app
from srviewer.gui.user_files.log import LARGEST, log
from srviewer.gui.window.main_window import MainWindow
class Window(MainWindow):
    def fill(self):
        super().fill()
        self.study.follow(self.rebuild, "scan")
        self.watch = QTimer(self)
        self.watch.timeout.connect(self.tell)
        self.watch.start(50)
    def rebuild(self):
        self.study.set_request(replace(self.study.request, method="cubic"))
        self.controller.reconstructing.start()
    def tell(self):
        own = self.housekeeping.autosave._own
        path = own.session_file
        saved = json.loads(path.read_text()) if path.exists() else {"studies": []}
        if any(study["results"] for study in saved["studies"]):
            for _ in range(3):
                log.info("x" * (LARGEST // 2))
            self.watch.stop()
            print(own.path, flush=True)
app.MainWindow = Window
app.open_window([Path(sys.argv[1])], sample="", reconstruct=False)
"""


def _settings_folder(home: Path) -> Path:
    return home / "config" / "srviewer"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps settings by itself")
def test_nobody_else_may_read_what_a_session_and_a_crash_leave(
    window: MainWindow, until: Until, qtbot: QtBot, thick_file: Path, own_folders: Path
) -> None:
    settings = _settings_folder(own_folders)
    ours = (user_cache_dir(), user_log_dir(), settings)
    for path, text in (
        (autosave_folders.root() / "window-old" / autosave_folders.SESSION, "{}"),
        (user_log_dir() / FILE, "old\n"),
        (user_log_dir() / f"{FILE}.1", "older\n"),
        (settings / "srviewer.conf", "[hint]\nread=true\n"),
    ):
        wide(path, text)
    with Child([sys.executable, "-c", SESSION, thick_file]) as child:
        folder = Path(child.line())
        assert [one for root in ours for one in open_to_others(root)] == []
        kept = {path.name for path in folder.iterdir()}
        assert autosave_folders.SESSION in kept and len(kept) == 3  # a result and its JSON
        assert folder.with_name(f"{folder.name}.lock").exists()
        assert len(list(user_log_dir().iterdir())) == 4
    assert thick_file.name in (settings / "srviewer.conf").read_text()
    with umask(0o000):
        window.housekeeping.begin()
        qtbot.mouseClick(window.housekeeping.autosave.bar.yes, Qt.MouseButton.LeftButton)
        until(lambda: window.study.result is not None)
        window.study.set_smooth(False)
        until(lambda: window.housekeeping.autosave._own.path == folder)
        assert [one for root in ours for one in open_to_others(root)] == []


def test_the_settings_are_private_and_stay_so(thick_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "settings" / "own.ini"
    wide(path, "[view]\nsmooth=false\n")
    with umask(0o000):
        settings = QSettings(str(path), QSettings.Format.IniFormat)
        Recent(settings).add([thick_file])
        settings.sync()
    assert rights(path) == 0o600 and thick_file.name in path.read_text()
    assert settings.value("view/smooth", True, type=bool) is False


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only an administrator gives files away"
)
def test_where_nothing_can_be_private_nothing_is_kept_and_the_window_works(
    opened: MainWindow, own_folders: Path, thick_file: Path
) -> None:
    for folder in (user_cache_dir(), user_log_dir()):
        folder.mkdir(parents=True)
        os.chown(folder, STRANGER, STRANGER)
    opened.housekeeping.begin()
    assert new_folder() is None and start_log() is None
    assert list(user_cache_dir().rglob("*")) == list(user_log_dir().iterdir()) == []
    opened.housekeeping.show_preferences()
    dialog = opened.housekeeping.dialog
    for box in (dialog.autosave, dialog.log):
        assert box.state.text().startswith("Nothing is kept: ")
        box.clear.click()
    dialog.reject()
    theirs = own_folders / "theirs.ini"
    theirs.write_text("")
    os.chown(theirs, STRANGER, STRANGER)
    recent = Recent(QSettings(str(theirs), QSettings.Format.IniFormat))
    recent.add([thick_file])
    assert recent.entries() == () and recent.folder() == str(thick_file.parent)


DIALOG = """
import json
import os
os.umask(0)
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog
from srviewer.gui.appearance.application import application
from srviewer.gui.user_files.private_settings import own_settings
from srviewer.gui.user_files.recent_files import Recent
app = application()
recent = Recent(own_settings())
def close():
    for one in app.topLevelWidgets():
        if isinstance(one, QFileDialog):
            one.done(1)
QTimer.singleShot(100, close)
QFileDialog.getSaveFileName(None, "Save", sys.argv[1])
print(open(sys.argv[2]).read().count("Doe_Jane"))
recent.keep(False)
print(os.path.getsize(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has its own file dialogs")
def test_the_folders_of_file_dialogs_are_kept_in_private_and_forgotten(
    own_folders: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "Doe_Jane"
    folder.mkdir()
    of_qt = _settings_folder(own_folders) / "QtProject.conf"
    said = output([sys.executable, "-c", DIALOG, folder / "result.nii", of_qt]).split()
    assert json.loads(said[-2]) > 0 and said[-1] == "0"
    assert open_to_others(of_qt.parent) == []
    assert not (own_folders / "config" / "QtProject.conf").exists()
