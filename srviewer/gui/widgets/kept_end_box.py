"""A list of choices whose texts are cut before their ends."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

SEPARATOR = " \u00b7 "  # before the end that is always seen
MARGIN = 4  # px that styles leave around the text


class KeptEndBox(QComboBox):
    """Cuts the text that is chosen before its last separator; the end stays, such as a time."""

    def __init__(self) -> None:
        super().__init__()
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def shown_text(self) -> str:
        """The text that is drawn in the closed box."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        text, metrics = self.currentText(), self.fontMetrics()
        begin, separator, end = text.rpartition(SEPARATOR)
        if not separator:
            begin, end = text, ""
        room = field.width() - MARGIN - metrics.horizontalAdvance(separator + end)
        return metrics.elidedText(begin, Qt.TextElideMode.ElideRight, room) + separator + end

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
