"""The grid of a volume and its position in the patient."""

from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
import numpy.typing as npt

Axis = int
AXIS_NAMES = ("i", "j", "k")
Matrix = npt.NDArray[np.float64]

# What the directions of the axes decide, whatever the spacing.
_OF_DIRECTIONS = ("directions", "world_axes", "world_signs", "_to_along")
# A ratio of spacings below this is ordinary anisotropy and not a thick slice.
THICK_RATIO = 1.2


@dataclass(frozen=True, eq=False)
class Geometry:
    """A grid of voxels in the patient.

    Attributes:
        shape: Voxels along (i, j, k).
        affine: (4, 4), from an index to RAS+ millimetres (x to the Right, y to the Anterior, z to
            the Superior); an integer index is a voxel's centre. Not writable.

    Raises:
        ValueError: The affine is not 4 x 4, not finite or not invertible.
    """

    shape: tuple[int, int, int]
    affine: Matrix

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError(f"an affine has 4 x 4 finite numbers, got {affine!r}")
        if abs(np.linalg.det(affine[:3, :3])) < 1e-12:
            raise ValueError(f"the affine is singular: {affine!r}")
        affine.flags.writeable = False
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))

    @cached_property
    def spacing(self) -> tuple[float, float, float]:
        """Millimetres between neighbouring voxel centres along (i, j, k)."""
        i, j, k = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(i), float(j), float(k)

    @property
    def voxel_mm3(self) -> float:
        """The volume of a voxel in cubic mm, of a sheared grid too."""
        return float(abs(np.linalg.det(self.affine[:3, :3])))

    @cached_property
    def directions(self) -> Matrix:
        """(3, 3): column ``a`` is the unit vector, in RAS+, along which index ``a`` grows."""
        return np.asarray(self.affine[:3, :3] / self.spacing)

    def normal(self, axis: Axis) -> Matrix:
        """The unit vector across the planes of an axis.

        Args:
            axis: The array axis, 0..2.

        Returns:
            (3,) in RAS+, pointing to where the index grows.
        """
        first, second = (a for a in range(3) if a != axis)
        across = np.cross(self.affine[:3, first], self.affine[:3, second])
        unit = across / np.linalg.norm(across)
        return np.asarray(unit if unit @ self.affine[:3, axis] > 0 else -unit)

    def distance(self, axis: Axis) -> float:
        """The distance between neighbouring planes of an axis, measured across them.

        In a sheared stack (gantry tilt) this is less than ``spacing``, the way along the axis.

        Args:
            axis: The array axis, 0..2.

        Returns:
            Millimetres.
        """
        return float(self.normal(axis) @ self.affine[:3, axis])

    @cached_property
    def world_axes(self) -> tuple[Axis, Axis, Axis]:
        """The array axis that runs closest to Right, Anterior and Superior, each used once."""
        closeness = np.abs(self.directions)
        best = max(permutations(range(3)), key=lambda axes: closeness[range(3), axes].sum())
        return best[0], best[1], best[2]

    @cached_property
    def world_signs(self) -> tuple[int, int, int]:
        """+1 where the axis closest to Right, Anterior or Superior grows towards it, else -1."""
        right, anterior, superior = self.directions[range(3), self.world_axes] > 0
        return (1 if right else -1), (1 if anterior else -1), (1 if superior else -1)

    @cached_property
    def obliquity(self) -> float:
        """The largest angle, in degrees, between an array axis and its closest patient axis."""
        cosines = np.abs(self.directions)[range(3), self.world_axes]
        return float(np.degrees(np.arccos(np.clip(cosines.min(), 0.0, 1.0))))

    @cached_property
    def thick_axis(self) -> Axis | None:
        """The array axis along which slices are thick; None when the voxels are nearly cubes."""
        axis = int(np.argmax(self.spacing))
        return axis if self.thick_ratio(axis) >= THICK_RATIO else None

    @cached_property
    def slice_axis(self) -> Axis:
        """The array axis across which slices were taken: the thick one, else k as in DICOM."""
        return 2 if self.thick_axis is None else self.thick_axis

    def thick_ratio(self, axis: Axis) -> float:
        """The spacing along an axis over the coarser of the two other spacings.

        Args:
            axis: The array axis, 0..2.

        Returns:
            A ratio without unit; ``THICK_RATIO`` and more is a thick axis.
        """
        others = [mm for a, mm in enumerate(self.spacing) if a != axis]
        return self.spacing[axis] / max(others)

    def world(self, index: npt.ArrayLike) -> Matrix:
        """Positions of indices.

        Args:
            index: (..., 3) indices, whole or not; whole ones are voxel centres.

        Returns:
            (..., 3) RAS+ millimetres.
        """
        return np.asarray(index, float) @ self.affine[:3, :3].T + self.affine[:3, 3]

    def index(self, world: npt.ArrayLike) -> Matrix:
        """Indices of positions.

        Args:
            world: (..., 3) RAS+ millimetres.

        Returns:
            (..., 3) indices, not rounded and not kept inside the grid.
        """
        return self.index_step(np.asarray(world, float) - self.affine[:3, 3])

    def index_step(self, way: npt.ArrayLike) -> Matrix:
        """The change of the index along a way, wherever it begins.

        Args:
            way: (..., 3) RAS+ millimetres.

        Returns:
            (..., 3) voxels along (i, j, k), not rounded.
        """
        return np.asarray(np.asarray(way, float) @ self._to_index)

    def along(self, world: npt.ArrayLike) -> Matrix:
        """Positions measured along the array axes.

        Every grid made from this one by ``refined``, ``coarsened`` or ``regridded`` gives the same
        answer for the same point, so that slices of both are drawn on one scale, oblique or not.

        Args:
            world: (..., 3) RAS+ millimetres.

        Returns:
            (..., 3) millimetres along (i, j, k).
        """
        return np.asarray(np.asarray(world, float) @ self._to_along)

    # Each pane asks for these several times a frame.
    @cached_property
    def _to_index(self) -> Matrix:
        return np.asarray(np.linalg.inv(self.affine[:3, :3]).T)

    @cached_property
    def _to_along(self) -> Matrix:
        return np.asarray(np.linalg.inv(self.directions).T)

    @cached_property
    def centre(self) -> Matrix:
        """(3,) RAS+ mm: the middle of the covered space."""
        return self.world((np.array(self.shape) - 1) / 2)

    @cached_property
    def middle_voxel(self) -> Matrix:
        """(3,) RAS+ mm: the centre of the voxel in the middle, or just before it.

        With an even count the true middle is the border of two slices, and a thick scan and its
        thin result would show different sides of it.
        """
        return self.world((np.array(self.shape) - 1) // 2)

    def refined(self, axis: Axis, factor: int) -> "Geometry":
        """Each voxel cut into several along an axis; the covered space stays.

        Args:
            axis: The array axis, 0..2.
            factor: New voxels per old one, 1 or more.

        Returns:
            The finer grid. Its first centre has moved by ``(1 / factor - 1) / 2`` of an old voxel.
        """
        return self._replaced(axis, self.shape[axis] * factor, 1 / factor, (1 / factor - 1) / 2)

    def coarsened(self, axis: Axis, factor: int) -> "Geometry":
        """Voxels joined to larger ones along an axis.

        Args:
            axis: The array axis, 0..2.
            factor: Old voxels per new one, 1 or more; a remainder at the far end is dropped.

        Returns:
            The coarser grid. Its first centre has moved by ``(factor - 1) / 2`` old voxels.
        """
        return self._replaced(axis, self.shape[axis] // factor, float(factor), (factor - 1) / 2)

    def regridded(self, axis: Axis, spacing: float) -> "Geometry":
        """As many voxels of a given spacing along an axis as fit, in the same middle.

        Args:
            axis: The array axis, 0..2.
            spacing: Millimetres between the new voxel centres, above 0.

        Returns:
            The grid with exactly that spacing along the axis.
        """
        old = self.shape[axis]
        scale = spacing / self.spacing[axis]
        count = max(1, int(old / scale + 1e-6))
        return self._replaced(axis, count, scale, ((old - 1) - (count - 1) * scale) / 2)

    def cropped(self, axis: Axis, start: int, stop: int) -> "Geometry":
        """Only some of the voxels along an axis.

        Args:
            axis: The array axis, 0..2.
            start: Index of the first voxel that stays.
            stop: Index after the last voxel that stays.

        Returns:
            The smaller grid, its voxels where they were.
        """
        return self._replaced(axis, stop - start, 1.0, float(start))

    def every(self, axis: Axis, step: int) -> "Geometry":
        """One of so many voxels along an axis, the first one and others after it.

        Args:
            axis: The array axis, 0..2.
            step: Voxels from one that stays to the next, 1 or more.

        Returns:
            The coarser grid, its centres where they were.
        """
        return self._replaced(axis, -(-self.shape[axis] // step), float(step), 0.0)

    def single(self, axis: Axis, centre: float, mm: float) -> "Geometry":
        """One layer of voxels across an axis.

        Args:
            axis: The array axis, 0..2.
            centre: The index of the layer's middle along the axis, whole or not.
            mm: The thickness of the layer, in millimetres along the axis.

        Returns:
            The grid of one voxel along the axis.
        """
        return self._replaced(axis, 1, mm / self.spacing[axis], centre)

    def _replaced(self, axis: Axis, count: int, scale: float, first: float) -> "Geometry":
        """``count`` voxels, ``scale`` old voxels wide, the first centre at old index ``first``."""
        affine = self.affine.copy()
        affine[:3, 3] += first * affine[:3, axis]
        affine[:3, axis] *= scale
        shape = list(self.shape)
        shape[axis] = count
        replaced = Geometry((shape[0], shape[1], shape[2]), affine)
        # The same, and a slab that moves asks for them of a new grid in each frame.
        replaced.__dict__.update({n: x for n, x in self.__dict__.items() if n in _OF_DIRECTIONS})
        return replaced

    def matches(self, other: "Geometry", tolerance_mm: float = 1e-3) -> bool:
        """Whether both grids are the same.

        Args:
            other: The other grid.
            tolerance_mm: The largest distance between the same corners of both, in millimetres.

        Returns:
            True for equal shapes with every corner within the tolerance.
        """
        if self.shape != other.shape:
            return False
        corners = np.array(np.meshgrid(*((0, n - 1) for n in self.shape))).reshape(3, -1).T
        distances_mm = np.linalg.norm(self.world(corners) - other.world(corners), axis=1)
        return bool(distances_mm.max() <= tolerance_mm)
