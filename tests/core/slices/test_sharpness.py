"""The largest second difference along one axis, at each index of another."""

import numpy as np

from srviewer.core.slices.sharpness import sharpest


def test_it_is_that_of_the_sharpest_place() -> None:
    ramp = np.arange(6, dtype=np.float32)[None, None, :]
    voxels = np.broadcast_to(10 * ramp, (4, 5, 6)).copy()  # a ramp is not sharp
    voxels[2, 3, 4] += 7
    np.testing.assert_array_equal(sharpest(voxels, 2, 0), [0, 0, 14, 0])
    np.testing.assert_array_equal(sharpest(voxels, 2, 1), [0, 0, 0, 14, 0])
    np.testing.assert_array_equal(sharpest(voxels[:, :, :2], 2, 0), np.zeros(4))
