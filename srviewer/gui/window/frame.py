"""The frame of the window: its title, and size and place as they were left."""

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow

TITLE = "srviewer"
GEOMETRY = "window/geometry"
FIRST_SIZE = QSize(1440, 900)  # px, where the screen has them
TITLE_BAR = QSize(8, 48)  # px that a desktop may draw around it, before it is shown


def stored_bytes(settings: QSettings, key: str) -> QByteArray:
    """Read bytes of the settings.

    Args:
        settings: Holds what is remembered between runs.
        key: Where they are.

    Returns:
        The bytes; none where there are none.
    """
    # Without its type, QSettings gives back text after a restart.
    value = settings.value(key, QByteArray(), type=QByteArray)
    return value if isinstance(value, QByteArray) else QByteArray()


def restore_geometry(window: QMainWindow, settings: QSettings) -> None:
    """Give a window the size and place of the last one.

    Args:
        window: Gets its first size where nothing was remembered, or that is damaged.
        settings: Holds what is remembered between runs.
    """
    if not window.restoreGeometry(stored_bytes(settings, GEOMETRY)):
        room = window.screen().availableSize() - TITLE_BAR
        window.resize(FIRST_SIZE.boundedTo(room))
