"""A number field for intensities of any size: 0.0000012 and 1e30 are as short as 812."""

import re
from math import floor, log10

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator

from srviewer.gui.texts.values import PLAIN
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import describe

LARGEST = 3.4e38  # of float32, which voxels are
DIGITS = 6  # significant ones, where plain decimals would be too many
EVERY_DECIMAL = 323  # the most that Qt takes: it is the box that rounds
UNFINISHED = re.compile(r"[+-]?\d*[.,]?\d*([eE][+-]?\d*)?")
EXPONENT = re.compile(r"e([+-])0*(\d)")


class IntensityBox(DecimalBox):
    """Intensities with the decimals of their scale, or with an exponent where those are too many.

    What is shown is the value: reading the text gives it again.
    """

    def __init__(self, least: float, name: str, tip: str) -> None:
        """Make a field.

        Args:
            least: The least value that can be entered.
            name: Accessible name.
            tip: Tooltip.
        """
        self._places: int | None = 2  # decimals; None for an exponent
        super().__init__()
        super().setDecimals(EVERY_DECIMAL)
        self.setRange(least, LARGEST)
        self.setKeyboardTracking(False)
        describe(self, name, tip)

    def scale_to(self, width: float, decimals: int, step: float) -> None:
        """Choose how intensities are written.

        Args:
            width: The range of the intensities of the scan.
            decimals: For a range that is written with plain decimals.
            step: Of the arrows and the wheel.
        """
        self._places = decimals if PLAIN[0] <= width <= PLAIN[1] else None
        self.setSingleStep(step if self._places is None else max(step, 10.0**-self._places))

    def setValue(self, value: float) -> None:
        """Set a value, rounded to the digits that are shown."""
        super().setValue(self._rounded(value))

    def stepBy(self, steps: int) -> None:
        """Called by Qt for arrows, keys and the wheel."""
        self.setValue(self.value() + steps * self.singleStep())
        self.selectAll()

    def textFromValue(self, value: float) -> str:
        """Called by Qt: the text of a value."""
        if self._is_plain(value):
            return self._numbers().toString(float(value), "f", self._places or 0)
        text = self._numbers().toString(float(value), "g", DIGITS)
        return EXPONENT.sub(_short, text)

    def valueFromText(self, text: str) -> float:
        """Called by Qt: the value of a text."""
        value, _ = self._numbers().toDouble(self._bare(self._in_locale(text)))
        return self._rounded(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Called by Qt for each key.

        Args:
            text: The text of the field, with its prefix and suffix.
            position: Of the cursor in it.

        Returns:
            Whether it is a number or may become one, the text and the position.
        """
        text = self._in_locale(text)
        bare = self._bare(text)
        value, is_number = self._numbers().toDouble(bare)
        if is_number and self.minimum() <= value <= self.maximum():
            return QValidator.State.Acceptable, text, position
        unfinished = is_number or UNFINISHED.fullmatch(bare)
        state = QValidator.State.Intermediate if unfinished else QValidator.State.Invalid
        return state, text, position

    def _is_plain(self, value: float) -> bool:
        return self._places is not None and abs(value) < PLAIN[1]

    def _rounded(self, value: float) -> float:
        if self._is_plain(value):
            return round(value, self._places)
        return float(f"{value:.{DIGITS}g}")

    def _bare(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()

    def _numbers(self) -> QLocale:
        locale = QLocale(self.locale())
        locale.setNumberOptions(
            QLocale.NumberOption.OmitGroupSeparator | QLocale.NumberOption.RejectGroupSeparator
        )
        return locale


def decimals_of(span: float) -> int:
    """So many that a hundredth of a range is seen.

    Args:
        span: The range, above 0.

    Returns:
        0 or more.
    """
    return max(0, 2 - floor(log10(span)))


def _short(exponent: re.Match[str]) -> str:
    """An exponent without a plus and without zeros before its digits."""
    return f"e{exponent[1].strip('+')}{exponent[2]}"
