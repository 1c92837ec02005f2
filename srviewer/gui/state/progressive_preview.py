"""What there is of a result while it is made: the slices on screen, each with what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, slice_at, slice_number
from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.rebuild.progressive_preview import PreviewSlice


@dataclass(frozen=True, eq=False)
class ProgressivePreview:
    """``header``: of the result. ``slices``: one slice a plane."""

    header: ScanHeader
    slices: Mapping[Plane, PreviewSlice] = field(default_factory=dict)

    def with_slice(self, preview_slice: PreviewSlice) -> "ProgressivePreview":
        """With this slice in the place of an earlier one of its plane."""
        return replace(self, slices={**self.slices, preview_slice.plane: preview_slice})

    def at(self, plane: Plane, cursor_mm: npt.ArrayLike) -> PreviewSlice | None:
        """The slice that holds the RAS+ point ``cursor_mm``; None where that one is not there."""
        preview_slice = self.slices.get(plane)
        number = slice_number(self.header.geometry, plane, cursor_mm)
        return (
            preview_slice if preview_slice is not None and preview_slice.number == number else None
        )

    def image(self, preview_slice: PreviewSlice, cursor_mm: npt.ArrayLike) -> SliceImage:
        """``preview_slice`` as a slice of the result to come."""
        count = self.header.geometry.shape[preview_slice.plane.normal_axis(self.header.geometry)]
        alone = slice_at(preview_slice.volume, preview_slice.plane, cursor_mm)
        return replace(alone, index=preview_slice.number, count=count)
