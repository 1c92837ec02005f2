"""The page for an export into a BIDS data set: folder, subject, session and contrast."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QWidget
from shiboken6 import isValid

from srviewer.errors import UserError
from srviewer.gui.dialogs.export_page import ExportPage, with_chooser
from srviewer.gui.study.export_location import scan_folder
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import choice, describe, form, label, set_entries
from srviewer.io.bids.anat_suffixes import CONTRASTS
from srviewer.io.bids.names import (
    BidsName,
    check_complete,
    chosen_entities,
    given_name,
    name_of,
)
from srviewer.io.export.bids import check_data_set, derivative_path
from srviewer.io.header_rows import HeaderRow
from srviewer.io.header_view import rows_of_file
from srviewer.io.headers.contrast import Contrast, contrast_of
from srviewer.io.headers.header_values import HeaderValues
from srviewer.job import Job

KIND = "contrast"
TITLES = {
    "T1w": mark("T1w: T1-weighted"),
    "T2w": mark("T2w: T2-weighted"),
    "FLAIR": mark("FLAIR: fluid suppressed"),
    "PDw": mark("PDw: proton density"),
    "T2starw": mark("T2starw: T2*-weighted"),
    "inplaneT1": mark("inplaneT1: T1-weighted, in the plane of a functional scan"),
    "inplaneT2": mark("inplaneT2: T2-weighted, in the plane of a functional scan"),
    "PDT2": mark("PDT2: proton density and T2-weighted"),
    "angio": mark("angio: angiography"),
    "UNIT1": mark("UNIT1: T1-weighted, of MP2RAGE"),
    "MEGRE": mark("MEGRE: an echo of several gradient echoes"),
    "MESE": mark("MESE: an echo of several spin echoes"),
    "VFA": mark("VFA: a flip angle of several"),
    "IRT1": mark("IRT1: an inversion time of several"),
    "MP2RAGE": mark("MP2RAGE: an inversion time of two"),
    "MPM": mark("MPM: of multi-parameter mapping"),
    "MTS": mark("MTS: of a magnetization transfer saturation"),
    "MTR": mark("MTR: of a magnetization transfer ratio"),
}


class BidsDialog(ExportPage):
    """Asks all that a BIDS name needs on one page; nothing is chosen that is not certain."""

    chosen = Signal(object, object)  # the folder of the data set, the scan's BidsName

    def __init__(self, controller: StudyController, parent: QWidget) -> None:
        title = tr("Export into a BIDS data set")
        super().__init__(title, tr("Write the result under this name"), parent)
        self._controller, self._study = controller, controller.study
        sources = self._study.sources
        self._known = name_of(sources[0]) if len(sources) == 1 else None
        entities = {} if self._known is None else self._known.entities
        self.folder = QLineEdit(str(self._first_folder()))
        describe(self.folder, tr("Data set"), tr("The folder of a BIDS data set that is there"))
        self.subject = QLineEdit(entities.get("sub", ""))
        self.subject.setPlaceholderText(tr("such as 01"))
        describe(self.subject, tr("Subject"), tr("BIDS label of the person: letters and digits"))
        self.session_label = QLineEdit(entities.get("ses", ""))
        self.session_label.setPlaceholderText(tr("none"))
        describe(self.session_label, tr("Session"), tr("BIDS label of the visit; may be empty"))
        self.contrast = choice(tr("Contrast"), tr("The BIDS suffix of the scan"))
        self.entities = QLineEdit()
        self.entities.setPlaceholderText(tr("desc-sr unless another desc- is given"))
        describe(
            self.entities,
            tr("Entities"),
            tr("Entities of BIDS in the name of the result, such as res-1mm,desc-thin"),
        )
        self._found = label("", "muted")
        self._target = label("", "plain")
        self.lay_out(self._rows(), self._found, label(tr("WRITTEN TO"), "heading"), self._target)
        self._offer()
        self._connect()
        self._read_header()
        self._show()

    def _rows(self) -> QFormLayout:
        rows = form()
        tip = tr("Choose the folder of the data set")
        rows.addRow(tr("Data set"), with_chooser(self.folder, tip, self._choose_folder))
        rows.addRow(tr("Subject"), self.subject)
        rows.addRow(tr("Session"), self.session_label)
        rows.addRow(tr("Contrast"), self.contrast)
        rows.addRow(tr("Entities"), self.entities)
        return rows

    def _connect(self) -> None:
        for field in (self.folder, self.subject, self.session_label, self.entities):
            field.textChanged.connect(self._show)
        self.contrast.activated.connect(self._take_choice)
        self.export.clicked.connect(self._accept)

    def _offer(self) -> None:
        """List the contrasts; the first entry is none of them."""
        suffixes = list(CONTRASTS)
        own = None if self._known is None else self._known.suffix
        if own is not None and own not in suffixes:
            suffixes.insert(0, own)
        entries = [(tr(TITLES.get(suffix, suffix)), suffix) for suffix in suffixes]
        set_entries(self.contrast, [(tr("Choose the contrast"), None), *entries], None)

    def _first_folder(self) -> Path | str:
        """The data set that was used last, else the one that the scan lies in."""
        if self._study.data_set is not None:
            return self._study.data_set
        sources = self._study.sources
        parents = sources[0].absolute().parents if self._known is not None else ()
        return next((path.parent for path in parents if path.name.startswith("sub-")), "")

    def _choose_folder(self) -> None:
        start = self.folder.text() or str(scan_folder(self._study))
        name = QFileDialog.getExistingDirectory(self, tr("Export into this BIDS data set"), start)
        if name:
            self.folder.setText(name)

    def _read_header(self) -> None:
        scan = self._study.scan
        if scan is None or scan.source is None:
            self._show_found(())
            return
        file = scan.source.files[0]
        self._found.setText(tr("Reading the header\u2026"))
        title = tr("Reading the header of {name}", name=file.path.name)
        self._controller.work.start(
            KIND, title, _rows_or_none(rows_of_file(file)), self._show_found,
            lambda: isValid(self) and self._study.scan is scan, asked=False,
        )  # fmt: skip

    def _show_found(self, rows: tuple[HeaderRow, ...]) -> None:
        if self.contrast.currentData() is not None:  # the user was quicker
            return
        found = self._contrast(rows)
        self._found.setText(tr(found.reason))
        self.contrast.setCurrentIndex(max(0, self.contrast.findData(found.suffix)))
        self._show()

    def _contrast(self, rows: tuple[HeaderRow, ...]) -> Contrast:
        scan, known = self._study.scan, self._known
        if scan is None:
            return Contrast(None, "")
        if known is not None and known.suffix not in CONTRASTS:
            return Contrast(known.suffix, f"{known.suffix}, by the BIDS name of the scan.")
        names = [scan.name]
        if scan.origin is None:  # the names of DICOM files say nothing
            names += [path.name.split(".")[0] for path in self._study.sources[:1]]
        return contrast_of(HeaderValues(rows), names, scan.modality)

    def _take_choice(self) -> None:
        self._found.setText("")
        self._show()

    def _name(self) -> BidsName:
        """The name as it is set; UserError with the reason why there is none."""
        subject, suffix = self.subject.text().strip(), self.contrast.currentData()
        if not self.folder.text().strip():
            raise UserError(tr("Choose the folder of the data set."))
        check_data_set(Path(self.folder.text().strip()))
        if not subject:
            raise UserError(tr("Enter the label of the subject."))
        if suffix is None:
            raise UserError(tr("Choose the contrast."))
        name = given_name(subject, suffix, self.session_label.text().strip(), self._known)
        name = name.naming(chosen_entities(self.entities.text()))
        if self._known is None or suffix != self._known.suffix:
            check_complete(name)
        return name

    def _show(self) -> None:
        root = Path(self.folder.text().strip())
        try:
            path = derivative_path(root, self._name())
        except UserError as error:
            self._target.setText(tr("The name is shown once all of it is known."))
            self.allow(tr(str(error)))
            return
        exists = " " + tr("It is there already.") if path.exists() else ""
        self._target.setText(f"{path.relative_to(root)}{exists}")
        self.allow("")

    def _accept(self) -> None:
        root, name = Path(self.folder.text().strip()), self._name()
        self._study.data_set = root
        self.accept()
        self.chosen.emit(root, name)


def _rows_or_none(job: Job[tuple[HeaderRow, ...]]) -> Job[tuple[HeaderRow, ...]]:
    """Run ``job``; without its header the contrast is found by names alone."""
    try:
        return (yield from job)
    except UserError:
        return ()
