"""The point in the patient that a click in a 3D pane means."""

import numpy as np

from srviewer.core.volumes.volume import Volume
from srviewer.three_d.camera import Camera, Matrix
from srviewer.three_d.scene import Scene

STEP_MM = 0.25
SEEN = 0.5  # the opacity on the way to a point from which it is what one sees


def picked(
    volume: Volume, camera: Camera, scene: Scene, at_mm: tuple[float, float]
) -> Matrix | None:
    """The first visible point on the line of sight.

    The voxel in which a point lies has its value: each slice counts as thick as it was measured.

    Args:
        volume: The volume of the pane.
        camera: From where it is seen.
        scene: How it is drawn.
        at_mm: The place of the click, mm to the right and to the top of the middle of the pane.

    Returns:
        (3,) RAS+ mm; None where nothing is seen.
    """
    points = _points(volume, camera, at_mm)
    index = np.rint(volume.geometry.index(points)).astype(int)
    inside = np.all((index >= 0) & (index < volume.geometry.shape), axis=1)
    if scene.clip is not None:
        inside &= scene.clip.keeps(points)
    points, index = points[inside], index[inside]
    if not len(points):
        return None
    values = volume.voxels[tuple(index.T)]
    if volume.padding is not None:
        values = np.where(values == np.float32(volume.padding), -np.inf, values)
    if scene.mode == "surface":
        seen = values >= scene.threshold
    else:
        steps = np.array(scene.ramp)
        opacity = np.interp(values, steps[:, 0], steps[:, 1]).clip(0, 1 - 1e-6)
        opaque = 1 - np.exp(np.cumsum(np.log1p(-opacity)) * STEP_MM)
        seen = opaque >= min(SEEN, max(float(opaque[-1]) / 2, 1e-3))
    first = np.flatnonzero(seen)
    return points[first[0]] if first.size else None


def _points(volume: Volume, camera: Camera, at_mm: tuple[float, float]) -> Matrix:
    """(n, 3) RAS+ mm on the line of sight, from the viewer on, as far as the volume reaches."""
    shape = np.array(volume.geometry.shape)
    ends = np.array(np.meshgrid(*((-0.5, count - 0.5) for count in shape))).reshape(3, -1).T
    near = camera.projected(volume.geometry.world(ends))[:, 2]
    start, away = camera.ray(*at_mm)
    depths = np.arange(-near.max(), -near.min(), STEP_MM)
    return np.asarray(start + depths[:, None] * away)
