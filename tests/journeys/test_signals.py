"""A signal closes the window without a question, and takes no work."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from children import Child
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
# The program, which says what its window shows. Its user is asked something, and is not there.
WINDOW = """
import sys
from dataclasses import replace
import srviewer.gui.window.app as app
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from srviewer.__main__ import main
class Window(app.MainWindow):
    def fill(self):
        super().fill()
        self.study.follow(self.tell, "scan")
        self.study.follow(self.tell, "result")
    def tell(self):
        if self.study.result is None:
            self.study.set_request(replace(self.study.request, method="linear"))
            self.controller.reconstructing.start()
            return
        QTimer.singleShot(0, lambda: print("shown", flush=True))
        QMessageBox.question(self, "A question", "Is anybody there?")
app.MainWindow = Window
sys.exit(main([sys.argv[1]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_closes_the_window_and_the_next_one_offers_what_was_made(
    window: MainWindow, until: Until, thick_file: Path, close: Callable[[MainWindow], bool]
) -> None:
    with Child([sys.executable, "-c", WINDOW, thick_file], interruptible=True) as child:
        assert child.line() == "shown"
        child.process.send_signal(signal.SIGINT)
        done = child.ended()
    assert done.returncode == 130 and "srviewer: cancelled." in done.stderr
    assert "Traceback" not in done.stderr
    window.housekeeping.begin()
    assert window.housekeeping.autosave.bar.isVisible()
    window.housekeeping.autosave.bar.yes.click()
    until(lambda: window.study.result is not None)
    close(window)


def test_a_window_without_work_leaves_nothing_after_a_signal(opened: MainWindow) -> None:
    opened.housekeeping.begin()
    opened.leave()
    assert list(autosave_folders.root().iterdir()) == []
