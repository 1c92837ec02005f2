"""Thick slabs: the projection of neighbouring slices onto one, over so many millimetres."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Annotated, Literal, get_args

import numpy as np
import numpy.typing as npt
from msgspec import Meta

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import TIE, Plane, nearest_slice, slice_number
from srviewer.core.slices.thinned_voxels import Steps, steps_for, thinned_grid

SlabKind = Literal["mean", "maximum", "minimum"]
SLAB_KINDS: tuple[SlabKind, ...] = get_args(SlabKind)
LEAST_MM, MOST_MM = 0.1, 500.0
THICKNESSES_MM = (0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100)
SLICES = "slices"  # in words, instead of millimetres


@dataclass(frozen=True)
class ThickSlab:
    """The thick slab of a view, the same mm in every pane.

    Attributes:
        kind: What of the slices is drawn.
        mm: The thickness; None for one slice of the scan, on whose slices the slab lies then.
        shown: Whether it is drawn; else single slices are.
    """

    kind: SlabKind = "mean"
    mm: Annotated[float, Meta(ge=LEAST_MM, le=MOST_MM)] | None = 5.0
    shown: bool = False

    @property
    def is_measured_mean(self) -> bool:
        """Whether the mean over each slice of the scan is shown: what its slices measure."""
        return self == MEASURED_MEAN

    def thickness(self, scan: Geometry) -> float:
        """The thickness over a scan.

        Args:
            scan: The grid of the scan.

        Returns:
            Millimetres.
        """
        return scan.spacing[scan.slice_axis] if self.mm is None else self.mm

    def follows_slices(self, scan: Geometry, plane: Plane) -> bool:
        """Whether the slab lies on the slices of the scan, in panes of a plane.

        Args:
            scan: The grid of the scan.
            plane: Of the panes.

        Returns:
            True where it is one slice thick and ``plane`` is that of the scan's slices.
        """
        return self.shown and self.mm is None and plane.normal_axis(scan) == scan.slice_axis

    def at(self, scan: Geometry, plane: Plane, cursor_mm: npt.ArrayLike) -> "SlabPlace":
        """The slab at a position.

        Args:
            scan: The grid of the scan.
            plane: Of the panes.
            cursor_mm: (3,) RAS+ mm.

        Returns:
            The slab around that position, or on the slice of the scan that holds it.
        """
        centre, on_slice = np.asarray(cursor_mm, float), self.follows_slices(scan, plane)
        if on_slice:
            centre = slice_centre(scan, plane, centre)
        return SlabPlace(self.kind, plane, centre, self.thickness(scan), on_slice)

    def stepped(self, scan: Geometry, steps: int) -> "ThickSlab":
        """A thicker or a thinner slab.

        Args:
            scan: The grid of the scan.
            steps: 1 for the next of ``THICKNESSES_MM``, -1 for the one before.

        Returns:
            The slab, shown; at the ends of the list as thick as before.
        """
        now = self.thickness(scan)
        others = [mm for mm in THICKNESSES_MM if (mm - now) * steps > 1e-6]
        wanted = min(others, key=lambda mm: abs(mm - now), default=now)
        return replace(self, mm=float(wanted), shown=True)


NO_SLAB = ThickSlab()
MEASURED_MEAN = ThickSlab("mean", None, shown=True)


@dataclass(frozen=True, eq=False)
class SlabPlace:
    """A slab at its place: the slices whose centres lie in it are projected.

    Attributes:
        kind: What of the slices is drawn.
        plane: Of the slices.
        centre_mm: (3,) RAS+ mm, a position in its middle plane.
        mm: Its thickness.
        on_slice: Whether it is a slice of the scan.
        pixel_mm: The edge of a pixel in mm, while it moves: some of the voxels of each slice are
            left out. 0 for all of them.
    """

    kind: SlabKind
    plane: Plane
    centre_mm: npt.NDArray[np.float64]
    mm: float
    on_slice: bool = False
    pixel_mm: float = 0.0

    def numbers(self, geometry: Geometry) -> range:
        """The numbers of its slices in a volume; of two at its faces the one towards R, A or S.

        Args:
            geometry: The grid of the volume.

        Returns:
            Neighbouring indices along the normal axis, within the grid; the nearest slice alone
            where the centre of none lies in the slab.
        """
        return _numbers(self, geometry)

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What decides its grid in a volume."""
        return self.plane, tuple(self.centre_mm.tolist()), self.mm, self.pixel_mm

    def depth(self, geometry: Geometry) -> float:
        """Its place across its slices: the same wherever it is moved along them.

        Args:
            geometry: The grid of the scan.

        Returns:
            The index of its middle along the normal axis, to a millionth.
        """
        return round(float(geometry.index(self.centre_mm)[self.plane.normal_axis(geometry)]), 6)

    def steps(self, geometry: Geometry) -> Steps:
        """The voxels of each slice of a volume that are projected.

        Args:
            geometry: The grid of the volume.

        Returns:
            Voxels from one to the next along each axis; 1 across the slices, all of which count.
        """
        return _steps(self, geometry)

    def grid(self, geometry: Geometry) -> Geometry:
        """The grid of the projection of a volume: a single slice, as thick as the slab.

        Args:
            geometry: The grid of the volume.

        Returns:
            One voxel along the normal axis. Beyond the ends of the volume it is the nearest slice
            itself.
        """
        geometry = thinned_grid(geometry, self.steps(geometry))
        axis = self.plane.normal_axis(geometry)
        number = nearest_slice(geometry, self.plane, self.centre_mm)
        if not 0 <= number < geometry.shape[axis]:
            nearest = slice_number(geometry, self.plane, self.centre_mm)
            return geometry.cropped(axis, nearest, nearest + 1)
        return geometry.single(axis, float(geometry.index(self.centre_mm)[axis]), self.mm)


