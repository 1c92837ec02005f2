"""One volume seen at the pixels of another's slice: masks, labels and maps over a scan."""

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry import Geometry
from srviewer.core.planes import PixelGrid, Plane, pixel_grid
from srviewer.core.volume import Volume, Voxels

# An axis that drifts by less than this (voxels) over a whole slice is parallel but for rounding.
PARALLEL = 0.05


def sampled_slice(
    volume: Volume, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike
) -> tuple[Voxels, npt.NDArray[np.bool_]]:
    """The voxels of ``volume`` nearest to the pixels that ``slice_at`` draws of a grid ``onto``.

    (rows, columns) values, and whether ``volume`` covers the pixel. The grids may differ in
    spacing, orientation and extent; what counts is where they lie in mm.
    """
    grid = pixel_grid(onto, plane, cursor_mm)
    shape = volume.geometry.shape
    places = [_places(volume.geometry, onto, grid, axis) for axis in range(3)]
    inside = np.ones((1, 1), bool)
    for place, count in zip(places, shape, strict=True):
        inside = inside & (place >= 0) & (place < count)
    nearest = tuple(p.clip(0, count - 1) for p, count in zip(places, shape, strict=True))
    size = len(grid.rows), len(grid.columns)
    return np.broadcast_to(volume.voxels[nearest], size), np.broadcast_to(inside, size)


def overlap(one: Geometry, other: Geometry) -> float:
    """The share of the voxels of ``one`` that ``other`` covers, 0..1, from a sample of them."""
    axes = (np.linspace(0, n - 1, min(n, 24)) for n in one.shape)
    corners = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    index = other.index(one.world(corners))
    inside = (index >= -0.5) & (index <= np.array(other.shape) - 0.5)
    return float(inside.all(axis=-1).mean())


def _places(geometry: Geometry, onto: Geometry, grid: PixelGrid, axis: int) -> npt.NDArray[np.int_]:
    """Index along ``axis`` of the nearest voxel, for each pixel.

    (rows, columns), or 1 instead of either where it does not matter: with parallel grids a slice
    then costs no more than a copy.
    """
    first = geometry.index(onto.world(grid.fixed))[axis]
    place = np.full((1, 1), first + 0.5)
    for along, numbers, shape in (
        (grid.row_axis, grid.rows, (-1, 1)),
        (grid.column_axis, grid.columns, (1, -1)),
    ):
        step = geometry.index(onto.world(grid.fixed + np.eye(3)[along]))[axis] - first
        if abs(step) * len(numbers) > PARALLEL:
            place = place + (numbers * step).reshape(shape)
    return np.asarray(np.floor(place), int)
