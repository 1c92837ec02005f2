"""The view of a study in 3D that its session keeps, whether or not VTK is installed."""

from dataclasses import dataclass, field

import numpy as np

from srviewer.three_d.camera import Camera
from srviewer.three_d.look import Look

ROUNDING = 1e-3


@dataclass(frozen=True)
class ViewIn3D:
    """The settings and the camera of the 3D window.

    Attributes:
        look: How volumes are drawn, what is cut off.
        camera: From where they are seen; None for the whole volume from the front.
    """

    look: Look = field(default_factory=Look)
    camera: Camera | None = None

    def __post_init__(self) -> None:
        normal, camera = self.look.normal, self.camera
        if normal is not None and not _unit(normal):
            raise ValueError("the cut in 3D is no plane")
        if camera is None:
            return
        if not (_unit(camera.right) and _unit(camera.up)):
            raise ValueError("the camera has no directions")
        if abs(np.dot(camera.right, camera.up)) > ROUNDING:
            raise ValueError("the directions of the camera are not perpendicular")
        if not (camera.extent_mm > 0 and np.isfinite((*camera.centre_mm, camera.extent_mm)).all()):
            raise ValueError("the camera sees nothing")


def _unit(vector: tuple[float, float, float]) -> bool:
    return bool(abs(np.linalg.norm(vector) - 1) < ROUNDING)
