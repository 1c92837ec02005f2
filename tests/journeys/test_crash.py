"""A window that was killed loses nothing, and one that closes leaves nothing."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from children import Child
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.sessions.session_file import read_session

Until = Callable[[Callable[[], bool]], None]
CRASH = """
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QTimer
import srviewer.gui.window.app as app
from srviewer.study.state.compared_volumes import REFERENCE
from srviewer.gui.views.drawing.slice_overlay import ValueColours
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.panels.reconstruct.request_options import RequestOptions
scan = Path(sys.argv[1])
class Window(MainWindow):
    def fill(self):
        super().fill()
        self.study.follow(self.rebuild, "scan")
        self.controller.failed.connect(self.give_up)
        self.housekeeping.autosave.work.failed.connect(self.give_up)
        self.watch = QTimer(self)
        self.watch.timeout.connect(self.tell)
        self.watch.start(100)
    def rebuild(self):
        self.study.set_request(replace(self.study.request, method="linear"))
        self.controller.reconstructing.start()
    def give_up(self, tried, error):
        # The window shows it and waits for its user, whom nobody plays here.
        print(tried, repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    def tell(self):
        own = self.housekeeping.autosave._own
        path = own.session_file
        saved = json.loads(path.read_text()) if path.exists() else {"studies": []}
        if any(study["results"] for study in saved["studies"]):
            print("saved", own.path, flush=True)
            self.watch.stop()
app.MainWindow = Window
app.open_window([scan], sample="", reconstruct=False)
"""


def _crash(scan: Path) -> Path:
    """Start a window, reconstruct, wait for the autosave and kill it; the autosave's folder."""
    with Child([sys.executable, "-c", CRASH, scan]) as child:
        saved, _, folder = child.line().partition(" ")
        assert saved == "saved"
    return Path(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_a_crash_the_next_window_offers_what_was_open(
    window: MainWindow,
    until: Until,
    qtbot: QtBot,
    thick_file: Path,
    close: Callable[[MainWindow], bool],
) -> None:
    folder = _crash(thick_file)
    window.housekeeping.begin()
    bar = window.housekeeping.autosave.bar
    assert bar.isVisible() and "was kept" in bar.text.text()
    qtbot.mouseClick(bar.yes, Qt.MouseButton.LeftButton)
    until(lambda: window.study.result is not None)
    result = window.study.result
    assert result is not None and result.request.method == "linear"
    assert window.study.scan is not None and window.study.scan.name == "thick"
    assert not bar.isVisible()
    assert window.recent.entries() == ()  # the file that was autosaved is nobody's own
    assert folder.exists()
    assert close(window)
    assert folder.exists()  # its result was not exported: the next window offers it again
    window.housekeeping.autosave.clear()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_what_a_crash_left_is_offered_to_one_window_only_and_can_be_deleted(
    window: MainWindow, qtbot: QtBot, thick_file: Path, settings: object
) -> None:
    folder = _crash(thick_file)
    window.housekeeping.begin()
    other = MainWindow(settings)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.show()
    other.housekeeping.begin()
    assert (
        window.housekeeping.autosave.bar.isVisible()
        and not other.housekeeping.autosave.bar.isVisible()
    )
    qtbot.mouseClick(window.housekeeping.autosave.bar.no, Qt.MouseButton.LeftButton)
    assert not folder.exists() and not window.housekeeping.autosave.bar.isVisible()
    other.close()


def test_a_window_that_closes_leaves_nothing_and_an_old_offer_goes(
    opened: MainWindow, until: Until
) -> None:
    from srviewer.gui.user_files import autosave_folders

    old = autosave_folders.root() / "window-old"
    old.mkdir(parents=True)
    session_file = old / autosave_folders.SESSION
    session_file.write_text("{}")
    os.utime(session_file, (time.time() - 15 * 86400,) * 2)
    opened.housekeeping.begin()
    assert not old.exists() and not opened.housekeeping.autosave.bar.isVisible()
    whole = f"window-*/{autosave_folders.SESSION}"  # not what is still being written
    until(lambda: list(autosave_folders.root().glob(whole)) != [])
    saved = next(iter(autosave_folders.root().glob(whole)))
    assert read_session(saved).studies[0].scan is not None
    opened.close()
    assert list(autosave_folders.root().iterdir()) == []
