"""The oblique plane of a pane, which is drawn fast while it moves."""

from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import RotatedPlace
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.study.state.rotation_of_study import rotated_place


class MovingPlane:
    """Where the oblique plane of a pane lies, and how finely it is drawn."""

    def __init__(self, study: ShownStudy, plane: Plane) -> None:
        self._study, self._plane = study, plane
        self._rested: tuple[object, ...] = ()  # what decides the plane that was drawn finely

    def place(self, pixel_mm: float, of_picture: bool) -> RotatedPlace | None:
        """The plane: fast while it moves; one that stays where it was at rest stays fine.

        Args:
            pixel_mm: The edge of a pixel of the screen or of a picture, in mm.
            of_picture: Whether it is for a picture, which is always fine.

        Returns:
            The plane; None while the planes are not rotated.
        """
        fine = rotated_place(self._study.state, self._plane, pixel_mm)
        if fine is None or of_picture:
            return fine
        if not self._study.moving:
            self._rested = fine.key
        if fine.key == self._rested:
            return fine
        return rotated_place(self._study.state, self._plane, pixel_mm, self._study.pace.pixels)
