"""The dark and the light theme: palette, accent colour and one compact style sheet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from string import Template
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from srviewer.gui.appearance.colours import DARK, LIGHT, Colours
from srviewer.gui.appearance.icon_font import draw_icon
from srviewer.paths import resource

Scheme = Literal["dark", "light", "system"]
SCHEMES: tuple[Scheme, ...] = ("dark", "light", "system")

# Panes are black in both themes, so what is written over them keeps the dark theme's colours.
IMAGE = "#000000"
BETWEEN = "#323946"  # panes
TEXT, MUTED, ACCENT, WARNING = DARK.text, DARK.muted, DARK.accent, DARK.warning
SURFACE = DARK.surface

FAMILIES = (
    "Inter",
    "Segoe UI",
    "SF Pro Text",
    "Noto Sans",
    "Cantarell",
    "Ubuntu",
    "DejaVu Sans Condensed",
)
FONT_PIXELS = 13

_SHEET = Template(
    """
QWidget { color: $text; }
QMainWindow, QDialog, QMenuBar { background: $surface; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px 7px; }
QMenuBar { border-bottom: 1px solid $base; padding: 1px 4px; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected, QMenu::item:selected { background: $raised; }
QMenu { background: $surface; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 4px; }
QMenu::indicator { width: 13px; height: 13px; margin-left: 7px; border-radius: 3px; }
QMenu::indicator:checked { background: $accent; image: url($check); }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 5px 4px; }
QToolBar { background: $surface; border: none; border-bottom: 1px solid $base;
           spacing: 2px; padding: 5px 8px; }
