"""Measurements in a plane: distances, angles, and the values inside rectangles and ellipses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume

Kind = Literal["distance", "angle", "rectangle", "ellipse"]
Mm = tuple[float, float, float]
KINDS: tuple[Kind, ...] = get_args(Kind)
POINTS: Mapping[Kind, int] = {"distance": 2, "angle": 3, "rectangle": 3, "ellipse": 3}
LEAST = 1e-3  # mm: the half-axis of a shape that was pushed together
EDGE = 1 + 1e-9  # a centre on the very edge is inside, however the last digit was rounded


@dataclass(frozen=True)
class Roi:
    """A shape drawn in a plane of the patient, in mm, so that it holds in every volume.

    Attributes:
        kind: The shape.
        plane: The plane in which it was drawn.
        points_mm: RAS+ points. A distance has its two ends; an angle an end, its vertex and the
            other end; a rectangle and an ellipse have their centre and the ends of their two
            half-axes, which are perpendicular: the rectangle is every ``centre + a * u + b * v``
            with ``|a|, |b| <= 1``, the ellipse those with ``a^2 + b^2 <= 1``.
        name: The name that users see.
        label_mm: From ``anchor_mm`` to the middle of its label, where the user has moved that;
            None for the usual position.

    Raises:
        ValueError: The kind does not have that number of points, or one is not finite.
    """

    kind: Kind
    plane: Plane
    points_mm: tuple[Mm, ...]
    name: str = ""
    label_mm: Mm | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or len(self.points_mm) != POINTS[self.kind]:
            raise ValueError(f"a {self.kind} of {len(self.points_mm)} points")
        if not np.isfinite(np.array((*self.points_mm, self.label_mm or (0, 0, 0)))).all():
            raise ValueError(f"a {self.kind} at {self.points_mm}")

    @property
    def anchor_mm(self) -> npt.NDArray[np.float64]:
        """(3,) RAS+ mm from which a moved label is counted: the centre, or the mean of the ends."""
        points = np.array(self.points_mm, float)
        return points[0] if self.has_values else np.asarray(points.mean(axis=0))

    @property
    def has_values(self) -> bool:
        """Whether the shape has voxels inside it."""
        return self.kind in ("rectangle", "ellipse")

    @property
    def length_mm(self) -> float | None:
        """Millimetres from end to end of a distance; None for other kinds."""
        if self.kind != "distance":
            return None
        start, end = np.array(self.points_mm)
        return float(np.linalg.norm(end - start))

    @property
    def degrees(self) -> float | None:
        """The angle at the vertex, 0..180; None for other kinds, and for an arm without length."""
        if self.kind != "angle":
            return None
        start, vertex, end = np.array(self.points_mm)
        arms = start - vertex, end - vertex
        lengths = float(np.linalg.norm(arms[0])) * float(np.linalg.norm(arms[1]))
        if lengths == 0:
            return None
        return float(np.degrees(np.arccos(np.clip(arms[0] @ arms[1] / lengths, -1, 1))))

    @property
    def area_mm2(self) -> float | None:
        """The area of the shape as drawn; None for what has none."""
        if not self.has_values:
            return None
        u, v = self.half_axes
        halves = float(np.linalg.norm(u)) * float(np.linalg.norm(v))
        return 4 * halves if self.kind == "rectangle" else float(np.pi) * halves

    @property
    def half_axes(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """(3,) mm each: from the centre of a rectangle or an ellipse to its two sides."""
        centre, u, v = np.array(self.points_mm, float)
        return u - centre, v - centre

    def contains(self, world_mm: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether positions lie inside a rectangle or ellipse, seen along the normal of the plane.

        Args:
            world_mm: (..., 3) RAS+ mm.

        Returns:
            (...) truth values.
        """
        offset = np.asarray(world_mm, float) - self.points_mm[0]
        a, b = (offset @ axis / (axis @ axis) for axis in self.half_axes)
        if self.kind == "ellipse":
            return np.asarray(a**2 + b**2 <= EDGE)
        return np.asarray((np.abs(a) <= EDGE) & (np.abs(b) <= EDGE))


