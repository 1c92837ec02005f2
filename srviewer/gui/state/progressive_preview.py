"""What there is of a result while it is made: the slices on screen, each with what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy.typing as npt

from srviewer.core.slices.planes import Plane, SliceImage, slice_at, slice_number
from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.rebuild.progressive_preview import Look


@dataclass(frozen=True, eq=False)
class Preview:
    """``header``: of the result. ``looks``: one slice a plane."""

    header: ScanHeader
    looks: Mapping[Plane, Look] = field(default_factory=dict)

    def with_look(self, look: Look) -> "Preview":
        """With this slice in the place of an earlier one of its plane."""
        return replace(self, looks={**self.looks, look.plane: look})

    def look(self, plane: Plane, cursor_mm: npt.ArrayLike) -> Look | None:
        """The slice that holds the RAS+ point ``cursor_mm``; None where that one is not there."""
        look = self.looks.get(plane)
        number = slice_number(self.header.geometry, plane, cursor_mm)
        return look if look is not None and look.number == number else None

    def image(self, look: Look, cursor_mm: npt.ArrayLike) -> SliceImage:
        """``look`` as a slice of the result to come."""
        count = self.header.geometry.shape[look.plane.normal_axis(self.header.geometry)]
        alone = slice_at(look.volume, look.plane, cursor_mm)
        return replace(alone, index=look.number, count=count)
