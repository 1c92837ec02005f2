"""Asks what to open: files, a folder, and which of several series."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from srviewer.gui.study.session_files import session_filter
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.recent_files import Recent
from srviewer.io.formats import open_filter
from srviewer.io.scans.series import ScanListing

if TYPE_CHECKING:
    from srviewer.gui.dialogs.series_picker import SeriesPicker
    from srviewer.sr.stacks.joinable.groups import JoinableGroup

STACKS = "joinable stacks"  # a job


class Opening(QObject):
    """The dialogs of ``window`` that lead to an open scan."""

    def __init__(self, controller: StudyController, recent: Recent, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._recent, self._window = controller, recent, window
        self._picker: SeriesPicker | None = None
        controller.opening.connect(self.leave)
        controller.several_found.connect(self._pick)

    def choose_files(self) -> None:
        """Ask for files."""
        kinds = f"{tr(open_filter())};;{session_filter()}"
        names, _ = QFileDialog.getOpenFileNames(
            self._window, tr("Open"), self._recent.folder(), kinds
        )
        if names:
            self._open_beside([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(
            self._window, tr("Open folder"), self._recent.folder()
        )
        if name:
            self._open_beside([Path(name)])

    def open_sample(self) -> None:
        """Open the built-in sample."""
        self._controller.studies.next = "add"
        self._controller.open_sample()

    def leave(self) -> None:
        """Close the question which series to open: something else is opened."""
        if self._picker is not None:
            self._picker.reject()

    def _open_beside(self, paths: Sequence[Path]) -> None:
        """Open files in tabs of their own, whatever was said about drops."""
        self._controller.studies.next = "add"
        self._controller.open(paths)

    def _pick(self, found: ScanListing) -> None:
        from srviewer.gui.dialogs.series_picker import SeriesPicker  # lazy: pydicom
        from srviewer.sr.stacks.joinable.groups import joinable_groups

        self.leave()
        picker = self._picker = SeriesPicker(found, self._window)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.finished.connect(self._read)
        picker.open()

        def offer(groups: tuple["JoinableGroup", ...]) -> None:
            picker.offer_to_join(groups)

        self._controller.work.start(
            STACKS,
            tr("Looking for stacks that can be joined"),
            joinable_groups(found.series),
            offer,
            lambda: self._picker is picker,
            asked=False,
        )

    def _read(self, answer: int) -> None:
        picker, self._picker = self._picker, None
        if picker is not None and answer == QDialog.DialogCode.Accepted:
            self._controller.read(picker.choices(), to_join=picker.to_join)
