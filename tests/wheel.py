"""Turns of the mouse wheel, as a user makes them."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

NO_KEYS = Qt.KeyboardModifier.NoModifier
NOTCH = 120  # eighths of a degree


def turn_wheel(
    widget: QWidget,
    notches: float,
    keys: Qt.KeyboardModifier = NO_KEYS,
    at: QPointF | None = None,
) -> None:
    """Turn the wheel over a place of ``widget``, else over its middle; forwards above 0."""
    place = QPointF(widget.rect().center()) if at is None else at
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        QPoint(0, round(NOTCH * notches)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
