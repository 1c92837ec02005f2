"""The point in the patient that a click in a 3D pane means."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.three_d.camera import Camera, Matrix
from srviewer.three_d.scene import Clip, Scene

INSIDE_MM = 0.05  # behind the face of a voxel, so that the point lies in it
LEAST_MM = 1e-9  # of a way through a voxel, and of what is parallel
SEEN = 0.5  # the opacity on the way to a point from which it is what one sees


def picked(
    volume: Volume, camera: Camera, scene: Scene, at_mm: tuple[float, float]
) -> Matrix | None:
    """The first visible point on the line of sight.

    A voxel has its value from one of its faces to the other: each slice counts as thick as it was
    measured. The voxels are those that the line goes through, however small they are.

    Args:
        volume: The volume of the pane.
        camera: From where it is seen.
        scene: How it is drawn.
        at_mm: The place of the click, mm to the right and to the top of the middle of the pane.

    Returns:
        (3,) RAS+ mm, in the voxel that is seen; None where nothing is seen.
    """
    start, away = camera.ray(*at_mm)
    depths = _faces(volume.geometry, start, away, scene.clip)
    lengths = np.diff(depths)
    if not lengths.size:
        return None
    middles = start + ((depths[:-1] + depths[1:]) / 2)[:, None] * away
    last = np.array(volume.geometry.shape) - 1
    index = np.rint(volume.geometry.index(middles)).astype(int).clip(0, last)
    values = volume.voxels[tuple(index.T)]
    if volume.padding is not None:
        values = np.where(values == np.float32(volume.padding), -np.inf, values)
    if scene.mode == "surface":
        seen = values >= scene.threshold
    else:
        steps = np.array(scene.ramp)
        opacity = np.interp(values, steps[:, 0], steps[:, 1]).clip(0, 1 - 1e-6)
        opaque = 1 - np.exp(np.cumsum(np.log1p(-opacity) * lengths))
        seen = opaque >= min(SEEN, max(float(opaque[-1]) / 2, 1e-3))
    found = np.flatnonzero(seen)
    if not found.size:
        return None
    first = found[0]
    return np.asarray(start + (depths[first] + min(lengths[first] / 2, INSIDE_MM)) * away)


def _faces(geometry: Geometry, start: Matrix, away: Matrix, clip: Clip | None) -> Matrix:
    """(n,) mm from the start to the faces of the voxels on the line, of what is not cut off."""
    at = geometry.index(start)
    along = geometry.index(start + away) - at  # voxels for each mm
    near, far, faces = -np.inf, np.inf, []
    for axis, count in enumerate(geometry.shape):
        if abs(along[axis]) > LEAST_MM:
            depths = (np.arange(count + 1) - 0.5 - at[axis]) / along[axis]
            near, far = max(near, float(depths.min())), min(far, float(depths.max()))
            faces.append(depths)
        elif not -0.5 <= at[axis] < count - 0.5:
            return np.zeros(0)
    if clip is not None:
        outside = float((start - np.array(clip.point_mm)) @ np.array(clip.normal))
        rising = float(away @ np.array(clip.normal))
        if abs(rising) <= LEAST_MM:
            near = np.inf if outside > LEAST_MM else near
        elif rising < 0:
            near = max(near, -outside / rising)
        else:
            far = min(far, -outside / rising)
    if near >= far:
        return np.zeros(0)
    crossed = np.sort(np.concatenate(((near, far), *faces)))
    crossed = crossed[(crossed >= near) & (crossed <= far)]
    return crossed[np.concatenate(((True,), np.diff(crossed) > LEAST_MM))]
