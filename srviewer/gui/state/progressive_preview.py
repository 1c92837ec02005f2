"""The slices of a result that are known while it is computed: those on screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, slice_at, slice_number
from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.rebuild.progressive_preview import Look


@dataclass(frozen=True, eq=False)
class Preview:
    """The slices of a result that are known so far.

    Attributes:
        header: Of the result to come.
        looks: The latest slice of each plane.
    """

    header: ScanHeader
    looks: Mapping[Plane, Look] = field(default_factory=dict)

    def with_look(self, look: Look) -> "Preview":
        """Replace the slice of one plane.

        Args:
            look: The new slice.

        Returns:
            A preview with ``look`` in the place of an earlier slice of its plane.
        """
        return replace(self, looks={**self.looks, look.plane: look})

    def look(self, plane: Plane, cursor_mm: npt.ArrayLike) -> Look | None:
        """Get the slice of a plane at the crosshair.

        Args:
            plane: The plane of the slice.
            cursor_mm: The crosshair, an RAS+ point (mm).

        Returns:
            The slice that holds the point; None where it is not computed yet.
        """
        look = self.looks.get(plane)
        number = slice_number(self.header.geometry, plane, cursor_mm)
        return look if look is not None and look.number == number else None

    def image(self, look: Look, cursor_mm: npt.ArrayLike) -> SliceImage:
        """Cut the image of a slice, numbered as a slice of the result to come.

        Args:
            look: One of ``looks``.
            cursor_mm: An RAS+ point (mm) in the slice.

        Returns:
            The image with its number and the number of slices of the result across its plane.
        """
        count = self.header.geometry.shape[look.plane.normal_axis(self.header.geometry)]
        image = slice_at(look.volume, look.plane, cursor_mm)
        return replace(image, index=look.number, count=count)
