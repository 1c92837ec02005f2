"""Interpolation along one axis, at the exact places of the thin voxels."""

import numpy as np
import pytest
from scipy.ndimage import zoom

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.interpolate import cubic, linear, nearest, thin_positions
from srviewer.core.volumes.volume import Volume

INTERPOLATIONS = (nearest, linear, cubic)
axes = pytest.mark.parametrize("axis", range(3))
factors = pytest.mark.parametrize("factor", [2, 3, 4])


@axes
@factors
def test_thin_positions_are_those_of_the_refined_grid(axis: int, factor: int) -> None:
    thick = Geometry((7, 5, 6), np.diag((0.9, 1.2, 4.0, 1.0)))
    thin = thick.refined(axis, factor)
    index = np.zeros((thin.shape[axis], 3))
    index[:, axis] = np.arange(thin.shape[axis])
    expected = thick.index(thin.world(index))[:, axis]
    np.testing.assert_allclose(thin_positions(thick.shape[axis], factor), expected, atol=1e-9)


@axes
@factors
@pytest.mark.parametrize(("order", "method"), [(0, nearest), (1, linear), (3, cubic)])
def test_agrees_with_scipy_on_the_same_grid(
    thick_head: Volume, axis: int, factor: int, order: int, method
) -> None:
    """scipy's zoom is grid-aligned with ``grid_mode``; nearest may differ on its ties only."""
    voxels = thick_head.voxels
    wide = [factor if a == axis else 1 for a in range(3)]
    expected = zoom(voxels.astype(np.float64), wide, order=order, mode="reflect", grid_mode=True)
    result = method(voxels, axis, thin_positions(voxels.shape[axis], factor))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=1e-3)


@axes
@pytest.mark.parametrize("method", INTERPOLATIONS)
def test_at_the_voxels_themselves_nothing_changes(head: Volume, axis: int, method) -> None:
    places = np.arange(head.geometry.shape[axis], dtype=np.float64)
    np.testing.assert_allclose(method(head.voxels, axis, places), head.voxels, atol=0.01)


@axes
def test_nearest_repeats_each_thick_slice(thick_head: Volume, axis: int) -> None:
    result = nearest(thick_head.voxels, axis, thin_positions(thick_head.geometry.shape[axis], 4))
    np.testing.assert_array_equal(result, np.repeat(thick_head.voxels, 4, axis=axis))


@pytest.mark.parametrize("method", INTERPOLATIONS)
def test_a_single_slice_is_repeated(head: Volume, method) -> None:
    one = head.voxels[:, :, 17:18]
    result = method(one, 2, thin_positions(1, 3))
    np.testing.assert_allclose(result, np.repeat(one, 3, axis=2), rtol=1e-6)
