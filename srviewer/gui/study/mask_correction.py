"""The correction of masks by hand: begun, carried to the grid of a result, saved; heavy edits."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import QObject

from srviewer.core.masks.correction import Correction
from srviewer.core.masks.editable_mask import MOST_LABELS, EditableMask, Stroke
from srviewer.core.masks.fill import filled
from srviewer.core.masks.islands import largest_alone, without_holes, without_small
from srviewer.core.masks.label_volumes import LabelVolume, label_volumes
from srviewer.core.regions.label_colours import Colour, default_colour
from srviewer.core.regions.labels import Label
from srviewer.core.resampling.reorient import same_grid
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.state.mask_tools import FillPoint, MaskTools, corrected_overlay
from srviewer.gui.state.tool import Tool
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.user_files.autosave_folders import outlives_window
from srviewer.job import Job
from srviewer.sr.stacks.result import on_refined_grid, request_of
from srviewer.study.corrected_masks import begun, carried, empty_mask, written_mask
from srviewer.study.state.held_file import file_of, path_of
from srviewer.study.state.overlay import Overlay

CORRECT = "correct mask"
OPAQUE = 0.5  # of a mask that was not drawn before it is corrected
NOT_CARRIED = mark(
    "The stacks were joined onto a grid of its own, and masks are only carried onto that of a "
    "reconstruction. Begin a new mask on the result instead."
)


class MaskCorrection(QObject):
    """Corrects one mask of the shown study: the chosen one.

    Every change is a change of the study that can be taken back.
    """

    def __init__(self, controller: StudyController, parent: QObject) -> None:
        super().__init__(parent)
        self.controller, self.study = controller, controller.study
        self.study.fill_wanted.connect(self._fill)
        controller.exporting.exported.connect(self._note_saved)
        self.study.follow(self._stop, "overlays", "scan")
        self._at: tuple[EditableMask, int] | None = None  # the mask and version of a running job
        self._saved: WeakKeyDictionary[EditableMask, Path] = WeakKeyDictionary()

    # --- which mask, which label

    @property
    def overlay(self) -> Overlay | None:
        """The mask that is corrected; None where none is."""
        found = corrected_overlay(self.study.state, self.study.mask_tools)
        return None if found is None else found[1]

    @property
    def unsaved(self) -> bool:
        """Whether the mask is in no file that lasts."""
        overlay = self.overlay
        return overlay is not None and overlay in self.study.state.unsaved_masks(outlives_window)

    def choose(self, number: int) -> None:
        """Correct a mask from now on.

        Args:
            number: The position of its overlay in ``study.overlays``, from 0.
        """
        overlay = self.study.overlays[number]
        if overlay.correction is not None:
            self._take_up(overlay.correction)
            if overlay.opacity == 0:  # as it is once it was carried to another grid
                self._replace(overlay.seen_at(OPAQUE))
            return

        def show(ready: Overlay) -> None:
            overlays = list(self.study.overlays)
            if number < len(overlays) and overlays[number].volume is overlay.volume:
                shown = replace(ready, **_look(overlays[number]))
                overlays[number] = shown if shown.opacity > 0 else shown.seen_at(OPAQUE)
                self.study.set_overlays(overlays)
                assert ready.correction is not None
                self._take_up(ready.correction)

        self._start(tr("Preparing the mask"), begun(overlay), show)

    def begin(self, volume: Volume, name: str) -> None:
        """Begin an empty mask.

        Args:
            volume: On whose grid it lies.
            name: Its name.
        """
        self._start(tr("Preparing the mask"), empty_mask(volume, name), self._add)

    @property
    def can_carry(self) -> bool:
        """Whether there is a result, and the mask lies on the grid of the scan, not on its."""
        overlay, scan, result = self.overlay, self.study.scan, self.study.result
        if overlay is None or scan is None or result is None:
            return False
        grid = overlay.volume.geometry
        return same_grid(grid, scan.geometry) and not same_grid(grid, result.volume.geometry)

    def carry(self) -> None:
        """Carry the mask to the grid of the current result, where it is corrected then."""
        overlay, scan, result = self.overlay, self.study.scan, self.study.result
        if overlay is None or scan is None or result is None or not self.can_carry:
            return
        title = tr("Carrying the mask to the grid of the result")
        if not on_refined_grid(result):
            self.controller.failed.emit(title, UserError(tr(NOT_CARRIED)))
            return

        def show(ready: Overlay) -> None:
            # Else what is erased on the thin grid is still drawn by the mask below.
            below = [
                each.seen_at(0) if each.volume is overlay.volume else each
                for each in self.study.overlays
            ]
            self._add(ready, below)

        self._start(title, carried(overlay, scan, request_of(result, scan)), show)

    def set_label(self, value: int) -> None:
        """Paint another label from now on.

        Args:
            value: One of the mask.
        """
        self.study.set_mask_tools(replace(self.study.mask_tools, label=value))

    def add_label(self) -> None:
        """Add a label with the first free value, and paint it from now on."""
        overlay = self.overlay
        if overlay is None:
            return
        used = {label.value for label in overlay.labels}
        free = next((n for n in range(1, MOST_LABELS + 1) if n not in used), None)
        if free is not None:
            label = Label(free, "", default_colour(free), 0, (0, 0, 0))
            labels = sorted((*overlay.labels, label), key=lambda each: each.value)
            self._replace(replace(overlay, labels=tuple(labels)))
            self.set_label(free)

    def change_label(self, name: str | None = None, colour: Colour | None = None) -> None:
        """Rename or recolour the label that is painted.

        Args:
            name: The new name; None to keep it.
            colour: RGB, 0..255; None to keep it.
        """
        overlay, value = self.overlay, self.study.mask_tools.label
        if overlay is None:
            return
        labels = tuple(
            replace(
                each,
                name=each.name if name is None else name,
                colour=each.colour if colour is None else colour,
            )
            if each.value == value
            else each
            for each in overlay.labels
        )
        if labels != overlay.labels:
            volume = replace(overlay.volume)  # which no file holds by these names and colours
            self._replace(replace(overlay, volume=volume, labels=labels))

    def set_tools(self, **fields: Any) -> None:
        """Change the settings of the tools.

        Args:
            **fields: New values by the names of the fields of ``MaskTools``.
        """
        self.study.set_mask_tools(replace(self.study.mask_tools, **fields))

    def resize(self, steps: int) -> None:
        """Change the size of the brush.

        Args:
            steps: Above 0 for a larger one.
        """
        self.study.set_mask_tools(self.study.mask_tools.resized(steps))

    # --- heavy edits

    def remove_small(self, least_ml: float) -> None:
        """Remove the islands of the label that are too small.

        Args:
            least_ml: Islands of less are removed.
        """
        overlay = self.overlay
        if overlay is not None:
            least = -(-least_ml * 1000 // overlay.volume.geometry.voxel_mm3)
            self._edit(
                tr("Removing small islands"),
                lambda mask, label: without_small(mask, label, int(least)),
            )

    def keep_largest(self) -> None:
        """Remove all islands of the label but the largest."""
        self._edit(tr("Keeping the largest island"), largest_alone)

    def fill_holes(self) -> None:
        """Fill what the label encloses on all sides."""
        self._edit(tr("Filling holes"), without_holes)

    def _fill(self, point: FillPoint) -> None:
        def fill(mask: EditableMask, label: int) -> Job[Stroke]:
            return filled(mask, point.at, point.normal, point.paint)

        self._edit(tr("Filling"), fill)

    def _edit(self, title: str, make: Callable[[EditableMask, int], Job[Stroke]]) -> None:
        """Run a job that finds the voxels to change; a stroke meanwhile cancels it."""
        overlay = self.overlay
        if overlay is None or overlay.correction is None or self.study.painting:
            return
        mask = overlay.correction.mask
        at = mask, mask.version

        def apply(stroke: Stroke) -> None:
            self._at = None
            current = self.overlay
            if self.study.painting or (mask, mask.version) != at:
                return  # it was found in another version of the mask
            if current is not None and current.correction and current.correction.mask is mask:
                mask.apply(stroke)
                self.study.show_painted()
                self._replace(current.drawn_on(stroke))

        self._start(title, make(mask, self.study.mask_tools.label), apply)
        self._at = at

    def _stop(self) -> None:
        """Drop a finding of an earlier version of the mask, which is not of this one."""
        if self._at is not None and self._at[0].version != self._at[1]:
            self._at = None
            self.controller.work.cancel(CORRECT)

    # --- volumes, files

    def volumes(self) -> tuple[LabelVolume, ...]:
        """The volume of each label before and after; empty where no mask is corrected."""
        overlay = self.overlay
        if overlay is None or overlay.correction is None:
            return ()
        correction, voxel_mm3 = overlay.correction, overlay.volume.geometry.voxel_mm3
        after = {label.value: label.voxels for label in overlay.labels}
        return label_volumes(overlay.labels, correction.before, after, voxel_mm3)

    @property
    def file(self) -> Path | None:
        """The file that holds the mask as it is; None where there is none that lasts."""
        overlay = self.overlay
        path = None if overlay is None else file_of(overlay.volume)
        return path if path is not None and outlives_window(path) else None

    def save(self, path: Path) -> None:
        """Write the mask; files of another origin are replaced only after a question.

        Args:
            path: The image to write; its ending decides the format.
        """
        overlay = self.overlay
        if overlay is not None:
            self.controller.exporting.export_by(
                lambda overwrite: written_mask(overlay, path, overwrite), path
            )

    def _note_saved(self, path: Path) -> None:
        for overlay in self.study.overlays:
            if overlay.correction is not None and path_of(overlay.volume) == path:
                self._saved[overlay.correction.mask] = path

    @property
    def last_saved(self) -> Path | None:
        """Where the mask was saved last; None where it was not."""
        overlay = self.overlay
        correction = None if overlay is None else overlay.correction
        return None if correction is None else self._saved.get(correction.mask)

    # --- changes of the study

    def _start(self, title: str, job: Job[Any], done: Callable[[Any], None]) -> None:
        self._at, scan = None, self.study.scan
        self.controller.work.start(CORRECT, title, job, done, lambda: self.study.scan is scan)

    def _replace(self, overlay: Overlay) -> None:
        found = corrected_overlay(self.study.state, self.study.mask_tools)
        if found is not None:
            overlays = list(self.study.overlays)
            overlays[found[0]] = overlay
            self.study.set_overlays(overlays)

    def _add(self, ready: Overlay, below: Sequence[Overlay] | None = None) -> None:
        """Lay a mask over the others and correct it."""
        self.study.set_overlays([*(self.study.overlays if below is None else below), ready])
        assert ready.correction is not None
        self._take_up(ready.correction)

    def _take_up(self, correction: Correction) -> None:
        tools: MaskTools = replace(self.study.mask_tools, chosen=ref(correction.mask))
        self.study.set_mask_tools(tools)
        overlay = self.overlay
        values = [label.value for label in overlay.labels] if overlay is not None else []
        if values and tools.label not in values:
            self.set_label(values[0])
        if not self.study.tool.corrects:
            self.study.set_tool(Tool.BRUSH)


def _look(overlay: Overlay) -> dict[str, Any]:
    """How an overlay is drawn, which the user may have changed meanwhile."""
    return {name: getattr(overlay, name) for name in ("opacity", "hidden", "outlined")}
