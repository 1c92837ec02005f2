"""The dark theme: one palette, one accent colour, one compact style sheet."""

from string import Template

import qtawesome
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from srviewer.paths import resource

# Text on SURFACE has a contrast of 13.6, MUTED on it 6.7, dark text on ACCENT 8.9 (WCAG AA: 4.5).
BASE = "#121419"
SURFACE = "#1a1d24"
RAISED = "#242933"
BORDER = "#323946"
TEXT = "#e8ebf1"
MUTED = "#9ba5b7"
DISABLED = "#626c7e"
ACCENT = "#4cc3d9"
ACCENT_DARK = "#0d2b31"
WARNING = "#f2b45c"
WARNING_DARK = "#2e2415"
DANGER = "#ff7b72"
DANGER_DARK = "#331b1d"
IMAGE = "#000000"

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
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 5px 4px; }
QToolBar { background: $surface; border: none; border-bottom: 1px solid $base;
           spacing: 2px; padding: 5px 8px; }
QToolBar::separator { width: 1px; background: $border; margin: 5px 7px; }
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
QTabBar::tab { padding: 9px 13px; color: $muted; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QPushButton { background: $raised; border: 1px solid $border; border-radius: 5px;
              padding: 6px 13px; }
QPushButton:hover { border-color: $muted; }
QPushButton:focus, QComboBox:focus, QCheckBox:focus, QTableView:focus, QListView:focus
    { border-color: $accent; }
QPushButton:pressed { background: $border; }
QPushButton:disabled { color: $disabled; background: $surface; border-color: $raised; }
QPushButton[primary="true"] { background: $accent; color: $base; border-color: $accent;
                              font-weight: 600; padding: 8px 13px; }
QPushButton[primary="true"]:hover { background: #74d4e6; border-color: #74d4e6; }
QPushButton[primary="true"]:focus { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $raised; color: $disabled;
                                       border-color: $raised; }
QComboBox { background: $raised; border: 1px solid $border; border-radius: 5px;
            padding: 4px 8px; min-height: 18px; }
QComboBox:disabled { color: $disabled; background: $surface; border-color: $raised; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($chevron); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; outline: none;
                              selection-background-color: $raised; padding: 3px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QCheckBox { spacing: 8px; border: 1px solid transparent; border-radius: 4px; padding: 2px; }
QProgressBar { background: $base; border: none; border-radius: 3px; max-height: 6px;
               min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QTableView, QListView, QPlainTextEdit, QTextBrowser { background: $base; border: 1px solid $border;
    border-radius: 5px; gridline-color: $raised; selection-background-color: $accent_dark; }
QListView::item { padding: 7px; border-radius: 5px; }
QListView::item:selected { background: $accent_dark; color: $text; }
QHeaderView::section { background: $surface; color: $muted; border: none; padding: 4px 6px; }
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
QLabel[role="research"] { color: $warning; font-weight: 600; padding: 0 8px; }
QFrame[role="warning"] { background: $warning_dark; border: 1px solid $warning;
                         border-radius: 6px; }
QFrame[role="note"] { background: $raised; border: 1px solid $border; border-radius: 6px; }
QFrame[role="error"] { background: $danger_dark; border: 1px solid $danger; border-radius: 6px; }
QFrame[role="empty"] { background: $base; border: 2px dashed $border; border-radius: 10px; }
QFrame[role="line"] { background: $border; max-height: 1px; min-height: 1px; border: none; }
"""
)


def apply(app: QApplication) -> None:
    """Give ``app`` the theme; the same on every system, with or without a display."""
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies([*FAMILIES, *app.font().families()])
    font.setPixelSize(FONT_PIXELS)
    app.setFont(font)
    app.setPalette(_palette())
    app.setStyleSheet(_SHEET.substitute(_values()))


def icon(name: str) -> QIcon:
    """A Material Design icon in the theme's colours: muted when disabled, accent when checked."""
    drawn: QIcon = qtawesome.icon(
        f"mdi6.{name}", color=TEXT, color_disabled=DISABLED, color_on=ACCENT
    )
    return drawn


def icon_on_accent(name: str) -> QIcon:
    """An icon for a control that is filled with the accent colour."""
    drawn: QIcon = qtawesome.icon(f"mdi6.{name}", color=BASE, color_disabled=DISABLED)
    return drawn


def _values() -> dict[str, str]:
    """What the style sheet refers to: the colours, and the one picture that it needs."""
    colours = {name: value for name, value in globals().items() if name.isupper()}
    chevron = (resource("icons") / "chevron-down.svg").as_posix()
    return {name.lower(): str(value) for name, value in colours.items()} | {"chevron": chevron}


def _palette() -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: SURFACE,
        role.WindowText: TEXT,
        role.Base: BASE,
        role.AlternateBase: SURFACE,
        role.Text: TEXT,
        role.Button: RAISED,
        role.ButtonText: TEXT,
        role.BrightText: DANGER,
        role.ToolTipBase: RAISED,
        role.ToolTipText: TEXT,
        role.PlaceholderText: MUTED,
        role.Highlight: ACCENT,
        role.HighlightedText: BASE,
        role.Link: ACCENT,
        role.LinkVisited: ACCENT,
        role.Light: BORDER,
        role.Midlight: BORDER,
        role.Mid: BORDER,
        role.Dark: BASE,
        role.Shadow: BASE,
        role.Accent: ACCENT,
    }
    palette = QPalette()
    for where, colour in colours.items():
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(DISABLED))
    return palette
