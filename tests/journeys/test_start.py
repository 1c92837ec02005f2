"""The start: a frame with its menus at once, then all that is in it, in the same place."""

import sys
from pathlib import Path

from children import output

# What no scan of a NIfTI file needs before it is seen.
LATE = {
    "torch",
    "scipy.ndimage",
    "SimpleITK",
    "matplotlib",
    "pydicom",
    "PIL",
    "srviewer.sr.stacks.join",
    "srviewer.sr.stacks.joinable.facts",
    "srviewer.gui.figures.figure",
    "srviewer.gui.dialogs.header_window",
}
START = f"""
import builtins
import sys
python_import = builtins.__import__
import srviewer.gui.window.app as app
from PySide6.QtWidgets import QApplication
from srviewer.__main__ import main
def look(window):
    titles = [menu.text() for menu in window.menuBar().actions()]
    print(window.isVisible(), titles, window.menuBar().geometry().getRect(), flush=True)
class Window(app.MainWindow):
    def show_frame(self):
        self.painted = 0
        self.resize(1200, 800)
        super().show_frame()
        print(self.painted, sorted({{"numpy", "nibabel", "pyqtgraph"}} & set(sys.modules)))
        look(self)
        self.place = self.geometry()
    def paintEvent(self, event):
        super().paintEvent(event)
        self.painted += 1
    def fill(self):
        super().fill()
        QApplication.processEvents()
        look(self)
        print(self.geometry() == self.place, "pyqtgraph" in sys.modules)
        print(builtins.__import__ is python_import)  # not that of PySide6
        self.study.follow(self.end, "scan")
    def end(self):
        print(self.study.scan.name, sorted({LATE} & set(sys.modules)))
        self.close()
app.MainWindow = Window
sys.exit(main([sys.argv[1]]))
"""


def test_the_frame_is_shown_before_the_libraries_are_loaded_and_stays_in_its_place(
    thick_file: Path,
) -> None:
    told = output([sys.executable, "-c", START, thick_file]).splitlines()
    painted, libraries = told[0].split(maxsplit=1)
    assert int(painted) >= 1 and libraries == "[]"
    frame, filled = told[1:3]
    assert frame == filled and frame.startswith("True ['&File', '&Edit', ")
    assert told[3:] == ["True False", "True", "thick []"]
