"""Volumes sampled at the pixels of another one's slice: masks, labels and maps over a scan."""

from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.padding import marked, without_padding
from srviewer.core.slices.planes import PixelGrid, Plane, pixel_grid
from srviewer.core.volumes.volume import Volume, Voxels

# An axis that drifts by less than this (voxels) over a whole slice is parallel but for rounding.
PARALLEL = 0.05
STRAIGHT = 1e-4  # voxels: what is left out of an interpolation as rounding


def sampled_slice(
    volume: Volume, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike
) -> tuple[Voxels, npt.NDArray[np.bool_]]:
    """The voxels nearest to the pixels that ``slice_at`` draws of another grid.

    The grids may differ in spacing, orientation and extent: positions in mm are compared.

    Args:
        volume: The volume to sample.
        onto: The grid whose slice is drawn.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm, a position in the slice.

    Returns:
        (rows, columns) values, and whether the volume covers each pixel.
    """
    grid = pixel_grid(onto, plane, cursor_mm)
    shape = volume.geometry.shape
    indices = [_places(volume.geometry, onto, grid, axis) for axis in range(3)]
    inside = np.ones((1, 1), bool)
    for index, count in zip(indices, shape, strict=True):
        inside = inside & (index >= 0) & (index < count)
    nearest = tuple(index.clip(0, count - 1) for index, count in zip(indices, shape, strict=True))
    size = len(grid.rows), len(grid.columns)
    values = _neighbouring(volume.voxels, nearest)
    if values is None:
        values = volume.voxels[nearest]
    return np.broadcast_to(values, size), np.broadcast_to(inside, size)


def _neighbouring(voxels: Voxels, indices: tuple[npt.NDArray[np.int_], ...]) -> Voxels | None:
    """A view of the voxels where each axis runs along rows or columns, one voxel a pixel.

    Args:
        voxels: (i, j, k).
        indices: For each axis (rows, 1), (1, columns) or (1, 1).

    Returns:
        (rows, columns), or 1 in the place of either; None for voxels that are no neighbours.
    """
    chosen: list[slice | int] = []
    order: list[bool] = []  # of the axes that are left: whether along rows
    for index in indices:
        if index.size == 1:
            chosen.append(int(index[0, 0]))
            continue
        if min(index.shape) > 1:
            return None
        row = index.ravel()
        step = int(row[1]) - int(row[0])
        if abs(step) != 1 or not np.array_equal(row, row[0] + step * np.arange(row.size)):
            return None
        stop = int(row[-1]) + step
        chosen.append(slice(int(row[0]), None if stop < 0 else stop, step))
        order.append(index.shape[0] > 1)
    view = voxels[tuple(chosen)]
    if order == [False, True]:
        return view.T
    return view if order == [True, False] else None


def sampled_linear(
    volume: Volume, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike
) -> tuple[Voxels, npt.NDArray[np.bool_]]:
    """The volume interpolated linearly at the pixels that ``slice_at`` draws of another grid.

    Between the last voxel centres and the outer edge of the volume its last values go on.

    Args:
        volume: The volume to sample.
        onto: The grid whose slice is drawn.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm, a position in the slice.

    Returns:
        (rows, columns) values, and whether the volume covers each pixel.
    """
    grid = pixel_grid(onto, plane, cursor_mm)
    along_axes = _positions(volume.geometry, onto, grid)
    if along_axes is not None:
        return _axis_by_axis(volume, along_axes)
    pixels = np.broadcast_to(grid.fixed, (len(grid.rows), len(grid.columns), 3)).copy()
    pixels[..., grid.row_axis] = grid.rows[:, None]
    pixels[..., grid.column_axis] = grid.columns
    index = volume.geometry.index(onto.world(pixels))
    outer = np.array(volume.geometry.shape) - 0.5
    inside = np.asarray(((index >= -0.5) & (index <= outer)).all(axis=-1))
    indices = np.moveaxis(index, -1, 0)
    from scipy.ndimage import map_coordinates  # half a second, which the window does not wait for

    return map_coordinates(volume.voxels, indices, order=1, mode="nearest"), inside


