"""Resampling of a volume onto the grid of another one by cubic B-splines."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.intensity.padding import empty_value, filled, marked, measured_limits
from srviewer.core.resampling.reorient import closest_axes, coincide
from srviewer.core.resampling.spline import spline_coefficients
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress, within

BLOCK_VOXELS = 2**17  # about 0.1 s of interpolation
PREPARING = 0.2  # of the time
ROUNDING = 1e-4  # voxels: a centre on the outer edge of a volume is covered
INTERPOLATION = "cubic B-spline interpolation"
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Resampled:
    """A volume that was resampled onto another grid.

    Attributes:
        volume: The volume on the new grid. Where it was not covered it holds its padding, or its
            smallest value where it has none.
        covered: (i, j, k), whether the centre of a voxel lies in a voxel of the source.
        interpolated: False where the source's voxels were only shifted by whole voxels.
    """

    volume: Volume
    covered: Mask
    interpolated: bool


def resampled(volume: Volume, onto: Geometry) -> Job[Resampled]:
    """Resample a volume at the voxel centres of a grid, by their positions in RAS+ mm.

    A cubic B-spline along all three axes, continued by its mirror image about the outer edge of the
    last voxels (as ``interpolate.cubic``). Where the grid is coarser, no mean is taken over its
    voxels. Grids whose voxels coincide, shifted by whole voxels, are not interpolated.

    Args:
        volume: The volume.
        onto: The new grid.

    Returns:
        A job with the volume on the new grid, and where it is covered.
    """
    voxels = np.full(onto.shape, empty_value(volume), np.float32, order="F")
    covered = np.zeros(onto.shape, bool, order="F")
    first = _whole_shift(volume.geometry, onto)
    if first is None:
        step = f"resampled onto another grid by {INTERPOLATION}"
        yield from _interpolate(volume, onto, voxels, covered)
    else:
        step = "shifted onto another grid by whole voxels, without interpolation"
        yield from _shift(volume, onto, first, voxels, covered)
    if volume.padding is not None:
        covered &= voxels != np.float32(volume.padding)
        marked(voxels, ~covered, volume.padding)
    return Resampled(volume.derived(voxels, onto, step), covered, first is None)


def _whole_shift(given: Geometry, onto: Geometry) -> Matrix | None:
    """The shift between two grids whose voxels coincide; None where they do not.

    (3,) whole numbers: the index in ``given``, with its axes in the order and direction of
    ``onto``, of the first voxel of ``onto``.
    """
    grid = closest_axes(given, onto).grid(given)
    middle = (np.array(onto.shape) - 1) / 2
    first = np.rint(grid.index(onto.world(middle)) - middle)
    affine = grid.affine.copy()
    affine[:3, 3] = grid.world(first)
    return first if coincide(Geometry(onto.shape, affine), onto) else None


def _shift(
    volume: Volume, onto: Geometry, first: Matrix, voxels: Voxels, covered: Mask
) -> Job[None]:
    source = closest_axes(volume.geometry, onto).view(volume.voxels)
    start = first.astype(int)
    low = np.clip(-start, 0, onto.shape)
    high = np.clip(np.array(source.shape) - start, 0, onto.shape)
    for box in _blocks(low, high):
        yield Progress(_done(box, low, high), "Shifting by whole voxels")
        source_box = tuple(
            slice(side.start + n, side.stop + n) for side, n in zip(box, start, strict=True)
        )
        voxels[box] = source[source_box]
        covered[box] = True


def _interpolate(volume: Volume, onto: Geometry, voxels: Voxels, covered: Mask) -> Job[None]:
    from scipy.ndimage import affine_transform  # half a second, which the window does not wait for

    padded, source = volume.padded, volume.voxels
    if padded is not None:
        source = filled(source, padded, volume.geometry.slice_axis, measured_limits(volume)[0])
    coefficients = yield from within(spline_coefficients(source), 0.0, PREPARING)
    matrix = np.linalg.inv(volume.geometry.affine) @ onto.affine
    low, high = np.zeros(3, int), np.array(onto.shape)
    for box in _blocks(low, high):
        done = PREPARING + (1 - PREPARING) * _done(box, low, high)
        yield Progress(done, "Resampling")
        inside = _covered(matrix, box, volume.geometry.shape)
        if not inside.any():
            continue
        start = np.array([side.start for side in box])
        values = affine_transform(
            coefficients,
            matrix[:3, :3],
            matrix[:3, :3] @ start + matrix[:3, 3],
            output_shape=inside.shape,
            output=np.float32,
            order=3,
            mode="reflect",
            prefilter=False,
        )
        if padded is not None:  # no neighbour of a position may be padding
            shares = affine_transform(
                padded.astype(np.float32),
                matrix[:3, :3],
                matrix[:3, :3] @ start + matrix[:3, 3],
                output_shape=inside.shape,
                order=1,
                mode="nearest",
            )
            inside &= shares == 0
        voxels[box] = np.where(inside, values, voxels[box])
        covered[box] = inside


def _covered(matrix: Matrix, box: Box, shape: tuple[int, int, int]) -> Mask:
    """Whether the centres of the voxels in ``box`` lie in a source of ``shape`` voxels.

    ``matrix``: (4, 4), from their indices to those of the source.
    """
    inside = np.ones([side.stop - side.start for side in box], bool)
    numbers = np.ogrid[box]
    for axis, count in enumerate(shape):
        index = matrix[axis, 3] + sum(m * n for m, n in zip(matrix[axis], numbers, strict=False))
        inside &= (index >= -0.5 - ROUNDING) & (index <= count - 0.5 + ROUNDING)
    return inside


def _blocks(low: Matrix, high: Matrix) -> Iterator[Box]:
    """Boxes of at most about BLOCK_VOXELS that fill ``low`` to below ``high``, along k last."""
    size = np.maximum(high - low, 0)
    if not size.all():
        return
    rows = max(1, min(int(size[1]), BLOCK_VOXELS // int(size[0])))
    planes = max(1, BLOCK_VOXELS // int(size[0] * rows))
    whole = slice(int(low[0]), int(high[0]))
    for k, j in product(
        range(int(low[2]), int(high[2]), planes), range(int(low[1]), int(high[1]), rows)
    ):
        yield (
            whole,
            slice(j, min(j + rows, int(high[1]))),
            slice(k, min(k + planes, int(high[2]))),
        )


def _done(box: Box, low: Matrix, high: Matrix) -> float:
    """The share of the blocks that lies before this one, 0..1."""
    planes = (box[2].start - low[2]) / (high[2] - low[2])
    rows = (box[1].start - low[1]) / (high[1] - low[1])
    return float(planes + rows * (box[2].stop - box[2].start) / (high[2] - low[2]))
