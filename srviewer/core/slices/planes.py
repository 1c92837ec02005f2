"""Planes: the slice that a pane draws, and the stacks of slices that a network is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.volumes.volume import Volume, Voxels

PATIENT_AXES: Mapping[str, tuple[Axis, Axis, Axis]] = {
    "axial": (2, 0, 1),
    "coronal": (1, 0, 2),
    "sagittal": (0, 1, 2),
}


class Plane(Enum):
    """A viewing plane; ``value`` is its name on the command line and in documents."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"

    @property
    def axes(self) -> tuple[Axis, Axis, Axis]:
        """The normal, horizontal and vertical patient axes (0 = R, 1 = A, 2 = S)."""
        return PATIENT_AXES[self._value_]

    @property
    def title(self) -> str:
        """The plane's name as shown: "Axial", "Coronal", "Sagittal"."""
        return self.name.capitalize()

    def array_axes(self, geometry: Geometry) -> tuple[Axis, Axis, Axis]:
        """The array axes of this plane in a grid.

        Args:
            geometry: The grid.

        Returns:
            The axes closest to the plane's (normal, horizontal, vertical).
        """
        axes, (normal, horizontal, vertical) = geometry.world_axes, self.axes
        return axes[normal], axes[horizontal], axes[vertical]

    def normal_axis(self, geometry: Geometry) -> Axis:
        """The array axis that is stepped through when this plane is scrolled.

        Args:
            geometry: The grid.

        Returns:
            The axis, 0..2.
        """
        return geometry.world_axes[self.axes[0]]


def acquired_plane(geometry: Geometry) -> Plane:
    """The plane in which the slices of a scan were acquired.

    Args:
        geometry: The grid of the scan.

    Returns:
        The plane across the thick axis; axial where no axis is thick.
    """
    thick = geometry.thick_axis
    return next((p for p in Plane if p.normal_axis(geometry) == thick), Plane.AXIAL)


# A point this close (voxels) to the edge between two slices lies on it: headers are rounded, and
# volumes on one grid must show the same slice.
TIE = 1e-3
# The letters at the (low, high) end of the R, A and S axes.
LETTERS = (("L", "R"), ("P", "A"), ("I", "S"))


@dataclass(frozen=True, eq=False)
class SliceImage:
    """A slice that is ready to draw.

    Attributes:
        pixels: (rows, columns); columns grow towards R (A in the sagittal plane), rows towards A (S
            in the coronal and sagittal planes), whatever the file's order. Mostly a view of
            the voxels.
        extent_mm: (left, bottom, width, height) of the outer pixel edges, on the scale of
            ``pane_position``.
        letters: Orientation letters at the (left, right, bottom, top) edges of that scale.
        index: The slice's number along its array axis.
        count: The number of slices along that axis.
        inside: False when the crosshair lies outside the volume and the nearest slice is given.
    """

    pixels: Voxels
    extent_mm: tuple[float, float, float, float]
    letters: tuple[str, str, str, str]
    index: int
    count: int
    inside: bool


def slice_at(
    volume: Volume,
    plane: Plane,
    cursor_mm: npt.ArrayLike,
    read: Callable[[int], Voxels] | None = None,
) -> SliceImage:
    """The slice of a volume that holds a position.

    Args:
        volume: The volume.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm.
        read: Reads a slice of ``volume`` across the normal axis by its number, as ``read`` of
            ``ScatteredSlices``; None for a view of the voxels.

    Returns:
        The slice; outside the volume the nearest one.
    """
    geometry = volume.geometry
    normal, horizontal, vertical = plane.array_axes(geometry)
    count = geometry.shape[normal]
    number = nearest_slice(geometry, plane, cursor_mm)
    index = min(max(number, 0), count - 1)
    pixels = np.moveaxis(volume.voxels, normal, 0)[index] if read is None else read(index)
    if vertical > horizontal:
        pixels = pixels.T
    flips = tuple(slice(None, None, _sign(geometry, plane, direction)) for direction in (2, 1))
    left, width = _edge_and_length(geometry, plane, 1)
    bottom, height = _edge_and_length(geometry, plane, 2)
    return SliceImage(
        pixels=pixels[flips],
        extent_mm=(left, bottom, width, height),
        letters=(*LETTERS[plane.axes[1]], *LETTERS[plane.axes[2]]),
        index=index,
        count=count,
        inside=number == index,
    )


