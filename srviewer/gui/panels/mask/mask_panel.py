"""The panel that corrects a mask by hand."""

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.gui.panels.mask.islands_box import IslandsBox
from srviewer.gui.panels.mask.label_choice import LabelChoice
from srviewer.gui.panels.mask.mask_choice import MaskChoice
from srviewer.gui.panels.mask.tool_box import MaskToolBox
from srviewer.gui.panels.mask.volume_box import VolumeBox
from srviewer.gui.state.followed_state import MASK_TOOLS, TOOL
from srviewer.gui.study.export_location import ask_where, proposed
from srviewer.gui.study.exporting import image_kinds, with_image_suffix
from srviewer.gui.study.mask_correction import MaskCorrection
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, label
from srviewer.io.export.image_layout import IMAGE_SUFFIXES


class MaskPanel(QWidget):
    """Controls for the correction of one mask.

    Attributes:
        correction: Does what they say.
        foot: The button that saves, which stays in view below the panel.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.correction = MaskCorrection(controller, self)
        self.masks = MaskChoice(self.correction)
        self.labels = LabelChoice(self.correction)
        self.tools = MaskToolBox(self.correction)
        self.islands = IslandsBox(self.correction)
        self.volumes = VolumeBox(self.correction)
        self.save = button(
            tr("Save the mask\u2026"), tr("Write it as NIfTI, with names and colours of its labels")
        )
        self.state = label("", "muted")
        self.foot = QWidget()
        self._lay_out()
        self.save.clicked.connect(self.choose_file)
        self._study.follow(self._show, "overlays", "scan", MASK_TOOLS)
        self._study.follow(self._lead_here, TOOL)
        controller.exporting.exported.connect(self._note_saved)
        self._show()

    def choose_file(self) -> None:
        """Ask where to and save the mask; nothing happens without one."""
        overlay = self.correction.overlay
        if overlay is None:
            return
        study, name = self._study, overlay.volume.name
        ending = next((each for each in IMAGE_SUFFIXES if name.lower().endswith(each)), "")
        stem = name[: len(name) - len(ending)]
        proposal = self._own_file() or proposed(study, "corrected", ".nii.gz", stem)
        chosen, kind = ask_where(study, self, tr("Save the mask"), proposal, image_kinds())
        if chosen is not None:
            self.correction.save(with_image_suffix(chosen, kind, proposal))

    def _own_file(self) -> Path | None:
        """The file that the mask was saved in last by this program, to be saved in again."""
        saved = self.correction.last_saved
        return saved if saved is not None and saved.exists() else None

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(14)
        for box in (self.masks, self.labels, self.tools, self.islands, self.volumes):
            layout.addWidget(box)
        layout.addStretch(1)
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(14, 8, 14, 10)
        foot.addWidget(self.state)
        foot.addWidget(self.save)

    def _note_saved(self, path: object) -> None:
        self._show()

    def _show(self) -> None:
        overlay = self.correction.overlay
        self.save.setEnabled(overlay is not None)
        if overlay is None:
            text = tr("Research use only.")
        elif self.correction.unsaved:
            text = tr("'{name}' is not saved.", name=visible_line(overlay.volume.name))
        else:
            path = self.correction.file
            text = "" if path is None else tr("As in {file}", file=visible_line(path.name))
        self.state.setText(text)

    def _lead_here(self) -> None:
        """Who takes a brush and has no mask finds here where to get one."""
        if self._study.tool.corrects and self.correction.overlay is None:
            self._controller.panel_wanted.emit("mask")
