"""One volume seen at the pixels of another's slice: masks, labels and maps over a scan."""

from itertools import product

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.padding import marked, without_padding
from srviewer.core.slices.planes import PixelGrid, Plane, pixel_grid
from srviewer.core.volumes.volume import Volume, Voxels

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


def sampled_linear(
    volume: Volume, onto: Geometry, plane: Plane, cursor_mm: npt.ArrayLike
) -> tuple[Voxels, npt.NDArray[np.bool_]]:
    """As ``sampled_slice``, but interpolated linearly between voxel centres.

    Between the last centres and the outer edge of the volume its last values go on.
    """
    grid = pixel_grid(onto, plane, cursor_mm)
    pixels = np.broadcast_to(grid.fixed, (len(grid.rows), len(grid.columns), 3)).copy()
    pixels[..., grid.row_axis] = grid.rows[:, None]
    pixels[..., grid.column_axis] = grid.columns
    index = volume.geometry.index(onto.world(pixels))
    outer = np.array(volume.geometry.shape) - 0.5
    inside = np.asarray(((index >= -0.5) & (index <= outer)).all(axis=-1))
    places = np.moveaxis(index, -1, 0)
    from scipy.ndimage import map_coordinates  # half a second, which the window does not wait for

    return map_coordinates(volume.voxels, places, order=1, mode="nearest"), inside


def parallel(one: Geometry, other: Geometry) -> bool:
    """Whether each array axis of one runs along an axis of the other, either way.

    Slices of such volumes lie over each other; others must be brought to common axes first.
    """
    # Along one's own axes, which are not at right angles where a stack is sheared.
    shares = np.abs(np.linalg.solve(one.directions, other.directions))
    reach = max(max(g.shape) for g in (one, other))
    return bool(np.allclose(np.sort(shares, axis=0)[:2], 0, atol=PARALLEL / reach))


def aligned(volume: Volume, onto: Geometry) -> Volume:
    """``volume`` on axes parallel to those of ``onto``, linearly interpolated, 0 outside it.

    The new grid covers the whole volume; its voxels are as fine as the volume's along the axis
    that is closest. Outside a volume with padding, and where padding would be mixed in, it holds
    the padding value. A parallel volume is given back as it is.
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
