"""Exporting the result to each of the export targets."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox

from srviewer.errors import UserError
from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.exporting import file_name, with_image_suffix
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.recent_files import Recent
from srviewer.gui.widgets.plain_text import message_box
from srviewer.io.export.bids import CONTRASTS, BidsName, given_name, name_of
from srviewer.io.export.nifti import DataType
from srviewer.io.export.replacing import WouldReplace
from srviewer.io.targets import NIFTI, TARGETS, Export, Target, Written
from srviewer.job import Job


class ExportActions(QObject):
    """Asks where to; there is an action for each target."""

    def __init__(
        self, window: QMainWindow, controller: StudyController, recent: Recent, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._recent = window, controller, recent
        for target in TARGETS:
            actions.connect_action(f"export-{target.id}", self._chooser(target))
        controller.exporting.in_the_way.connect(self._ask_to_replace)

    def export(
        self, target: Target, path: Path, stored_as: DataType, name: BidsName | None = None
    ) -> None:
        """Write the current result; nothing happens without one.

        Args:
            target: The export target.
            path: The file or folder to write, as the target needs it.
            stored_as: The number type of the stored voxels.
            name: The scan's name by BIDS, for a data set; else None.
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
            study.scan, name,
        )  # fmt: skip

        def write(overwrite: bool) -> Job[Path]:
            return _remarked(target.write(make(overwrite)), exporting.remarks)

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
        kinds = {tr(words): stored_as for stored_as, words in target.stores.items()}
        suggested = Path.home()
        if target.place == "file":
            name = f"{file_name(result.volume.name)}{target.ending}"
            suggested = Path(self._recent.folder()) / name
        chosen, kind = QFileDialog.getSaveFileName(
            self._window, tr(target.question), str(suggested), ";;".join(kinds)
        )
        if chosen:
            path = with_image_suffix(Path(chosen)) if target is NIFTI else Path(chosen)
            # Some desktops do not tell which kind was chosen.
            self.export(target, path, kinds.get(kind, target.stored_as(None)))

    def _choose_data_set(self, target: Target) -> None:
        root = QFileDialog.getExistingDirectory(self._window, tr(target.question))
        if not root:
            return
        try:
            name = self._name()
        except UserError as error:
            self._controller.failed.emit(tr("Export"), error)
            return
        if name is not None:
            self.export(target, Path(root), target.stored_as(None), name)

    def _name(self) -> BidsName | None:
        """The BIDS name from the scan's file name, else from the user; None when they give up."""
        sources = self._controller.study.sources
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


def _remarked(job: Job[Written], remarks: dict[Path, str]) -> Job[Path]:
    """Run ``job``, an export; what a user must know of the pixels is a remark."""
    written = yield from job
    if written.note:
        remarks[written.path] = written.note
    return written.path
