"""The oblique plane or the thick slab of a pane, which is drawn fast while it moves."""

from collections.abc import Callable
from typing import Generic, TypeVar

from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import RotatedPlace
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.study.state.rotation_of_study import rotated_place
from srviewer.study.state.slab_of_study import is_measured, slab_at

P = TypeVar("P")


class MovingPlane:
    """Where the oblique plane or the slab of a pane lies, and how finely it is drawn.

    One that stays where it was at rest stays fine while others move.
    """

    def __init__(self, study: ShownStudy, plane: Plane) -> None:
        self._study, self._plane = study, plane
        self._rested: tuple[object, ...] = ()  # what decides the plane that was drawn finely
        self._rotated: _Last[RotatedPlace | None] = _Last()
        self._slab: _Last[SlabPlace | None] = _Last()

    def rotated(self, pixel_mm: float, of_picture: bool) -> RotatedPlace | None:
        """The oblique plane: fast while it moves.

        Args:
            pixel_mm: The edge of a pixel of the screen or of a picture, in mm.
            of_picture: Whether it is for a picture, which is always fine.

        Returns:
            The plane; None while the planes are not rotated.
        """
        study = self._study
        most = study.paces.oblique.pixels
        asked = study.view.rotation, pixel_mm, of_picture, most, *self._where()

        def place() -> RotatedPlace | None:
            fine = rotated_place(study.state, self._plane, pixel_mm)
            if fine is None or self._is_fine(fine.key, of_picture):
                return fine
            return rotated_place(study.state, self._plane, pixel_mm, most)

        return self._rotated.of(asked, place)

    def slab(self, in_full: bool) -> SlabPlace | None:
        """The thick slab: of some of its voxels while it moves, if the machine is too slow for all.

        Args:
            in_full: Whether it is for a picture, or a region is being drawn, whose values are of
                all voxels.

        Returns:
            The slab; None while single slices are shown.
        """
        study = self._study
        view, most = study.view, study.paces.slab.pixels
        if not view.thick_slab.shown:
            return None
        in_full = in_full or is_measured(study.state)
        asked = view.thick_slab, view.rotation, in_full, most, *self._where()

        def place() -> SlabPlace | None:
            full = slab_at(study.state, self._plane, view.cursor_mm)
            if full is None or study.scan is None:
                return full
            if self._is_fine((view.thick_slab, full.depth(study.scan.geometry)), in_full):
                return full
            return slab_at(study.state, self._plane, view.cursor_mm, most)

        return self._slab.of(asked, place)

    def _where(self) -> tuple[object, ...]:
        study = self._study
        scan = None if study.scan is None else study.scan.geometry
        return scan, study.view.cursor_mm, study.moving

    def _is_fine(self, key: tuple[object, ...], always: bool) -> bool:
        """Whether a plane is drawn finely, by what decides its pixels."""
        if always:
            return True
        if not self._study.moving:
            self._rested = key
        elif key != self._rested:  # nor does it become fine where it comes by again
            self._rested = ()
        return key == self._rested


class _Last(Generic[P]):
    """The last answer to a question that a pane asks often in a frame."""

    def __init__(self) -> None:
        self._asked: tuple[object, ...] = ()
        self._answer: P | None = None

    def of(self, asked: tuple[object, ...], find: Callable[[], P]) -> P:
        """The answer, found again only where what decides it has changed."""
        if asked != self._asked:
            self._asked, self._answer = asked, find()
        return self._answer  # type: ignore[return-value]
