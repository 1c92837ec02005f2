"""The page for an export as DICOM: folder, values, form, and the DICOM series of a NIfTI scan."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QWidget

from srviewer.errors import UserError
from srviewer.gui.dialogs.export_page import ExportPage, with_chooser
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.export_location import THIN, ask_where, proposed, scan_folder
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import choice, describe, form, set_entries
from srviewer.io.dicom.export.form import CLASSIC, OBJECTS, SYNTAXES, DicomForm
from srviewer.io.targets import Target
from srviewer.unwritable import check_new_folder

OBJECT_TITLES = {
    "classic": mark("An image for each slice"),
    "enhanced": mark("One enhanced MR image of all slices"),
}
SYNTAX_TITLES = {
    "uncompressed": mark("None"),
    "rle": mark("RLE, without loss"),
}


class DicomDialog(ExportPage):
    """Asks all that a DICOM export needs on one page."""

    # The new folder, the stored data type, the DicomForm, the folder of the source or None.
    chosen = Signal(object, object, object, object)

    def __init__(self, study: ShownStudy, target: Target, parent: QWidget) -> None:
        title = tr("Export as a DICOM series")
        super().__init__(title, tr("Write the result into the new folder"), parent)
        self._study, self._target = study, target
        self.folder = QLineEdit(str(proposed(study, f"{THIN}_{target.id}", target.ending)))
        describe(self.folder, tr("New folder"), tr("The folder to create; its files are images"))
        self.values = choice(tr("Values"), tr("The numbers that pixels hold"))
        stores = [(tr(words).removesuffix(" (*)"), kept) for kept, words in target.stores.items()]
        set_entries(self.values, stores, target.stored_as(None))
        self.objects = choice(tr("Images"), tr("A file for each slice, or one for all"))
        titles = [(tr(OBJECT_TITLES[kind]), kind) for kind in OBJECTS]
        set_entries(self.objects, titles, CLASSIC.objects)
        self.syntax = choice(tr("Compression"), tr("The transfer syntax of the pixels"))
        syntaxes = [(tr(SYNTAX_TITLES[kind]), kind) for kind in SYNTAXES]
        set_entries(self.syntax, syntaxes, CLASSIC.syntax)
        self.source = QLineEdit()
        self.source.setPlaceholderText(tr("none: a new, nameless patient"))
        describe(
            self.source,
            tr("DICOM source"),
            tr(
                "The folder of the series that the scan was converted from: the result is of its "
                "patient and study where grid and voxels agree"
            ),
        )
        self.lay_out(self._rows())
        self.folder.textChanged.connect(self._show)
        self.source.textChanged.connect(self._show)
        self.export.clicked.connect(self._accept)
        self._show()

    def _rows(self) -> QFormLayout:
        rows = form()
        tip = tr("Choose the new folder")
        rows.addRow(tr("New folder"), with_chooser(self.folder, tip, self._choose_folder))
        rows.addRow(tr("Values"), self.values)
        rows.addRow(tr("Images"), self.objects)
        rows.addRow(tr("Compression"), self.syntax)
        scan = self._study.scan
        if scan is not None and scan.origin is None:
            tip = tr("Choose the folder of the DICOM series")
            rows.addRow(tr("DICOM source"), with_chooser(self.source, tip, self._choose_source))
        return rows

    def _choose_folder(self) -> None:
        title, proposal = tr(self._target.question), Path(self.folder.text())
        folder, _ = ask_where(self._study, self, title, proposal, ())
        if folder is not None:
            self.folder.setText(str(folder))

    def _choose_source(self) -> None:
        start = self.source.text() or str(scan_folder(self._study))
        name = QFileDialog.getExistingDirectory(
            self, tr("The DICOM series that the scan was converted from"), start
        )
        if name:
            self.source.setText(name)

    def _source(self) -> Path | None:
        text = self.source.text().strip()
        return Path(text) if text else None

    def _show(self) -> None:
        """Show the reason why nothing can be exported, and enable the button without one."""
        reason, source = "", self._source()
        try:
            if not self.folder.text().strip():
                raise UserError(tr("Name the new folder."))
            check_new_folder(Path(self.folder.text().strip()).absolute())
            if source is not None and not source.exists():
                raise UserError(tr("The folder of the DICOM source does not exist."))
        except UserError as error:
            reason = tr(str(error))
        except OSError as error:  # such as a name that is too long
            reason = error.strerror or str(error)
        self.allow(reason)

    def _accept(self) -> None:
        folder = Path(self.folder.text().strip())
        self._study.export_folder = folder.absolute().parent
        chosen_form = DicomForm(self.objects.currentData(), self.syntax.currentData())
        self.accept()
        self.chosen.emit(folder, self.values.currentData(), chosen_form, self._source())
