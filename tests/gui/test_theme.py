"""The two themes: what is written can be read, and a change reaches everything at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton, QSlider, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colours import DARK, LIGHT, Colours

AA = 4.5  # WCAG 2.2, success criterion 1.4.3
GRAPHICS = 3.0  # 1.4.11

# (what is written, on what) by the style sheet and by the parts of the window.
WRITTEN = [
    *(
        (text, ground)
        for text in ("text", "muted", "accent", "warning", "danger", "cubic")
        for ground in ("base", "surface")
    ),
    ("text", "raised"),
    ("muted", "raised"),
    ("text", "border"),  # a pressed button
    ("base", "accent"),  # the primary button
    ("base", "accent_bright"),
    ("accent", "accent_dark"),
    ("text", "accent_dark"),
    ("text", "warning_dark"),
    ("text", "danger_dark"),
]


def luminance(colour: str) -> float:
    """Relative luminance, 0..1, of sRGB."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_what_is_written_can_be_read(colours: Colours) -> None:
    found = {
        pair: contrast(getattr(colours, pair[0]), getattr(colours, pair[1])) for pair in WRITTEN
    }
    assert {pair: ratio for pair, ratio in found.items() if ratio < AA} == {}


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_palette_of_qt_can_be_read_too(name: theme.Scheme, qapp: QApplication) -> None:
    theme.apply(qapp, name)
    role, palette = QPalette.ColorRole, qapp.palette()
    for text, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
        (role.PlaceholderText, role.Base),
        (role.Link, role.Base),
    ):
        one, other = (palette.color(which).name() for which in (text, ground))
        assert contrast(one, other) >= AA, (text, ground)
    theme.apply(qapp)


def test_an_icon_that_exists_changes_with_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp)
    sign = theme.icon("play")
    assert _brightest(sign) > 200
    theme.apply(qapp, "light")
    assert _brightest(sign) < 100
    theme.apply(qapp)


def _brightest(icon: QIcon) -> int:
    """The value, 0..255, of the icon's most opaque pixels."""
    image = icon.pixmap(32, 32).toImage()
    pixels = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    solid = [pixel.value() for pixel in pixels if pixel.alpha() > 250]
    assert solid
    return max(solid)


def test_what_follows_is_told_once_of_each_change(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp)
    button = QPushButton()
    qtbot.addWidget(button)
    told: list[str] = []
    theme.redraw_on_theme_change(button, lambda: told.append(theme.colours().text))
    for name in ("light", "light", "dark"):
        theme.apply(qapp, name)  # type: ignore[arg-type]
        QApplication.processEvents()
    assert told == [LIGHT.text, DARK.text]
    assert QColor(DARK.text) == qapp.palette().color(QPalette.ColorRole.WindowText)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_a_slider_that_cannot_be_used_looks_so(
    name: theme.Scheme, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, name)
    slider = QSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.resize(200, 20)
    slider.setValue(50)

    def coloured() -> int:
        picture = slider.grab().toImage()
        accent = QColor(theme.colours().accent)
        row = picture.height() // 2
        return sum(picture.pixelColor(x, row) == accent for x in range(picture.width()))

    assert coloured() > 50
    slider.setEnabled(False)
    assert coloured() == 0
    theme.apply(qapp)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_tool_bar_without_room_shows_an_arrow_that_opens_the_rest(
    qtbot: QtBot, qapp: QApplication, scheme: theme.Scheme
) -> None:
    theme.apply(qapp, scheme)
    window = QMainWindow()
    qtbot.addWidget(window)
    upright = QToolBar("Mouse")
    upright.setObjectName("mouse")
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, upright)
    bars = [window.addToolBar("Tools"), upright]
    for bar in bars:
        for number in range(20):
            bar.addAction(f"action {number}")
    window.resize(400, 300)
    window.show()
    for bar in bars:
        more = bar.findChild(QWidget, "qt_toolbar_ext_button")
        assert more.isVisible()
        picture = more.grab().toImage()
        points = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
        drawn = {picture.pixelColor(x, y).value() for x, y in points}
        assert max(drawn) - min(drawn) > 60
    theme.apply(qapp, "dark")
