"""The part of a grid that a stack covers."""

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.stacks.coverage import FADING, coverage, covered
from srviewer.core.stacks.rigid import motion_of, moved
from srviewer.job import run

STACK = Geometry((30, 28, 10), np.diag([1.0, 1.0, 4.0, 1.0]))


def test_the_depth_is_that_of_each_voxel_in_the_stack() -> None:
    placed = moved(STACK, motion_of([0.1, -0.05, 0.08, 2, -3, 1], STACK.centre))
    onto = Geometry((40, 36, 44), np.eye(4))
    made = run(coverage(placed, None, onto, across=2))
    index = placed.index(onto.world(np.moveaxis(np.indices(onto.shape), 0, -1)))
    depth = np.minimum(index + 0.5, np.array(STACK.shape) - 0.5 - index)
    fading = np.minimum(FADING * 4 / np.array(STACK.spacing), np.array(STACK.shape) / 4)
    expected = np.clip(depth / fading, 0, 1).prod(axis=-1)
    assert 0.2 < (expected > 0).mean() < 0.9
    assert made == pytest.approx(expected, abs=1e-5)


def test_slices_within_a_volume_have_all_of_their_thickness_in_it() -> None:
    thin = STACK.refined(2, 4)
    assert covered(STACK, thin, 2, 0.5).all()  # to its very edges
    assert not covered(STACK, thin, 2, 0.6)[:, :, [0, -1]].any()
    part = thin.cropped(2, 3, 40)
    assert np.array_equal(covered(STACK, part, 2, 0.5).any(axis=(0, 1)), [False] + [True] * 9)
