"""Controls that take the wheel only while they have the focus."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QWidget

WHEELED = (QAbstractSpinBox, QComboBox, QAbstractSlider)


def keep_from_wheel(control: QWidget) -> None:
    """Let a control pass the wheel on to its panel, which scrolls, while it has no focus.

    Args:
        control: One of the kinds in ``WHEELED``.
    """
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel gives none
    control.installEventFilter(_Filter(control))


class _Filter(QObject):
    """Keeps the wheel from its parent while that has no focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt; true keeps the event from the control."""
        if event.type() is not QEvent.Type.Wheel:
            return False
        assert isinstance(watched, QWidget)
        if watched.hasFocus():
            return False
        event.ignore()
        return True
