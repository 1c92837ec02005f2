"""A number field in which a point and a comma both stand before the decimals."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox


class DecimalBox(QDoubleSpinBox):
    """Takes 0.5 and 0,5 alike, whatever the language of the system.

    Neither groups digits: Qt would drop it, and take 12,5 as 125.
    """

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Called by Qt for each key.

        Args:
            text: The text of the field, with its prefix and suffix.
            position: Of the cursor in it.

        Returns:
            Whether it is a number or may become one, the text with the sign of the language before
            the decimals, and the position.
        """
        state, _, position = super().validate(self._in_locale(text), position)
        return state, self._in_locale(text), position

    def valueFromText(self, text: str) -> float:
        """Called by Qt: the value of a text."""
        return super().valueFromText(self._in_locale(text))

    def _in_locale(self, text: str) -> str:
        """A text with the sign of the language before the decimals; its length stays."""
        if text == self.specialValueText():
            return text
        before, after = self.prefix(), self.suffix()
        start = len(before) if before and text.startswith(before) else 0
        end = len(text) - (len(after) if after and text.endswith(after) else 0)
        point = self.locale().decimalPoint()
        number = text[start:end].replace(",", point).replace(".", point)
        return text[:start] + number + text[max(start, end) :]
