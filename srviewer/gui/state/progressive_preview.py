"""A result while it is computed: the slices that are known, and cubic interpolation elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, nearest_slice, slice_at, slice_number
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.sr.reconstruction.cubic_slice import cubic_slice
from srviewer.sr.reconstruction.progressive_preview import PreviewSlice
from srviewer.sr.reconstruction.reconstruct import thin_header
from srviewer.sr.references.truth import refined_grid
from srviewer.sr.requests.request import Request


@dataclass(frozen=True, eq=False)
class ProgressivePreview:
    """The slices of a result that are known so far.

    Attributes:
        header: Of the result to come; of the scan where that has slices at uneven distances.
        scan: The scan that is reconstructed.
        request: The settings of the reconstruction.
        slices: The latest slice of each plane.
    """

    header: ScanHeader
    scan: Volume
    request: Request
    slices: Mapping[Plane, PreviewSlice] = field(default_factory=dict)

    @property
    def even(self) -> bool:
        """Whether cubic interpolation can stand in: not over missing or uneven slices."""
        return self.header is not self.scan

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
        plane = preview_slice.plane
        return self._numbered(preview_slice.volume, plane, preview_slice.number, cursor_mm)

    def stand_in(self, plane: Plane, cursor_mm: npt.ArrayLike) -> SliceImage:
        """The slice at the crosshair by cubic interpolation; of the scan where it is uneven.

        Args:
            plane: The plane of the slice.
            cursor_mm: The crosshair, an RAS+ point (mm).

        Returns:
            The image, numbered as in ``header``. It is no part of the result.
        """
        if not self.even:
            return slice_at(self.scan, plane, cursor_mm)
        number = slice_number(self.header.geometry, plane, cursor_mm)
        volume = cubic_slice(self.scan, self.request.steps, plane, number)
        return self._numbered(volume, plane, number, cursor_mm)

    def _numbered(
        self, volume: Volume, plane: Plane, number: int, cursor_mm: npt.ArrayLike
    ) -> SliceImage:
        """The image of a volume of one slice, numbered as a slice of the result."""
        geometry = self.header.geometry
        inside = nearest_slice(geometry, plane, cursor_mm) == number
        count = geometry.shape[plane.normal_axis(geometry)]
        image = slice_at(volume, plane, cursor_mm)
        return replace(image, index=number, count=count, inside=inside)


def awaited(scan: Volume, request: Request) -> ProgressivePreview:
    """The preview of a reconstruction that has just begun.

    Args:
        scan: The scan.
        request: The settings of the reconstruction.

    Returns:
        A preview without any slice.
    """
    if scan.planes is not None and scan.planes.axis == request.axis:
        return ProgressivePreview(scan, scan, request)
    grid = refined_grid(scan.geometry, request.steps)
    header = replace(thin_header(scan, request, None), geometry=grid)
    return ProgressivePreview(header, scan, request)
