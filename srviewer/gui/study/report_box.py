"""Saves the report of the current result, and a label map on its grid."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.study.export_location import THIN, ask_file, ask_where, proposed, scan_folder
from srviewer.gui.study.exporting import image_kinds, with_image_suffix
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button
from srviewer.io.export.image import overwrites, write_image
from srviewer.io.formats import open_filter, read
from srviewer.job import Job, within
from srviewer.sr.report.joined_report import joined_report
from srviewer.sr.report.page import Page
from srviewer.sr.report.trust_report import trust_report
from srviewer.sr.requests.label_maps import label_map, label_provenance
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.result import Result, on_refined_grid, request_of

REPORT = "report"


class ReportButton(QWidget):
    """Asks for a name and writes the report; there to be pressed when there is a result."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.start: QPushButton = button(
            tr("Save report\u2026"),
            tr(
                "One page: pictures, maps, scores, the test on this scan, settings, the model's "
                "card"
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.start)
        self.start.clicked.connect(self._choose)
        self._study.follow(self._show, "result")
        controller.work.changed.connect(self._show)
        self._show()

    def save(self, path: Path) -> None:
        """Write the report of the current result.

        Args:
            path: The HTML file to write.
        """
        study = self._study
        scan, result, reference = study.scan, study.result, study.reference
        if scan is not None and result is not None:
            truth = reference.volume if reference is not None and study.scores else None
            if isinstance(result, Joined):
                stacks = self._controller.joining.scans_of(result)
                drawn = joined_report(scan, result, study.scores, truth, stacks)
            else:
                tested = study.state.test_of(result.request)
                drawn = trust_report(scan, result, study.scores, truth, tested, study.doubts)
            job = _saved(drawn, path)
            title = tr("Writing {name}", name=path.name)
            self._controller.work.start(
                REPORT, title, job, self._controller.exporting.exported.emit, lambda: True
            )

    def _choose(self) -> None:
        study, endings = self._study, {tr("Web page (*.html)"): ".html"}
        proposal = proposed(study, "report", ".html")
        path = ask_file(study, self, tr("Save the report"), proposal, endings)
        if path is not None:
            self.save(path)

    def _show(self) -> None:
        idle = self._controller.work.running(REPORT) is None
        self.start.setEnabled(idle and self._study.result is not None)


class ReportBox(QWidget):
    """Two buttons below the facts of a result."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.report = ReportButton(controller)
        self.labels = button(
            tr("Transfer labels\u2026"),
            tr("Bring a label map of this scan onto the grid of the result"),
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.report)
        layout.addWidget(self.labels)
        self.labels.clicked.connect(self._choose_labels)

    def bring_labels(self, source: Path, target: Path) -> None:
        """Write a label map on the grid of the current result.

        Args:
            source: The file of the label map, on the grid of the scan.
            target: The image to write.
        """
        scan, result = self._study.scan, self._study.result
        if scan is not None and result is not None:

            def make(overwrite: bool) -> Job[Path]:
                return _brought(scan, result, source, target, overwrite)

            self._controller.exporting.export_by(make, target)

    def _choose_labels(self) -> None:
        source, _ = QFileDialog.getOpenFileName(
            self, tr("Open the label map"), str(scan_folder(self._study)), tr(open_filter())
        )
        if not source:
            return
        study = self._study
        name = Path(source).name.partition(".")[0]
        proposal = proposed(study, THIN, ".nii.gz", name)
        title = tr("Save the thin label map")
        target, kind = ask_where(study, self, title, proposal, image_kinds())
        if target is not None:
            self.bring_labels(Path(source), with_image_suffix(target, kind, proposal))


def _saved(report: Job[Page], path: Path) -> Job[Path]:
    page = yield from within(report, 0.0, 1.0)
    page.save(path)
    return path


def _brought(
    scan: Volume, result: Result, source: Path, target: Path, overwrite: bool
) -> Job[Path]:
    if overwrites(target, source):
        raise UserError(
            tr("'{name}' is the label map itself. Choose another name.", name=target.name)
        )
    if not on_refined_grid(result):
        raise UserError(
            tr(
                "The stacks were joined onto a grid of its own, and labels are only brought onto "
                "that of a reconstruction. Join onto the field of view of this stack, without "
                "cubic voxels."
            )
        )
    labels = yield from within(read(source), 0.0, 0.3)
    request = request_of(result, scan)
    thin_labels = yield from within(label_map(labels, scan, request), 0.3, 0.8)
    provenance = label_provenance(result.provenance(), thin_labels)
    job = write_image(thin_labels, target, provenance, "original", overwrite=overwrite)
    yield from within(job, 0.8, 1.0)
    return target
