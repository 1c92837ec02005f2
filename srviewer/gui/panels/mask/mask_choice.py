"""The choice of the mask that is corrected, with its grid."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from srviewer.core.geometry.grid import Geometry
from srviewer.core.masks.editable_mask import MOST_LABELS
from srviewer.core.resampling.reorient import same_grid
from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.followed_state import MASK_TOOLS
from srviewer.gui.state.mask_tools import corrected_overlay
from srviewer.gui.study.mask_correction import CORRECT, MaskCorrection
from srviewer.gui.texts.offered import offered
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import grid_words
from srviewer.gui.widgets.form import button, choice, label, set_entries


class MaskChoice(QWidget):
    """A list of the masks over the scan, and buttons that begin one or carry it along.

    Attributes:
        masks: The list.
        new: Begins an empty mask.
        carry: Carries the mask to the grid of the result.
        grid: On which grid the mask lies.
    """

    def __init__(self, correction: MaskCorrection) -> None:
        super().__init__()
        self._correction, self._study = correction, correction.study
        self.masks = choice(tr("Mask"), tr("The mask or label map over the scan to be corrected"))
        self.new = button(tr("New\u2026"), tr("Begin an empty mask on the scan or on a result"))
        self.carry = button(
            tr("To the result's grid"),
            tr("Carry the mask from the thick slices to the thin grid, each label with its volume"),
        )
        self.grid = label("", "muted")
        row = QHBoxLayout()
        row.addWidget(self.masks, 1)
        row.addWidget(self.new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("MASK"), "heading"))
        layout.addLayout(row)
        layout.addWidget(self.grid)
        layout.addWidget(self.carry)
        self.masks.activated.connect(self._choose)
        self.new.clicked.connect(self._offer)
        self.carry.clicked.connect(correction.carry)
        self._study.follow(self._show, "overlays", "scan", "result", MASK_TOOLS)
        correction.controller.work.changed.connect(self._show_busy)
        self._show()

    def _show(self) -> None:
        found = corrected_overlay(self._study.state, self._study.mask_tools)
        masks = [
            (visible_line(overlay.volume.name), number)
            for number, overlay in enumerate(self._study.overlays)
            if overlay.labelled
        ]
        none = [] if found is not None else [(tr("Choose a mask"), -1)]
        set_entries(self.masks, [*none, *masks], -1 if found is None else found[0])
        self.grid.setText(
            self._none_chosen(bool(masks))
            if found is None
            else self._place(found[1].volume.geometry)
        )
        self._show_busy()

    def _none_chosen(self, masks: bool) -> str:
        if masks or not self._study.overlays:
            return tr("Lay a mask over the scan (Look, Add overlay), or begin a new one.")
        return tr(
            "What lies over the scan is a map of values. A mask has whole numbers from 0 to "
            "{most}, and regions of equal ones.",
            most=MOST_LABELS,
        )

    def _show_busy(self) -> None:
        idle = self._correction.controller.work.running(CORRECT) is None
        there = any(overlay.labelled for overlay in self._study.overlays)
        self.masks.setEnabled(idle and there)
        self.new.setEnabled(idle and self._study.scan is not None)
        self.carry.setEnabled(idle and self._correction.can_carry)

    def _place(self, grid: Geometry) -> str:
        """On whose grid the mask lies, and where it can be drawn."""
        names = [
            entry.name
            for entry in offered(self._study.state)
            if entry.volume is not None and same_grid(entry.volume.geometry, grid)
        ]
        words = grid_words(grid)
        if not names:
            return tr(
                "{grid}: a grid of its own. It can be drawn only over a volume on that grid: open "
                "the mask's own scan, or begin a new mask.",
                grid=words,
            )
        return tr("{grid}: drawn in the panes of {names}", grid=words, names=", ".join(names))

    def _choose(self) -> None:
        number = self.masks.currentData()
        if isinstance(number, int) and number >= 0:
            self._correction.choose(number)

    def _offer(self) -> None:
        """Ask on which volume; at once where there is one alone."""
        volumes = self._volumes()
        if len(volumes) == 1:
            self._begin(volumes[0][1])
            return
        menu = QMenu(self)
        for name, volume in volumes:
            action = menu.addAction(visible_line(tr("On {name}", name=name)))
            action.triggered.connect(lambda checked=False, volume=volume: self._begin(volume))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.new.mapToGlobal(QPoint(0, self.new.height())))

    def _volumes(self) -> list[tuple[str, Volume]]:
        """The scan and its results; cubic interpolation has the grid of the result."""
        scan = self._study.scan
        kept = self._study.compared_volumes.kept
        first = [] if scan is None else [(tr("the scan"), scan)]
        return [*first, *((entry.name, entry.volume) for entry in kept)]

    def _begin(self, volume: Volume) -> None:
        self._correction.begin(volume, tr("mask of {name}", name=visible_line(volume.name)))
