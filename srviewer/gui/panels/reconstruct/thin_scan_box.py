"""Next steps for a thin scan, in which there is nothing to reconstruct."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.thin_scan import has_nothing_to_reconstruct, thick_studies, use_as_reference
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, label
from srviewer.gui.widgets.plain_text import add_named
from srviewer.io.formats import open_filter
from srviewer.study.state.layouts import COMPARE
from srviewer.study.state.study_state import StudyState


class ThinScanBox(QWidget):
    """Leads from a thin scan to simulation, comparison and its use as a reference."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller = controller
        simulate = button(
            tr("Simulate and score\u2026"),
            tr("To the Compare panel: make this scan thick, reconstruct it, score it against this"),
        )
        simulate.setProperty("primary", "true")
        compare = button(
            tr("Compare with a volume\u2026"), tr("Show another volume below this scan, linked")
        )
        self._reference = button(
            tr("Use as reference of"),
            tr("Score the results of another open study against this scan"),
        )
        self._menu = QMenu(self._reference)
        self._reference.setMenu(self._menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        says = tr("Its slices are as thin as their pixels: there is nothing to reconstruct.")
        layout.addWidget(label(says, "muted"))
        for widget in (simulate, compare, self._reference):
            layout.addWidget(widget)
        simulate.clicked.connect(self._show_simulation)
        compare.clicked.connect(self._choose)
        self._menu.aboutToShow.connect(self._offer)
        controller.study.follow(self._show, "scan")
        controller.studies.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setVisible(has_nothing_to_reconstruct(self._controller.study.state))
        self._reference.setVisible(bool(thick_studies(self._controller)))

    def _show_simulation(self) -> None:
        self._controller.panel_wanted.emit("compare")

    def _offer(self) -> None:
        self._menu.clear()
        for state in thick_studies(self._controller):
            assert state.scan is not None
            action = add_named(self._menu, state.scan.name)
            action.triggered.connect(lambda *_, state=state: self._use(state))

    def _use(self, target: StudyState) -> None:
        use_as_reference(self._controller, target)

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Load a volume to compare"), "", tr(open_filter())
        )
        if path:
            self._controller.load_beside(Path(path), self._show_both)

    def _show_both(self) -> None:
        study = self._controller.study
        study.compare(replace(study.comparing, layout=COMPARE))
