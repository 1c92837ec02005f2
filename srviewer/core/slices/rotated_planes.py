"""Oblique planes: the three planes rotated together about the crosshair, and their grids in mm."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry, Matrix
from srviewer.core.slices.planes import LETTERS, Plane

Degrees = tuple[float, float, float]
Mm = tuple[float, float, float]
NOT_ROTATED: Degrees = (0.0, 0.0, 0.0)
EDGE = 0.499  # voxels from the centre of an outer voxel at which a crosshair is kept
_NEAR = 1e-6  # of a voxel
# The corners at both ends of each edge of a volume, in the order of ``product``.
_EDGES = np.array([(a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit]).T


@dataclass(frozen=True, eq=False)
class RotatedGrid(Geometry):
    """A grid along the directions of rotated planes.

    Its axes i, j and k are those that were closest to Right, Anterior and Superior before the
    rotation, and count as these however far they were rotated: each plane keeps its pane.
    """

    @property
    def world_axes(self) -> tuple[Axis, Axis, Axis]:
        """The axes i, j and k."""
        return 0, 1, 2

    @property
    def world_signs(self) -> tuple[int, int, int]:
        """+1 for each."""
        return 1, 1, 1

    # The directions are unit vectors at right angles, whose inverse is the transpose.
    @cached_property
    def _to_index(self) -> Matrix:
        return np.asarray(self.directions / self.spacing)

    @cached_property
    def _to_along(self) -> Matrix:
        return self.directions

    def within(
        self, ranges: tuple[range, range, range], shifted: npt.ArrayLike = (0.0, 0.0, 0.0)
    ) -> "RotatedGrid":
        """Only some of the voxels.

        Args:
            ranges: The indices along each axis that stay, in steps of 1; they may lie outside.
            shifted: (3,) voxels by which they are moved.

        Returns:
            The grid of these.
        """
        first = np.asarray(shifted) + [numbers.start for numbers in ranges]
        affine = self.affine.copy()
        affine[:3, 3] = self.world(first)
        i, j, k = (max(1, len(numbers)) for numbers in ranges)
        return RotatedGrid((i, j, k), affine)

    def letters(self, plane: Plane) -> tuple[str, str, str, str]:
        """The letters at the (left, right, bottom, top) edges of a pane, with their angles.

        Args:
            plane: Of the pane.

        Returns:
            The patient axis that is closest to each edge, such as "R", or "R 12\u00b0" where the
            edge is that far from it.
        """
        low, right = _end_letters(self.directions[:, plane.axes[1]])
        bottom, top = _end_letters(self.directions[:, plane.axes[2]])
        return low, right, bottom, top


def _end_letters(direction: Matrix) -> tuple[str, str]:
    """The letters at the low and the high end of a direction (3,) in RAS+."""
    axis = int(np.argmax(np.abs(direction)))
    low, high = LETTERS[axis] if direction[axis] > 0 else LETTERS[axis][::-1]
    degrees = np.degrees(np.arccos(min(1.0, abs(float(direction[axis])))))
    angle = f" {degrees:.0f}\u00b0" if round(float(degrees)) else ""
    return low + angle, high + angle


@lru_cache(64)  # each pane asks for it several times a frame
def matrix_of(degrees: Degrees) -> Matrix:
    """The rotation by three angles.

    Args:
        degrees: About the fixed patient axes R, A and S, in this order; positive from A to S, from
            S to R and from R to A.

    Returns:
        (3, 3), of vectors in RAS+. Not writable.
    """
    matrix = np.eye(3)
    for axis, angle in enumerate(degrees):
        matrix = about(np.eye(3)[axis], angle) @ matrix
    matrix.flags.writeable = False
    return matrix


def about(direction: npt.ArrayLike, degrees: float) -> Matrix:
    """The rotation about a direction.

    Args:
        direction: (3,) unit vector in RAS+.
        degrees: Anticlockwise, seen against the direction.

    Returns:
        (3, 3), of vectors in RAS+ (Rodrigues' formula).
    """
    x, y, z = np.asarray(direction, float)
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * across + (1 - np.cos(angle)) * across @ across)


def degrees_of(matrix: Matrix) -> Degrees:
    """The three angles of a rotation: the inverse of ``matrix_of``.

    Args:
        matrix: (3, 3).

    Returns:
        Degrees about R, A and S, -180 to 180 and in the middle -90 to 90, to a thousandth.
    """
    level = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    angle_a = np.arctan2(-matrix[2, 0], level)
    if level > 1e-9:
        angle_r = np.arctan2(matrix[2, 1], matrix[2, 2])
        angle_s = np.arctan2(matrix[1, 0], matrix[0, 0])
    else:  # R and S have come to lie on each other
        angle_r, angle_s = np.arctan2(-matrix[1, 2], matrix[1, 1]), 0.0
    r, a, s = (round(float(np.degrees(angle)), 3) + 0.0 for angle in (angle_r, angle_a, angle_s))
    return r, a, s


@lru_cache(64)  # as above
def plain_directions(scan: Geometry) -> Matrix:
    """The directions of the planes of a scan before they are rotated.

    Args:
        scan: The grid of the scan.

    Returns:
        (3, 3): the columns are unit vectors at right angles, closest to the array axes that run
        towards R, A and S.
    """
    towards = scan.directions[:, scan.world_axes] * scan.world_signs
    left, _, right = np.linalg.svd(towards)
    directions: Matrix = left @ right
    directions.flags.writeable = False
    return directions


@lru_cache(64)  # as above
def patient_rotation(scan: Geometry) -> Degrees:
    """The rotation that makes the planes of a scan axial, coronal and sagittal in the patient.

    Args:
        scan: The grid of the scan.

    Returns:
        Degrees; none for a scan that is not oblique.
    """
    return degrees_of(plain_directions(scan).T)


def rotated_on(scan: Geometry, degrees: Degrees, plane: Plane, further: float) -> Degrees:
    """A rotation of the planes, and a further one about the normal of one of them.

    Args:
        scan: The grid of the scan.
        degrees: The first rotation.
        plane: The plane that stays the same.
        further: The second rotation in degrees, from the horizontal towards the vertical direction
            of the panes of the plane.

    Returns:
        The angles of both.
    """
    matrix = matrix_of(degrees)
    directions = matrix @ plain_directions(scan)
    _, across, up = plane.axes
    normal = np.cross(directions[:, across], directions[:, up])
    return degrees_of(about(normal, further) @ matrix)


@lru_cache(64)  # as above
def pixels_of_planes(scan: Geometry) -> float:
    """The pixels of the three planes of a scan.

    Args:
        scan: The grid of the scan.

    Returns:
        Their number, each as large as the finest edge of a voxel.
    """
    i, j, k = (n * mm / min(scan.spacing) for n, mm in zip(scan.shape, scan.spacing, strict=True))
    return i * j + i * k + j * k


@lru_cache(64)  # as above
def rotated_directions(scan: Geometry, degrees: Degrees) -> Matrix:
    """The directions of rotated planes.

    Args:
        scan: The grid of the scan.
        degrees: The rotation.

    Returns:
        (3, 3): the columns are unit vectors in RAS+, at right angles. Not writable.
    """
    directions: Matrix = matrix_of(degrees) @ plain_directions(scan)
    directions.flags.writeable = False
    return directions


@lru_cache(64)
def rotated_grid(
    scan: Geometry, degrees: Degrees, covered: Geometry, coarseness: float = 1.0
) -> RotatedGrid:
    """The grid on which a volume is sampled while the planes are rotated.

    Grids of one scan and rotation have the same directions, spacing and positions of voxels, so
    that volumes beside each other are compared at the same points.

    Args:
        scan: The grid of the scan.
        degrees: The rotation.
        covered: The grid of the volume.
        coarseness: The edge of its voxels, over the finest edge of those of the scan.

    Returns:
        A grid over all of the volume, with cubic voxels.
    """
    step = min(scan.spacing) * coarseness
    affine = np.eye(4)
    affine[:3, :3] = rotated_directions(scan, degrees) * step
    affine[:3, 3] = scan.centre
    lattice = RotatedGrid((1, 1, 1), affine)
    ends = lattice.index(_corners(covered))
    return lattice.within(_ranges(ends))


def cutting_grid(grid: RotatedGrid, plane: Plane, scan: Geometry) -> RotatedGrid:
    """The slices that cut the scan, so that the crosshair can be moved into each of them.

    Args:
        grid: Of the rotated planes.
        plane: Of the slices.
        scan: The grid in which the crosshair is kept.

    Returns:
        The grid with fewer slices of that plane.
    """
    axis = plane.axes[0]
    ends = grid.index(kept_corners(scan))[:, axis]
    first, last = int(np.ceil(ends.min() - _NEAR)), int(np.floor(ends.max() + _NEAR))
    first = min(first, last)  # of a very thin scan, in which no number lies
    every = [range(count) for count in grid.shape]
    every[axis] = range(first, last + 1)
    return grid.within((every[0], every[1], every[2]))


@dataclass(frozen=True, eq=False)
class RotatedPlace:
    """An oblique plane at its place.

    Attributes:
        plane: Of the pane.
        scan: The grid of the scan.
        degrees: The rotation of the planes.
        cursor_mm: (3,) RAS+ mm, through which the plane passes.
        coarseness: The edge of a pixel, over the finest edge of the scan's voxels.
        fast: Whether it moves, and so is interpolated along one axis alone.
    """

    plane: Plane
    scan: Geometry
    degrees: Degrees
    cursor_mm: Mm
    coarseness: float = 1.0
    fast: bool = False

    def planes(self, geometry: Geometry) -> RotatedGrid:
        """The grid of all three planes.

        Args:
            geometry: The grid of the volume.

        Returns:
            The grid over all of the volume.
        """
        return rotated_grid(self.scan, self.degrees, geometry, self.coarseness)

    def grid(self, geometry: Geometry) -> RotatedGrid:
        """The grid of the pixels of the plane.

        Args:
            geometry: The grid of the volume.

        Returns:
            One layer of voxels through the crosshair, around the part of the volume in the plane.
        """
        grid, axis = self.planes(geometry), self.plane.axes[0]
        number = float(grid.index(self.cursor_mm)[axis])
        corners = grid.index(_corners(geometry))
        corners[:, axis] -= number
        points = crossings(corners, axis)
        every = list(_ranges(points) if len(points) else (range(1),) * 3)
        every[axis] = range(1)
        return grid.within((every[0], every[1], every[2]), number * np.eye(3)[axis])

    def steps(self, geometry: Geometry) -> RotatedGrid:
        """The grid on whose slices a step leads: ``cutting_grid``.

        Args:
            geometry: The grid of the volume.

        Returns:
            The grid of slices as far apart as the voxels of the scan are at their finest.
        """
        planes = rotated_grid(self.scan, self.degrees, geometry)
        return cutting_grid(planes, self.plane, self.scan)

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What decides the pixels of a volume: the same for each crosshair in the plane."""
        normal = rotated_directions(self.scan, self.degrees)[:, self.plane.axes[0]]
        depth = float(normal @ self.cursor_mm)
        return self.plane, self.scan, self.degrees, self.coarseness, self.fast, round(depth, 6)


def _corners(geometry: Geometry) -> Matrix:
    """(8, 3) RAS+ mm: the outer corners of a volume, that at the end of all axes last."""
    return geometry.world(list(product(*((-0.5, count - 0.5) for count in geometry.shape))))


def kept_corners(scan: Geometry) -> Matrix:
    """The outer corners of the part of a scan in which a crosshair is kept.

    Args:
        scan: The grid of the scan.

    Returns:
        (8, 3) RAS+ mm, that at the end of all axes last.
    """
    return scan.world(list(product(*((-EDGE, count - 1 + EDGE) for count in scan.shape))))


def crossings(corners: Matrix, axis: Axis) -> Matrix:
    """Where the edges of a volume cross the plane at index 0 of an axis.

    Args:
        corners: (8, 3) indices of its corners, that at the end of all axes last.
        axis: The axis.

    Returns:
        (n, 3) indices.
    """
    heights = corners[:, axis]
    first, second = heights[_EDGES[0]], heights[_EDGES[1]]
    cut = first * second < 0
    low, high = corners[_EDGES[0][cut]], corners[_EDGES[1][cut]]
    share = first[cut] / (first[cut] - second[cut])
    crossed = low + (high - low) * share[:, None]
    return np.concatenate([crossed, corners[heights == 0]])


def _ranges(index: Matrix) -> tuple[range, range, range]:
    """The whole indices whose voxels hold (n, 3) positions."""
    low, high = (np.floor(end + 0.5).astype(int) for end in (index.min(0), index.max(0)))
    i, j, k = (range(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))
    return i, j, k


def degrees_of_words(text: str) -> Degrees:
    """The rotation of words of a command line.

    Args:
        text: Three angles with commas between them.

    Returns:
        Degrees about R, A and S.

    Raises:
        ValueError: They are not three angles of -180 to 180.
    """
    r, a, s = (float(number) for number in text.split(","))
    if not all(-180 <= angle <= 180 for angle in (r, a, s)):
        raise ValueError(f"{text}: an angle is -180 to 180 degrees")
    return r, a, s
