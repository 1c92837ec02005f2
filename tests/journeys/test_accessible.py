"""Everything that can be used says what it is, fits a small screen, and is reached by Tab."""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QTextBrowser,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import srviewer.gui
from children import output
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.bids_dialog import BidsDialog
from srviewer.gui.dialogs.dicom_dialog import DicomDialog
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.dialogs.header_window import HeaderWindow
from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.formats import scan
from srviewer.io.targets import target
from srviewer.job import run
from srviewer.study.state.layouts import LAYOUTS

CONTROLS = (
    QAbstractButton,
    QComboBox,
    QAbstractSpinBox,
    QAbstractSlider,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
    QAbstractItemView,
    QProgressBar,
)
KEPT_BY_ESCAPE = {"ThreeDWindow"}  # a window of its own, as the main one: Ctrl+W closes it
# Every dialog of the program, by the function that opens it; a new one belongs here too.
DIALOGS: dict[str, Callable[[MainWindow], QDialog]] = {
    "PreferencesDialog": lambda window: _shown(window, window.housekeeping.show_preferences),
    "ShortcutsDialog": lambda window: _shown(window, window.housekeeping.show_shortcuts),
    "AboutDialog": lambda window: _shown(window, window.housekeeping.show_about),
    "GuideDialog": lambda window: _shown(window, window.housekeeping.show_guide),
    "SeriesPicker": lambda window: _picker(window),
    "FigureDialog": lambda window: _opened(FigureDialog(window.study, window)),
    "MipDialog": lambda window: _opened(MipDialog(window.study, window)),
    "BidsDialog": lambda window: _opened(BidsDialog(window.controller, window)),
    "DicomDialog": lambda window: _opened(DicomDialog(window.study, target("dicom"), window)),
    "ThreeDWindow": lambda window: _three_d(window),
    "HeaderWindow": lambda window: _opened(HeaderWindow(window.controller, window)),
}


def _shown(window: MainWindow, show: Callable[[], None]) -> QDialog:
    show()
    assert window.housekeeping.dialog is not None
    return window.housekeeping.dialog


def _three_d(window: MainWindow) -> QDialog:
    window.three_d.show()
    assert window.three_d.window is not None
    return window.three_d.window


def _opened(dialog: QDialog) -> QDialog:
    dialog.open()
    return dialog


def _picker(window: MainWindow) -> QDialog:
    picker = SeriesPicker(run(scan(list(window.study.sources))), window)
    picker.show()
    return picker


def _controls(root: QWidget) -> list[QWidget]:
    """Those that the program made; Qt's own parts of them have no name to give."""
    found = {w for kind in CONTROLS for w in root.findChildren(kind)}
    return [w for w in found if not _of_qt(w)]


def _of_qt(widget: QWidget) -> bool:
    """Scroll bars, the arrows of a tab bar, the editor inside a spin box, a list's header ..."""
    if widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar):
        return True
    way = _parents(widget)
    if isinstance(widget, QToolButton) and type(widget.parentWidget()).__name__ == "QMenuBar":
        return True
    return any(isinstance(one, (*CONTROLS, QTabBar)) for one in way)


