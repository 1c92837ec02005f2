"""One volume minus another, slice by slice, whatever grids they lie on."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, slice_at
from srviewer.core.slices.sampling import sampled_linear, sampled_slice
from srviewer.core.volumes.volume import Volume, Voxels


@dataclass(frozen=True, eq=False)
class SliceDifference:
    """A minus B on the finer grid of the two.

    ``image``: a slice of that grid whose pixels are the difference, in the volumes' unit, 0 where
    only one of them has a value. ``covered``: (rows, columns), where both have one that is no
    padding.
    """

    image: SliceImage
    covered: npt.NDArray[np.bool_]


def finer(one: Volume, other: Volume) -> Volume:
    """The volume with the smaller voxels; the first where they are alike."""
    sizes = [float(np.prod(volume.geometry.spacing)) for volume in (one, other)]
    return other if sizes[1] < sizes[0] * (1 - 1e-6) else one


def difference_slice(
    one: Volume, other: Volume, plane: Plane, cursor_mm: npt.ArrayLike, smooth: bool
) -> SliceDifference:
    """``one`` minus ``other`` at the pixels of the finer one's slice at a RAS+ point.

    ``smooth``: the coarser one is interpolated linearly in all three directions, else its nearest
    voxel is taken. The grids may differ in spacing, orientation and extent.
    """
    grid = finer(one, other)
    image = slice_at(grid, plane, cursor_mm)
    values: list[Voxels] = []
    covered = np.full(image.pixels.shape, image.inside)
    for volume in (one, other):
        seen, inside = image.pixels, np.asarray(True)
        if volume is not grid:
            # Padding cannot be interpolated with what lies beside it.
            sample = sampled_linear if smooth and volume.padding is None else sampled_slice
            seen, inside = sample(volume, grid.geometry, plane, cursor_mm)
        values.append(seen)
        covered = covered & inside
        if volume.padding is not None:
            covered = covered & (seen != np.float32(volume.padding))
    pixels = np.where(covered, values[0] - values[1], np.float32(0))
    return SliceDifference(replace(image, pixels=pixels), covered)
