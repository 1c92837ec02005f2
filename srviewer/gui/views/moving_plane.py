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
        self._asked: tuple[object, ...] = ()  # for the last place; a pane asks often in a frame
        self._placed: RotatedPlace | None = None

    def place(self, pixel_mm: float, of_picture: bool) -> RotatedPlace | None:
        """The plane: fast while it moves; one that stays where it was at rest stays fine.

        Args:
            pixel_mm: The edge of a pixel of the screen or of a picture, in mm.
            of_picture: Whether it is for a picture, which is always fine.

        Returns:
            The plane; None while the planes are not rotated.
        """
        study, view = self._study, self._study.view
        at = None if study.scan is None else study.scan.geometry, view.rotation, view.cursor_mm
        asked = (*at, pixel_mm, of_picture, study.moving, study.pace.pixels)
        if asked != self._asked:
            self._asked = asked
            self._placed = self._place(pixel_mm, of_picture)
        return self._placed

    def _place(self, pixel_mm: float, of_picture: bool) -> RotatedPlace | None:
        fine = rotated_place(self._study.state, self._plane, pixel_mm)
        if fine is None or of_picture:
            return fine
        if not self._study.moving:
            self._rested = fine.key
        if fine.key == self._rested:
            return fine
        return rotated_place(self._study.state, self._plane, pixel_mm, self._study.pace.pixels)