@dataclass(frozen=True)
class RoiValues:
    """The voxels of a volume whose centres lie inside a shape, in the volume's unit.

    Attributes:
        count: The number of voxels.
        mean: Their mean.
        sd: The standard deviation of these very voxels (divided by their number).
        minimum: The smallest.
        maximum: The largest.
    """

    count: int
    mean: float
    sd: float
    minimum: float
    maximum: float


def slice_of(roi: Roi, geometry: Geometry) -> int:
    """The number of the slice in which a shape lies.

    Args:
        roi: The shape.
        geometry: The grid of the volume.

    Returns:
        The index along the normal of its plane; beyond the ends where it lies outside.
    """
    normal = roi.plane.normal_axis(geometry)
    return int(np.floor(geometry.index(roi.points_mm[0])[normal] + 0.5))


def voxels_inside(roi: Roi, geometry: Geometry) -> npt.NDArray[np.int_]:
    """The voxels of the shape's slice whose centres lie inside it.

    Args:
        roi: The shape; distances and angles have none.
        geometry: The grid of the volume.

    Returns:
        (n, 3) indices.
    """
    normal = roi.plane.normal_axis(geometry)
    number = slice_of(roi, geometry)
    if not roi.has_values or not 0 <= number < geometry.shape[normal]:
        return np.zeros((0, 3), int)
    centre, (u, v) = np.array(roi.points_mm[0]), roi.half_axes
    corners = geometry.index([centre + a * u + b * v for a in (-1, 1) for b in (-1, 1)])
    low = np.floor(corners.min(axis=0)).astype(int).clip(0, np.array(geometry.shape) - 1)
    high = np.ceil(corners.max(axis=0)).astype(int).clip(0, np.array(geometry.shape) - 1)
    low[normal] = high[normal] = number
    ranges = (np.arange(first, last + 1) for first, last in zip(low, high, strict=True))
    index = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 3)
    return np.asarray(index[roi.contains(geometry.world(index))])


def values_inside(roi: Roi, volume: Volume) -> RoiValues | None:
    """The statistics of a volume's voxels inside a shape.

    Args:
        roi: The shape.
        volume: The volume; its padding does not count.

    Returns:
        The values; None when no measured voxel's centre lies inside.
    """
    index = voxels_inside(roi, volume.geometry)
    values = measured_voxels(volume.voxels[tuple(index.T)], volume.padding).astype(np.float64)
    if len(values) == 0:
        return None
    return RoiValues(
        count=len(values),
        mean=float(values.mean()),
        sd=float(values.std()),
        minimum=float(values.min()),
        maximum=float(values.max()),
    )


def moved_point(roi: Roi, number: int, to_mm: npt.ArrayLike) -> Roi:
    """Drag a point of a shape.

    The centre takes the whole shape along; the end of a half-axis stays on its line.

    Args:
        roi: The shape.
        number: Of the point in ``points_mm``.
        to_mm: (3,) RAS+ mm, in the plane of the shape.

    Returns:
        The changed shape.
    """
    points = [np.array(point, float) for point in roi.points_mm]
    target = np.asarray(to_mm, float)
    if not roi.has_values:
        points[number] = target
    elif number == 0:
        points = [point + target - points[0] for point in points]
    else:
        axis = points[number] - points[0]
        unit = axis / np.linalg.norm(axis)
        points[number] = points[0] + max(abs(float((target - points[0]) @ unit)), LEAST) * unit
    return replace(roi, points_mm=tuple(_mm(point) for point in points))


def moved_to_slice(roi: Roi, geometry: Geometry, number: float) -> Roi:
    """Move a shape along the normal axis of its plane.

    Args:
        roi: The shape.
        geometry: The grid along whose axis it moves.
        number: The index along that axis where it comes to lie, whole or not.

    Returns:
        The moved shape.
    """
    axis = roi.plane.normal_axis(geometry)
    steps = number - float(geometry.index(roi.points_mm[0])[axis])
    moved = np.array(roi.points_mm, float) + steps * geometry.affine[:3, axis]
    return replace(roi, points_mm=tuple(_mm(point) for point in moved))


