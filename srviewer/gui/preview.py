"""What there is of a result while it is made: the slices on screen, each with what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy.typing as npt

from srviewer.core.planes import Plane, slice_at, slice_number
from srviewer.core.volume import Volume, Voxels
from srviewer.sr.first_look import Look


@dataclass(frozen=True, eq=False)
class Preview:
    """``outline``: the grid of the result, without its voxels. ``looks``: one slice a plane."""

    outline: Volume
    looks: Mapping[Plane, Look] = field(default_factory=dict)

    def with_look(self, look: Look) -> "Preview":
        """With this slice in the place of an earlier one of its plane."""
        return replace(self, looks={**self.looks, look.plane: look})

    def pixels(self, plane: Plane, cursor_mm: npt.ArrayLike) -> Voxels | None:
        """(row, column) of the slice under the crosshair; None where that one is not there."""
        look = self.looks.get(plane)
        if look is None or look.number != slice_number(self.outline.geometry, plane, cursor_mm):
            return None
        return slice_at(look.volume, plane, cursor_mm).pixels