@lru_cache(64)  # each pane asks for it several times a frame
def _steps(place: SlabPlace, geometry: Geometry) -> Steps:
    """As ``SlabPlace.steps`` says."""
    steps = list(steps_for(geometry, place.pixel_mm))
    steps[place.plane.normal_axis(geometry)] = 1
    return steps[0], steps[1], steps[2]


@lru_cache(64)  # as above
def _numbers(place: SlabPlace, geometry: Geometry) -> range:
    """As ``SlabPlace.numbers`` says."""
    axis = place.plane.normal_axis(geometry)
    count, grows = geometry.shape[axis], geometry.world_signs[place.plane.axes[0]]
    middle = float(geometry.index(place.centre_mm)[axis]) * grows
    half = place.mm / geometry.spacing[axis] / 2
    ends = (int(np.floor(middle - half + TIE)) + 1, int(np.floor(middle + half + TIE)))
    first, last = ends if grows > 0 else (-ends[1], -ends[0])
    first, last = max(first, 0), min(last, count - 1)
    if first > last:
        first = last = slice_number(geometry, place.plane, place.centre_mm)
    return range(first, last + 1)


def slice_centre(
    geometry: Geometry, plane: Plane, cursor_mm: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """A position moved along the normal axis to the centre of the slice that holds it.

    Args:
        geometry: The grid of the volume.
        plane: The plane of the slice.
        cursor_mm: (3,) RAS+ mm.

    Returns:
        (3,) RAS+ mm; outside the volume in the nearest slice.
    """
    index = geometry.index(cursor_mm)
    index[plane.normal_axis(geometry)] = slice_number(geometry, plane, cursor_mm)
    return geometry.world(index)


def slab_words(slab: ThickSlab) -> str:
    """A thick slab in words for a command line.

    Args:
        slab: The slab.

    Returns:
        "mean:5" with millimetres, or "mean:slices" for one slice of the scan.
    """
    thickness = SLICES if slab.mm is None else repr(slab.mm).removesuffix(".0")
    return f"{slab.kind}:{thickness}"


def slab_of_words(text: str) -> ThickSlab:
    """The thick slab of words of a command line: the inverse of ``slab_words``.

    Args:
        text: The words.

    Returns:
        The slab, shown.

    Raises:
        ValueError: They name no slab, or one thinner than 0.1 mm or thicker than 500 mm.
    """
    word, _, thickness = text.partition(":")
    kind = next((kind for kind in SLAB_KINDS if kind == word), None)
    if kind is None:
        raise ValueError(f"'{word}' is none of {', '.join(SLAB_KINDS)}")
    mm = None if thickness == SLICES else float(thickness)
    if mm is not None and not LEAST_MM <= mm <= MOST_MM:
        raise ValueError(f"a slab is {LEAST_MM:g} to {MOST_MM:g} mm thick, not {mm:g}")
    return ThickSlab(kind, mm, shown=True)