def _positions(
    geometry: Geometry, onto: Geometry, grid: PixelGrid
) -> tuple[npt.NDArray[np.float64], ...] | None:
    """The index along each array axis for the pixels of a slice, by rows and columns.

    Returns:
        For each axis (rows, 1), (1, columns) or (1, 1); None where an axis depends on more than one
        of these, so that the grids are not parallel.
    """
    first = geometry.index(onto.world(grid.fixed))
    steps = [
        geometry.index(onto.world(grid.fixed + np.eye(3)[axis])) - first
        for axis in (grid.row_axis, grid.column_axis)
    ]
    found = []
    for axis in range(3):
        drifts = [
            (step[axis] * numbers).reshape(shape)
            for step, numbers, shape in zip(
                steps, (grid.rows, grid.columns), ((-1, 1), (1, -1)), strict=True
            )
        ]
        moving = [drift for drift in drifts if np.ptp(drift) > STRAIGHT]
        if len(moving) > 1:
            return None
        found.append(np.full((1, 1), first[axis]) + (moving[0] if moving else 0.0))
    return tuple(found)


def _axis_by_axis(
    volume: Volume, positions: tuple[npt.NDArray[np.float64], ...]
) -> tuple[Voxels, npt.NDArray[np.bool_]]:
    """``sampled_linear`` where each axis of the volume runs along rows, columns or neither."""
    values, inside = volume.voxels, np.ones((1, 1), bool)
    # First the axis of which one position is left.
    for axis in sorted(range(3), key=lambda axis: positions[axis].size):
        index, count = positions[axis], volume.voxels.shape[axis]
        inside = inside & (index >= -0.5) & (index <= count - 0.5)
        values = _interpolated(values, axis, index.ravel().clip(0, count - 1))
    by_rows = next((axis for axis in range(3) if positions[axis].shape[0] > 1), None)
    by_columns = next((axis for axis in range(3) if positions[axis].shape[1] > 1), None)
    rest = [axis for axis in range(3) if axis not in (by_rows, by_columns)]
    rows = rest.pop() if by_rows is None else by_rows
    columns = rest.pop() if by_columns is None else by_columns
    image = np.squeeze(values.transpose(rest[0], rows, columns), axis=0)
    return image, np.broadcast_to(inside, image.shape)


def _interpolated(voxels: Voxels, axis: int, index: npt.NDArray[np.float64]) -> Voxels:
    """Voxels at positions along one axis, by linear interpolation."""
    whole = np.rint(index).astype(int)
    if np.abs(index - whole).max() < STRAIGHT:
        return _taken(voxels, axis, whole)
    below = np.floor(index).astype(int)
    above = np.minimum(below + 1, voxels.shape[axis] - 1)
    share = (index - below).astype(np.float32).reshape([-1 if n == axis else 1 for n in range(3)])
    low = _taken(voxels, axis, below)
    return np.asarray(low + share * (_taken(voxels, axis, above) - low))


def _taken(voxels: Voxels, axis: int, numbers: npt.NDArray[np.int_]) -> Voxels:
    """The voxels at some numbers along one axis; a view where they follow each other.

    Not by ``take``, which copies the whole of a volume whose first axis runs fastest.
    """
    first, count = int(numbers[0]), len(numbers)
    if np.array_equal(numbers, np.arange(first, first + count)):
        chosen: slice | npt.NDArray[np.int_] = slice(first, first + count)
    else:
        chosen = numbers
    return voxels[tuple(chosen if n == axis else slice(None) for n in range(3))]


