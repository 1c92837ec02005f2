"""Processor time of a start: `python -m benchmarks.starting`.

To the first frame of the window, and to three painted planes of the sample, both against a bare
window of PySide6 with one menu. Each start is a process of its own, without a screen, and they take
turns; all find their modules compiled, and none the autosave of an earlier one that was ended.
Processor time, since a start on a busy machine says nothing by the clock.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import Row, at_most

REPEATS = 5
MOST_SECONDS = 120  # for a start
FRAME_LIMIT, PLANES_LIMIT = 3.0, 9.0
BARE = """
import os, time
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        print("frame", time.process_time(), flush=True)
        os._exit(0)
app = QApplication([])
window = Window()
window.menuBar().addMenu("File").addAction("Open")
window.resize(1440, 900)
window.show()
app.exec()
"""
OURS = """
import os, time
import srviewer.gui  # before Qt, as in the program
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
from srviewer.gui.appearance.application import application
class Watch(QObject):
    painted = set()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            if isinstance(watched, QMainWindow) and "frame" not in self.painted:
                print("frame", time.process_time(), flush=True)
                self.painted.add("frame")
            elif getattr(watched, "filled", None) is True and type(watched).__name__ == "Canvas":
                self.painted.add(watched)
                if len(self.painted) == 4:
                    print("planes", time.process_time(), flush=True)
                    os._exit(0)
        return False
watch = Watch()
application().installEventFilter(watch)
from srviewer.gui.window.app import open_window
open_window([], sample=True, reconstruct=False)
"""


def starting() -> Iterator[Row]:
    """The first frame, and three planes of the sample."""
    least = {"bare": float("inf"), "frame": float("inf"), "planes": float("inf")}
    with TemporaryDirectory(prefix="srviewer-start-") as home:
        for _ in range(REPEATS + 1):  # the first one compiles
            for name, seconds in (*_started(OURS, home), ("bare", _started(BARE, home)[0][1])):
                least[name] = min(least[name], seconds)
    for title, name, limit in (
        ("start: first frame", "frame", FRAME_LIMIT),
        ("start: three planes of the sample", "planes", PLANES_LIMIT),
    ):
        beside = "a bare window, processor time"
        yield at_most(title, least[name], least["bare"], "s", beside, limit)


def _started(program: str, home: str) -> list[tuple[str, float]]:
    """What a process says of its processor time, in seconds, by the names of the moments."""
    places = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        **dict.fromkeys((*places, "PYTHONPYCACHEPREFIX"), home),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_LOGGING_RULES": "default.warning=false",
    }
    shutil.rmtree(Path(home, "srviewer"), ignore_errors=True)
    told = subprocess.check_output(
        [sys.executable, "-c", program], env=environment, text=True, timeout=MOST_SECONDS
    )
    return [(name, float(seconds)) for name, seconds in map(str.split, told.splitlines())]


if __name__ == "__main__":
    for row in starting():
        print(f"{row.name}: {row.ours}, {row.yardstick}, ratio {row.ratio:.2f} ({row.target})")
