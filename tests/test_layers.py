"""Rules that import-linter cannot check: lazy imports, and a fault of Qt's binding."""

import os
import sys

from children import output

HEAVY = {"torch", "PySide6", "pyqtgraph", "vtkmodules"}
# nibabel asks for scipy itself, which is quick; its parts are not.
SLOW = (
    "torch",
    "scipy.ndimage",
    "scipy.special",
    "SimpleITK",
    "matplotlib",
    "distributed",
    "vtkmodules",
    "srviewer.io.dicom.reader",
)
NOTHING_SLOW = f"import sys; assert not set({SLOW}) & set(sys.modules)"
FILES = {"nibabel", "pydicom", "SimpleITK"}


def python(program: str) -> str:
    """Runs ``program`` in a Python of its own; its standard output."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return output([sys.executable, "-c", program], environment)


def loaded(program: str) -> set[str]:
    """The top-level packages that are loaded once ``program`` has run."""
    listed = python(
        f"{program}\nimport sys\nprint('loaded:', *{{m.split('.')[0] for m in sys.modules}})"
    )
    return set(listed.rpartition("loaded:")[2].split())


def test_the_command_line_and_its_help_load_neither_torch_nor_qt() -> None:
    program = """
import srviewer.sr
from srviewer.__main__ import main
import srviewer.cli.main
for arguments in (["--help"], ["reconstruct", "--help"], ["models"]):
    try:
        main(arguments)
    except SystemExit as end:
        assert end.code in (0, None), end.code
"""
    assert not loaded(program) & HEAVY


def test_the_window_paints_before_what_is_slow_to_load() -> None:
    program = f"""
import srviewer.gui.window.app
from PySide6.QtCore import QSettings
from srviewer.gui.appearance.application import application
from srviewer.gui.window.main_window import MainWindow
app = application()
window = MainWindow(QSettings())
window.show()
app.processEvents()
assert not window.grab().isNull()
{NOTHING_SLOW}
"""
    assert "PySide6" in loaded(program)


def test_core_needs_no_file_library() -> None:
    everything = """
import importlib, pkgutil
import srviewer.core as core
for module in pkgutil.walk_packages(core.__path__, "srviewer.core."):
    importlib.import_module(module.name)
"""
    packages = loaded(everything)
    assert "numpy" in packages
    assert not packages & (HEAVY | FILES)


def test_signals_keep_their_count_of_true() -> None:
    """PySide6 6.12.0 on Python 3.11 aborts here: each emit loses a reference to True."""
    program = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Sender(QObject):
    sent = Signal(bool)

application = QCoreApplication([])
sender = Sender()
heard = []
sender.sent.connect(heard.append)
for _ in range(2000):
    sender.sent.emit(True)
print(len(heard))
"""
    assert python(program).strip() == "2000"
