"""The settings of brush, eraser and fill, and the mask that they change."""

from dataclasses import dataclass, replace
from weakref import ref

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.window import Window
from srviewer.core.masks.brush import Brush, Index, Paint
from srviewer.core.masks.editable_mask import EditableMask
from srviewer.core.volumes.volume import Voxels
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.study_state import StudyState

LEAST_MM, MOST_MM = 0.5, 200.0
USUAL = Brush(10.0)
STEP = 1.25  # of the size, by a key or a notch of the wheel


@dataclass(frozen=True)
class MaskTools:
    """The settings of the tools of a mask.

    Attributes:
        chosen: The mask that is corrected; it is not kept alive. None for the uppermost.
        label: The label that is painted, above 0.
        brush: The size and the shape of brush and eraser.
        within: The grey levels that are painted; None for all.
        protects: Whether other labels stay as they are.
    """

    chosen: ref[EditableMask] | None = None
    label: int = 1
    brush: Brush = USUAL
    within: Window | None = None
    protects: bool = True

    def paint(self, grey: Voxels) -> Paint:
        """The effect of brush and fill.

        Args:
            grey: (i, j, k) voxels of the shown volume on the grid of the mask.

        Returns:
            The label, and what may be painted over.
        """
        replaced = 0 if self.protects else None
        return Paint(self.label, replaced, None if self.within is None else grey, self.within)

    def erasing(self) -> Paint:
        """The effect of the eraser, at any grey level: the chosen label is erased, or all are."""
        return Paint(0, self.label if self.protects else None)

    def resized(self, steps: float) -> "MaskTools":
        """Change the size of the brush.

        Args:
            steps: By how many steps; above 0 for a larger one.

        Returns:
            The settings with a size within the limits.
        """
        size = min(max(self.brush.diameter_mm * STEP**steps, LEAST_MM), MOST_MM)
        return replace(self, brush=replace(self.brush, diameter_mm=round(size, 1)))


@dataclass(frozen=True, eq=False)
class FillPoint:
    """A click with the fill tool.

    Attributes:
        mask: The mask that is corrected.
        at: The index (i, j, k) of the voxel.
        normal: The array axis across the slice.
        paint: What happens to the region.
    """

    mask: EditableMask
    at: Index
    normal: Axis
    paint: Paint


def corrected_overlay(state: StudyState, tools: MaskTools) -> tuple[int, Overlay] | None:
    """Find the mask that is corrected.

    Args:
        state: The study that is shown.
        tools: Say which mask was chosen.

    Returns:
        The number of its overlay and the overlay: the chosen one, else the uppermost that is under
        correction; None where there is none.
    """
    wanted = None if tools.chosen is None else tools.chosen()
    known = [row for row in enumerate(state.overlays) if row[1].correction is not None]
    chosen = (row for row in known if row[1].correction and row[1].correction.mask is wanted)
    return next(chosen, known[-1] if known else None)
