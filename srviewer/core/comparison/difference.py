"""The difference of two volumes, slice by slice, on whatever grids they lie."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, slice_at
from srviewer.core.slices.sampling import sampled_linear, sampled_slice
from srviewer.core.volumes.volume import Volume, Voxels


@dataclass(frozen=True, eq=False)
class SliceDifference:
    """The difference A minus B in a slice of the finer grid of the two.

    Attributes:
        image: A slice of that grid whose pixels are the difference, in the volumes' unit, 0 where
            only one of the volumes has a value.
        covered: (rows, columns), where both have a value that is no padding.
    """

    image: SliceImage
    covered: npt.NDArray[np.bool_]


def finer(first: Volume, second: Volume) -> Volume:
    """The volume with the smaller voxels.

    Args:
        first: A volume.
        second: Another one.

    Returns:
        One of the two; the first where they are alike.
    """
    sizes = [float(np.prod(volume.geometry.spacing)) for volume in (first, second)]
    return second if sizes[1] < sizes[0] * (1 - 1e-6) else first


def difference_slice(
    first: Volume, second: Volume, plane: Plane, cursor_mm: npt.ArrayLike, smooth: bool
) -> SliceDifference:
    """A slice of the difference of two volumes, at the pixels of the finer one.

    Args:
        first: A, from which is subtracted.
        second: B, on a grid of any spacing, orientation and extent.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm, a position in the slice.
        smooth: The coarser volume is interpolated linearly in all three directions, else its
            nearest voxel is taken.

    Returns:
        The difference, first minus second.
    """
    grid = finer(first, second)
    image = slice_at(grid, plane, cursor_mm)
    values: list[Voxels] = []
    covered = np.full(image.pixels.shape, image.inside)
    for volume in (first, second):
        pixels, inside = image.pixels, np.asarray(True)
        if volume is not grid:
            # Padding cannot be interpolated with what lies beside it.
            sample = sampled_linear if smooth and volume.padding is None else sampled_slice
            pixels, inside = sample(volume, grid.geometry, plane, cursor_mm)
        values.append(pixels)
        covered = covered & inside
        if volume.padding is not None:
            covered = covered & (pixels != np.float32(volume.padding))
    difference = values[0] - values[1]
    if not covered.all():
        difference = np.where(covered, difference, np.float32(0))
    return SliceDifference(replace(image, pixels=difference), covered)
