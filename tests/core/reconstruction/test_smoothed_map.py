"""The disagreement map is smoothed, at once and plane by plane, to the same values."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from srviewer.core.reconstruction.smoothed_map import SIGMA, smoothed, smoothed_planes
from srviewer.job import run


@pytest.mark.parametrize("count", [1, 5, 14])
def test_it_is_a_gaussian_whichever_way_the_map_is_read(count: int) -> None:
    voxels = np.random.default_rng(count).random((9, 20, count)).astype(np.float32)
    whole = run(smoothed(voxels))
    assert np.abs(whole - gaussian_filter(voxels, SIGMA, mode="nearest")).max() < 1e-6
    planes = list(smoothed_planes(voxels[:, :, k] for k in range(count)))
    assert np.abs(np.stack(planes, axis=-1) - whole).max() < 1e-6
    assert list(smoothed_planes([])) == []
