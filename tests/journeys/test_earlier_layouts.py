"""Layouts that an earlier version gave a name arrange the window as they did then."""

from pathlib import Path

from PySide6.QtCore import QSettings

from srviewer.gui.menus.window_arrangements import NamedLayouts
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.comparing import Comparing

FILE = Path(__file__).parents[1] / "fixtures" / "unreleased-2026-11" / "settings.ini"
KEPT = Comparing("curtain", 0.3, False, 11.0, 33.0, False, "disagreement", 0.002, 0.4)


def test_named_layouts_are_shown_as_they_were(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "kept.ini").write_bytes(FILE.read_bytes())
    kept = QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    layouts = NamedLayouts(kept, window.study, window.splitter, window.panels)
    assert layouts.names() == ("Flip \u00d7 2", "reading")
    layouts.show("reading")
    assert window.study.comparing == KEPT