@dataclass(frozen=True, eq=False)
class PixelGrid:
    """The voxels behind the pixels of ``slice_at``.

    Pixel (row, column) is the voxel whose index is ``fixed`` with its entries at ``row_axis`` and
    ``column_axis`` replaced by ``rows[row]`` and ``columns[column]``.

    Attributes:
        fixed: (3,) index; its entry along the normal is the number of the slice.
        row_axis: The array axis along which rows are counted.
        rows: (rows,) indices along it.
        column_axis: The array axis along which columns are counted.
        columns: (columns,) indices along it.
    """

    fixed: npt.NDArray[np.int_]
    row_axis: Axis
    rows: npt.NDArray[np.int_]
    column_axis: Axis
    columns: npt.NDArray[np.int_]


def pixel_grid(geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> PixelGrid:
    """The voxels of the slice that ``slice_at`` gives.

    Args:
        geometry: The grid of the volume.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm.

    Returns:
        The indices of the slice that holds the position, or of the nearest one.
    """
    normal, horizontal, vertical = plane.array_axes(geometry)
    fixed = np.zeros(3, int)
    fixed[normal] = slice_number(geometry, plane, cursor_mm)
    numbers = (
        np.arange(geometry.shape[axis])[:: _sign(geometry, plane, direction)]
        for axis, direction in ((vertical, 2), (horizontal, 1))
    )
    return PixelGrid(fixed, vertical, next(numbers), horizontal, next(numbers))


def slice_number(geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> int:
    """The number of the slice that ``slice_at`` gives.

    Args:
        geometry: The grid of the volume.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm.

    Returns:
        The index along the plane's normal axis, within the grid.
    """
    last = geometry.shape[plane.normal_axis(geometry)] - 1
    return min(max(nearest_slice(geometry, plane, cursor_mm), 0), last)


def nearest_slice(geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> int:
    """The number of the slice nearest to a position; midway between two, the one towards R, A or S.

    Args:
        geometry: The grid of the volume.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm.

    Returns:
        The index along the plane's normal axis, not kept inside the grid.
    """
    normal = plane.normal_axis(geometry)
    index, last = geometry.index(cursor_mm)[normal], geometry.shape[normal] - 1
    number = int(np.floor(index + 0.5 + TIE * _sign(geometry, plane, 0)))
    # A point close to an outer edge is midway between an outer slice and none.
    return min(max(number, 0), last) if -0.5 <= index <= last + 0.5 else number


def pane_position(geometry: Geometry, plane: Plane, world_mm: npt.ArrayLike) -> tuple[float, float]:
    """A position as a point of the pane.

    Args:
        geometry: The grid that is drawn.
        plane: The plane of the pane.
        world_mm: (3,) RAS+ mm.

    Returns:
        (horizontal, vertical) mm, growing towards R, A or S.
    """
    along = geometry.along(world_mm)
    _, horizontal, vertical = plane.array_axes(geometry)
    return (
        float(along[horizontal]) * _sign(geometry, plane, 1),
        float(along[vertical]) * _sign(geometry, plane, 2),
    )


def world_position(
    geometry: Geometry, plane: Plane, pane_mm: tuple[float, float], cursor_mm: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """The position at a point of the pane: the inverse of ``pane_position``.

    Args:
        geometry: The grid that is drawn.
        plane: The plane of the pane.
        pane_mm: (horizontal, vertical) mm.
        cursor_mm: (3,) RAS+ mm, through which the plane passes.

    Returns:
        (3,) RAS+ mm.
    """
    along = geometry.along(cursor_mm).copy()
    _, horizontal, vertical = plane.array_axes(geometry)
    along[horizontal] = pane_mm[0] * _sign(geometry, plane, 1)
    along[vertical] = pane_mm[1] * _sign(geometry, plane, 2)
    return np.asarray(geometry.directions @ along)


def stepped(
    geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike, steps: int
) -> npt.NDArray[np.float64]:
    """A position moved by some slices, kept inside the volume.

    Args:
        geometry: The grid of the volume.
        plane: The plane of the slices.
        cursor_mm: (3,) RAS+ mm.
        steps: Slices towards R, A or S; below 0 the other way.

    Returns:
        (3,) RAS+ mm.
    """
    axis = plane.normal_axis(geometry)
    index = geometry.index(cursor_mm)
    here = int(np.floor(index[axis] + 0.5))
    number = here + steps * _sign(geometry, plane, 0)
    index[axis] = min(max(number, 0), geometry.shape[axis] - 1)
    return geometry.world(index)


def at_slice(
    geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike, share: float
) -> npt.NDArray[np.float64]:
    """A position moved to a slice.

    Args:
        geometry: The grid of the volume.
        plane: The plane of the slices.
        cursor_mm: (3,) RAS+ mm.
        share: The slice, as a share 0..1 of the way towards R, A or S.

    Returns:
        (3,) RAS+ mm.
    """
    axis = plane.normal_axis(geometry)
    last = geometry.shape[axis] - 1
    number = round(min(max(share, 0.0), 1.0) * last)
    index = geometry.index(cursor_mm)
    index[axis] = number if _sign(geometry, plane, 0) > 0 else last - number
    return geometry.world(index)


def _sign(geometry: Geometry, plane: Plane, direction: int) -> int:
    """Give +1 where the array axis at ``direction`` of the plane grows towards R, A or S, else -1.

    ``direction``: 0 for the normal, 1 for horizontal, 2 for vertical.
    """
    return geometry.world_signs[plane.axes[direction]]


def _edge_and_length(geometry: Geometry, plane: Plane, direction: int) -> tuple[float, float]:
    """The lower outer edge and the length, in pane mm, along a direction as in ``_sign``."""
    axis = plane.array_axes(geometry)[direction]
    first = float(geometry.along(geometry.affine[:3, 3])[axis])
    spacing, count = geometry.spacing[axis], geometry.shape[axis]
    last = first + (count - 1) * spacing
    lower = first if _sign(geometry, plane, direction) > 0 else -last
    return lower - spacing / 2, count * spacing


def unstack(voxels: Voxels, thick: Axis, normal: Axis) -> Voxels:
    """Voxels as a stack of slices, a view.

    The thick axis is always the rows of a slice, so that one network serves every plane and
    orientation.

    Args:
        voxels: (i, j, k).
        thick: The thick axis, 0..2.
        normal: The axis that counts the slices, another one.

    Returns:
        (slice, thick, in-plane).
    """
    return voxels.transpose(_stack_order(thick, normal))


def restack(slices: Voxels, thick: Axis, normal: Axis) -> Voxels:
    """The inverse of ``unstack``, a view.

    Args:
        slices: (slice, thick, in-plane).
        thick: The thick axis, 0..2.
        normal: The axis that counts the slices, another one.

    Returns:
        (i, j, k).
    """
    order = _stack_order(thick, normal)
    return slices.transpose(tuple(order.index(axis) for axis in range(3)))


def _stack_order(thick: Axis, normal: Axis) -> tuple[Axis, Axis, Axis]:
    if thick == normal:
        raise ValueError("slices must hold the thick axis, so it cannot be their normal")
    return normal, thick, 3 - thick - normal


@dataclass(frozen=True)
class TrainingGroup:
    """Slice pairs of one kind: degraded along one axis and cut across another (section 3.1.2).

    Attributes:
        thick: The array axis of the degradation.
        normal: The array axis that counts the slices.
    """

    thick: Axis
    normal: Axis

    def pairs(self, shape: tuple[int, int, int]) -> int:
        """The number of slice pairs of a volume.

        Args:
            shape: Voxels along (i, j, k).

        Returns:
            One pair for each slice.
        """
        return shape[self.normal]


TRAINING_GROUPS = tuple(
    TrainingGroup(thick, normal) for thick in range(3) for normal in range(3) if thick != normal
)


def cross_planes(thick: Axis) -> tuple[TrainingGroup, TrainingGroup]:
    """The two stacks of slices that hold the thick axis (section 3.1.1).

    Args:
        thick: The thick axis, 0..2.

    Returns:
        The stacks by their normals, in the order of the array axes.
    """
    first, second = (group for group in TRAINING_GROUPS if group.thick == thick)
    return first, second
