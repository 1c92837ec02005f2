"""Volumes are interpolated only where they lie, with the same values there."""

import numpy as np
import pytest

from phantoms import rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.axis_by_axis import interpolated
from srviewer.core.resampling.boxes import box_of, cut_shape, interpolated_inside, is_empty
from srviewer.core.stacks.rigid import motion_of, moved
from srviewer.job import run

SLICES = Geometry((40, 44, 6), np.diag([1.0, 1.0, 4.0, 1.0]))
ONTO = Geometry((50, 60, 70), np.diag([0.9, 0.9, 0.9, 1.0]))


@pytest.mark.parametrize("degrees", [(4, 3, -6), (30, 5, -12), (2, 70, 20), (90, 0, 1)])
def test_what_a_grid_covers_of_another_lies_in_the_box_and_is_the_same(
    degrees: tuple[float, float, float],
) -> None:
    motion = np.eye(4)
    motion[:3, :3] = rotation(degrees)
    motion[:3, 3] = (18, 22, 30) - motion[:3, :3] @ SLICES.centre
    given = moved(SLICES, motion)
    voxels = np.random.default_rng(1).normal(size=given.shape).astype(np.float32)
    index = given.index(ONTO.world(np.moveaxis(np.indices(ONTO.shape), 0, -1)))
    inside = ((index >= -0.5) & (index <= np.array(given.shape) - 0.5)).all(axis=-1)
    boxed = np.zeros(ONTO.shape, bool)
    box = box_of(ONTO, given)
    boxed[box] = True
    assert inside.any() and not (inside & ~boxed).any()
    assert np.prod(cut_shape(box)) < 0.8 * boxed.size
    whole, made = (
        run(interpolated(voxels, given, ONTO)),
        run(interpolated_inside(voxels, given, ONTO)),
    )
    assert np.allclose(made[inside], whole[inside], atol=1e-4)
    assert np.count_nonzero(made) < 0.8 * boxed.size


def test_grids_that_do_not_meet_share_nothing() -> None:
    far = moved(SLICES, motion_of((0.4, 0, 0, 300, 0, 0), SLICES.centre))
    assert is_empty(box_of(ONTO, far))
    assert not run(interpolated_inside(np.ones(far.shape, np.float32), far, ONTO)).any()
    near = moved(SLICES, motion_of((0, 0, 0, -45, 0, 0), SLICES.centre))
    assert is_empty(box_of(ONTO, near)) and not is_empty(box_of(ONTO, near, margin_mm=10))
