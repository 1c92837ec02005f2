"""The round brush: the voxels around a centre, along the way of the mouse."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.masks.editable_mask import Box, EditableMask, Selection
from srviewer.core.volumes.volume import Voxels

Index = tuple[int, int, int]


@dataclass(frozen=True)
class Brush:
    """A round brush.

    Attributes:
        diameter_mm: Above 0; the voxel at the centre is always within.
        sphere: Whether it reaches into the neighbouring slices.
    """

    diameter_mm: float
    sphere: bool = False


@dataclass(frozen=True, eq=False)
class Paint:
    """The effect of a brush or a fill on the voxels under it.

    Attributes:
        label: The label that they get; 0 erases.
        replaced: Voxels of this label alone are changed; None for those of any.
        grey: (i, j, k) values of the scan on the grid of the mask; None without a threshold range.
        within: Voxels with values in this range, its ends included, are changed; None for all.
    """

    label: int
    replaced: int | None = None
    grey: Voxels | None = None
    within: Window | None = None

    def allows(self, box: Box) -> Selection | None:
        """The voxels that may be changed by their grey levels.

        Args:
            box: A part of the grid.

        Returns:
            (i, j, k) within the box; None for all of them.
        """
        if self.grey is None or self.within is None:
            return None
        values = self.grey[box]
        return np.asarray((values >= self.within.low) & (values <= self.within.high))


def dab(
    mask: EditableMask, geometry: Geometry, brush: Brush, centre: Index, normal: Axis, paint: Paint
) -> bool:
    """Press a brush onto a voxel once.

    Args:
        mask: Is changed, as a part of its present stroke.
        geometry: The grid of the mask.
        brush: The brush.
        centre: The index (i, j, k) of the voxel under its centre; it may lie outside the grid.
        normal: The array axis across the slice, to which a brush that is no sphere keeps.
        paint: What happens to the voxels.

    Returns:
        Whether any voxel changed.
    """
    stencil = _stencil(geometry.affine.tobytes(), brush, None if brush.sphere else normal)
    box, part = [], []
    for at, reach, count in zip(centre, stencil.shape, geometry.shape, strict=True):
        first = at - reach // 2
        start, stop = max(0, first), min(count, first + reach)
        if start >= stop:
            return False
        box.append(slice(start, stop))
        part.append(slice(start - first, stop - first))
    area: Box = (box[0], box[1], box[2])
    chosen, allowed = stencil[tuple(part)], paint.allows(area)
    chosen = chosen if allowed is None else chosen & allowed
    return mask.paint(area, chosen, paint.label, paint.replaced)


def along(
    geometry: Geometry, brush: Brush, start: npt.ArrayLike, stop: npt.ArrayLike
) -> Iterator[Index]:
    """The voxels onto which a brush is pressed on its way, without gaps.

    Args:
        geometry: The grid of the mask.
        brush: The brush.
        start: (3,) RAS+ mm, onto which it was pressed already.
        stop: (3,) RAS+ mm.

    Yields:
        Indices (i, j, k), each other than the one before; the last is that under ``stop``.
    """
    ends = geometry.index(np.array([start, stop], float))
    way_mm = float(np.linalg.norm(np.subtract(stop, start)))
    step = max(brush.diameter_mm / 4, min(geometry.spacing) / 2)
    count = max(1, int(np.ceil(way_mm / step)))
    last = _nearest(ends[0])
    for share in np.linspace(0, 1, count + 1)[1:]:
        at = _nearest(ends[0] + share * (ends[1] - ends[0]))
        if at != last:
            yield at
        last = at


def voxel_at(geometry: Geometry, world_mm: npt.ArrayLike) -> Index:
    """The voxel at a position.

    Args:
        geometry: The grid.
        world_mm: (3,) RAS+ mm.

    Returns:
        Its index (i, j, k), which may lie outside the grid.
    """
    return _nearest(geometry.index(world_mm))


def _nearest(index: npt.NDArray[np.float64]) -> Index:
    i, j, k = (int(n) for n in np.floor(index + 0.5))
    return i, j, k


@lru_cache(8)
def _stencil(affine: bytes, brush: Brush, normal: Axis | None) -> Selection:
    """(i, j, k) odd numbers of voxels: those within half the diameter of the middle one, in mm."""
    steps = np.frombuffer(affine).reshape(4, 4)[:3, :3]
    radius = brush.diameter_mm / 2
    # How far a ball reaches along each array axis, of a sheared grid too.
    reach = radius * np.sqrt(np.diag(np.linalg.inv(steps.T @ steps)))
    counts = [0 if axis == normal else int(reach[axis] + 1e-6) for axis in range(3)]
    numbers = [np.arange(-count, count + 1) for count in counts]
    square = np.zeros([len(row) for row in numbers])
    for row in range(3):  # of the world: the distance along R, A and S
        mm = sum(
            (steps[row, axis] * numbers[axis]).reshape([-1 if a == axis else 1 for a in range(3)])
            for axis in range(3)
        )
        square += np.asarray(mm) ** 2
    stencil = np.asfortranarray(square <= (radius + 1e-6) ** 2)
    stencil.flags.writeable = False
    return stencil
