"""Exporting the result to each of the export targets."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow, QMessageBox

from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.export_location import THIN, ask_where, proposed
from srviewer.gui.study.exporting import image_kinds, with_image_suffix
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import message_box
from srviewer.io.bids.names import BidsName
from srviewer.io.dicom.export.form import CLASSIC, DicomForm
from srviewer.io.export.image import DataType
from srviewer.io.export.replacing import WouldReplace
from srviewer.io.targets import NIFTI, TARGETS, Export, Target
from srviewer.job import Job, within
from srviewer.sr.references.source_dicom import source_dicom


class ExportActions(QObject):
    """Asks where to; there is an action for each target."""

    def __init__(self, window: QMainWindow, controller: StudyController, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        for target in TARGETS:
            actions.connect_action(f"export-{target.id}", self._chooser(target))
        controller.exporting.in_the_way.connect(self._ask_to_replace)

    def export(
        self,
        target: Target,
        path: Path,
        stored_as: DataType,
        name: BidsName | None = None,
        form: DicomForm = CLASSIC,
        dicom: Path | None = None,
    ) -> None:
        """Write the current result; nothing happens without one.

        Args:
            target: The export target.
            path: The file or folder to write, as the target needs it.
            stored_as: The number type of the stored voxels.
            name: The scan's name by BIDS, for a data set; else None.
            form: The objects and transfer syntax of DICOM.
            dicom: The DICOM series that the scan was converted from; None for none.
        """
        study, exporting = self._controller.study, self._controller.exporting
        result = study.result
        if result is None:
            return
        if target is NIFTI:
            exporting.export(path, stored_as)
            return
        source = study.sources[0] if study.sources else Path(result.volume.name)
        make = partial(
            Export, result.volume, path, exporting.provenance(result), stored_as, source,
            study.scan, name, form=form,
        )  # fmt: skip

        def write(overwrite: bool) -> Job[Path]:
            return _remarked(target, make(overwrite=overwrite), dicom, exporting.remarks)

        exporting.export_by(write, path)

    def _chooser(self, target: Target) -> Callable[[], None]:
        return lambda: self._choose(target)

    def _ask_to_replace(self, error: WouldReplace, replace: Callable[[], None]) -> None:
        """Say why files would be replaced, which the system's file dialog does not."""
        warning, question = QMessageBox.Icon.Warning, tr("Replace it?")
        box = message_box(warning, question, f"{error.reason} {question}", self._window)
        button = box.addButton(tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is button:
            replace()

    def _choose(self, target: Target) -> None:
        """Ask where to and how, then export."""
        result = self._controller.study.result
        if result is None:
            return
        if target.place == "data set":
            self._choose_data_set(target)
            return
        if target.place == "folder":
            self._choose_folder(target)
            return
        study = self._controller.study
        kinds = {tr(words): stored_as for stored_as, words in target.stores.items()}
        what = THIN if target.place == "file" else f"{THIN}_{target.id}"
        if target is NIFTI:  # which also writes the other formats of images
            kinds |= dict.fromkeys(image_kinds()[1:], target.stored_as(None))
        proposal = proposed(study, what, target.ending)
        chosen, kind = ask_where(study, self._window, tr(target.question), proposal, tuple(kinds))
        if chosen is not None:
            path = with_image_suffix(chosen, kind, proposal) if target is NIFTI else chosen
            # Some desktops do not tell which kind was chosen.
            self.export(target, path, kinds.get(kind, target.stored_as(None)))

    def _choose_folder(self, target: Target) -> None:
        from srviewer.gui.dialogs.dicom_dialog import DicomDialog  # lazy: pydicom

        def export(path: Path, stored_as: DataType, form: DicomForm, dicom: Path | None) -> None:
            self.export(target, path, stored_as, form=form, dicom=dicom)

        dialog = DicomDialog(self._controller.study, target, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(export)
        dialog.open()

    def _choose_data_set(self, target: Target) -> None:
        from srviewer.gui.dialogs.bids_dialog import BidsDialog  # lazy: pydicom

        def export(root: Path, name: BidsName) -> None:
            self.export(target, root, target.stored_as(None), name)

        dialog = BidsDialog(self._controller, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(export)
        dialog.open()


def _remarked(
    target: Target, export: Export, dicom: Path | None, remarks: dict[Path, str]
) -> Job[Path]:
    """Export; what a user must know of the pixels is a remark."""
    notes = []
    if dicom is not None and export.scan is not None:
        source = yield from within(source_dicom(export.scan, dicom), 0.0, 0.3)
        volume = yield from source.given_to(export.volume)
        provenance = {**export.provenance, "source_dicom": source.described()}
        export = replace(export, volume=volume, provenance=provenance)
        notes.append(source.note)
    written = yield from within(target.write(export), 0.3 if notes else 0.0, 1.0)
    if text := " ".join(filter(None, (written.note, *notes))):
        remarks[written.path] = text
    return written.path
