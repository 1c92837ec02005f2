"""One slice of a stack placed in a volume that other stacks predict, by six numbers."""

from dataclasses import dataclass

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.intensity_match import Values
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.probes import Probes, probes_of
from srviewer.core.stacks.refinement import ROBUST
from srviewer.core.stacks.rigid import inverse, motion_of
from srviewer.core.volumes.volume import Voxels

STEPS = np.array([0.002, 0.002, 0.002, 0.15, 0.15, 0.15])  # radians and mm, of the derivatives
ENOUGH = np.array([3e-4, 3e-4, 3e-4, 0.02, 0.02, 0.02])  # radians and mm: no further rounds
MOST_ROUNDS = 8
MOST_OF_SLICE = 800  # probes
LEAST_PROBES = 150  # of a slice that the others cover
COVERED = 0.9  # of what a probe is made of
# Residuals within a slice are alike over about this area, which counts as one observation. With it
# the slices of a still knee and of a still phantom gain less than their six numbers cost.
PATCH_MM2 = 100.0


@dataclass(frozen=True, eq=False)
class Target:
    """A volume that predicts slices.

    Attributes:
        voxels: (i, j, k).
        cover: (i, j, k) 1 where it means something, else 0.
        grid: Of both.
    """

    voxels: Voxels
    cover: Voxels
    grid: Geometry


@dataclass(frozen=True, eq=False)
class SliceProbes:
    """The voxels of one slice at which it is compared.

    Attributes:
        probes: The voxels, their centres where the stack lies.
        centre: (3,) RAS+ mm, the point about which rotations are counted.
        worth: The independent observations that a voxel stands for.
    """

    probes: Probes
    centre: Matrix
    worth: float


@dataclass(frozen=True, eq=False)
class SliceFound:
    """The place of a slice against the place of its stack.

    Attributes:
        numbers: (6,) radians and mm, as of ``motion_of``.
        gain: The logarithm of how much more likely the slice is there, the penalty aside.
        curvature: (6, 6), the second derivative of the cost, the penalty aside, there.
    """

    numbers: Matrix
    gain: float
    curvature: Matrix


def slices_of(stack: PlacedStack, usable: Mask) -> list[SliceProbes]:
    """The slices of a stack, ready to be placed.

    Args:
        stack: The stack at its place, in the unit of what predicts it.
        usable: (i, j, k), the voxels that may be compared: foreground without padding.

    Returns:
        One for each slice; without voxels where none is usable.
    """
    grid, across = stack.placed, stack.degradation.axis
    probes = probes_of(stack.measured, usable, grid, stack.degradation)
    sides = [mm * max(1, int(2 / mm)) for axis, mm in enumerate(grid.spacing) if axis != across]
    slices: list[SliceProbes] = []
    for number in range(grid.shape[across]):
        chosen = probes.chosen(probes.index[:, across] == number).at_most(MOST_OF_SLICE)
        middle = (np.array(grid.shape) - 1) / 2
        middle[across] = number
        points = chosen.points if len(chosen.points) else grid.world(middle[None])
        worth = sides[0] * sides[1] * chosen.standing / PATCH_MM2
        slices.append(SliceProbes(chosen, np.asarray(points.mean(axis=0)), worth))
    return slices


def found_slice(
    each: SliceProbes, target: Target, start: Matrix, usual: Matrix
) -> SliceFound | None:
    """Place a slice where the target predicts it best, by damped Gauss-Newton steps.

    Args:
        each: The slice.
        target: What predicts it.
        start: (6,), where the search begins.
        usual: (6,), the standard deviations of the motion that is expected before anything is seen.

    Returns:
        The place; None where the target covers too little of the slice.
    """
    fitting = _fitting(each, target)
    if len(fitting.probes.values) < LEAST_PROBES:
        return None
    numbers, damping = start.copy(), 1e-3
    residual = fitting.residual(numbers)
    cost = fitting.cost(residual) + _penalty(numbers, usual)
    for _ in range(MOST_ROUNDS):
        curvature, slope = fitting.derivatives(numbers, residual)
        normal = curvature + np.diag(1 / usual**2)
        damped = normal + damping * np.diag(np.diag(normal))
        step = -np.linalg.solve(damped, slope + numbers / usual**2)
        ahead = fitting.residual(numbers + step)
        ahead_cost = fitting.cost(ahead) + _penalty(numbers + step, usual)
        if ahead_cost < cost:
            numbers, residual, cost = numbers + step, ahead, ahead_cost
            damping /= 4
        else:
            damping *= 30
        if (np.abs(step) < ENOUGH).all() or damping > 1:
            break
    curvature, _ = fitting.derivatives(numbers, residual)
    still = fitting.cost(fitting.residual(np.zeros(6)))
    return SliceFound(numbers, still - fitting.cost(residual), curvature)


@dataclass(frozen=True, eq=False)
class _Fitting:
    """The comparison of a slice with a target, as a function of where the slice lies."""

    probes: Probes
    centre: Matrix
    worth: float
    target: Target

    def residual(self, numbers: Matrix) -> Values:
        matrix = inverse(self.target.grid.affine) @ motion_of(numbers, self.centre)
        predicted = self.probes.predicted(self.target.voxels, matrix, 1)
        return np.asarray(predicted - self.probes.values)

    def cost(self, residual: Values) -> float:
        """The robust size of the residual, its own spread being part of it; less is better."""
        spread = _spread(residual)
        square = (residual / spread) ** 2
        robust = float(np.mean(square / (1 + square / ROBUST**2)))
        return self.worth * len(residual) * (robust / 2 + float(np.log(spread)))

    def derivatives(self, numbers: Matrix, residual: Values) -> tuple[Matrix, Matrix]:
        """The second derivative of the cost, approximately, and the first."""
        spread, columns = _spread(residual), []
        for axis, size in enumerate(STEPS):
            ahead = numbers.copy()
            ahead[axis] += size
            columns.append((self.residual(ahead) - residual) / (size * spread))
        slopes = np.stack(columns, axis=1).astype(np.float64)
        relative = (residual / spread).astype(np.float64)
        weights = 1 / (1 + relative**2 / ROBUST**2) ** 2
        curvature = self.worth * (slopes * weights[:, None]).T @ slopes
        return curvature, self.worth * slopes.T @ (weights * relative)


def _fitting(each: SliceProbes, target: Target) -> _Fitting:
    """The voxels of a slice that the target covers where the slice lies by its stack."""
    probes = each.probes
    if len(probes.points):
        matrix = inverse(target.grid.affine)
        inside = probes.inside(target.grid.shape, matrix, np.zeros(3))
        probes = probes.chosen(inside & (probes.predicted(target.cover, matrix, 1) > COVERED))
    return _Fitting(probes, each.centre, each.worth, target)


def _penalty(numbers: Matrix, usual: Matrix) -> float:
    return float(np.sum((numbers / usual) ** 2) / 2)


def _spread(residual: Values) -> float:
    """The robust standard deviation of a residual."""
    return max(1.4826 * float(np.median(np.abs(residual))), 1e-9)
