"""The choice of the label that is painted: name and colour."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LONGEST_NAME, Label
from srviewer.gui.appearance import theme
from srviewer.gui.state.followed_state import MASK_TOOLS
from srviewer.gui.study.mask_correction import MaskCorrection
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import label_text
from srviewer.gui.widgets.form import choice, describe, label, set_entries

SWATCH = 14  # px
MOST_LISTED = 16  # labels; the others are scrolled to
SCROLLED = "QComboBox { combobox-popup: 0; }"  # as a list with a scroll bar, not as tall as all


class LabelChoice(QWidget):
    """The labels of the mask; the one that is chosen is painted.

    Attributes:
        labels: The list.
        add: Adds a label.
        name: Renames the chosen one.
        colour: Asks for another colour.
    """

    def __init__(self, correction: MaskCorrection) -> None:
        super().__init__()
        self._correction, self._study = correction, correction.study
        self.labels = choice(tr("Label"), tr("The label that brush and fill give to voxels"))
        self.labels.setStyleSheet(SCROLLED)
        self.labels.setMaxVisibleItems(MOST_LISTED)
        self.labels.view().setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.add = QToolButton()
        self.add.setIcon(theme.icon("plus"))
        describe(self.add, tr("New label"), tr("Add a label and paint it from now on"))
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(tr("Name of the label"))
        describe(self.name, tr("Name"), tr("The name of the label, saved with the mask"))
        self.colour = QToolButton()
        describe(self.colour, tr("Colour"), tr("The colour of the label, saved with the mask"))
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.addWidget(self.labels, 1)
        upper.addWidget(self.add)
        lower.addWidget(self.name, 1)
        lower.addWidget(self.colour)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("LABEL"), "heading"))
        layout.addLayout(upper)
        layout.addLayout(lower)
        self.labels.activated.connect(lambda: correction.set_label(self.labels.currentData()))
        self.add.clicked.connect(correction.add_label)
        self.name.editingFinished.connect(self._rename)
        self.colour.clicked.connect(self._ask_colour)
        self._study.follow(self._show, "overlays", "scan", MASK_TOOLS)
        self._show()

    def _chosen(self) -> Label | None:
        overlay, value = self._correction.overlay, self._study.mask_tools.label
        labels = () if overlay is None else overlay.labels
        return next((each for each in labels if each.value == value), None)

    def _show(self) -> None:
        overlay, chosen = self._correction.overlay, self._chosen()
        labels = () if overlay is None else overlay.labels
        entries = [(label_text(each), each.value) for each in labels]
        set_entries(self.labels, entries, self._study.mask_tools.label)
        for number, each in enumerate(labels):
            self.labels.setItemIcon(number, _swatch(each.colour))
        if not self.name.hasFocus() or chosen is None:
            self.name.setText("" if chosen is None else chosen.name)
        self.colour.setIcon(QIcon() if chosen is None else _swatch(chosen.colour))
        for widget in (self.labels, self.add, self.name, self.colour):
            widget.setEnabled(overlay is not None)

    def _rename(self) -> None:
        self._correction.change_label(name=self.name.text().strip())

    def _ask_colour(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            colour = QColorDialog.getColor(QColor(*chosen.colour), self, tr("Colour of the label"))
            if colour.isValid():
                rgb = colour.red(), colour.green(), colour.blue()
                self._correction.change_label(colour=rgb)


def _swatch(colour: Colour) -> QIcon:
    swatch = QPixmap(SWATCH, SWATCH)
    swatch.fill(QColor(*colour))
    return QIcon(swatch)
