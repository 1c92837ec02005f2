"""A fixed set of a stack's voxels, at which another stack's result is asked to predict it."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.trilinear import trilinear
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

APART_MM = 2.0  # in the slices: closer voxels say little more
MOST_PROBES = 12_000
AT_ONCE = 2**15  # positions that are interpolated in one call
SEED = 20  # of the choice among more: the same at each run

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Probes:
    """Some thick voxels of a stack, each with the thin positions that its slice profile covers.

    Attributes:
        index: (n, 3) indices of the voxels in their stack.
        values: (n,) as measured, in the unit of the stack.
        points: (n, 3) RAS+ mm, the centres by the header.
        offsets: (taps, 3) mm, from a centre to the thin positions across the slice.
        taps: (taps,) the slice profile, adding up to 1.
        standing: The voxels ``APART_MM`` from each other that each of these stands for, 1 or more.
    """

    index: npt.NDArray[np.int_]
    values: Values
    points: Matrix
    offsets: Matrix
    taps: Matrix
    standing: float

    def chosen(self, mask: Mask) -> "Probes":
        """Some of the voxels.

        Args:
            mask: (n,), which.

        Returns:
            These alone.
        """
        return replace(
            self, index=self.index[mask], values=self.values[mask], points=self.points[mask]
        )

    def at_most(self, most: int = MOST_PROBES) -> "Probes":
        """A random choice of the voxels, the same at each run.

        Args:
            most: How many are chosen at most.

        Returns:
            The chosen voxels, each of which stands for more.
        """
        count = len(self.index)
        if count <= most:
            return self
        mask = np.zeros(count, bool)
        mask[np.random.default_rng(SEED).choice(count, most, replace=False)] = True
        return replace(self.chosen(mask), standing=self.standing * count / most)

    def predicted(self, source: Voxels, to_index: Matrix, order: int) -> Values:
        """The voxels as they would be measured of a volume.

        Args:
            source: (i, j, k) voxels for ``order`` 1, weights of B-splines for 3.
            to_index: (4, 4), from RAS+ mm by the header of this stack to indices of ``source``.
            order: Of the interpolation.

        Returns:
            (n,) in the unit of ``source``.
        """
        start = self.points @ to_index[:3, :3].T + to_index[:3, 3]
        steps = self.offsets @ to_index[:3, :3].T
        if len(start) * len(steps) <= AT_ONCE:
            positions = (start[None] + steps[:, None]).reshape(-1, 3).T
            values = _values(source, positions, order).reshape(len(steps), -1)
            return np.asarray(self.taps.astype(np.float32) @ values)
        total = np.zeros(len(start), np.float32)
        for weight, step in zip(self.taps, steps, strict=True):
            total += np.float32(weight) * _values(source, (start + step).T, order)
        return total

    def inside(self, shape: tuple[int, int, int], to_index: Matrix, margin: Matrix) -> Mask:
        """Whether the voxels, with all of their thickness, lie within a volume.

        Args:
            shape: Of the volume.
            to_index: (4, 4), from RAS+ mm by the header of this stack to indices of the volume.
            margin: (3,) voxels of the volume that a position keeps from its edges.

        Returns:
            (n,).
        """
        mask = np.ones(len(self.points), bool)
        for offset in (self.offsets[0], self.offsets[-1]):
            index = (self.points + offset) @ to_index[:3, :3].T + to_index[:3, 3]
            mask &= ((index >= margin - 0.5) & (index <= np.array(shape) - 0.5 - margin)).all(
                axis=1
            )
        return np.asarray(mask)


def _values(source: Voxels, positions: Matrix, order: int) -> Values:
    if order == 1:
        return trilinear(source, positions)
    from scipy.ndimage import map_coordinates  # half a second, which no window waits for

    return np.asarray(
        map_coordinates(source, positions, np.float32, order, mode="reflect", prefilter=False)
    )


def probes_of(measured: Voxels, usable: Mask, grid: Geometry, degradation: Degradation) -> Probes:
    """Choose voxels of a stack evenly.

    Args:
        measured: (i, j, k) thick voxels.
        usable: (i, j, k), those that may be chosen: foreground without padding.
        grid: Their grid.
        degradation: The acquisition that led to them.

    Returns:
        The chosen voxels; none where none is usable.
    """
    steps = [max(1, int(APART_MM / mm)) for mm in grid.spacing]
    steps[degradation.axis] = 1
    first = [step // 2 for step in steps]
    box = tuple(slice(low, None, step) for low, step in zip(first, steps, strict=True))
    index = np.argwhere(usable[box]) * steps + first
    low, taps = degradation.weights()
    along = (low + np.arange(len(taps)) + 0.5) / degradation.factor - 0.5
    return Probes(
        index=index,
        values=np.asarray(measured[tuple(index.T)], np.float32),
        points=grid.world(index),
        offsets=along[:, None] * grid.affine[:3, degradation.axis],
        taps=taps,
        standing=1.0,
    )
