"""The menus and the tool bar as users know them: entries, order, keys, tips, what can be done when.

``menus.txt`` beside this file holds them as text; a change of it is a change of the program.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton

from srviewer.gui.window.main_window import MainWindow

RECORDED = Path(__file__).with_name("menus.txt").read_text(encoding="utf-8")
WITH_A_SCAN = (
    "Close",
    "Save a figure\u2026",
    "Print\u2026",
    "Copy as command line",
    "Copy the picture",
    "Copy the reconstruction as command line",
    "Save session\u2026",
    "Window / level",
    "Reset",
    "Automatic",
    "Full range",
    "High contrast",
    "Dark tissue",
    "Thick slab",
    "Show the slab",
    "Mean",
    "Maximum",
    "Minimum",
    "Thicker",
    "Thinner",
    "As thick as the slices",
    "Oblique planes",
    "Clockwise",
    "Anticlockwise",
    "Rotate right",
    "Rotate left",
    "Flip left and right",
    "Flip top and bottom",
    "Reconstruct",
    "Header and tags\u2026",
    "3D",
    "Turning projection\u2026",
)


def _line(action: QAction) -> str:
    """Text | icon text | keys | tip | with an icon, checked or not, greyed."""
    keys = ", ".join(
        key.toString(QKeySequence.SequenceFormat.PortableText) for key in action.shortcuts()
    )
    marks = "icon " * (not action.icon().isNull())
    marks += f"{'checked' if action.isChecked() else 'unchecked'} " * action.isCheckable()
    marks += "hidden " * (not action.isVisible())
    marks += "greyed " * (not action.isEnabled())
    # Qt's own icon text has no ellipsis only where it is three dots.
    words = (action.text(), action.iconText().rstrip("\u2026"), keys, action.toolTip())
    return " | ".join((*words, marks)).strip()


def _menu(menu: QMenu, indent: str = "") -> Iterator[str]:
    for action in menu.actions():
        inner = action.menu()
        yield indent + ("--" if action.isSeparator() else _line(action))
        if isinstance(inner, QMenu):
            yield from _menu(inner, f"{indent}  ")


def _tool_bar(bar: QToolBar) -> Iterator[str]:
    for action in bar.actions():
        button = bar.widgetForAction(action)
        if action.isSeparator():
            yield "--"
        elif not isinstance(button, QToolButton):
            yield "widget"
        else:
            style, mode = button.toolButtonStyle().name, button.popupMode().name
            words = (button.text(), button.accessibleName(), button.toolTip())
            yield " | ".join((*words, button.accessibleDescription(), style))
            menu = button.menu()
            if isinstance(menu, QMenu):
                yield f"  {mode}"
                yield from _menu(menu, "  ")


def _shown(window: MainWindow) -> str:
    lines: list[str] = []
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        lines += ["", f"{action.text()} {'' if action.isEnabled() else 'greyed'}".strip()]
        lines += _menu(menu, "  ")
    for bar in window.findChildren(QToolBar):
        lines += ["", bar.windowTitle(), *(f"  {line}" for line in _tool_bar(bar))]
    listed = {
        *(a for menu in window.menuBar().findChildren(QMenu) for a in menu.actions()),
        *(a for menu in window.findChildren(QMenu) for a in menu.actions()),
    }
    keys = sorted(_line(action) for action in window.actions() if action not in listed)
    return "\n".join((*lines, "", "Keys alone", *(f"  {line}" for line in keys), ""))


def _with_a_scan(line: str) -> str:
    return line.replace(" greyed", "") if line.split(" | ")[0].strip() in WITH_A_SCAN else line


def test_the_menus_of_an_empty_and_of_an_opened_window(
    window: MainWindow, thick_file: Path, until: Callable[[Callable[[], bool]], None]
) -> None:
    assert _shown(window) == RECORDED
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    assert _shown(window).split("\n") == [_with_a_scan(line) for line in RECORDED.split("\n")]
