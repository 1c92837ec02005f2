"""Everything that a picture in 3D shows, but for the volumes: what is sent to the drawing."""

from dataclasses import dataclass
from typing import Literal

from srviewer.three_d.camera import Camera, Vector
from srviewer.three_d.presets import Ramp

Mode = Literal["surface", "volume"]
MODES: tuple[Mode, ...] = ("surface", "volume")


@dataclass(frozen=True)
class Clip:
    """A plane; what lies on the side of its normal is not drawn.

    Attributes:
        normal: Unit vector in RAS+.
        point_mm: A RAS+ point of the plane, in mm.
    """

    normal: Vector
    point_mm: Vector


@dataclass(frozen=True)
class Scene:
    """How every volume is drawn; the same for all panes, so that they can be compared.

    Attributes:
        mode: As a surface or by volume rendering.
        threshold: The intensity of the surface, in the unit of the scan.
        smooth: Whether the surface is smoothed and shaded across its edges.
        ramp: The transfer function of volume rendering.
        clip: What is cut off; None for nothing.
        grey: The grey levels (low, high) of the cut, in the unit of the scan.
    """

    mode: Mode
    threshold: float
    smooth: bool
    ramp: Ramp
    clip: Clip | None
    grey: tuple[float, float]


@dataclass(frozen=True)
class Picture:
    """A picture that is asked for.

    Attributes:
        number: Given back with the picture.
        volumes: The numbers of the volumes, one for each pane from the left.
        size: Width and height of a pane, in pixels.
        camera: From where all are seen.
        scene: How they are drawn.
        moving: Drawn quickly and coarsely, since more are to follow.
    """

    number: int
    volumes: tuple[int, ...]
    size: tuple[int, int]
    camera: Camera
    scene: Scene
    moving: bool


@dataclass(frozen=True)
class Drawn:
    """A picture that was drawn.

    Attributes:
        picture: What was asked for.
        pixels: One for each pane: rows from the top, 4 bytes (red, green, blue, opacity) a pixel.
        seconds: How long it took.
    """

    picture: Picture
    pixels: tuple[bytes, ...]
    seconds: float

    def is_whole(self) -> bool:
        """Whether each pane has as many pixels as its size says."""
        width, height = self.picture.size
        parts = [len(part) for part in self.pixels]
        return parts == [4 * width * height] * len(self.picture.volumes)
