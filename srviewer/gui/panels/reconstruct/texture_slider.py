"""The slider from the fidelity model to the texture model, with its value."""

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
        describe(
            self.slider,
            tr("Texture"),
            tr("Left: fidelity model. Right: texture model, sharper; a map shows what it changes"),
        )
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

    def show_amount(self, amount: float) -> None:
        """Move the slider.

        Args:
            amount: 0 to 1; the slider rounds it to one of 20 steps, the text does not.
        """
        self.slider.setValue(round(amount * STEPS))
        self.percent.setText(f"{100 * amount:.0f} %")
