"""Notice of a reconstruction beyond the memory, which can be written slab-wise to a file."""

from pathlib import Path

from srviewer.gui.study.export_location import THIN, ask_where, proposed
from srviewer.gui.study.exporting import image_kinds, with_image_suffix
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button
from srviewer.gui.widgets.notice import Notice
from srviewer.sr.requests.memory import free_bytes
from srviewer.sr.slabs.choice import SlabOffer, slab_offer


class SlabBox(Notice):
    """Shows the memory that a reconstruction would need, and asks for a file; hidden otherwise."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__("note", tr("Memory of this reconstruction"))
        self._controller, self._study = controller, controller.study
        self._offer: SlabOffer | None = None
        self._written = ""
        self.start = button(
            tr("Reconstruct into a file\u2026"),
            tr("Slab-wise, into a file; temporary data is on the same disk meanwhile"),
        )
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.start)
        self.start.clicked.connect(self._choose)
        self._study.follow(self._forget, "scan")
        self._study.follow(self._ask, "request")
        controller.work.changed.connect(self._show)
        controller.reconstructing.written.connect(self._note_written)
        self._ask()

    def _forget(self) -> None:
        self._written = ""
        self._ask()

    def _ask(self) -> None:
        scan, request = self._study.scan, self._study.request
        if scan is None or request is None:
            self._offer = None
        else:
            origin = self._study.state.origin
            series = None if origin is None else origin.series
            self._offer = slab_offer(scan, series, request, free_bytes())
        self._show()

    def _show(self) -> None:
        lines = () if self._offer is None else (self._offer.text, self._written)
        self.show_text(tuple(line for line in lines if line))
        possible = self._offer is not None and self._offer.possible
        self.start.setEnabled(possible and self._controller.reconstructing.ready)

    def _note_written(self, path: Path, opened: bool) -> None:
        message = tr("Written, and too large to be shown: {path}", path=path)
        self._written = "" if opened else message
        self._show()

    def _choose(self) -> None:
        study = self._study
        proposal = proposed(study, THIN, ".nii.gz")
        title = tr("Reconstruct into a file")
        path, kind = ask_where(study, self, title, proposal, image_kinds())
        if path is not None:
            self._controller.reconstructing.start_into(with_image_suffix(path, kind, proposal))
