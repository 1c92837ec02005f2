"""The three planes: what one view draws, and the stacks of slices that a network sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.volumes.volume import Volume, Voxels


class Plane(Enum):
    """A viewing plane; ``value`` is its name on the command line and in documents."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"

    @property
    def axes(self) -> tuple[Axis, Axis, Axis]:
        """The normal, horizontal and vertical patient axes (0 = R, 1 = A, 2 = S)."""
        return PATIENT_AXES[self]

    @property
    def title(self) -> str:
        """The plane's name as shown: "Axial", "Coronal", "Sagittal"."""
        return self.name.capitalize()

    def array_axes(self, geometry: Geometry) -> tuple[Axis, Axis, Axis]:
        """The array axes of (normal, horizontal, vertical) in ``geometry``."""
        normal, horizontal, vertical = (geometry.world_axes[axis] for axis in self.axes)
        return normal, horizontal, vertical

    def normal_axis(self, geometry: Geometry) -> Axis:
        """The array axis that is stepped through when this plane is scrolled."""
        return self.array_axes(geometry)[0]


PATIENT_AXES: Mapping[Plane, tuple[Axis, Axis, Axis]] = {
    Plane.AXIAL: (2, 0, 1),
    Plane.CORONAL: (1, 0, 2),
    Plane.SAGITTAL: (0, 1, 2),
}
# A point this close (voxels) to the edge between two slices lies on it: headers are rounded, and
# volumes on one grid must show the same slice.
TIE = 1e-3
# The letters at the (low, high) end of the R, A and S axes.
LETTERS = (("L", "R"), ("P", "A"), ("I", "S"))


@dataclass(frozen=True, eq=False)
class SliceImage:
    """One slice, ready to draw.

    ``pixels``: (rows, columns); columns grow towards R (A in the sagittal plane), rows towards A
    (S in the coronal and sagittal planes), whatever the file's order. A view of the voxels.
    ``extent_mm``: (left, bottom, width, height) of the outer pixel edges, on the scale of
    ``pane_position``. ``letters``: at the (left, right, bottom, top) edges of that scale.
    ``index``: the slice's number along its array axis; ``count``: how many there are.
    ``inside``: False when the cursor lies outside the volume and the nearest slice is given.
    """

    pixels: Voxels
    extent_mm: tuple[float, float, float, float]
    letters: tuple[str, str, str, str]
    index: int
    count: int
    inside: bool


def slice_at(volume: Volume, plane: Plane, cursor_mm: npt.ArrayLike) -> SliceImage:
    """The slice of ``volume`` in ``plane`` that holds the RAS+ point ``cursor_mm``."""
    geometry = volume.geometry
    normal, horizontal, vertical = plane.array_axes(geometry)
    count = geometry.shape[normal]
    wanted = nearest_slice(geometry, plane, cursor_mm)
    index = min(max(wanted, 0), count - 1)
    pixels = np.moveaxis(volume.voxels, normal, 0)[index]
    if vertical > horizontal:
        pixels = pixels.T
    flips = tuple(slice(None, None, _sign(geometry, plane, place)) for place in (2, 1))
    left, width = _edge_and_length(geometry, plane, 1)
    bottom, height = _edge_and_length(geometry, plane, 2)
    return SliceImage(
        pixels=pixels[flips],
        extent_mm=(left, bottom, width, height),
        letters=(*LETTERS[plane.axes[1]], *LETTERS[plane.axes[2]]),
        index=index,
        count=count,
        inside=wanted == index,
    )


@dataclass(frozen=True, eq=False)
class PixelGrid:
    """Which voxels the pixels of ``slice_at`` are.

    Pixel (row, column) is the voxel whose index is ``fixed`` with its entries at ``row_axis`` and
    ``column_axis`` replaced by ``rows[row]`` and ``columns[column]``.
    """

    fixed: npt.NDArray[np.int_]
    row_axis: Axis
    rows: npt.NDArray[np.int_]
    column_axis: Axis
    columns: npt.NDArray[np.int_]


