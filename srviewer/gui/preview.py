"""What there is of a result while it is made: the slices on screen, each with what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from srviewer.core.planes import Plane
from srviewer.core.volume import Volume
from srviewer.sr.first_look import Look


@dataclass(frozen=True, eq=False)
class Preview:
    """``outline``: the grid of the result, without its voxels. ``looks``: one slice a plane."""

    outline: Volume
    looks: Mapping[Plane, Look] = field(default_factory=dict)

    def with_look(self, look: Look) -> "Preview":
        """With this slice in the place of an earlier one of its plane."""
        return replace(self, looks={**self.looks, look.plane: look})

    def look(self, plane: Plane, number: int) -> Look | None:
        """The slice of this number across ``plane``; None where that one is not there."""
        look = self.looks.get(plane)
        return look if look is not None and look.number == number else None
