"""A click means the point that is seen there."""

from dataclasses import replace

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.three_d.camera import SIDES, camera_for
from srviewer.three_d.picking import INSIDE_MM, picked
from srviewer.three_d.scene import Clip, Scene

RAMP = ((50.0, 0.0, 0.0, 0.0, 0.0), (100.0, 0.9, 1.0, 1.0, 1.0))
SCENE = Scene("surface", 50.0, False, RAMP, None, (0.0, 100.0))
MIDDLE = np.array((4.0, -3.0, 2.0))


def _ball(number: int) -> Volume:
    """A ball of 6 mm about MIDDLE in a volume of 1 mm that is stored in some orientation."""
    shape = (30, 34, 26)
    affine = affine_of(ORIENTATIONS[number])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    geometry = Geometry(shape, affine)
    index = np.argwhere(np.ones(shape, bool))
    inside = np.linalg.norm(geometry.world(index) - MIDDLE, axis=1) <= 6
    return Volume(np.where(inside, 100, 0).reshape(shape).astype(np.float32), geometry, "ball")


@pytest.mark.parametrize("mode", ["surface", "volume"])
@pytest.mark.parametrize("number", [0, 13, 29, 47])
def test_the_near_side_is_picked_from_each_side(number: int, mode: str) -> None:
    volume, scene = _ball(number), replace(SCENE, mode=mode)
    for side in SIDES:
        camera = camera_for(volume.geometry.world(np.array(((0, 0, 0), (29, 33, 25)))), side)
        across, up, _ = camera.projected(MIDDLE)
        point = picked(volume, camera, scene, (across, up))
        assert point is not None
        assert camera.projected(point)[:2] == pytest.approx((across, up))
        depth = (point - MIDDLE) @ camera.back
        assert 4.5 <= depth <= 6.5
        assert picked(volume, camera, scene, (across + 8, up)) is None
        assert picked(volume, camera, scene, (500.0, 0.0)) is None


@pytest.mark.parametrize("spacing", [(0.1, 0.1, 20.0), (0.9, 0.9, 6.0), (20.0, 0.4, 0.4)])
def test_the_voxel_is_the_one_that_is_seen_however_thin(spacing: tuple[float, ...]) -> None:
    """One bright voxel, seen through a hole as wide as it is, from an oblique direction."""
    shape, bright = (9, 11, 7), (4, 6, 2)
    affine = affine_of(rotation((11.0, -25.0, 33.0)), spacing)
    affine[:3, 1] += 0.2 * affine[:3, 0]  # sheared
    geometry = Geometry(shape, affine)
    voxels = np.zeros(shape, np.float32)
    voxels[bright] = 100
    volume = Volume(voxels, geometry, "thin")
    corners = geometry.world(np.array(((0, 0, 0), (8, 10, 6))))
    for side in SIDES:
        camera = camera_for(corners, side).rotated(17, -9)
        clip = Clip(camera.back, tuple(geometry.world(bright)))
        for scene in (SCENE, replace(SCENE, mode="volume"), replace(SCENE, clip=clip)):
            for share in ((0.0, 0.0, 0.0), (0.4, -0.4, 0.3)):
                at = camera.projected(geometry.world(np.array(bright) + share))
                point = picked(volume, camera, scene, (at[0], at[1]))
                if point is None:  # what remains of the voxel behind the plane
                    assert scene.clip is not None
                    continue
                assert tuple(np.rint(geometry.index(point)).astype(int)) == bright
                assert scene.clip is None or (point - clip.point_mm) @ camera.back <= 0


def test_what_is_cut_off_is_not_picked() -> None:
    volume = _ball(0)
    camera = camera_for(volume.geometry.world(np.array(((0, 0, 0), (29, 33, 25)))), "A")
    at = tuple(camera.projected(MIDDLE)[:2])
    cut = Clip((0, 1, 0), (0, -4.0, 0))
    point = picked(volume, camera, replace(SCENE, clip=cut), at)
    assert point is not None and point[1] == pytest.approx(-4, abs=2 * INSIDE_MM)
    assert picked(volume, camera, replace(SCENE, clip=Clip((0, 1, 0), (0, -20.0, 0))), at) is None


def test_padding_is_not_picked() -> None:
    volume = replace(_ball(0), padding=100.0)
    camera = camera_for(volume.geometry.world(np.array(((0, 0, 0), (29, 33, 25)))), "A")
    assert picked(volume, camera, SCENE, tuple(camera.projected(MIDDLE)[:2])) is None
