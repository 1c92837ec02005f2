"""A stack that was left out, compared with predictions where each of its slices lies on them."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.boxes import box_of, cut, is_empty
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.moved_slices import predicted_slices
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.slice_fit import Target, slices_of
from srviewer.core.stacks.slice_motion import (
    PLACING,
    REACH_MM,
    SliceMotion,
    is_short,
    slice_motion,
)
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside


@dataclass(frozen=True, eq=False)
class SlicePlacing:
    """A stack whose slices are placed on each prediction by the same procedure, or stay.

    Attributes:
        stack: The stack at its place, in the unit of the predictions.
        scored: (i, j, k), the voxels at which its slices are compared; None where all stay.
    """

    stack: PlacedStack
    scored: Mask | None

    def found(self, voxels: Voxels, grid: Geometry) -> Job[SliceMotion | None]:
        """Place the slices on a volume.

        Args:
            voxels: (i, j, k) of the volume.
            grid: Its grid.

        Returns:
            A job with the motion of the slices; None where all stay.
        """
        if self.scored is None:
            return None
        choosing = partial(slices_of, self.stack, self.scored)
        slices = yield from aside(choosing, Progress(0.0, PLACING))
        voxels, grid = self._around(voxels, grid)
        target = Target(voxels, np.ones(voxels.shape, np.float32), grid)
        short = is_short(self.stack.grid, self.stack.degradation.axis)
        return (yield from slice_motion(slices, target, short=short))

    def predicted(self, voxels: Voxels, grid: Geometry, motion: SliceMotion | None) -> Job[Voxels]:
        """The stack as it would be measured of a volume.

        Args:
            voxels: (i, j, k), the volume.
            grid: Its grid.
            motion: Of the slices, on this volume; None where all stay.

        Returns:
            A job with (i, j, k) thick voxels in the unit of the volume.
        """
        if motion is None or motion.is_still:
            return (yield from self.stack.predicted(voxels, grid))
        return (yield from predicted_slices(self.stack, motion.motions, voxels, grid))

    def predicted_by_thin(self, voxels: Voxels) -> Job[Voxels]:
        """The stack as it would be measured of a volume on its own refined grid.

        Args:
            voxels: (i, j, k) there.

        Returns:
            A job with (i, j, k) thick voxels.
        """
        motion = yield from self.found(voxels, self.stack.thin)
        if motion is None or motion.is_still:
            applied = partial(self.stack.degradation.apply, voxels)
            return (yield from aside(applied, Progress(1.0, "Simulating thick slices")))
        return (yield from self.predicted(voxels, self.stack.thin, motion))

    def _around(self, voxels: Voxels, grid: Geometry) -> tuple[Voxels, Geometry]:
        """The part of a volume in which the slices are placed."""
        box = box_of(grid, self.stack.placed, REACH_MM)
        return (voxels, grid) if is_empty(box) else (voxels[box], cut(grid, box))