def parallel(grid: Geometry, other_grid: Geometry) -> bool:
    """Whether each array axis of a grid runs along an axis of another, in either direction.

    Slices of such volumes lie over each other; others must be resampled to common axes first.

    Args:
        grid: The first grid.
        other_grid: The second grid.

    Returns:
        True where axes drift by less than ``PARALLEL`` voxels over a whole slice.
    """
    # Along the grid's own axes, which are not at right angles where a stack is sheared.
    shares = np.abs(np.linalg.solve(grid.directions, other_grid.directions))
    longest = max(max(g.shape) for g in (grid, other_grid))
    return bool(np.allclose(np.sort(shares, axis=0)[:2], 0, atol=PARALLEL / longest))


def aligned(volume: Volume, onto: Geometry) -> Volume:
    """A volume resampled linearly to axes parallel to those of a grid.

    The new grid covers the whole volume; its voxels are as fine as the volume's along the axis that
    is closest. Outside the volume it holds 0; outside a volume with padding, and where padding
    would be mixed in, it holds the padding value.

    Args:
        volume: The volume.
        onto: The grid.

    Returns:
        The new volume; ``volume`` itself where it is parallel already.
    """
    if parallel(volume.geometry, onto):
        return volume
    closest = np.abs(onto.directions.T @ volume.geometry.directions).argmax(axis=1)
    spacing = np.array(volume.geometry.spacing)[closest]
    ends = np.array(list(product(*((-0.5, n - 0.5) for n in volume.geometry.shape))))
    along = onto.along(volume.geometry.world(ends))
    low, high = along.min(axis=0), along.max(axis=0)
    counts = [max(1, int(n)) for n in np.ceil((high - low) / spacing - 1e-6)]
    affine = np.eye(4)
    affine[:3, :3] = onto.directions * spacing
    affine[:3, 3] = onto.directions @ (low + spacing / 2)
    geometry = Geometry((counts[0], counts[1], counts[2]), affine)
    matrix = np.linalg.inv(volume.geometry.affine) @ affine
    from scipy.ndimage import affine_transform  # as above

    source = without_padding(volume.voxels, volume.padding)
    voxels = affine_transform(
        source, matrix, output_shape=geometry.shape, order=1, mode="grid-constant"
    )
    padded = volume.padded
    if padded is not None and volume.padding is not None:
        shares = affine_transform(
            padded.astype(np.float32), matrix, output_shape=geometry.shape, order=1, cval=1.0
        )
        marked(voxels, shares > 0, volume.padding)
    return volume.derived(voxels, geometry, "resampled to the axes of the scan beside it")


@lru_cache(64)  # asked for in each frame while planes are dragged
def overlap(grid: Geometry, other_grid: Geometry) -> float:
    """The share of the voxels of a grid that another covers, from a sample of them.

    Args:
        grid: The first grid.
        other_grid: The second grid.

    Returns:
        0..1.
    """
    axes = (np.linspace(0, n - 1, min(n, 24)) for n in grid.shape)
    corners = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    index = other_grid.index(grid.world(corners))
    inside = (index >= -0.5) & (index <= np.array(other_grid.shape) - 0.5)
    return float(inside.all(axis=-1).mean())


def _places(geometry: Geometry, onto: Geometry, grid: PixelGrid, axis: int) -> npt.NDArray[np.int_]:
    """The index along ``axis`` of the nearest voxel, for each pixel.

    (rows, columns), or 1 instead of either where it does not matter: with parallel grids a slice
    then costs no more than a copy.
    """
    first = geometry.index(onto.world(grid.fixed))[axis]
    index = np.full((1, 1), first + 0.5)
    for along, numbers, shape in (
        (grid.row_axis, grid.rows, (-1, 1)),
        (grid.column_axis, grid.columns, (1, -1)),
    ):
        step = geometry.index(onto.world(grid.fixed + np.eye(3)[along]))[axis] - first
        if abs(step) * len(numbers) > PARALLEL:
            index = index + (numbers * step).reshape(shape)
    return np.asarray(np.floor(index), int)
