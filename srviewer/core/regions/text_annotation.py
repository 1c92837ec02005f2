"""Texts and arrows that a user writes over a slice."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, nearest_slice

Mm = tuple[float, float, float]
LONGEST = 200  # characters


@dataclass(frozen=True)
class TextAnnotation:
    """A text at a point, or beside the end of an arrow.

    Attributes:
        plane: The plane in which it was written.
        at_mm: RAS+ mm: where the text begins, or the end of the arrow.
        text: One line; "" only beside an arrow.
        tip_mm: RAS+ mm that the arrow points at; None for a text without an arrow.

    Raises:
        ValueError: A point is not finite, or there is neither text nor arrow.
    """

    plane: Plane
    at_mm: Mm
    text: str = ""
    tip_mm: Mm | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(np.array(self.points_mm)).all():
            raise ValueError(f"a text at {self.points_mm}")
        if not self.text and self.tip_mm is None:
            raise ValueError("an annotation without text and arrow")

    @property
    def points_mm(self) -> tuple[Mm, ...]:
        """The points that can be dragged: the text, then the tip of the arrow."""
        return (self.at_mm,) if self.tip_mm is None else (self.at_mm, self.tip_mm)

    def is_in(self, index: int, geometry: Geometry) -> bool:
        """Whether it lies in a slice.

        Args:
            index: The number of the slice along the normal of its plane.
            geometry: The grid of the volume.

        Returns:
            True where its text lies in that slice.
        """
        return nearest_slice(geometry, self.plane, self.at_mm) == index

    def shifted(self, numbers: Iterable[int], by_mm: npt.ArrayLike) -> "TextAnnotation":
        """Move some of its points.

        Args:
            numbers: Of the points in ``points_mm``.
            by_mm: (3,) mm along R, A and S.

        Returns:
            The moved annotation.
        """
        moved = set(numbers)
        points = [
            _mm(np.array(point) + np.asarray(by_mm, float)) if number in moved else point
            for number, point in enumerate(self.points_mm)
        ]
        return replace(self, at_mm=points[0], tip_mm=points[1] if len(points) > 1 else None)


def _mm(point: npt.NDArray[np.float64]) -> Mm:
    x, y, z = (float(value) for value in point)
    return x, y, z
