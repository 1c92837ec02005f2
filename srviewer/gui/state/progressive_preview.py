"""The slices of a result that are known while it is computed: those on screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, slice_at, slice_number
from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.reconstruction.progressive_preview import PreviewSlice


@dataclass(frozen=True, eq=False)
class ProgressivePreview:
    """The slices of a result that are known so far.

    Attributes:
        header: Of the result to come.
        looks: The latest slice of each plane.
    """

    header: ScanHeader
    slices: Mapping[Plane, PreviewSlice] = field(default_factory=dict)

    def with_slice(self, preview_slice: PreviewSlice) -> "ProgressivePreview":
        """Replace the slice of one plane.

        Args:
            preview_slice: The new slice.

        Returns:
            A preview with ``preview_slice`` in the place of an earlier slice of its plane.
        """
        return replace(self, slices={**self.slices, preview_slice.plane: preview_slice})

    def at(self, plane: Plane, cursor_mm: npt.ArrayLike) -> PreviewSlice | None:
        """Get the slice of a plane at the crosshair.

        Args:
            plane: The plane of the slice.
            cursor_mm: The crosshair, an RAS+ point (mm).

        Returns:
            The slice that holds the point; None where it is not computed yet.
        """
        preview_slice = self.slices.get(plane)
        number = slice_number(self.header.geometry, plane, cursor_mm)
        return (
            preview_slice if preview_slice is not None and preview_slice.number == number else None
        )

    def image(self, preview_slice: PreviewSlice, cursor_mm: npt.ArrayLike) -> SliceImage:
        """Cut the image of a slice, numbered as a slice of the result to come.

        Args:
            preview_slice: One of ``slices``.
            cursor_mm: An RAS+ point (mm) in the slice.

        Returns:
            The image with its number and the number of slices of the result across its plane.
        """
        count = self.header.geometry.shape[preview_slice.plane.normal_axis(self.header.geometry)]
        image = slice_at(preview_slice.volume, preview_slice.plane, cursor_mm)
        return replace(image, index=preview_slice.number, count=count)
