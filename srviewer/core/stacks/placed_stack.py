"""A stack at its place in the patient, with the acquisition that leads from a volume to it."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.spline import sampled, spline_coefficients
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.coverage import covered
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, within


@dataclass(frozen=True, eq=False)
class PlacedStack:
    """A stack with its model y = D B T x (the noise aside).

    Attributes:
        measured: (i, j, k) thick voxels.
        grid: Their grid, by the header.
        degradation: D B, from the refined grid to ``grid``.
        weights: (i, j, k) on the refined grid, the B-splines of the stack's own result.
        padded: (i, j, k) thick voxels that are padding; None where there are none.
        motion: (4, 4) RAS+ mm, from the position by the header to the true one: T.
        gain: Of a voxel of this stack, that of the reference is ``gain * voxel + offset``.
        offset: In the unit of the reference.
    """

    measured: Voxels
    grid: Geometry
    degradation: Degradation
    weights: Voxels
    padded: Mask | None
    motion: Matrix
    gain: float = 1.0
    offset: float = 0.0

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

    def in_unit(self, voxels: Voxels) -> Voxels:
        """Voxels of this stack in the unit of the reference.

        Args:
            voxels: Of any shape, or weights of B-splines.

        Returns:
            Of the same shape, float32.
        """
        if self.gain == 1 and self.offset == 0:
            return voxels
        return np.asarray(np.float32(self.gain) * voxels + np.float32(self.offset))

    def result_on(self, grid: Geometry) -> Job[Voxels]:
        """The stack's own result on another grid, in the unit of the reference.

        Args:
            grid: The grid.

        Returns:
            A job with (i, j, k) voxels; outside of the stack they mean nothing.
        """
        return (yield from sampled(self.in_unit(self.weights), self.thin, grid))

    def predicted(self, weights: Voxels, grid: Geometry) -> Job[Voxels]:
        """The stack as it would be measured of a volume: D B T x.

        Args:
            weights: (i, j, k) B-splines of the volume, in the unit of the reference.
            grid: The grid of the volume.

        Returns:
            A job with (i, j, k) thick voxels in the unit of the reference.
        """
        job = sampled(weights, grid, self.thin, message="Degrading")
        return self.degradation.apply((yield from job))

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
            A job with (i, j, k) voxels on ``grid``.
        """
        weights = yield from within(spline_coefficients(residual), 0.0, 0.2)
        return (yield from within(sampled(weights, self.placed, grid), 0.2, 1.0))