def _parents(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _silent(root: QWidget) -> list[str]:
    """Controls without a name for a screen reader, or without a tooltip."""
    silent = []
    for widget in _controls(root):
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        missing = [
            what
            for what, there in (
                ("name", widget.accessibleName() or text),
                ("tooltip", widget.toolTip()),
            )
            if not there
        ]
        if missing:
            silent.append(f"{type(widget).__name__} {text!r} lacks a {' and a '.join(missing)}")
    return silent


def test_every_control_and_action_of_the_window_says_what_it_is(opened: MainWindow) -> None:
    assert len(_controls(opened)) > 30
    assert _silent(opened) == []
    plain = [
        action.text()
        for action in opened.actions()
        if action.text() and action.toolTip() in ("", action.text(), action.iconText())
    ]
    assert plain == []


def test_every_dialog_is_looked_at() -> None:
    for module in pkgutil.walk_packages(srviewer.gui.__path__, "srviewer.gui."):
        importlib.import_module(module.name)
    ours, kinds = set(), [QDialog]
    while kinds:
        below = [kind for kind in kinds.pop().__subclasses__() if "srviewer" in kind.__module__]
        ours |= {kind.__name__ for kind in below if not kind.__subclasses__()}
        kinds += below
    assert ours == set(DIALOGS)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_control_of_a_dialog_says_what_it_is_and_fits(
    theme: str, opened: MainWindow, qtbot: QtBot, subtests: pytest.Subtests
) -> None:
    from srviewer.gui.appearance import theme as look

    look.apply(QApplication.instance(), theme)  # type: ignore[arg-type]
    for name, dialog_of in DIALOGS.items():
        with subtests.test(name):
            dialog = dialog_of(opened)
            assert _silent(dialog) == []
            assert dialog.windowTitle()
            hint = dialog.minimumSizeHint()
            assert hint.width() <= 1280 and hint.height() <= 700
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
            assert dialog.isVisible() == (name in KEPT_BY_ESCAPE)
            dialog.close()
    look.apply(QApplication.instance())  # type: ignore[arg-type]


def test_the_window_needs_no_more_than_1280_by_800(opened: MainWindow) -> None:
    for layout in LAYOUTS:
        opened.arrange(layout.id)
        for index in range(opened.panels.count()):
            opened.panels.setCurrentIndex(index)
            QApplication.processEvents()
            hint = opened.minimumSizeHint()
            assert hint.width() <= 1280 and hint.height() <= 800, (layout, index, hint)


def test_tab_reaches_what_can_be_used_in_each_panel(opened: MainWindow, qtbot: QtBot) -> None:
    opened.activateWindow()
    for index in range(opened.panels.count()):
        opened.panels.setCurrentIndex(index)
        area = opened.panels.widget(index)
        wanted = {
            w
            for w in _controls(area)
            if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        }
        reached, widget = set(), area
        for _ in range(400):
            widget = widget.nextInFocusChain()
            reached.add(widget)
        assert wanted <= reached


SCALED = """
import sys
from PySide6.QtCore import QSettings
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.application import application
from srviewer.gui.dialogs.bids_dialog import BidsDialog
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.dialogs.header_window import HeaderWindow
from srviewer.gui.dialogs.mip_dialog import MipDialog
sys.path.insert(0, sys.argv[2])
import phantoms
app = application()
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.resize(int(sys.argv[3]), int(sys.argv[4]))
window.show()
window.study.open(phantoms.head(), (), None)
app.processEvents()
picture = window.grab()
print(window.width(), window.height(), picture.width(), picture.height())
window.close()
"""


def test_the_window_keeps_its_size_on_a_large_screen(opened: MainWindow) -> None:
    opened.resize(3840, 2160)
    QApplication.processEvents()
    picture = opened.grab()
    assert (opened.width(), opened.height()) == (3840, 2160)
    assert (picture.width(), picture.height()) == (3840, 2160)


@pytest.mark.parametrize("scale", ["2", "1.5"])
def test_the_window_keeps_its_size_on_a_fine_screen(
    scale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    width, height = 1280, 800
    monkeypatch.setenv("QT_SCALE_FACTOR", scale)
    tests = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", SCALED, f"{tmp_path}/s.ini", str(tests)]
    numbers = [int(number) for number in output([*command, str(width), str(height)]).split()]
    physical = [round(width * float(scale)), round(height * float(scale))]
    assert numbers == [width, height, *physical]


def test_a_scan_with_a_long_name_widens_nothing(window: MainWindow, thick_head: Volume) -> None:
    from dataclasses import replace

    window.study.open(replace(thick_head, name="a very long name of a scan " * 12), (), None)
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= 1280