def boxed(
    kind: Kind, plane: Plane, geometry: Geometry, corners_mm: npt.ArrayLike, name: str
) -> Roi:
    """The rectangle or ellipse between two opposite corners.

    Args:
        kind: "rectangle" or "ellipse".
        plane: The plane in which it is drawn.
        geometry: The grid along whose axes the sides run, as the pane's edges do.
        corners_mm: (2, 3) RAS+ mm.
        name: The name that users see.

    Returns:
        The shape.
    """
    first, second = np.asarray(corners_mm, float)
    centre = (first + second) / 2
    _, across, up = plane.array_axes(geometry)
    half_lengths = np.abs(geometry.along(second) - geometry.along(first)) / 2
    u, v = (max(half_lengths[axis], LEAST) * geometry.directions[:, axis] for axis in (across, up))
    return Roi(kind, plane, (_mm(centre), _mm(centre + u), _mm(centre + v)), name)


def to_json(roi: Roi) -> dict[str, Any]:
    """A shape as values of JSON.

    Args:
        roi: The shape.

    Returns:
        An object with "kind", "plane", "points_mm" and "name".
    """
    points = [list(point) for point in roi.points_mm]
    return {"kind": roi.kind, "plane": roi.plane.name, "points_mm": points, "name": roi.name}


def from_json(stored: Mapping[str, Any]) -> Roi:
    """The shape of values of JSON: the inverse of ``to_json``.

    Args:
        stored: An object of JSON.

    Returns:
        The shape.

    Raises:
        ValueError: It is no shape.
    """
    try:
        plane = Plane[str(stored["plane"])]
        points = tuple(_mm(np.array(point, float)) for point in stored["points_mm"])
        return Roi(stored["kind"], plane, points, str(stored["name"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no measurement: {stored!r}") from error


def _mm(point: npt.NDArray[np.float64]) -> Mm:
    x, y, z = (float(value) for value in point)
    return x, y, z


def shape_words(roi: Roi) -> str:
    """A rectangle or an ellipse in words for a command line.

    Args:
        roi: The shape.

    Returns:
        "ellipse:axial:x,y,z:x,y,z:x,y,z", mm RAS+.
    """
    points = (",".join(repr(float(mm)) for mm in point) for point in roi.points_mm)
    return ":".join((roi.kind, roi.plane.value, *points))


def shape_of_words(text: str) -> Roi:
    """The shape of words of a command line: the inverse of ``shape_words``.

    Args:
        text: The words.

    Returns:
        The shape, without a name.

    Raises:
        ValueError: They are no rectangle or ellipse.
    """
    kind, plane, *points = text.split(":")
    kinds: dict[str, Kind] = {"rectangle": "rectangle", "ellipse": "ellipse"}
    if kind not in kinds or plane.upper() not in Plane.__members__:
        raise ValueError(f"'{text}' is no rectangle or ellipse in a plane")
    numbers = [tuple(float(mm) for mm in point.split(",")) for point in points]
    if any(len(point) != 3 for point in numbers):
        raise ValueError(f"the points of '{text}' have three coordinates each")
    return Roi(kinds[kind], Plane[plane.upper()], tuple((x, y, z) for x, y, z in numbers))


def followed(locked: Roi | None, before: tuple[Roi, ...], after: tuple[Roi, ...]) -> Roi | None:
    """The present form of a locked shape after a change of all shapes.

    Args:
        locked: The shape before the change; None for none.
        before: All shapes before the change.
        after: All shapes after it.

    Returns:
        The shape itself, or as it was dragged or renamed; None where it is gone.
    """
    if locked is None or locked in after:
        return locked
    is_dragged = locked in before and len(before) == len(after)
    return after[before.index(locked)] if is_dragged else None
