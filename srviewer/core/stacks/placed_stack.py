"""A stack at its place in the patient, with the acquisition that leads from a volume to it."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.axis_by_axis import interpolated
from srviewer.core.resampling.boxes import interpolated_inside
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.coverage import covered
from srviewer.core.stacks.intensity_match import IntensityMatch
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside


@dataclass(frozen=True, eq=False)
class PlacedStack:
    """A stack with its model y = D B T x (the noise aside).

    Attributes:
        measured: (i, j, k) thick voxels.
        grid: Their grid, by the header.
        degradation: D B, from the refined grid to ``grid``.
        result: (i, j, k) on the refined grid, the stack's own result.
        padded: (i, j, k) thick voxels that are padding; None where there are none.
        motion: (4, 4) RAS+ mm, from the position by the header to the true one: T.
    """

    measured: Voxels
    grid: Geometry
    degradation: Degradation
    result: Voxels
    padded: Mask | None
    motion: Matrix

    @cached_property
    def placed(self) -> Geometry:
        """The thick grid at its true position."""
        return moved(self.grid, self.motion)

    @cached_property
    def thin(self) -> Geometry:
        """The refined grid at its true position."""
        return self.placed.refined(self.degradation.axis, self.degradation.factor)

    def at(self, motion: Matrix) -> "PlacedStack":
        """The same stack at another position.

        Args:
            motion: (4, 4) RAS+ mm, from the position by the header.

        Returns:
            The stack there.
        """
        return replace(self, motion=motion)

    def matched(
        self, match: IntensityMatch, shading: Voxels, shading_grid: Geometry
    ) -> Job["PlacedStack"]:
        """The same stack in the unit of the reference and as bright as that.

        Args:
            match: The line to the unit of the reference.
            shading: (i, j, k) factors on a coarse grid in the frame of the reference.
            shading_grid: That grid.

        Returns:
            A job with the stack; itself where nothing changes.
        """
        if match.gain == 1 and match.offset == 0 and (shading == 1).all():
            return self
        thin = yield from interpolated(shading, shading_grid, self.thin, order=1)
        thick = yield from interpolated(shading, shading_grid, self.placed, order=1)

        def changed() -> "PlacedStack":
            return replace(
                self,
                measured=match.applied(self.measured) * thick,
                result=match.applied(self.result) * thin,
            )

        return (yield from aside(changed, Progress(1.0, "Matching the brightness")))

    def result_on(self, grid: Geometry) -> Job[Voxels]:
        """The stack's own result on another grid.

        Args:
            grid: The grid.

        Returns:
            A job with (i, j, k) voxels; outside of the stack they mean nothing.
        """
        return (yield from interpolated_inside(self.result, self.thin, grid))

    def predicted(self, voxels: Voxels, grid: Geometry) -> Job[Voxels]:
        """The stack as it would be measured of a volume: D B T x.

        Args:
            voxels: (i, j, k), the volume.
            grid: Its grid.

        Returns:
            A job with (i, j, k) thick voxels in the unit of the volume.
        """
        message = "Simulating thick slices"
        thin = yield from interpolated_inside(voxels, grid, self.thin, message=message)
        apply = partial(self.degradation.apply, thin)
        return (yield from aside(apply, Progress(1.0, message)))

    def held(self, inside: Geometry) -> Mask:
        """The thick voxels that are measured and lie within a grid.

        Args:
            inside: The grid of a volume that predicts them.

        Returns:
            (i, j, k).
        """
        first, taps = self.degradation.weights()
        reach = (max(-first, first + len(taps) - self.degradation.factor) + 0.5) / len(taps)
        mask = covered(self.placed, inside, self.degradation.axis, 0.5 + reach)
        return mask if self.padded is None else mask & ~self.padded

    def spread(self, residual: Voxels, grid: Geometry) -> Job[Voxels]:
        """A residual of this stack, interpolated between its slices.

        Args:
            residual: (i, j, k) thick voxels.
            grid: The grid of the volume.

        Returns:
            A job with (i, j, k) voxels on ``grid``; outside of the stack they mean nothing.
        """
        return (yield from interpolated_inside(residual, self.placed, grid))
