"""The camera of the 3D panes: parallel projection, so that a millimetre is as long everywhere."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Vector = tuple[float, float, float]
Matrix = npt.NDArray[np.float64]
Side = Literal["A", "P", "L", "R", "S", "I"]

NAMED = float(np.sin(np.radians(22.5)))  # the share of a direction from which an axis is named
EXTENTS_MM = (5.0, 5000.0)  # that a pane may show
MARGIN = 1.12  # of a volume that fits a pane
# Each by what is on the right and at the top of the screen, in RAS+. From below, the patient's
# right is on the left of the screen, as in an axial slice of radiologists.
SIDES: dict[Side, tuple[Vector, Vector]] = {
    "A": ((-1, 0, 0), (0, 0, 1)),
    "P": ((1, 0, 0), (0, 0, 1)),
    "L": ((0, -1, 0), (0, 0, 1)),
    "R": ((0, 1, 0), (0, 0, 1)),
    "S": ((1, 0, 0), (0, 1, 0)),
    "I": ((-1, 0, 0), (0, 1, 0)),
}
AXES = ("RL", "AP", "SI")  # the letters at the far and the near end of x, y and z of RAS+


@dataclass(frozen=True)
class Camera:
    """From where a scene is seen.

    Attributes:
        right: Unit vector in RAS+ that points to the right of the screen.
        up: Unit vector in RAS+ that points to its top.
        centre_mm: The RAS+ point in the middle of the pane.
        extent_mm: The length that the shorter side of the pane shows, so that a pane that becomes
            narrow still shows what it showed.
    """

    right: Vector
    up: Vector
    centre_mm: Vector
    extent_mm: float

    @property
    def back(self) -> Vector:
        """Unit vector in RAS+ from the scene towards the viewer."""
        return _vector(np.cross(self.right, self.up))

    def seen_from(self, side: Side) -> "Camera":
        """Look from a side of the patient.

        Args:
            side: A key of SIDES.

        Returns:
            The camera there, upright, with centre and zoom as before.
        """
        right, up = SIDES[side]
        return replace(self, right=right, up=up)

    def rotated(self, across: float, down: float) -> "Camera":
        """Rotate the scene under the mouse.

        Args:
            across: Degrees about the vertical of the screen; what is near moves to the right.
            down: Degrees about its horizontal; what is near moves down.

        Returns:
            The camera after both.
        """
        turn = _about(self.up, -across) @ _about(self.right, -down)
        return self._turned(turn)

    def rolled(self, degrees: float) -> "Camera":
        """Rotate the scene about the line of sight.

        Args:
            degrees: Clockwise on the screen.

        Returns:
            The rolled camera.
        """
        return self._turned(_about(self.back, degrees))

    def panned(self, right_mm: float, up_mm: float) -> "Camera":
        """Move the scene.

        Args:
            right_mm: To the right of the screen.
            up_mm: To its top.

        Returns:
            The moved camera.
        """
        moved = (
            np.array(self.centre_mm) - np.array(self.right) * right_mm - np.array(self.up) * up_mm
        )
        return replace(self, centre_mm=_vector(moved))

    def zoomed(self, factor: float) -> "Camera":
        """Zoom about the middle of the pane.

        Args:
            factor: Above 1 to enlarge.

        Returns:
            The camera, within EXTENTS_MM.
        """
        least, most = EXTENTS_MM
        return replace(self, extent_mm=min(max(self.extent_mm / factor, least), most))

    def pixel_mm(self, width: float, height: float) -> float:
        """How long a pixel is.

        Args:
            width: Of the pane, in pixels.
            height: Of it.

        Returns:
            Its side, in mm.
        """
        return self.extent_mm / max(1.0, min(width, height))

    def projected(self, points_mm: npt.ArrayLike) -> Matrix:
        """Where points are on the screen.

        Args:
            points_mm: (..., 3), RAS+ mm.

        Returns:
            (..., 3), mm from the middle of the pane: to the right, to the top, to the viewer.
        """
        offset = np.asarray(points_mm, float) - self.centre_mm
        return np.asarray(offset @ np.array((self.right, self.up, self.back)).T)

    def ray(self, right_mm: float, up_mm: float) -> tuple[Matrix, Matrix]:
        """The line of sight through a point of the screen.

        Args:
            right_mm: From the middle of the pane to the right.
            up_mm: From there to the top.

        Returns:
            (3,) a RAS+ point of the line in mm, and (3,) the unit vector away from the viewer.
        """
        start = (
            np.array(self.centre_mm) + np.array(self.right) * right_mm + np.array(self.up) * up_mm
        )
        return start, -np.array(self.back)

    def letters(self) -> tuple[str, str, str, str]:
        """Orientation letters at the left, right, bottom and top edge of the screen."""
        right, up = np.array(self.right), np.array(self.up)
        return _letters(-right), _letters(right), _letters(-up), _letters(up)

    def _turned(self, turn: Matrix) -> "Camera":
        # Made orthogonal again, since errors of rounding would grow with each step of a drag.
        up = turn @ self.up
        up /= np.linalg.norm(up)
        right = turn @ self.right
        right -= up * (right @ up)
        return replace(self, right=_vector(right / np.linalg.norm(right)), up=_vector(up))


def camera_for(corners_mm: npt.ArrayLike, side: Side = "A") -> Camera:
    """A camera that sees a whole volume, from each side of the patient.

    Args:
        corners_mm: (n, 3), RAS+ mm: its corners.
        side: From where it is seen.

    Returns:
        The camera.
    """
    corners = np.asarray(corners_mm, float)
    centre = (corners.min(axis=0) + corners.max(axis=0)) / 2
    right, up = SIDES[side]
    extent_mm = MARGIN * float(np.ptp(corners, axis=0).max())
    return Camera(right, up, _vector(centre), extent_mm)


def _letters(direction: Matrix) -> str:
    """The letters of the axes that a direction follows, the nearest first."""
    order = np.argsort(-np.abs(direction), kind="stable")
    named = [axis for axis in order if abs(direction[axis]) > NAMED]
    return "".join(AXES[axis][0 if direction[axis] > 0 else 1] for axis in named)


def _about(axis: Vector, degrees: float) -> Matrix:
    """(3, 3): the rotation about a unit vector, by the right hand (Rodrigues)."""
    x, y, z = axis
    cross = np.array(((0, -z, y), (z, 0, -x), (-y, x, 0)))
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross))


def _vector(values: npt.ArrayLike) -> Vector:
    x, y, z = (float(value) for value in np.asarray(values))
    return x, y, z