def pixel_grid(geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> PixelGrid:
    """The voxels of the slice that holds the RAS+ point ``cursor_mm``, or of the nearest one."""
    normal, horizontal, vertical = plane.array_axes(geometry)
    fixed = np.zeros(3, int)
    fixed[normal] = slice_number(geometry, plane, cursor_mm)
    numbers = (
        np.arange(geometry.shape[axis])[:: _sign(geometry, plane, place)]
        for axis, place in ((vertical, 2), (horizontal, 1))
    )
    return PixelGrid(fixed, vertical, next(numbers), horizontal, next(numbers))


def slice_number(geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> int:
    """The index along the plane's normal axis of the slice that ``slice_at`` gives."""
    last = geometry.shape[plane.normal_axis(geometry)] - 1
    return min(max(nearest_slice(geometry, plane, cursor_mm), 0), last)


def nearest_slice(geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> int:
    """The index of the slice nearest to a point; midway between two, the one towards R, A or S."""
    at = geometry.index(cursor_mm)[plane.normal_axis(geometry)]
    return int(np.floor(at + 0.5 + TIE * _sign(geometry, plane, 0)))


def pane_position(geometry: Geometry, plane: Plane, world_mm: npt.ArrayLike) -> tuple[float, float]:
    """Where the RAS+ point ``world_mm`` lies in the pane: (horizontal, vertical) mm."""
    along = geometry.along(world_mm)
    _, horizontal, vertical = plane.array_axes(geometry)
    return (
        float(along[horizontal]) * _sign(geometry, plane, 1),
        float(along[vertical]) * _sign(geometry, plane, 2),
    )


def world_position(
    geometry: Geometry, plane: Plane, pane_mm: tuple[float, float], cursor_mm: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """The RAS+ point at ``pane_mm`` in the plane that passes through ``cursor_mm``."""
    along = geometry.along(cursor_mm).copy()
    _, horizontal, vertical = plane.array_axes(geometry)
    along[horizontal] = pane_mm[0] * _sign(geometry, plane, 1)
    along[vertical] = pane_mm[1] * _sign(geometry, plane, 2)
    return np.asarray(geometry.directions @ along)


def stepped(
    geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike, steps: int
) -> npt.NDArray[np.float64]:
    """The RAS+ point ``steps`` slices further towards R, A or S, kept inside the volume."""
    axis = plane.normal_axis(geometry)
    index = geometry.index(cursor_mm)
    here = int(np.floor(index[axis] + 0.5))
    wanted = here + steps * _sign(geometry, plane, 0)
    index[axis] = min(max(wanted, 0), geometry.shape[axis] - 1)
    return geometry.world(index)


def at_slice(
    geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike, share: float
) -> npt.NDArray[np.float64]:
    """The RAS+ point in the slice at ``share`` (0..1) of the way towards R, A or S."""
    axis = plane.normal_axis(geometry)
    last = geometry.shape[axis] - 1
    number = round(min(max(share, 0.0), 1.0) * last)
    index = geometry.index(cursor_mm)
    index[axis] = number if _sign(geometry, plane, 0) > 0 else last - number
    return geometry.world(index)


def _sign(geometry: Geometry, plane: Plane, place: int) -> int:
    """+1 where the array axis at ``place`` of the plane grows towards R, A or S, else -1."""
    world = plane.axes[place]
    return 1 if geometry.directions[world, geometry.world_axes[world]] > 0 else -1


def _edge_and_length(geometry: Geometry, plane: Plane, place: int) -> tuple[float, float]:
    """The lower outer edge and the length, in pane mm, along one direction of the plane."""
    axis = plane.array_axes(geometry)[place]
    first = float(geometry.along(geometry.affine[:3, 3])[axis])
    spacing, count = geometry.spacing[axis], geometry.shape[axis]
    last = first + (count - 1) * spacing
    lower = first if _sign(geometry, plane, place) > 0 else -last
    return lower - spacing / 2, count * spacing


def unstack(voxels: Voxels, thick: Axis, normal: Axis) -> Voxels:
    """(i, j, k) voxels as a stack of slices (slice, thick, in-plane), a view.

    ``thick`` is the thick axis and ``normal`` the axis that counts the slices; the thick axis is
    always the rows of a slice, so that one network serves every plane and orientation.
    """
    return voxels.transpose(_stack_order(thick, normal))


def restack(slices: Voxels, thick: Axis, normal: Axis) -> Voxels:
    """The inverse of ``unstack``: (slice, thick, in-plane) back to (i, j, k), a view."""
    order = _stack_order(thick, normal)
    return slices.transpose(tuple(order.index(axis) for axis in range(3)))


def _stack_order(thick: Axis, normal: Axis) -> tuple[Axis, Axis, Axis]:
    if thick == normal:
        raise ValueError("slices must hold the thick axis, so it cannot be their normal")
    return normal, thick, 3 - thick - normal


@dataclass(frozen=True)
class TrainingGroup:
    """Slice pairs of one kind: degraded along ``thick``, cut across ``normal`` (section 3.1.2)."""

    thick: Axis
    normal: Axis

    def pairs(self, shape: tuple[int, int, int]) -> int:
        """How many slice pairs a volume of ``shape`` gives."""
        return shape[self.normal]


TRAINING_GROUPS = tuple(
    TrainingGroup(thick, normal) for thick in range(3) for normal in range(3) if thick != normal
)


def cross_planes(thick: Axis) -> tuple[TrainingGroup, TrainingGroup]:
    """The two stacks of slices that hold the thick axis (section 3.1.1)."""
    first, second = (group for group in TRAINING_GROUPS if group.thick == thick)
    return first, second