QToolBar::separator { width: 1px; background: $border; margin: 5px 7px; }
QToolBar#mouse { padding: 5px 8px; border-right: 1px solid $base; }
QToolBar#mouse::separator { width: 18px; height: 1px; margin: 6px 5px; }
QToolBar#mouse QToolButton { padding: 5px; }
QToolBar #qt_toolbar_ext_button { padding: 0; qproperty-icon: url($chevron_right); }
QToolBar#mouse #qt_toolbar_ext_button { padding: 0; qproperty-icon: url($chevron); }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px 7px; }
QToolButton:hover, QToolButton:focus { background: $raised; }
QToolButton:checked { background: $accent_dark; border-color: $accent; color: $accent; }
QToolButton:pressed { background: $border; }
QToolButton:disabled { color: $disabled; }
QToolButton[popupMode="1"] { padding-right: 20px; }
QToolButton::menu-button { border: none; width: 18px; }
QToolButton::menu-arrow { image: url($chevron); width: 12px; height: 12px; }
QToolButton::menu-indicator { image: none; }
QStatusBar { background: $surface; border-top: 1px solid $base; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 4px; }
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: $surface; qproperty-drawBase: 0; }
QTabBar::tab { padding: 9px 6px; color: $muted; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::close-button { image: url($close); border-radius: 3px; }
QTabBar::close-button:hover { background: $border; }
QTabBar::scroller { width: 44px; }
QTabBar QToolButton { background: $surface; padding: 0; }
QTabBar QToolButton::left-arrow { image: url($chevron_left); width: 14px; height: 14px; }
QTabBar QToolButton::right-arrow { image: url($chevron_right); width: 14px; height: 14px; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QPushButton { background: $raised; border: 1px solid $border; border-radius: 5px;
              padding: 6px 13px; }
QPushButton[density="compact"] { padding: 5px 6px; }
QPushButton:hover { border-color: $muted; }
QPushButton:focus, QComboBox:focus, QCheckBox:focus, QTableView:focus, QListView:focus
    { border-color: $accent; }
QPushButton:checked { background: $accent_dark; border-color: $accent; color: $accent; }
QPushButton:pressed { background: $border; }
QPushButton:disabled { color: $disabled; background: $surface; border-color: $raised; }
QPushButton[primary="true"] { background: $accent; color: $base; border-color: $accent;
                              font-weight: 600; padding: 8px 13px; }
QPushButton[primary="true"]:hover { background: $accent_bright; border-color: $accent_bright; }
QPushButton[primary="true"]:focus { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $raised; color: $disabled;
                                       border-color: $raised; }
QComboBox { background: $raised; border: 1px solid $border; border-radius: 5px;
            padding: 4px 8px; min-height: 18px; }
QLineEdit:disabled { color: $disabled; background: $surface; border-color: $raised; }
QComboBox:disabled { color: $disabled; background: $surface; border-color: $raised; }
QComboBox QLineEdit { border: none; padding: 0; background: transparent; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($chevron); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; outline: none;
                              selection-background-color: $raised; padding: 3px; }
QLineEdit { background: $raised; border: 1px solid $border; border-radius: 5px; padding: 5px 8px;
            selection-background-color: $accent; selection-color: $base; }
QLineEdit:focus { border-color: $accent; }
QSpinBox, QDoubleSpinBox { background: $raised; border: 1px solid $border; border-radius: 5px;
    padding: 3px 6px; min-height: 20px; selection-background-color: $accent;
    selection-color: $base; }
QSpinBox:focus, QDoubleSpinBox:focus { border-color: $accent; }
QSpinBox:disabled, QDoubleSpinBox:disabled { color: $disabled; background: $surface;
                                             border-color: $raised; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
    QDoubleSpinBox::down-button { border: none; width: 16px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($chevron); width: 10px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($chevron_up); width: 10px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QCheckBox { spacing: 8px; border: 1px solid transparent; border-radius: 4px; padding: 2px; }
QCheckBox:disabled { color: $disabled; }
QCheckBox::indicator { width: 13px; height: 13px; border: 1px solid $muted; border-radius: 3px;
                       background: $base; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox::indicator:disabled { border-color: $disabled; background: $surface; }
QCheckBox::indicator:checked:disabled { background: $disabled; }
QSlider:horizontal { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $muted; width: 12px; margin: -5px 0; border-radius: 7px;
                             border: 1px solid $surface; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $accent; }
QSlider::groove:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: $raised; }
QSlider::handle:horizontal:disabled { background: $surface; border-color: $disabled; }
QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px;
               min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QTableView, QListView, QTreeView, QPlainTextEdit, QTextBrowser { background: $base;
    border: 1px solid $border; border-radius: 5px; gridline-color: $raised;
    selection-background-color: $accent_dark; }
QTableView::item { padding: 0 5px; }
QTableView::item:selected { background: $accent_dark; color: $text; }
QListView::item { padding: 7px; border-radius: 5px; }
QListView::item:selected { background: $accent_dark; color: $text; }
QTreeView::item { padding: 4px 6px; }
QTreeView::indicator { width: 13px; height: 13px; border: 1px solid $muted; border-radius: 3px;
                       background: $base; }
QTreeView::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QTreeView::item:selected { background: $accent_dark; color: $text; }
QListView[density="compact"]::item { padding: 3px 6px; }
QToolButton[role="fold"], QToolButton[role="fold"]:checked { background: transparent;
    border-color: transparent; color: $text; padding: 4px 0; }
QToolButton[role="toggle"] { padding: 4px 2px; border-color: $border; }
QToolButton[role="toggle"]:checked { border-color: $accent; }
QHeaderView::section { background: $surface; color: $muted; border: none; padding: 4px 8px; }
QSplitter::handle { background: $base; }
QScrollBar:vertical { background: transparent; width: 10px; }
QScrollBar:horizontal { background: transparent; height: 10px; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 28px; margin: 1px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QLabel[role="heading"] { color: $muted; font-size: 11px; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="value"] { color: $text; font-weight: 600; }
QLabel[role="good"] { color: $accent; font-weight: 600; }
QLabel[role="doubt"] { color: $warning; font-weight: 600; }
QLabel[role="research"] { color: $warning; font-weight: 600; }
QStatusBar QLabel[role="research"] { color: $warning; padding: 0 8px; }
QFrame[role="warning"] { background: $warning_dark; border: 1px solid $warning;
                         border-radius: 6px; }
QFrame[role="note"] { background: $raised; border: 1px solid $border; border-radius: 6px; }
QFrame[role="error"] { background: $danger_dark; border: 1px solid $danger; border-radius: 6px; }
QFrame[role="empty"] { background: $base; border: 2px dashed $border; border-radius: 10px; }
QWidget[role="panes"] { background: $panes; }
QFrame[role="line"] { background: $border; max-height: 1px; min-height: 1px; border: none; }
"""
)


_current = DARK


def colours() -> Colours:
    """The colours of the current theme, for everything but what is drawn over an image."""
    return _current


def apply(app: QApplication, scheme: Scheme = "dark") -> None:
    """Give the application a theme.

    Args:
        app: Its style, font, palette and style sheet are replaced.
        scheme: "system" is the scheme of the desktop, dark where that is unknown.
    """
    global _current
    _current = LIGHT if _is_light(app, scheme) else DARK
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies([*FAMILIES, *app.font().families()])
    font.setPixelSize(FONT_PIXELS)
    app.setFont(font)
    app.setPalette(_palette(_current))
    app.setStyleSheet(_SHEET.substitute(_values(_current)))


def choose(app: QApplication, scheme: Scheme) -> None:
    """Apply a theme unless it is the current one: restyling a whole window takes a while.

    Args:
        app: As in ``apply``.
        scheme: As in ``apply``.
    """
    if _current is not (LIGHT if _is_light(app, scheme) else DARK):
        apply(app, scheme)


@contextmanager
def styled_at_the_end(window: QMainWindow) -> Iterator[None]:
    """Give all widgets of a window the style sheet once they are all made.

    A widget that is made under a style sheet is styled when it gets its parent, and again whenever
    one of its ancestors gets one.

    Args:
        window: No size hint in it counts meanwhile. Beside another window, which would lose its
            style, nothing is changed.

    Yields:
        Nothing.
    """
    app = QApplication.instance()
    every = QApplication.topLevelWidgets()
    others = [
        widget for widget in every if isinstance(widget, QMainWindow) and widget is not window
    ]
    if others or not isinstance(app, QApplication):
        yield
        return
    sheet = app.styleSheet()
    app.setStyleSheet("")
    try:
        yield
    finally:
        app.setStyleSheet(sheet)


def redraw_on_theme_change(widget: QWidget, redraw: Callable[[], None]) -> None:
    """Redraw a widget whenever the theme changes.

    For what neither palette nor style sheet reaches: colours in rich text, in tables, in plots.

    Args:
        widget: Owns the subscription, which ends with it.
        redraw: A method of the widget.
    """
    widget.installEventFilter(_Follower(widget, redraw))


class _Follower(QObject):
    def __init__(self, widget: QWidget, redraw: Callable[[], None]) -> None:
        super().__init__(widget)
        self._redraw, self._drawn = redraw, _current

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt sends the event more than once, and for an unchanged palette.
        if event.type() == QEvent.Type.PaletteChange and self._drawn is not _current:
            self._drawn = _current
            self._redraw()
        return False


class _Icon(QIconEngine):
    """A Material Design icon that takes its colours when it is drawn; ``on``: its background."""

    def __init__(self, name: str, on: Literal["surface", "accent"]) -> None:
        super().__init__()
        self._name, self._on = name, on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        colour = _current.base if self._on == "accent" else _current.text
        if mode == QIcon.Mode.Disabled:
            colour = _current.disabled
        elif state == QIcon.State.On or mode in (QIcon.Mode.Active, QIcon.Mode.Selected):
            colour = _current.accent
        draw_icon(painter, rect, self._name, colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if pixmap.isNull():  # a control that is being laid out has no room yet
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap


def icon(name: str) -> QIcon:
    """A Material Design icon in the theme's colours: muted when disabled, accent when checked.

    Args:
        name: In Material Design Icons 6, without the prefix.

    Returns:
        An icon that follows the theme.
    """
    return QIcon(_Icon(name, "surface"))


def icon_on_accent(name: str) -> QIcon:
    """A Material Design icon for a control that is filled with the accent colour.

    Args:
        name: As in ``icon``.

    Returns:
        An icon that follows the theme.
    """
    return QIcon(_Icon(name, "accent"))


def _is_light(app: QApplication, scheme: Scheme) -> bool:
    desktop_is_light = app.styleHints().colorScheme() == Qt.ColorScheme.Light
    return scheme == "light" or (scheme == "system" and desktop_is_light)


def _values(colours: Colours) -> dict[str, str]:
    """The values of the style sheet's placeholders: colours, and paths of icons."""
    pictures = {
        "chevron": "chevron-down",
        "chevron_up": "chevron-up",
        "chevron_left": "chevron-left",
        "chevron_right": "chevron-right",
        "close": "close",
        "check": "check-light" if colours is LIGHT else "check-dark",
    }
    paths = {key: (resource("icons") / f"{name}.svg").as_posix() for key, name in pictures.items()}
    return asdict(colours) | paths | {"panes": BETWEEN}


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    role_colours = {
        role.Window: colours.surface,
        role.WindowText: colours.text,
        role.Base: colours.base,
        role.AlternateBase: colours.surface,
        role.Text: colours.text,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: colours.danger,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.muted,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.base,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.Light: colours.border,
        role.Midlight: colours.border,
        role.Mid: colours.border,
        role.Dark: colours.base,
        role.Shadow: colours.base,
        role.Accent: colours.accent,
    }
    palette = QPalette()
    for colour_role, colour in role_colours.items():
        palette.setColor(colour_role, QColor(colour))
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, colour_role, QColor(colours.disabled))
    return palette
