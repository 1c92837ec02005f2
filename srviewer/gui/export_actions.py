"""Exporting the result as NIfTI, as a DICOM series or into a BIDS data set."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox

from srviewer.errors import UserError
from srviewer.gui import theme
from srviewer.gui.exporting import file_name, with_suffix
from srviewer.gui.plain_text import message_box, set_tip
from srviewer.gui.recent import Recent
from srviewer.gui.study import Study
from srviewer.gui.translation import mark, tr
from srviewer.io.bids import CONTRASTS, BidsName, given_name, name_of, write_derivative
from srviewer.io.dicom_export import write_series
from srviewer.io.dicom_scale import Scale
from srviewer.io.export import DataType
from srviewer.io.replacing import WouldReplace
from srviewer.job import Job

# What the dialog offers for each data type; the first is exact.
EXPORTS: dict[DataType, str] = {
    "float32": mark("NIfTI, float32 (*.nii.gz *.nii)"),
    "original": mark("NIfTI, the scan's own data type, rounded (*.nii.gz *.nii)"),
}
# The same of a DICOM series; the first is what "original" means there.
SERIES: dict[DataType, str] = {
    "original": mark("DICOM series, whole numbers where the scan holds them (*)"),
    "float32": mark("DICOM series, finer values with a rescale slope (*)"),
}


class ExportActions:
    """Asks where to; ``actions`` are for what is more than one NIfTI file."""

    def __init__(self, window: QMainWindow, study: Study, recent: Recent) -> None:
        self._window, self._study, self._recent = window, study, recent
        self.dicom = self._make(
            tr("Export as DICOM series\u2026"),
            tr("A new series of the same patient and study, in a new folder"),
            self._choose_dicom,
        )
        self.bids = self._make(
            tr("Export into a BIDS data set\u2026"),
            tr("The result with its sidecar, below derivatives/srviewer"),
            self._choose_bids,
        )
        study.session.follow(self._show_state, "result")
        study.exporting.in_the_way.connect(self._ask_to_replace)
        self._show_state()

    @property
    def actions(self) -> Sequence[QAction]:
        """Both, as the menu lists them."""
        return (self.dicom, self.bids)

    def choose_nifti(self) -> None:
        """Ask for a NIfTI file and write the result into it."""
        result = self._study.session.result
        if result is None:
            return
        suggested = Path(self._recent.folder()) / f"{file_name(result.volume.name)}.nii.gz"
        kinds = {tr(title): stored_as for stored_as, title in EXPORTS.items()}
        name, kind = QFileDialog.getSaveFileName(
            self._window, tr("Export the result"), str(suggested), ";;".join(kinds)
        )
        if name:
            # Some desktops do not tell which kind was chosen.
            self._study.exporting.export(with_suffix(Path(name)), kinds.get(kind, "float32"))

    def export_dicom(self, folder: Path, stored_as: DataType = "original") -> None:
        """Write the result as a DICOM series into the new folder ``folder``."""
        result, scan = self._study.session.result, self._study.session.original
        if result is not None:
            exporting = self._study.exporting
            provenance = exporting.provenance(result)

            def make(_: bool) -> Job[Path]:
                # Only ever into a new folder: there is nothing to replace.
                job = write_series(result.volume, folder, provenance, stored_as, scan)
                return _remarked(job, folder, exporting.remarks)

            exporting.export_by(make, folder)

    def export_bids(self, root: Path, name: BidsName) -> None:
        """Write the result into the data set ``root`` as what was made of the scan ``name``."""
        result = self._study.session.result
        if result is not None:
            sources = self._study.session.sources
            source = sources[0] if sources else Path(result.volume.name)
            provenance = self._study.exporting.provenance(result)

            def make(overwrite: bool) -> Job[Path]:
                return write_derivative(result.volume, root, name, source, provenance, overwrite)

            self._study.exporting.export_by(make, root)

    def _make(self, text: str, tip: str, act: Callable[[], None]) -> QAction:
        action = QAction(theme.icon("export-variant"), text, self._window)
        set_tip(action, tip)
        action.triggered.connect(act)
        return action

    def _ask_to_replace(self, error: WouldReplace, replace: Callable[[], None]) -> None:
        """What the system's own question about the name does not tell."""
        warning, question = QMessageBox.Icon.Warning, tr("Replace it?")
        box = message_box(warning, question, f"{error.reason} {question}", self._window)
        button = box.addButton(tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is button:
            replace()

    def _show_state(self) -> None:
        for action in self.actions:
            action.setEnabled(self._study.session.result is not None)

    def _choose_dicom(self) -> None:
        kinds = {tr(title): stored_as for stored_as, title in SERIES.items()}
        name, kind = QFileDialog.getSaveFileName(
            self._window,
            tr("Export as a DICOM series: name of a new folder"),
            str(Path.home()),
            ";;".join(kinds),
        )
        if name:
            self.export_dicom(Path(name), kinds.get(kind, "original"))

    def _choose_bids(self) -> None:
        root = QFileDialog.getExistingDirectory(self._window, tr("Export into this BIDS data set"))
        if not root:
            return
        try:
            name = self._name()
        except UserError as error:
            self._study.failed.emit(tr("Export"), error)
            return
        if name is not None:
            self.export_bids(Path(root), name)

    def _name(self) -> BidsName | None:
        """What the scan's name says, else what the user does; None when they give up."""
        sources = self._study.session.sources
        known = name_of(sources[0]) if len(sources) == 1 else None
        if known is not None:
            return known
        subject, given = QInputDialog.getText(
            self._window,
            tr("Whose scan is it?"),
            tr("BIDS label of the person (letters and digits):"),
        )
        if not given:
            return None
        contrast, given = QInputDialog.getItem(
            self._window, tr("Which contrast?"), tr("BIDS suffix:"), CONTRASTS, 0, False
        )
        return given_name(subject, contrast) if given else None


def _remarked(job: Job[Scale], folder: Path, remarks: dict[Path, str]) -> Job[Path]:
    """Run ``job``, which writes ``folder``; what a user must know of its pixels is a remark."""
    scale = yield from job
    if scale.note:
        remarks[folder] = scale.note
    return folder
