"""The dialog that saves a figure: size, resolution and page, with a preview."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.slices.figure_contents import (
    LEAST_DPI,
    LEAST_SIDE,
    MOST_DPI,
    MOST_SIDE,
    FigureContents,
)
from srviewer.errors import UserError
from srviewer.gui.figures.figure import FigurePage, write_figure
from srviewer.gui.figures.figure_contents import copied, picture_of
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import describe, form, label, set_entries
from srviewer.gui.widgets.plain_text import PlainLabel

PREVIEW = 460  # px across
KINDS = {
    ".png": mark("PNG image (*.png)"),
    ".svg": mark("SVG drawing (*.svg)"),
    ".pdf": mark("PDF page (*.pdf)"),
}


class FigureDialog(QDialog):
    """Previews and writes a figure; the window's own views stay as they are."""

    saved = Signal(object)  # the path of the figure

    def __init__(self, study: ShownStudy, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Save a figure"))
        self._study, self._first = study, picture_of(study)
        self.width_box = _spin(
            tr("Width"), tr("Width in pixels of 1/96 inch"), LEAST_SIDE, MOST_SIDE, " px"
        )
        self.height_box = _spin(
            tr("Height"), tr("Height in pixels of 1/96 inch"), LEAST_SIDE, MOST_SIDE, " px"
        )
        self.dpi_box = _spin(tr("Resolution"), tr("Dots per inch"), LEAST_DPI, MOST_DPI, " dpi")
        self.page_box = QComboBox()
        describe(self.page_box, tr("Page"), tr("Dark for a screen, light for paper"))
        set_entries(self.page_box, [(tr("Dark"), "dark"), (tr("Light"), "light")], "dark")
        self.crosshair_box = QCheckBox(tr("Crosshair"))
        describe(self.crosshair_box, tr("Crosshair"), tr("Draw the crosshair"))
        self.header_box = QCheckBox(tr("Header text"))
        describe(
            self.header_box,
            tr("Header text"),
            tr("Write patient, date and series into the panes; they name a person"),
        )
        self.preview = PlainLabel()
        self.preview.setAccessibleName(tr("Preview"))
        for box, value in ((self.width_box, 1320), (self.height_box, 900), (self.dpi_box, 192)):
            box.setValue(value)
        self.crosshair_box.setChecked(self._first.crosshair)
        self.note = label("", "doubt")
        self._lay_out()
        for spin in (self.width_box, self.height_box):
            spin.valueChanged.connect(self._show_preview)
        self.page_box.activated.connect(self._show_preview)
        for tick_box in (self.crosshair_box, self.header_box):
            tick_box.toggled.connect(self._show_preview)
        self._show_preview()

    def _lay_out(self) -> None:
        rows = form()
        for text, box in (
            (tr("Width"), self.width_box),
            (tr("Height"), self.height_box),
            (tr("Resolution"), self.dpi_box),
            (tr("Page"), self.page_box),
        ):
            rows.addRow(text, box)
        rows.addRow("", self.crosshair_box)
        rows.addRow("", self.header_box)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        kinds = QDialogButtonBox.StandardButton
        self.accept_button = buttons.button(kinds.Save)
        describe(self.accept_button, tr("Save"), tr("Choose a name and write the figure"))
        describe(buttons.button(kinds.Cancel), tr("Cancel"), tr("Close without a figure"))
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        right = QVBoxLayout()
        right.addLayout(rows)
        right.addWidget(label(tr(RESEARCH_USE_ONLY), "research"))
        right.addWidget(self.note)
        right.addStretch(1)
        right.addWidget(buttons)
        both = QHBoxLayout(self)
        both.setSpacing(14)
        both.addWidget(self.preview, 1)
        both.addLayout(right)

    def picture(self) -> FigureContents:
        """The contents of the figure as they are set."""
        return replace(
            self._first,
            width=self.width_box.value(),
            height=self.height_box.value(),
            dpi=self.dpi_box.value(),
            theme=self.page_box.currentData(),
            crosshair=self.crosshair_box.isChecked(),
            header_text=self.header_box.isChecked(),
        )

    def save(self, path: Path) -> None:
        """Write the figure; UserError when it cannot be written.

        Args:
            path: Ends with .png, .svg or .pdf.
        """
        page = self._page()
        try:
            write_figure(page, path)
        finally:
            page.close()

    def _page(self) -> FigurePage:
        study = copied(self._study)
        crosshair, header_text = self.crosshair_box.isChecked(), self.header_box.isChecked()
        study.look(replace(study.view, crosshair=crosshair, header_text=header_text))
        return FigurePage(study, self.picture())

    def _show_preview(self) -> None:
        page = self._page()
        image = page.image(1.0)
        page.close()
        shown = QPixmap.fromImage(image)
        smooth = Qt.TransformationMode.SmoothTransformation
        self.preview.setPixmap(shown.scaledToWidth(PREVIEW, smooth))

    def _choose(self) -> None:
        endings = {tr(title): ending for ending, title in KINDS.items()}
        proposal = proposed(self._study, "figure", ".png")
        path = ask_file(self._study, self, tr("Save a figure"), proposal, endings)
        if path is None:
            return
        try:
            self.save(path)
        except UserError as error:
            self.note.setText(tr(str(error)))
            return
        self.accept()
        self.saved.emit(path)


def _spin(name: str, tip: str, least: int, most: int, suffix: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setSingleStep(20)
    spin.setSuffix(suffix)
    spin.setKeyboardTracking(False)
    describe(spin, name, tip)
    return spin
