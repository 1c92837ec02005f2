"""The slider from the fidelity model to the texture model, with its value."""

from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe, label

STEPS = 20  # from the fidelity model to the texture model


class TextureSlider(QWidget):
    """A row: the slider, and its value in %."""

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.limit(1.0, "")
        self.percent = label("", "value")
        describe(self.percent, tr("Texture in %"), tr("Weight of the texture model, in %"))
        self.percent.setFixedWidth(self.fontMetrics().horizontalAdvance("100 %") + 6)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.percent)

    @property
    def amount(self) -> float:
        """Weight of the texture model: 0 for the fidelity model, 1 for the texture model."""
        return self.slider.value() / STEPS

    def limit(self, most: float, reason: str) -> None:
        """Limit the slider.

        Args:
            most: The largest amount, 0 to 1; 0 disables the slider.
            reason: The reason of the limit, for the tooltip; "" for none.
        """
        self.slider.setMaximum(ceil(most * STEPS))
        self.slider.setEnabled(most > 0)
        tip = tr(
            "Left: fidelity model. Right: texture model, which looks sharper and scores lower.\n"
            "With it no expected gain is stated; a map shows what it changes."
        )
        describe(self.slider, tr("Texture"), reason or tip)

    def show_amount(self, amount: float) -> None:
        """Move the slider.

        Args:
            amount: 0 to 1; the slider rounds it to one of 20 steps, the text does not.
        """
        self.slider.setValue(round(amount * STEPS))
        self.percent.setText(f"{100 * amount:.0f} %")
