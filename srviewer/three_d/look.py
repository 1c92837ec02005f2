"""The settings of the 3D window, as its controls hold them."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta

from srviewer.codec import one_of
from srviewer.core.intensity.window import Window
from srviewer.three_d.camera import Camera, Vector
from srviewer.three_d.levels import Levels
from srviewer.three_d.presets import PRESETS, ramp_of
from srviewer.three_d.scene import Clip, Mode, Scene

LARGEST = 3.4e38  # of float32, which voxels are
DENSITIES = (0.01, 100.0)
Cut = Literal["none", "axial", "coronal", "sagittal", "turned"]
# Normals of the cuts along the patient's axes, in RAS+; the sign is that of the viewer's side.
NORMALS: dict[Cut, Vector] = {"axial": (0, 0, 1), "coronal": (0, 1, 0), "sagittal": (1, 0, 0)}


@dataclass(frozen=True)
class Look:
    """The settings of the 3D window.

    Attributes:
        mode: As a surface or by volume rendering.
        threshold: Of the surface, in the unit of the scan; None for that of the scan's levels.
        smooth: Whether the surface is smoothed.
        as_measured: Whether each slice is drawn as thick as it was measured; otherwise the
            voxels are interpolated between slices.
        preset: The id of the preset of volume rendering.
        density: Times its opacity.
        cut: Which plane cuts.
        normal: Unit vector in RAS+ to the side that is cut off; None while nothing is.
        crosshair: Whether the crosshair is drawn.
    """

    mode: Mode = "surface"
    threshold: Annotated[float, Meta(ge=-LARGEST, le=LARGEST)] | None = None
    smooth: bool = False
    as_measured: bool = True
    preset: Annotated[str, one_of(row.id for row in PRESETS)] = "head"
    density: Annotated[float, Meta(ge=DENSITIES[0], le=DENSITIES[1])] = 1.0
    cut: Cut = "none"
    normal: Vector | None = None
    crosshair: bool = True

    def cutting(self, cut: Cut, camera: Camera) -> "Look":
        """Choose the plane that cuts; the side of the viewer is cut off.

        Args:
            cut: Along an axis of the patient, or "turned": across the line of sight of now.
            camera: From where the volumes are seen.

        Returns:
            The look with it.
        """
        if cut == "none":
            return replace(self, cut=cut, normal=None)
        normal = np.array(NORMALS.get(cut, camera.back), float)
        if normal @ camera.back < 0:
            normal = -normal
        return replace(self, cut=cut, normal=_vector(normal))

    def other_side(self) -> "Look":
        """Cut off the other side of the plane."""
        if self.normal is None:
            return self
        return replace(self, normal=_vector(-np.array(self.normal)))

    def scene(self, levels: Levels, window: Window, cursor_mm: Vector) -> Scene:
        """How the volumes are drawn.

        Args:
            levels: Of the scan.
            window: Of the panes.
            cursor_mm: The crosshair, in RAS+ mm, through which the plane cuts.

        Returns:
            The same for each volume.
        """
        return Scene(
            mode=self.mode,
            threshold=self.threshold_of(levels),
            smooth=self.smooth,
            ramp=ramp_of(self.preset, levels, window, self.density),
            clip=None if self.normal is None else Clip(self.normal, cursor_mm),
            grey=(window.low, window.high),
        )

    def threshold_of(self, levels: Levels) -> float:
        """The threshold of the surface.

        Args:
            levels: Of the scan.

        Returns:
            The one that was set, or the one between background and tissue.
        """
        return levels.threshold if self.threshold is None else self.threshold


def _vector(values: np.ndarray) -> Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z
