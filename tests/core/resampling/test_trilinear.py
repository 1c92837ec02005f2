"""Linear interpolation at scattered positions."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from srviewer.core.resampling.trilinear import trilinear


@pytest.mark.parametrize("order", ["C", "F", "view"])
def test_it_is_that_of_scipy(order: str) -> None:
    random = np.random.default_rng(0)
    voxels = random.normal(size=(8, 14, 9)).astype(np.float32)
    voxels = voxels[:, ::2] if order == "view" else np.asarray(voxels, order=order)  # type: ignore[call-overload]
    positions = random.uniform(-12, 25, (3, 500))
    expected = map_coordinates(
        voxels, positions, np.float32, order=1, mode="reflect", prefilter=False
    )
    assert np.abs(trilinear(voxels, positions) - expected).max() < 1e-6
    assert trilinear(voxels, positions[:, :0]).shape == (0,)
