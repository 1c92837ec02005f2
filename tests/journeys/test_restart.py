"""Settings kept from one run to the next, by two processes; and the start of a run."""

import json
import sys
from pathlib import Path

import pytest

from children import Child, output

FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from srviewer.gui.appearance.application import application
from srviewer.gui.window.main_window import MainWindow
app = application()
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.resize(790, 555)
window.show()
window.recent.add([Path(sys.argv[2])])
window.panels.setCurrentIndex(2)
window.actions_offered["radiological"].trigger()
window.actions_offered["smooth"].trigger()
window.actions_offered["header-text"].trigger()
window.actions_offered["thumbnails"].trigger()
for _ in range(10):  # the window is widened to what its layout needs
    app.processEvents()
print(window.width(), window.height())
window.close()
"""

SECOND = """
import json, sys
from PySide6.QtCore import QSettings
from srviewer.gui.appearance.application import application
from srviewer.gui.window.main_window import MainWindow
app = application()
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
menu = window.actions_offered.menu("recent")
menu.aboutToShow.emit()
for _ in range(10):
    app.processEvents()
print(json.dumps({
    "size": [window.width(), window.height()],
    "recent": [[str(path) for path in entry] for entry in window.recent.entries()],
    "menu": menu.actions()[0].text(),
    "panel": window.panels.currentIndex(),
    "radiological": window.study.view.radiological,
    "smooth": window.study.view.smooth,
    "header_text": window.study.view.header_text,
    "checked": window.actions_offered["smooth"].isChecked(),
    "thumbnails": window.contents.thumbnails.choice,
}))
window.close()
"""

# Whether there is a context of OpenGL, which widgets draw with it, what grey levels a pane shows.
DRAWN = """
import json, sys
from pathlib import Path
from srviewer.gui.appearance.application import application
app = application()
from PySide6.QtCore import QSettings
from PySide6.QtGui import QOpenGLContext
from PySide6.QtWidgets import QWidget
from srviewer.core.slices.planes import Plane
from srviewer.gui.window.main_window import MainWindow
window = MainWindow(QSettings())
window.show()
window.open([Path(sys.argv[1])])
while window.study.scan is None:
    app.processEvents()
app.processEvents()
image = window.compare.scan.panes[Plane.AXIAL].grab().toImage()
row = image.height() // 3
seen = len({image.pixelColor(x, row).value() for x in range(image.width())})
used = any((QOpenGLContext.currentContext(), QOpenGLContext.globalShareContext()))
widgets = [type(w).__name__ for w in window.findChildren(QWidget) if w.inherits("QOpenGLWidget")]
window.controller.work.stop()
print(json.dumps([used, widgets, seen]))
window.close()
"""


def _run(code: str, *arguments: object) -> str:
    return output([sys.executable, "-c", code, *map(str, arguments)])


def test_window_choices_and_recent_files_survive_a_restart(
    tmp_path: Path, thick_file: Path
) -> None:
    settings = tmp_path / "kept.ini"
    width, height = map(int, _run(FIRST, settings, thick_file).split())
    assert height == 555
    kept = json.loads(_run(SECOND, settings))
    assert kept == {
        "size": [width, height],
        "recent": [[str(thick_file)]],
        "menu": "thick.nii.gz",
        "panel": 2,
        "radiological": False,
        "smooth": False,
        "header_text": True,
        "checked": False,
        "thumbnails": "shown",
    }


def test_a_scan_is_drawn_without_opengl(thick_file: Path) -> None:
    used, widgets, seen = json.loads(_run(DRAWN, thick_file))
    assert not used and widgets == []
    assert seen > 2  # grey levels: the scan is on the screen


SCREENSHOT = """
import sys
from pathlib import Path
from srviewer.core.slices.figure_contents import FigureContents
from srviewer.gui.figures.screenshot import render
from srviewer.io.formats import read
from srviewer.job import run
from PySide6.QtWidgets import QApplication
assert QApplication.instance() is None
original, second = (run(read(Path(name))) for name in sys.argv[1:3])
shown = [("second", second, None)]
render(original, shown, True, FigureContents("compare", (4.0, 5.0, 6.0)), Path(sys.argv[3]))
render(original, [], True, FigureContents(), Path(sys.argv[4]))
assert "torch" not in sys.modules
"""


def test_a_screenshot_needs_no_display(
    tmp_path: Path,
    thick_file: Path,
    truth_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from PySide6.QtGui import QImage

    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    pictures = [tmp_path / "compare.png", tmp_path / "planes.png"]
    _run(SCREENSHOT, thick_file, truth_file, *pictures)
    greys = []
    for path in pictures:
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) == (1320, 900)
        greys.append({picture.pixelColor(x, 300).value() for x in range(0, 1320, 3)})
    assert all(len(grey) > 20 for grey in greys)
    assert greys[0] != greys[1]


AT_ONCE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
import srviewer.gui.window.app as app
from srviewer.gui.window.main_window import MainWindow
class Window(MainWindow):
    def fill(self):
        super().fill()
        self.watch = QTimer(self)
        self.watch.timeout.connect(self.tell)
        self.watch.start(50)
    def tell(self):
        if self.housekeeping.autosave._own.session_file.exists():
            self.watch.stop()
            print(self.study.scan.name, self.housekeeping.autosave.bar.isVisible(), flush=True)
            sys.stdin.readline()
            self.close()
app.MainWindow = Window
sys.exit(app.open_window([Path(sys.argv[1])], sample="", reconstruct=False))
"""


def test_the_program_started_twice_is_two_windows(thick_file: Path, own_folders: Path) -> None:
    command = [sys.executable, "-c", AT_ONCE, thick_file]
    with Child(command) as one, Child(command) as other:
        # Both have kept what is open, and neither takes the other's for what a crash left.
        assert [one.line(), other.line()] == ["thick False"] * 2
        assert [one.ended().returncode, other.ended().returncode] == [0, 0]
    assert list((own_folders / "cache/srviewer/sessions").iterdir()) == []


LEAVE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
import srviewer.gui.window.app as app
from srviewer.gui.appearance import theme
from srviewer.gui.window.main_window import MainWindow
scan = Path(sys.argv[1])
class Window(MainWindow):
    def fill(self):
        super().fill()
        self.study.follow(self.ask, "scan")
    def ask(self):
        self.dropping.take([scan])
        self.dropping.question.button(QMessageBox.StandardButton.Cancel).click()
        self.box = QMessageBox(self)  # hidden, and never deleted
        self.box.open()
        self.box.accept()
        self.actions_offered["save-figure"].trigger()
        self.dropping.take([scan])  # left open
        QTimer.singleShot(0, self.change_look)
    def change_look(self):
        for name in ("light", "dark", "light"):
            theme.choose(QApplication.instance(), name)
            QApplication.processEvents()
        self.controller.work.stop()
        while self.controller.work.tasks:
            QApplication.processEvents()
        print(self.close())
app.MainWindow = Window
sys.exit(app.open_window([scan], sample="", reconstruct=False))
"""


def test_a_window_with_open_questions_changes_its_look_and_ends_cleanly(thick_file: Path) -> None:
    assert _run(LEAVE, thick_file).split() == ["True"]
